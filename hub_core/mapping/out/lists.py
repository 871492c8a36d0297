"""Writes how the elements of a list get into a document: by which rule, and as which element there."""

from typing import Protocol

from hub_core.mapping.out.outrun import OWN
from hub_core.mapping.out.places import Where, below, hop, hops
from hub_core.mapping.out.takers import Takers
from hub_core.mapping.out.values import Here, ValueFill
from hub_core.mapping.paths import Steps
from hub_core.mapping.plan import ListSlot, Obj, Scope
from hub_core.mapping.writer import Writer


class Objects(Protocol):
    """Writes single objects; see ``OutGenerator``."""

    writer: Writer
    values: ValueFill
    takers: Takers

    def object(self, obj: Obj, var: str, here: Here) -> None:
        """Write all rules of one object."""
        ...

    def element(self, scope: Scope, var: str, here: Here, inside: Here) -> None:
        """Write an object at its place."""
        ...

    def reached(self, scope: Scope, here: Here) -> tuple[str, Where | None]:
        """Write that the place of a scope is made."""
        ...


class ListFill:
    """Writes lists."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects
        self.writer = objects.writer
        self.kind = objects.values.kind

    def write(self, name: str, slot: ListSlot, here: Here, owner: str) -> None:
        """Write one list: what selectors name first, then the others."""
        items = self.writer.name("l")
        self.writer.line(f"{items} = {owner}.{name}")
        with self.writer.block(f"if {items}:"):
            if slot.elements:
                self.writer.line(f"{items} = list({items})")
                for element in slot.elements.values():
                    self._selected(element, items, here)
            scopes = self.objects.takers.usable(slot.scopes, here)
            if scopes:
                self._elements(scopes, items, here, owner)

    def _selected(self, element: Obj, items: str, here: Here) -> None:
        """Write the element that a selector names, and take it from the others."""
        var = self.writer.name("o")
        tests = self.objects.values.constants(element, var, exact=True)
        with self.writer.block(f"for {var} in {items}:"), self.writer.block(f"if {' and '.join(tests) or 'True'}:"):
            self.objects.object(element, var, here)
            self.writer.line(f"{items}.remove({var})")
            self.writer.line("break")

    def _elements(self, scopes: list[Scope], items: str, here: Here, owner: str) -> None:
        var, taker = self.writer.name("o"), self.writer.name("k")
        counts = [self.writer.name("n") for _ in scopes]
        for scope, count in zip(scopes, counts, strict=True):
            self.writer.line(f"{count} = 0" if self._repeats(scope, here) is None else f"{count} = set()")
        with self.writer.block(f"for {var} in {items}:"):
            self._choose(scopes, counts, var, taker, here)
            for index, (scope, count) in enumerate(zip(scopes, counts, strict=True)):
                with self.writer.block(f"{'elif' if index else 'if'} {taker} == {index}:"):
                    self._add(scope, var, count, here, owner)
            with self.writer.block("else:"):
                self.objects.values.no(var, "", "M401", "no rule takes one more of this kind", scopes[0].place)

    def _choose(self, scopes: list[Scope], counts: list[str], var: str, taker: str, here: Here) -> None:
        """Write which rule takes an element: the first that carries all of it, else the first that carries some."""
        takers, said = self.objects.takers, self.writer.name("f")
        self.writer.line(f"{said} = said({var})")
        word = "if"
        each = list(enumerate(zip(scopes, counts, strict=True)))
        for exact in (True, False) if len(scopes) > 1 else (False,):
            # What a rule says by itself is more than what it could say.
            for index, (scope, count) in sorted(each, key=lambda one: -len(takers.constant(one[1][0])) if exact else 0):
                fields = takers.writes(scope, below(here.place, scope.base))
                tests = [f"{count} == 0"] if self._repeats(scope, here) is None else []
                if scope.value is not None:
                    pass  # a plain value says nothing but itself
                elif exact:
                    whole = self.writer.words("S", tuple(fields | takers.constant(scope)))
                    tests.append(f"{said} <= {whole}")
                elif len(scopes) > 1:
                    tests.append(f"{said} & {self.writer.words('S', tuple(fields))}")
                tests += takers.tests(scope, var, here, exact=exact)
                tests += takers.room(scope, here) if self._repeats(scope, here) is None else []
                with self.writer.block(f"{word} {' and '.join(tests) or 'True'}:"):
                    self.writer.line(f"{taker} = {index}")
                word = "elif"
        with self.writer.block("else:"):
            self.writer.line(f"{taker} = None")

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

    def _add(self, scope: Scope, var: str, count: str, here: Here, owner: str) -> None:
        repeats = self._repeats(scope, here)
        if repeats is None:
            self.writer.line(f"{count} += 1")
            if scope.value is not None:
                self._plain(scope, var, here, owner)
                return
            tree, place = self.objects.reached(scope, here)
            self.objects.element(scope, var, here, Here(tree, place))
            return
        way, step, tail = scope.base[:repeats], scope.base[repeats], scope.base[repeats + 1 :]
        outer = self._made(here.tree, hops(way, here.place, self.kind)) if way else here.tree
        place = below(here.place, scope.base[: repeats + 1])
        one = self.writer.literal("H", repr(hop(step, place, self.kind)))
        element = self.writer.name("d")
        self.writer.line(f"{element} = {{}}")
        inner = Here(element, place)
        if scope.value is not None:
            self._plain(scope, var, inner, owner, tail=len(tail))
        else:
            if tail:
                inner = Here(self._made(element, hops(tail, place, self.kind)), below(place, tail))
            self.objects.element(scope, var, here, inner)
        reads = self.writer.words("S", tuple(self._read(scope, tail)))
        self.writer.line(f"w.add({outer}, {one}, {element}, {count}, {reads})")

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

    def _made(self, tree: str, way: object) -> str:
        made = self.writer.name("d")
        self.writer.line(f"{made} = reach({tree}, {self.writer.literal('H', repr(way))})")
        return made

    def _plain(self, scope: Scope, var: str, here: Here, owner: str, *, tail: int | None = None) -> None:
        """Write an element that is a plain value; ``tail``: how many steps lie behind the one that repeats."""
        value = scope.value
        if value is None:
            return
        text = self.objects.values.text(value, value.origins[0].chain, var, owner)
        steps = scope.base if tail is None else scope.base[len(scope.base) - tail :]
        with self.writer.block(f"if {text} is not None:"):
            self.objects.values.store(value, steps, text, here, owner)


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
