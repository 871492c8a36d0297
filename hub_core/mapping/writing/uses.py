"""Which rules stand behind which place of a contract: what a leaf may say is told by both."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from hub_core.mapping.binding.model import needed
from hub_core.mapping.binding.plan import Check, Obj, Scope, Value
from hub_core.mapping.language.paths import Steps
from hub_core.mapping.writing.places import Where, below


@dataclass(frozen=True, slots=True)
class Wish:
    """What must be so at another place for a rule to read its own.

    Attributes:
        place: ``id`` of the place of the contract.
        texts: one of them stands there; empty: anything, or nothing.
        present: whether anything stands there.
    """

    place: int
    texts: tuple[str, ...] = ()
    present: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """One place that one rule reads.

    Attributes:
        place: ``id`` of the place of the contract.
        number: of the place among those of the rule.
        at: canonical path of what it reads, lists as ``name[]``.
        wishes: its conditions and those of what is around it.
    """

    place: int
    value: Value
    number: int
    at: str
    wishes: tuple[Wish, ...]


@dataclass(slots=True)
class Use:
    """What is known of one leaf.

    Attributes:
        values: rules that read it, each with the number of the place among its own.
        literals: texts that conditions and filters compare with.
    """

    values: dict[tuple[Value, int], None] = field(default_factory=dict)
    literals: list[str] = field(default_factory=list)


class Uses:
    """Walks a plan along a contract.

    Attributes:
        by_place: by ``id`` of the place; places live as long as their contract.
        places: the same places.
        targets: every place of every rule, once for each way that leads to the rule.
        bases: ids of the places whose elements are the elements of a list.
        single: ids of the places of which one value, or one object, is read.
        needed: ids of the places without which what is around them cannot be read.
        passed: ids of all places that paths of rules lead to or through.
        together: ids of places that an object is made of which cannot be without one of them.
        constants: canonical paths that rules fill by themselves.
        same: ids of the further places of a value that stands at several, each with that of the first.
    """

    def __init__(self, plan: Scope, root: Where) -> None:
        self.by_place: dict[int, Use] = defaultdict(Use)
        self.places: dict[int, Where] = {}
        self.targets: list[Target] = []
        self.bases: set[int] = set()
        self.single: set[int] = set()
        self.needed: set[int] = set()
        self.passed: set[int] = set()
        self.together: list[list[int]] = []
        self.constants: set[str] = set()
        self.same: dict[int, int] = {}
        self._scope(plan, root, (), "")

    def _use(self, place: Where) -> Use:
        self.places[id(place)] = place
        return self.by_place[id(place)]

    def _scope(self, scope: Scope, place: Where, wishes: tuple[Wish, ...], at: str) -> None:
        wishes += tuple(self._wishes(scope.where, place))
        if scope.value is not None:
            self._use(place).values[scope.value, 0] = None
            self.targets.append(Target(id(place), scope.value, 0, at, wishes))
        if scope.call is not None:
            self._scope(scope.call, place, wishes, at)
        if scope.root is not None:
            self.needed.update(self._without(scope.root, place))
            self._object(scope.root, place, wishes, at)

    def _object(self, obj: Obj, place: Where, wishes: tuple[Wish, ...], at: str) -> None:
        for values in obj.slots.values():
            for value in values:
                self._value(value, place, wishes + tuple(self._wishes(value.checks, place)), f"{at}{value.name}")
        for inner, name in _inner(obj):
            self.together.append(list(self._without(inner, place)))
            self._object(inner, place, wishes, f"{at}{name}.")
        for scope in obj.scopes:
            self._inner(scope, place, self.single, wishes, at)
        for name, slot in obj.lists.items():
            for scope in slot.scopes:
                found = self._inner(scope, place, set(), wishes, f"{at}{name}[].")
                if found is not None:
                    self.bases.add(id(found))

    def _without(self, obj: Obj, place: Where) -> Iterator[int]:
        """Yield the ids of the places without which an object cannot be, and of those on the way to them."""
        for name in needed(obj.struct):
            for value in obj.slots.get(name, ())[:1]:
                for origin in value.origins[: None if value.join is not None else 1]:
                    yield from self._way(origin.steps, place)

    def _way(self, steps: Steps, place: Where) -> Iterator[int]:
        for length in range(1, len(steps) + 1):
            found = below(place, steps[:length])
            if found is not None:
                yield id(found)

    def _value(self, value: Value, place: Where, wishes: tuple[Wish, ...], at: str) -> None:
        first: Where | None = None
        if value.const is not None:
            self.constants.add(at)
        for number, origin in enumerate(value.origins):
            found, filters = self._followed(origin.steps, place, self.single)
            if found is None:
                continue
            self._use(found).values[value, number] = None
            self.targets.append(Target(id(found), value, number, at, wishes + filters))
            if value.required and first is None:
                self.needed.update(self._way(origin.steps, place))
            if value.join is None and first is not None:
                self.same.setdefault(id(found), id(first))
            first = first or found

    def _inner(self, scope: Scope, place: Where, ids: set[int], wishes: tuple[Wish, ...], at: str) -> Where | None:
        wishes += tuple(self._wishes(scope.checks, place))
        found, filters = self._followed(scope.base, place, ids)
        if found is not None:
            self._scope(scope, found, wishes + filters, at)
        return found

    def _wishes(self, checks: tuple[Check, ...], place: Where) -> Iterator[Wish]:
        for check in checks:
            found, filters = self._followed(check.steps, place, set())
            yield from filters
            if found is not None:
                if check.values:
                    self._use(found).literals += check.values
                yield Wish(id(found), check.values, bool(check.values) or check.present)

    def _followed(self, steps: Steps, place: Where, ids: set[int]) -> tuple[Where | None, tuple[Wish, ...]]:
        """Return the place that a path leads to, and what its filters ask for; their literals are noted on the way."""
        current: Where | None = place
        wishes: list[Wish] = []
        for step in steps:
            current = below(current, (step,))
            if current is None:
                return None, ()
            ids.add(id(current))
            self.passed.add(id(current))
            for one in step.filters:
                names = [name for name in (f"@{one.name}", one.name) if name in current.children]
                for name in names[:1]:
                    self._use(current.children[name]).literals.append(one.literal)
                    wishes.append(Wish(id(current.children[name]), (one.literal,)))
        return current, tuple(wishes)


def _inner(obj: Obj) -> Iterator[tuple[Obj, str]]:
    """Yield the objects right inside another one that stand at the same place, each with its name."""
    for name, inner in obj.objects.items():
        yield inner, name
    for name, slot in obj.lists.items():
        for element in slot.elements.values():
            yield element, f"{name}[]"
