"""Which rule takes which object: what a rule can write of it, and under which conditions."""

from functools import cache

import msgspec

from hub_core.mapping.binding.plan import Obj, Scope
from hub_core.mapping.writing.places import Where, below, holds_text, knows
from hub_core.mapping.writing.trees import Here
from hub_core.mapping.writing.values import ValueFill


class Takers:
    """Looks at the rules that could write one object."""

    def __init__(self, values: ValueFill) -> None:
        self.values = values

    def usable(self, scopes: list[Scope], here: Here) -> list[Scope]:
        """Return the rules that have a place in the contract, for themselves and for something inside."""
        return [
            scope
            for scope in scopes
            if knows(here.place, scope.base)
            and (scope.value is None or holds_text(here.place, scope.base))
            and self.writes(scope, below(here.place, scope.base))
        ]

    def writes(self, scope: Scope, place: Where | None, around: tuple[Scope, ...] = ()) -> set[str]:
        """Return the fields of its object that a rule can write at a place; of a plain value one without a name."""
        if scope in around:
            return set()
        if scope.value is not None:
            return {""}
        inner = [one.root for one in (scope, scope.call) if one is not None and one.root is not None]
        return {name for obj in inner for name in self._fields(obj, Here("", place), (*around, scope))}

    def _fields(self, obj: Obj, here: Here, around: tuple[Scope, ...]) -> set[str]:
        found = {name for name, values in obj.slots.items() if any(self.values.written(one, here) for one in values)}
        found |= {value.spill[1] for values in obj.slots.values() for value in values if value.spill}
        for name, inner in obj.objects.items():
            if self._fields(inner, here, around) or any(self._inside(one, here, around) for one in inner.scopes):
                found.add(name)
        for name, slot in obj.lists.items():
            elements = any(self._fields(one, here, around) for one in slot.elements.values())
            if elements or any(self._inside(one, here, around) for one in slot.scopes):
                found.add(name)
        return found

    def _inside(self, scope: Scope, here: Here, around: tuple[Scope, ...]) -> bool:
        return knows(here.place, scope.base) and bool(self.writes(scope, below(here.place, scope.base), around))

    def constant(self, scope: Scope) -> set[str]:
        """Return the fields that a rule gives to its object by itself."""
        inner = [one.root for one in (scope, scope.call) if one is not None and one.root is not None]
        return {name for obj in inner for name, values in obj.slots.items() if any(one.joins_only for one in values)}

    def apart(self, scope: Scope, others: list[Scope]) -> bool:
        """Tell whether what one rule takes whole is for no other: each says something else by itself."""
        own = self._fixed(scope)
        return all(any(own.get(name, one) != one for name, one in self._fixed(other).items()) for other in others)

    def _fixed(self, scope: Scope) -> dict[str, str]:
        """Return the constants that a rule always gives to its object, as shown."""
        inner = [one.root for one in (scope, scope.call) if one is not None and one.root is not None]
        slots = [(name, values[0]) for obj in inner for name, values in obj.slots.items() if len(values) == 1]
        return {
            name: repr(one.const) for name, one in slots if one.const is not None and not one.checks and not one.never
        }

    def tests(self, scope: Scope, var: str, here: Here, *, exact: bool = False) -> list[str]:
        """Return the conditions under which a rule takes an object: its constants are the object's own values."""
        found: list[str] = []
        for one in (scope, scope.call):
            if one is not None and one.root is not None:
                found += self.values.conditions.constants(one.root, var, exact=exact)
        if scope.checks:
            found.append(self.values.conditions.can(here, scope.checks))
        return list(dict.fromkeys(test for test in found if test != "True"))

    def room(self, scope: Scope, here: Here) -> list[str]:
        """Return the conditions of ``where:`` on a place that stands once."""
        return [self.values.conditions.room(here, scope.where, scope.base)] if scope.where else []

    def says(self, scope: Scope, here: Here, *, whole: bool) -> str:
        """Return the function that tells of an object whether a rule carries something of it, or the whole."""
        fields = self.writes(scope, below(here.place, scope.base))
        names = fields | self.constant(scope) if whole else fields
        words = self.values.writer.words("S", tuple(names))
        struct = next(one.root.struct for one in (scope, scope.call) if one is not None and one.root is not None)
        parts = [
            f"{'not ' if whole else ''}o.{name}" if is_list else f"o.{name} is {'' if whole else 'not '}None"
            for name, is_list in _fields_of(struct)
            if (name in names) != whole
        ]
        test = (" and " if whole else " or ").join(parts) or str(whole)
        shell = f"said(o) {'<=' if whole else '&'} {words}"
        return self.values.writer.literal("Q", f"lambda o: {shell} if o.__class__ is Shell else {test}")


@cache
def _fields_of(struct: type) -> tuple[tuple[str, bool], ...]:
    """Return the fields of a struct, and which of them are lists."""
    return tuple((one.name, one.default == ()) for one in msgspec.structs.fields(struct))
