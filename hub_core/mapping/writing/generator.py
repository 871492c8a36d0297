"""Writes the source of the function that fills a document from a record: the rules of reading, backwards."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from hub_core.mapping.binding.plan import Obj, Scope, Value
from hub_core.mapping.language.paths import Steps
from hub_core.mapping.pythonsource import Writer
from hub_core.mapping.writing.conditions import Conditions
from hub_core.mapping.writing.lists import ListFill
from hub_core.mapping.writing.outrun import Tree
from hub_core.mapping.writing.places import Where
from hub_core.mapping.writing.session import Out
from hub_core.mapping.writing.sites import At, Sites
from hub_core.mapping.writing.takers import Takers
from hub_core.mapping.writing.trees import Here, Trees
from hub_core.mapping.writing.values import ValueFill

Fill = Callable[[Any, Tree, Out], None]


class OutGenerator:
    """Writes one function per rule that makes an object, and per place of the document.

    Args:
        kind: ``xml`` or ``json``.
        root: of the contract, if there is one.
        known: which rules meet where, see ``sites``; ``None``: find out.
    """

    def __init__(self, kind: str, root: Where | None, known: Sites | None) -> None:
        self.root = root
        self.writer = Writer()
        self.trees = Trees(kind, self.writer, known)
        self.conditions = Conditions(kind, self.writer, self.trees)
        self.values = ValueFill(kind, self.writer, self.trees, self.conditions)
        self.takers = Takers(self.values)
        self.lists = ListFill(self)
        self._functions: dict[tuple[int, At], str] = {}
        self._waiting: list[tuple[Scope, Here, str]] = []

    def generate(self, plan: Scope) -> None:
        """Write the source."""
        self._waiting.append((plan, Here("d", self.root), "fill"))
        while self._waiting:
            self._function(*self._waiting.pop(0))

    # Scopes ---------------------------------------------------------------------------------------------------

    def _named(self, scope: Scope, here: Here) -> str:
        key = (id(scope), here.at)
        if key in self._functions:
            self.trees.seen.twice.add(here.at)
        else:
            self._functions[key] = self.writer.name("fill_")
            self._waiting.append((scope, Here("d", here.place, here.at), self._functions[key]))
        return self._functions[key]

    def _function(self, scope: Scope, here: Here, name: str) -> None:
        self.writer.line("")
        self.writer.line("")
        head = f"def {name}(o, d, w):  # {scope.name!a} ({scope.place})"
        with self.writer.block(head), self.trees.making((id(scope), here.at), here):
            self._scope(scope, "o", here)

    def _scope(self, scope: Scope, var: str, here: Here) -> None:
        if scope.root is not None:
            inner = Here(here.tree, here.place, here.at, frozenset(_singles(scope.root)))
            self.object(scope.root, var, inner)
        if scope.call is not None:
            self._scope(scope.call, var, here)

    def object(self, obj: Obj, var: str, here: Here) -> None:
        """Write all rules of one object: first those without conditions, which say whether the others hold."""
        self._rules(obj, var, here)
        self._conditional(obj, var, here)
        self.conditions.established(obj, var, here)

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
                    self.values.store(value, self.values.origin(value, here).steps, kept, here, var, name=field)

    def _conditional(self, obj: Obj, var: str, here: Here) -> None:
        for name, values in obj.slots.items():
            if self.values.late(values, here):
                self.values.slot(name, values, here, var)
        for name, inner in obj.objects.items():
            if inner.objects or any(self.values.late(values, here) for values in inner.slots.values()):
                below = self.writer.name("o")
                with self.writer.optional(f"{below} = {var}.{name}", f"if {below} is not None:"):
                    self._conditional(inner, below, here)

    def _inner(self, name: str, inner: Obj, here: Here, owner: str) -> None:
        var = self.writer.name("o")
        own = self.conditions.constants(inner, var)
        with self.writer.optional(f"{var} = {owner}.{name}", f"if {var} is not None:"):
            with self.writer.block(f"if {' and '.join(own)}:") if own else self.writer.same():
                self._taken(inner, var, here)
            if own:
                with self.writer.block("else:"):
                    self.values.no(owner, name, "M404", "the rule is for other values only", inner.place)

    def _taken(self, inner: Obj, var: str, here: Here) -> None:
        """Write an object by the rule that takes it as a whole, and by the rules of its fields what that leaves."""
        word = "if"
        for scope in self.takers.usable(inner.scopes, here):
            tests = " and ".join(self.takers.tests(scope, var, here))
            otherwise = self.writer.block("else:") if word == "elif" else self.writer.same()
            with self.writer.block(f"{word} {tests}:") if tests else otherwise:
                inside = self.reached(scope, here)
                self.element(scope, var, here, inside)
                self._rules(inner, var, here, without=self.takers.writes(scope, inside.place))
            if not tests:
                return
            word = "elif"
        with self.writer.optional("", "else:") if word == "elif" else self.writer.same():
            self._rules(inner, var, here)

    def reached(self, scope: Scope, here: Here) -> Here:
        """Write that the place of a scope is made; return it."""
        return self.trees.node(here, scope.base) if scope.base else here

    def element(self, scope: Scope, var: str, here: Here, inside: Here) -> None:
        """Write an object at its place, then make the conditions hold that let it be read."""
        if inside.at == here.at:
            self._scope(scope, var, inside)
        else:
            self.writer.line(f"{self._named(scope, inside)}({var}, {inside.tree}, w)")
        if scope.where:
            self.conditions.hold(inside, scope.where)
        if scope.checks:
            self.conditions.hold(here, scope.checks)


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
