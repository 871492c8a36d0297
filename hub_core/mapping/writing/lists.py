"""Writes how the elements of a list get into a document: by which rule, and as which element there."""

from dataclasses import dataclass
from typing import Final, Protocol

from hub_core.mapping.binding.plan import ListSlot, Obj, Scope
from hub_core.mapping.language.paths import Steps
from hub_core.mapping.pythonsource import Writer
from hub_core.mapping.writing.conditions import Conditions
from hub_core.mapping.writing.outrun import OWN
from hub_core.mapping.writing.places import below, hop, hops
from hub_core.mapping.writing.takers import Takers
from hub_core.mapping.writing.trees import Here, Trees
from hub_core.mapping.writing.values import ValueFill


class Objects(Protocol):
    """Writes single objects; see ``OutGenerator``."""

    writer: Writer
    trees: Trees
    conditions: Conditions
    values: ValueFill
    takers: Takers

    def object(self, obj: Obj, var: str, here: Here) -> None:
        """Write all rules of one object."""
        ...

    def element(self, scope: Scope, var: str, here: Here, inside: Here) -> None:
        """Write an object at its place."""
        ...

    def reached(self, scope: Scope, here: Here) -> Here:
        """Write that the place of a scope is made."""
        ...


FRAME: Final = "element"


@dataclass(slots=True)
class _Rule:
    """One rule of a list.

    Attributes:
        repeats: which step of its base stands once per element; ``None``: none does.
        counts: variable of what it has added: ids of elements, or their number where nothing repeats.
        gathered: variable of its elements, where no other rule adds any to their place.
    """

    scope: Scope
    repeats: int | None
    counts: str = ""
    gathered: str = ""


