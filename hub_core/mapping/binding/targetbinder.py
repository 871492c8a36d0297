"""Follows canonical paths into the plan: fields must exist, lists and objects must be written as what they are."""

from dataclasses import dataclass

from hub_core.canonical.values import Code
from hub_core.mapping.binding.model import RESERVED, Field, fields, listed
from hub_core.mapping.binding.plan import ListSlot, Obj
from hub_core.mapping.binding.valuebinder import ValueBinder
from hub_core.mapping.language.rules import Faulty, Rule
from hub_core.mapping.language.targets import Selector, TargetStep, parse_target
from hub_core.yaml import Faults, Scalar, closest


@dataclass(slots=True)
class TargetBinder:
    """Finds and makes the objects that targets lead into."""

    faults: Faults

    def _fault(self, rule: Rule, text: str, mend: str, code: str = "M104") -> None:
        self.faults.add(rule.target, text, mend=mend, code=code)

    def field(self, rule: Rule, name: str, struct: type) -> Field | None:
        """Return a field of a struct; ``None`` after reporting that there is none."""
        known = fields(struct)
        if name in known:
            return known[name]
        owner = struct.__name__
        text = f"{name} is written by the hub" if name in RESERVED else f"{owner} has no field {name!r}"
        mend = f"{closest(name, known)} (fields of {owner}: {listed(known)})"
        if struct is Code:
            whole = rule.target.text.rpartition(f".{name}")[0]
            mend = f"write {whole!r} instead of {rule.target.text!r}" if whole else mend
        self._fault(rule, text, mend)
        return None

    def inside(self, rule: Rule, step: TargetStep, obj: Obj, *, faulty: Faulty, values: ValueBinder) -> Obj | None:
        """Return the object that one step of a target leads into; ``None`` after reporting a fault."""
        found = self.field(rule, step.name, obj.struct)
        if found is None:
            return None
        if found.struct is None:
            mend = f"end the path at {step.name}: write {_until(rule.target.text, step.name)!r} instead"
            self._fault(rule, f"{step.name} has no fields: {rule.target.text!r}", mend)
            return None
        if found.many != bool(step.selectors):
            mend = f"write {step.name}[field=value]" if found.many else f"write {step.name} without brackets"
            self._fault(rule, f"{step.name} is {'a' if found.many else 'no'} list", mend)
            return None
        place = f"{rule.target.file}:{rule.target.line}"
        if not step.selectors:
            if step.name in obj.slots:
                self._fault(rule, f"two rules for {step.name}", "write the whole value or its parts", "M108")
            return obj.objects.setdefault(step.name, Obj(found.struct, faulty, place))
        elements = obj.lists.setdefault(step.name, ListSlot()).elements
        shown = ",".join(sorted(f"{one.field}={one.codes or ''}:{one.literal}" for one in step.selectors))
        if shown not in elements:
            elements[shown] = Obj(found.struct, faulty, place)
            for selector in step.selectors:
                self._select(rule, elements[shown], selector, values)
        return elements[shown]

    def _select(self, rule: Rule, element: Obj, selector: Selector, values: ValueBinder) -> None:
        found = self.field(rule, selector.field, element.struct)
        if found is None:
            return
        value = values.selected(rule, found, selector.literal, selector.codes)
        if value is not None:
            element.slots.setdefault(selector.field, []).append(value)

    def key(self, key: Scalar, struct: type) -> None:
        """Check one entry of ``key:``: a path from the element to one of its fields."""
        current: type | None = struct
        for name in key.text.split("."):
            known = fields(current) if current else {}
            if name not in known:
                self.faults.add(key, f"no field {name!r} in the element", mend=closest(name, known), code="M104")
                return
            current = known[name].struct


def _until(text: str, name: str) -> str:
    """Return the part of a target up to one of its steps."""
    steps = parse_target(text)
    at = next((number for number, step in enumerate(steps, 1) if step.name == name), len(steps))
    return ".".join(step.shown for step in steps[:at])
