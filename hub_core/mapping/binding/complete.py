"""Objects that no document could fill, because no rule writes a field that the model requires."""

from hub_core.mapping.binding.model import needed
from hub_core.mapping.binding.plan import Obj, Scope
from hub_core.yaml import Faults


class Completeness:
    """Looks at every object of a plan, once."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self._seen: set[Scope] = set()

    def look_at(self, obj: Obj, *, begun: bool) -> None:
        """Report what is missing; ``begun``: others write into the same object, so that nothing can be said."""
        begun = begun or bool(obj.scopes)
        for name in () if begun else needed(obj.struct):
            if name not in obj.slots and name not in obj.objects and name not in obj.lists:
                line = int(obj.place.rpartition(":")[2])
                text = f"{obj.struct.__name__} cannot be without {name}"
                self.faults.add_at(f"{obj.place}:1", text, mend=f"add a rule for {name}", line=line, code="M112")
        for scope in obj.scopes:
            self._twice(obj, scope)
        for inner in obj.inner():
            self.look_at(inner, begun=begun and inner not in _elements(obj))
        for scope in obj.all_scopes():
            if scope not in self._seen and scope.root is not None:
                self._seen.add(scope)
                beside = scope in obj.scopes and bool(obj.slots)
                self.look_at(scope.root, begun=beside or scope.call is not None)
                if scope.call is not None and scope.call.root is not None:
                    self.look_at(scope.call.root, begun=False)

    def _twice(self, obj: Obj, scope: Scope) -> None:
        """A field that the rule of the whole object fills, and a rule of its own too."""
        if scope.root is None or scope.checks:
            return
        for name in scope.root.slots.keys() & obj.slots.keys():
            one, other = obj.slots[name][0], scope.root.slots[name][0]
            if not (one.checks or other.checks):
                text, line = f"two unconditional rules for {scope.name}.{name}", one.place.rpartition(":")[2]
                mend = f"leave it to the rule for {scope.name}.{name} in line {line}, or remove that one"
                place, _, number = other.place.rpartition(":")
                self.faults.add_at(f"{place}:{number}:1", text, mend=mend, line=int(number), code="M108")


def _elements(obj: Obj) -> list[Obj]:
    return [element for slot in obj.lists.values() for element in slot.elements.values()]