class ListFill:
    """Writes lists."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects
        self.trees = objects.trees
        self.writer = objects.writer
        self.kind = objects.values.kind

    def write(self, name: str, slot: ListSlot, here: Here, owner: str) -> None:
        """Write one list: what selectors name first, then the others."""
        items = self.writer.name("l")
        with self.writer.optional(f"{items} = {owner}.{name}", f"if {items}:"):
            if slot.elements:
                self.writer.line(f"{items} = list({items})")
                for element in slot.elements.values():
                    self._selected(element, items, here)
            scopes = self.objects.takers.usable(slot.scopes, here)
            if scopes:
                self._elements([_Rule(one, self._repeats(one, here)) for one in scopes], items, here, owner)

    def _selected(self, element: Obj, items: str, here: Here) -> None:
        """Write the element that a selector names, and take it from the others."""
        var = self.writer.name("o")
        tests = self.objects.conditions.constants(element, var, exact=True)
        with self.writer.block(f"for {var} in {items}:"), self.writer.block(f"if {' and '.join(tests) or 'True'}:"):
            self.objects.object(element, var, here)
            self.writer.line(f"{items}.remove({var})")
            self.writer.line("break")

    def _elements(self, rules: list[_Rule], items: str, here: Here, owner: str) -> None:
        var, taker = self.writer.name("o"), self.writer.name("k")
        for rule in rules:
            self._begun(rule, here)
        with self.writer.block(f"for {var} in {items}:"):
            tests = self._tests(rules, var, here)
            if not tests[0][1]:
                self._add(rules[0], var, here, owner)
            elif len(tests) == 1:
                with self.writer.block(f"if {' and '.join(tests[0][1])}:"):
                    self._add(rules[0], var, here, owner)
                self._left(rules, var)
            else:
                self._choose(tests, taker)
                for index, rule in enumerate(rules):
                    with self.writer.block(f"{'elif' if index else 'if'} {taker} == {index}:"):
                        self._add(rule, var, here, owner)
                self._left(rules, var)
        for rule in rules:
            self._gathered(rule, here)

    def _left(self, rules: list[_Rule], var: str) -> None:
        with self.writer.block("else:"):
            self.objects.values.no(var, "", "M401", "no rule takes one more of this kind", rules[0].scope.place)

    def _begun(self, rule: _Rule, here: Here) -> None:
        """Write what is known before the first element."""
        known, repeats, base = self.trees.known, rule.repeats, rule.scope.base
        if repeats is None:
            rule.counts = self.writer.name("n")
            self.writer.line(f"{rule.counts} = 0")
        elif known is not None and known.is_list((*here.at, *scope_names(base[: repeats + 1]))):
            rule.gathered = self.writer.name("l")
            self.writer.line(f"{rule.gathered} = []")
        else:
            rule.counts = self.writer.name("n")
            self.writer.line(f"{rule.counts} = set()")

    def _gathered(self, rule: _Rule, here: Here) -> None:
        """Write that the elements of a rule go to their place."""
        if not rule.gathered or rule.repeats is None:
            return
        one = name, many, _ = self._hop(rule, here)
        way = rule.scope.base[: rule.repeats]
        with self.writer.block(f"if {rule.gathered}:"):
            outer = self.trees.node(here, way)
            if self._joins(rule, here):
                self.trees.loose(outer, (name,))
                reads = self.writer.words("S", tuple(self._read(rule.scope, rule.scope.base[rule.repeats + 1 :])))
                place = self.writer.literal("H", repr(one))
                self.writer.line(f"w.add_all({outer.tree}, {place}, {rule.gathered}, {reads})")
                return
            alone = "" if many else f" if len({rule.gathered}) > 1 else {rule.gathered}[0]"
            self.writer.line(f"{outer.tree}[{name!r}] = {rule.gathered}{alone}")

    def _joins(self, rule: _Rule, here: Here) -> bool:
        """Tell whether the place of gathered elements lies in one that other rules may have filled."""
        way = scope_names(rule.scope.base[: (rule.repeats or 0) + 1])
        return self.trees.known is not None and self.trees.known.is_joined((*here.at, *way))

    def _hop(self, rule: _Rule, here: Here) -> tuple[str, bool, tuple[tuple[str, str], ...]]:
        last = (rule.repeats or 0) + 1
        return hop(rule.scope.base[last - 1], below(here.place, rule.scope.base[:last]), self.kind)

    def _choose(self, tests: list[tuple[int, list[str]]], taker: str) -> None:
        """Write which rule takes an element: the first that carries all of it, else the first that carries some."""
        for number, (index, parts) in enumerate(tests):
            with self.writer.block(f"{'elif' if number else 'if'} {' and '.join(parts) or 'True'}:"):
                self.writer.line(f"{taker} = {index}")
        with self.writer.block("else:"):
            self.writer.line(f"{taker} = None")

    def _tests(self, rules: list[_Rule], var: str, here: Here) -> list[tuple[int, list[str]]]:
        """Return under which conditions rules take an element, in the order in which they are tried, each once."""
        takers, each = self.objects.takers, list(enumerate(rules))
        scopes = [rule.scope for rule in rules]
        found: dict[tuple[str, ...], int] = {}
        for exact in (True, False) if len(rules) > 1 else (False,):
            # What a rule says by itself is more than what it could say.
            for index, rule in sorted(each, key=lambda one: -len(takers.constant(one[1].scope)) if exact else 0):
                scope, once = rule.scope, rule.repeats is None
                tests = [f"{rule.counts} == 0"] if once else []
                tests += takers.tests(scope, var, here, exact=exact)
                tests += takers.room(scope, here) if once else []
                if scope.value is None and len(rules) > 1:  # a plain value says nothing but itself
                    some, whole = (f"{takers.says(scope, here, whole=one)}({var})" for one in (False, True))
                    apart = exact and takers.apart(scope, scopes[:index] + scopes[index + 1 :])
                    tests.append(f"({some} or {whole})" if apart else whole if exact else some)
                found.setdefault(tuple(tests), index)
        return [(index, list(tests)) for tests, index in found.items()]

    def _repeats(self, scope: Scope, here: Here) -> int | None:
        """Return which step of a base repeats for each element: the last that can; without a contract the last."""
        made = hops(scope.base, here.place, self.kind)
        last = len(made) - 1
        repeating = [
            index
            for index, (_, many, _) in enumerate(made)
            if many and (index == last or scope.base[: index + 1] not in here.singles)
        ]
        if not repeating and made and below(here.place, scope.base) is None and not made[-1][0].startswith("@"):
            return len(made) - 1
        return repeating[-1] if repeating else None

    def _add(self, rule: _Rule, var: str, here: Here, owner: str) -> None:
        scope, repeats = rule.scope, rule.repeats
        if repeats is None:
            self.writer.line(f"{rule.counts} += 1")
            if scope.value is not None:
                self._plain(scope, var, here, owner, scope.base)
            else:
                self.objects.element(scope, var, here, self.objects.reached(scope, here))
            return
        way, step, tail = scope.base[:repeats], scope.base[repeats], scope.base[repeats + 1 :]
        one = self._hop(rule, here)
        at = self.trees.fresh(Here("", None, (*here.at, *scope_names(way))), step, scope)
        if rule.gathered and scope.value is not None and not tail and not one[2] and not self._joins(rule, here):
            self._gather_text(rule, var, owner)
            return
        element = Here(self.writer.name("d"), below(here.place, scope.base[: repeats + 1]), at)
        self.writer.line(f"{element.tree} = {{}}")
        with self.trees.making((FRAME, id(scope), at), element):
            if scope.value is not None:
                self._plain(scope, var, element, owner, tail)
            else:
                inner = self.trees.node(element, tail) if tail else element
                self.objects.element(scope, var, here, inner)
        self._added(rule, element, one, way, here)

    def _added(
        self, rule: _Rule, element: Here, one: tuple[str, bool, tuple[tuple[str, str], ...]], way: Steps, here: Here
    ) -> None:
        """Write that an element, which is filled, goes to the others of its rule, or of its place."""
        for key, _ in one[2]:
            self.trees.seen.text((FRAME, id(rule.scope), element.at), (*element.at, key), key)
        if rule.gathered:
            for key, literal in one[2]:
                self.writer.line(f"{element.tree}.setdefault({key!r}, {literal!r})")
            with self.writer.block(f"if {element.tree}:"):
                whole = element.tree if self._joins(rule, here) else self.trees.whole(element.tree, element.at)
                self.writer.line(f"{rule.gathered}.append({whole})")
            return
        outer = self.trees.node(here, way) if way else here
        self.trees.seen.note((*outer.at, one[0]))
        self.trees.seen.note(element.at)
        self.trees.seen.added[(*outer.at, one[0])] += 1
        self.trees.loose(outer, (one[0],))
        reads = self.writer.words("S", tuple(self._read(rule.scope, rule.scope.base[(rule.repeats or 0) + 1 :])))
        place = self.writer.literal("H", repr(one))
        self.writer.line(f"w.add({outer.tree}, {place}, {element.tree}, {rule.counts}, {reads})")

    def _read(self, scope: Scope, tail: Steps) -> set[str]:
        """Return the names right below the elements of a list that a rule reads."""
        if tail:
            return {str(tail[0].name)}
        if scope.root is None:
            return {OWN}
        found = {check.steps[0].name for check in scope.where if check.steps}
        for one in (scope, scope.call):
            if one is not None and one.root is not None:
                found |= _names(one.root)
        return {str(name) for name in found}

    def _plain(self, scope: Scope, var: str, here: Here, owner: str, steps: Steps) -> None:
        """Write an element that is a plain value."""
        value = scope.value
        if value is None:
            return
        with self.objects.values.text(value, value.origins[0].chain, var, owner) as text:
            self.objects.values.store(value, steps, text, here, owner)

    def _gather_text(self, rule: _Rule, var: str, owner: str) -> None:
        """Write that an element is a text and nothing else."""
        value = rule.scope.value
        if value is None:
            return
        with self.objects.values.text(value, value.origins[0].chain, var, owner) as text:
            self.writer.line(f"{rule.gathered}.append({text})")


def scope_names(steps: Steps) -> tuple[str, ...]:
    """Return the names of a path."""
    return tuple(str(step.name) for step in steps)


def _names(obj: Obj) -> set[str]:
    """Return the first steps of the paths of an object's rules."""
    paths = [origin.steps for value in obj.values() for origin in value.origins]
    paths += [check.steps for value in obj.values() for check in value.checks]
    found = {steps[0].name if steps else OWN for steps in paths}
    for scope in obj.all_scopes():
        if scope.base:
            found.add(scope.base[0].name)
        elif scope.root is not None:
            found |= _names(scope.root) | (_names(scope.call.root) if scope.call and scope.call.root else set())
    return found
