"""Writes the source of the function that fills a document from a record: the rules of reading, backwards."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from hub_core.mapping.out import outrun
from hub_core.mapping.out.lists import ListFill
from hub_core.mapping.out.outrun import Out, Tree
from hub_core.mapping.out.places import Where, below, hops
from hub_core.mapping.out.takers import Takers
from hub_core.mapping.out.values import Here, ValueFill
from hub_core.mapping.paths import Steps
from hub_core.mapping.plan import Obj, Scope, Value
from hub_core.mapping.writer import Writer

Fill = Callable[[Any, Tree, Out], None]


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
        self.takers = Takers(self.values)
        self.lists = ListFill(self)
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
        namespace: dict[str, Any] = {
            **self.writer.namespace,
            "same_code": outrun.same_code,
            "reach": outrun.reach,
            "said": outrun.said,
        }
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
                self.object(scope.root, "o", Here("d", place, frozenset(_singles(scope.root))))
            if scope.call is not None:
                line(f"{self._named(scope.call, place)}(o, d, w)")

    def object(self, obj: Obj, var: str, here: Here) -> None:
        """Write all rules of one object: first those without conditions, which say whether the others hold."""
        self._rules(obj, var, here)
        self._conditional(obj, var, here)
        self.values.established(obj, var, here)

    def _rules(self, obj: Obj, var: str, here: Here, *, without: Collection[str] = ()) -> None:
        for name, values in obj.slots.items():
            if name not in without and not self.values.late(values, here):
                self.values.slot(name, values, here, var)
        for name, inner in obj.objects.items():
            if name not in without:
                self._inner(name, inner, here, var)
        for name, slot in obj.lists.items():
            if name not in without:
                self.lists.write(name, slot, here, var)
        for value, field in _spilled(obj, 0):
            if self.values.written(value, here):
                kept = self.writer.name("v")
                self.writer.line(f"{kept} = {var}.{field}")
                with self.writer.block(f"if {kept} is not None:"):
                    self.values.store(value, self.values.origin(value, here).steps, kept, here, var)

    def _conditional(self, obj: Obj, var: str, here: Here) -> None:
        for name, values in obj.slots.items():
            if self.values.late(values, here):
                self.values.slot(name, values, here, var)
        for name, inner in obj.objects.items():
            if inner.objects or any(self.values.late(values, here) for values in inner.slots.values()):
                below = self.writer.name("o")
                self.writer.line(f"{below} = {var}.{name}")
                with self.writer.block(f"if {below} is not None:"):
                    self._conditional(inner, below, here)

    def _inner(self, name: str, inner: Obj, here: Here, owner: str) -> None:
        var = self.writer.name("o")
        self.writer.line(f"{var} = {owner}.{name}")
        with self.writer.block(f"if {var} is not None:"):
            own = self.values.constants(inner, var)
            with self.writer.block(f"if {' and '.join(own)}:") if own else self.writer.same():
                self._taken(inner, var, here)
            if own:
                with self.writer.block("else:"):
                    self.values.no(owner, name, "M404", "the rule is for other values only", inner.place)

    def _taken(self, inner: Obj, var: str, here: Here) -> None:
        """Write an object by the rule that takes it as a whole, and by the rules of its fields what that leaves."""
        scopes = self.takers.usable(inner.scopes, here)
        for index, scope in enumerate(scopes):
            tests = " and ".join(self.takers.tests(scope, var, here))
            with self.writer.block(f"{'elif' if index else 'if'} {tests or 'True'}:"):
                tree, place = self.reached(scope, here)
                self.element(scope, var, here, Here(tree, place))
                self._rules(inner, var, here, without=self.takers.writes(scope, place))
        with self.writer.block("else:") if scopes else self.writer.same():
            self._rules(inner, var, here)

    def reached(self, scope: Scope, here: Here) -> tuple[str, Where | None]:
        """Write that the place of a scope is made; return its variable and its place in the contract."""
        if not scope.base:
            return here.tree, here.place
        tree = self.writer.name("d")
        way = self.writer.literal("H", repr(hops(scope.base, here.place, self.kind)))
        self.writer.line(f"{tree} = reach({here.tree}, {way})")
        return tree, below(here.place, scope.base)

    def element(self, scope: Scope, var: str, here: Here, inside: Here) -> None:
        """Write an object at its place, then make the conditions hold that let it be read."""
        self.writer.line(f"{self._named(scope, inside.place)}({var}, {inside.tree}, w)")
        if scope.where:
            self.writer.line(f"w.holds({inside.tree}, {self.values.checks(scope.where, inside.place)})")
        if scope.checks:
            self.writer.line(f"w.holds({here.tree}, {self.values.checks(scope.checks, here.place)})")


def _singles(obj: Obj) -> Iterator[Steps]:
    """Yield the paths, and all before them, through which an object's own values are written."""
    bases = [origin.steps for value in obj.values() for origin in value.origins]
    bases += [scope.base for scope in obj.scopes]
    for steps in bases:
        yield from (steps[:length] for length in range(1, len(steps) + 1))
    for inner in obj.objects.values():
        yield from _singles(inner)


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
