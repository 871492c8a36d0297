"""Which rules stand behind which place of a contract: what a leaf may say is told by both."""

from collections import defaultdict
from dataclasses import dataclass, field

from hub_core.mapping.model import needed
from hub_core.mapping.out.places import Where, below
from hub_core.mapping.paths import Steps
from hub_core.mapping.plan import Check, Obj, Scope, Value


@dataclass(slots=True)
class Use:
    """What is known of one leaf.

    Attributes:
        values: rules that read it, each with the number of the place among its own.
        literals: texts that conditions and filters compare with.
    """

    values: list[tuple[Value, int]] = field(default_factory=list)
    literals: list[str] = field(default_factory=list)


class Uses:
    """Walks a plan along a contract.

    Attributes:
        by_place: by ``id`` of the place; places live as long as their contract.
        bases: ids of the places whose elements are read one by one.
        single: ids of the places of which one value, or one object, is read.
        needed: ids of the places without which what is around them cannot be read.
        passed: ids of all places that paths of rules lead to or through.
    """

    def __init__(self, plan: Scope, root: Where) -> None:
        self.by_place: dict[int, Use] = defaultdict(Use)
        self.places: dict[int, Where] = {}
        self.bases: set[int] = set()
        self.single: set[int] = set()
        self.needed: set[int] = set()
        self.passed: set[int] = set()
        self._seen: set[tuple[int, int]] = set()
        self._scope(plan, root)

    def _use(self, place: Where) -> Use:
        self.places[id(place)] = place
        return self.by_place[id(place)]

    def _scope(self, scope: Scope, place: Where) -> None:
        if (id(scope), id(place)) in self._seen:
            return
        self._seen.add((id(scope), id(place)))
        self._checks(scope.where, place)
        if scope.value is not None:
            self._use(place).values.append((scope.value, 0))
        if scope.call is not None:
            self._scope(scope.call, place)
        if scope.root is not None:
            self._object(scope.root, place)

    def _object(self, obj: Obj, place: Where) -> None:
        for values in obj.slots.values():
            for value in values:
                self._checks(value.checks, place)
                for number, origin in enumerate(value.origins):
                    found = self._followed(origin.steps, place, self.single)
                    if found is not None:
                        self._use(found).values.append((value, number))
                        if number == 0 and (value.required or value.name in needed(obj.struct)):
                            self.needed.add(id(found))
        for inner in obj.inner():
            self._object(inner, place)
        for scope in obj.scopes:
            self._inner(scope, place, self.single)
        for slot in obj.lists.values():
            for scope in slot.scopes:
                self._inner(scope, place, self.bases)

    def _inner(self, scope: Scope, place: Where, ids: set[int]) -> None:
        self._checks(scope.checks, place)
        found = self._followed(scope.base, place, ids)
        if found is not None:
            self._scope(scope, found)

    def _checks(self, checks: tuple[Check, ...], place: Where) -> None:
        for check in checks:
            found = self._followed(check.steps, place, set())
            if found is not None and check.values:
                self._use(found).literals += check.values

    def _followed(self, steps: Steps, place: Where, ids: set[int]) -> Where | None:
        """Return the place that a path leads to; the literals of its filters are noted on the way."""
        current: Where | None = place
        for step in steps:
            current = below(current, (step,))
            if current is None:
                return None
            ids.add(id(current))
            self.passed.add(id(current))
            for one in step.filters:
                for name in (one.name, f"@{one.name}"):
                    if name in current.children:
                        self._use(current.children[name]).literals.append(one.literal)
        return current
