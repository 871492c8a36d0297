"""Writes the source of the function that fills a document from a record: the rules of reading, backwards."""

from collections.abc import Callable
from typing import Any, Final

from hub_core.mapping.out import outrun
from hub_core.mapping.out.outrun import Out, Tree
from hub_core.mapping.out.places import Where, below, conditions, hop, hops, knows
from hub_core.mapping.out.values import Here, ValueFill, late
from hub_core.mapping.plan import ListSlot, Obj, Scope, Value
from hub_core.mapping.writer import Writer

Fill = Callable[[Any, Tree, Out], None]
_NO_RULE: Final = "M401"


class OutGenerator:
    """Writes one function per scope and place of the contract.

    Args:
        kind: ``xml`` or ``json``.
        root: of the contract; ``None``: there is none, and what repeats is what paths mark with ``[]``.
    """

    def __init__(self, kind: str, root: Where | None) -> None:
        self.kind = kind
        self.root = root
        self.writer = Writer()
        self.values = ValueFill(kind, self.writer)
        self._functions: dict[tuple[int, int], str] = {}
        self._waiting: list[tuple[Scope, Where | None, str]] = []

    def source(self, plan: Scope) -> str:
        """Return the source."""
        self._waiting.append((plan, self.root, "fill"))
        while self._waiting:
            self._function(*self._waiting.pop(0))
        return self.writer.source()

    def function(self, source: str, name: str) -> Fill:
        """Return the function that the source defines."""
        namespace: dict[str, Any] = {**self.writer.namespace, "same_code": outrun.same_code, "reach": outrun.reach}
        exec(compile(source, f"<writing {name}>", "exec"), namespace)  # noqa: S102 - texts enter only as literals
        fill: Fill = namespace["fill"]
        return fill

    # Scopes ---------------------------------------------------------------------------------------------------

    def _named(self, scope: Scope, place: Where | None) -> str:
        key = (id(scope), id(place))
        if key not in self._functions:
            self._functions[key] = self.writer.name("fill_")
            self._waiting.append((scope, place, self._functions[key]))
        return self._functions[key]

    def _function(self, scope: Scope, place: Where | None, name: str) -> None:
        line = self.writer.line
        line("")
        line("")
        with self.writer.block(f"def {name}(o, d, w):  # {scope.name!a} ({scope.place})"):
            if scope.root is not None:
                self._object(scope.root, "o", Here("d", place))
            if scope.call is not None:
                line(f"{self._named(scope.call, place)}(o, d, w)")

    def _object(self, obj: Obj, var: str, here: Here) -> None:
        """Write all rules of one object: first those without conditions, which say whether the others hold."""
        self._rules(obj, var, here)
        self._conditional(obj, var, here)

    def _rules(self, obj: Obj, var: str, here: Here) -> None:
        for name, values in obj.slots.items():
            if not late(values):
                self.values.slot(name, values, here, var)
        for name, inner in obj.objects.items():
            self._inner(name, inner, here, var)
        for name, slot in obj.lists.items():
            self._list(name, slot, here, var)
        for value, field in _spilled(obj, 0):
            if self.values.written(value, here):
                kept = self.writer.name("v")
                self.writer.line(f"{kept} = {var}.{field}")
                with self.writer.block(f"if {kept} is not None:"):
                    self.values.store(value, self.values.origin(value, here).steps, kept, here, var)

    def _conditional(self, obj: Obj, var: str, here: Here) -> None:
        for name, values in obj.slots.items():
            if late(values):
                self.values.slot(name, values, here, var)
        for name, inner in obj.objects.items():
            if any(map(late, inner.slots.values())) or inner.objects:
                below = self.writer.name("o")
                self.writer.line(f"{below} = {var}.{name}")
                with self.writer.block(f"if {below} is not None:"):
                    self._conditional(inner, below, here)

    def _inner(self, name: str, inner: Obj, here: Here, owner: str) -> None:
        var = self.writer.name("o")
        self.writer.line(f"{var} = {owner}.{name}")
        with self.writer.block(f"if {var} is not None:"):
            tests = self.values.constants(inner, var)
            with self.writer.block(f"if {' and '.join(tests)}:") if tests else self.writer.same():
                for index, scope in enumerate(self._usable(inner.scopes, here)):
                    word = "elif" if index else "if"
                    with self.writer.block(f"{word} {self._accepts(scope, var, here) or 'True'}:"):
                        self._whole(scope, var, here)
                self._rules(inner, var, here)
            if tests:
                with self.writer.block("else:"):
                    self.values.no(owner, name, "M404", "the rule is for other values only", inner.place)

    def _whole(self, scope: Scope, var: str, here: Here) -> None:
        """Write an object that lies at one place."""
        tree, place = self._reached(scope, here)
        self._element(scope, var, tree, place)

    def _reached(self, scope: Scope, here: Here) -> tuple[str, Where | None]:
        if not scope.base:
            return here.tree, here.place
        tree = self.writer.name("d")
        way = self.writer.literal("H", repr(hops(scope.base, here.place, self.kind)))
        self.writer.line(f"{tree} = reach({here.tree}, {way})")
        return tree, below(here.place, scope.base)

    def _element(self, scope: Scope, var: str, tree: str, place: Where | None) -> None:
        if scope.where:
            self.writer.line(f"w.holds({tree}, {self.values.checks(scope.where, place)})")
        self.writer.line(f"{self._named(scope, place)}({var}, {tree}, w)")

    # Conditions -----------------------------------------------------------------------------------------------

    def _usable(self, scopes: list[Scope], here: Here) -> list[Scope]:
        return [scope for scope in scopes if knows(here.place, scope.base)]

    def _accepts(self, scope: Scope, var: str, here: Here) -> str:
        """Return the condition under which a rule takes an object: its constants are the object's own values."""
        tests = []
        for one in (scope, scope.call):
            if one is not None and one.root is not None:
                tests += self.values.constants(one.root, var)
        if scope.checks:
            tests.append(f"w.holds({here.tree}, {self.values.checks(scope.checks, here.place)})")
        return " and ".join(dict.fromkeys(tests))

    # Lists ----------------------------------------------------------------------------------------------------

    def _list(self, name: str, slot: ListSlot, here: Here, owner: str) -> None:
        items = self.writer.name("l")
        self.writer.line(f"{items} = {owner}.{name}")
        with self.writer.block(f"if {items}:"):
            if slot.elements:
                self.writer.line(f"{items} = list({items})")
                for element in slot.elements.values():
                    self._selected(element, items, here)
            scopes = self._usable(slot.scopes, here)
            if scopes:
                self._elements(scopes, items, here, owner)

    def _selected(self, element: Obj, items: str, here: Here) -> None:
        """Write the element that a selector names, and take it from the others."""
        var = self.writer.name("o")
        tests = self.values.constants(element, var, exact=True)
        with self.writer.block(f"for {var} in {items}:"), self.writer.block(f"if {' and '.join(tests) or 'True'}:"):
            self._object(element, var, here)
            self.writer.line(f"{items}.remove({var})")
            self.writer.line("break")

    def _elements(self, scopes: list[Scope], items: str, here: Here, owner: str) -> None:
        var, counts = self.writer.name("o"), []
        for scope in scopes:
            count = self.writer.name("n")
            counts.append(count)
            self.writer.line(f"{count} = 0" if self._repeats(scope, here) is None else f"{count} = set()")
        with self.writer.block(f"for {var} in {items}:"):
            for index, (scope, count) in enumerate(zip(scopes, counts, strict=True)):
                repeats = self._repeats(scope, here)
                tests = [test for test in (self._accepts(scope, var, here),) if test]
                if repeats is None:
                    tests.insert(0, f"{count} == 0")
                    if scope.where:
                        base = hops(scope.base, here.place, self.kind)
                        checks = conditions(scope.where, below(here.place, scope.base), self.kind)
                        inside = tuple((base + place, values, present) for place, values, present in checks)
                        tests.append(f"w.can({here.tree}, {self.writer.literal('C', repr(inside))})")
                word = "elif" if index else "if"
                with self.writer.block(f"{word} {' and '.join(tests) or 'True'}:"):
                    self._add(scope, var, repeats, count, here, owner)
            with self.writer.block("else:"):
                self.values.no(var, "", _NO_RULE, "no rule takes one more of this kind", scopes[0].place)

    def _repeats(self, scope: Scope, here: Here) -> int | None:
        """Return which step of a base repeats for each element: the last that can; without a contract the last."""
        made = hops(scope.base, here.place, self.kind)
        repeating = [index for index, (_, many, _) in enumerate(made) if many]
        if not repeating and made and below(here.place, scope.base) is None and not made[-1][0].startswith("@"):
            return len(made) - 1
        return repeating[-1] if repeating else None

    def _add(self, scope: Scope, var: str, repeats: int | None, count: str, here: Here, owner: str) -> None:
        if scope.root is None:
            self._plain(scope, var, here, owner)
            if repeats is None:
                self.writer.line(f"{count} += 1")
            return
        if repeats is None:
            self.writer.line(f"{count} += 1")
            tree, place = self._reached(scope, here)
            self._element(scope, var, tree, place)
            return
        way, step, tail = scope.base[:repeats], scope.base[repeats], scope.base[repeats + 1 :]
        outer, element = here.tree, self.writer.name("d")
        if way:
            outer = self.writer.name("d")
            path = self.writer.literal("H", repr(hops(way, here.place, self.kind)))
            self.writer.line(f"{outer} = reach({here.tree}, {path})")
        self.writer.line(f"{element} = {{}}")
        place = below(here.place, scope.base[: repeats + 1])
        inner, inner_place = element, place
        if tail:
            inner = self.writer.name("d")
            path = self.writer.literal("H", repr(hops(tail, place, self.kind)))
            self.writer.line(f"{inner} = reach({element}, {path})")
            inner_place = below(place, tail)
        self._element(scope, var, inner, inner_place)
        one = self.writer.literal("H", repr(hop(step, place, self.kind)))
        self.writer.line(f"w.add({outer}, {one}, {element}, shared={count})")

    def _plain(self, scope: Scope, var: str, here: Here, owner: str) -> None:
        """Write an element that is a plain value."""
        value = scope.value
        if value is None:
            return
        text = self.values.text(value, value.origins[0].chain, var, owner)
        with self.writer.block(f"if {text} is not None:"):
            *way, last = hops(scope.base, here.place, self.kind) or (("", False, ()),)
            path = self.writer.literal("H", repr(tuple(way)))
            self.writer.line(f"w.append(reach({here.tree}, {path}), {last!r}, {text})")


def _spilled(obj: Obj, depth: int) -> list[tuple[Value, str]]:
    """Return the values whose unreadable texts an object keeps, each with the field that keeps them."""
    found = [
        (value, value.spill[1])
        for values in obj.slots.values()
        for value in values
        if value.spill is not None and value.spill[0] == depth
    ]
    for inner in obj.objects.values():
        found += _spilled(inner, depth + 1)
    return found
