"""Looks up every name of a mapping and makes its plan; everything that does not exist is a fault."""

from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from typing import Final

import msgspec

from hub_core.mapping.binding.complete import Completeness
from hub_core.mapping.binding.model import MODELS, Field, fields, listed, needed
from hub_core.mapping.binding.plan import Check, ListSlot, Obj, Scope
from hub_core.mapping.binding.targetbinder import TargetBinder
from hub_core.mapping.binding.valuebinder import ValueBinder
from hub_core.mapping.codelists import CodeList
from hub_core.mapping.language.paths import Steps
from hub_core.mapping.language.rules import Condition, Faulty, MappingFile, Rule
from hub_core.mapping.language.sourcepaths import SourcePaths
from hub_core.mapping.language.targets import BadTarget, TargetStep, parse_target, shown_target
from hub_core.yaml import Faults, Mapping, Node, Scalar, closest

Blocks = Map[str, tuple[tuple[Rule, ...], Map[str, Scalar]]]  # by name: rules, and the code lists of their file
Block = tuple[tuple[Rule, ...], Map[str, Scalar], tuple[str, ...]]  # rules, code lists, chain of uses
MAX_USES: Final = 8  # blocks inside blocks


class Place(msgspec.Struct, frozen=True, eq=False):
    """Where rules stand while they are bound.

    Attributes:
        prefix: source steps from the base of the scope, added by a block that joins its object.
        checks: conditions of that block.
        codes: short names of code lists that hold here.
        uses: blocks that are being bound, outermost first.
    """

    faulty: Faulty
    codes: Map[str, Scalar]
    prefix: Steps = ()
    checks: tuple[Check, ...] = ()
    uses: tuple[str, ...] = ()


@dataclass(slots=True)
class Binder:
    """Makes the plan of one mapping file."""

    mapping: MappingFile
    blocks: Blocks
    lists: Map[str, CodeList]
    faults: Faults
    used: dict[str, CodeList] = field(default_factory=dict)
    paths: SourcePaths = field(init=False)
    targets: TargetBinder = field(init=False)
    _shared: dict[tuple[object, ...], Scope] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.paths = SourcePaths(self.mapping.source, self.faults)
        self.targets = TargetBinder(self.faults)

    def plan(self) -> Scope | None:
        """Return the scope of the record; ``None`` if the target does not exist."""
        model = MODELS.get(self.mapping.target)
        if model is None:
            node = self.mapping.node.items.get("target", self.mapping.node)
            self.faults.add(node, "no such target", mend=closest(self.mapping.target, MODELS), code="M104")
            return None
        place = f"{self.mapping.file}:1"
        root = Obj(model, self.mapping.faulty, place)
        scope = Scope("the record", place, root=root, faulty=self.mapping.faulty)
        self._rules(self.mapping.fields, root, Place(self.mapping.faulty, self.mapping.codes))
        Completeness(self.faults).look_at(root, begun=True)
        for path, _reason in self.mapping.ignore:
            if (steps := self.paths.steps(path, path.text)) is not None:
                scope.ignored.append(steps)
        return scope

    def _fault(self, node: Node, text: str, mend: str, code: str) -> None:
        self.faults.add(node, text, mend=mend, code=code)

    def _rules(self, rules: tuple[Rule, ...], obj: Obj, place: Place) -> None:
        written: dict[str, Rule] = {}
        for rule in rules:
            try:
                target = parse_target(rule.target.text)
            except BadTarget as error:
                self._fault(rule.target, "not a canonical path", str(error), "M104")
                continue
            if target:
                self._twice(rule, shown_target(rule.target.text), written)
                self._rule(rule, target, obj, place)
            else:
                self._join(rule, obj, place)

    def _twice(self, rule: Rule, shown: str, written: dict[str, Rule]) -> None:
        """Two lines for one place are a slip; a list of rules under one line says an order."""
        first = written.setdefault(shown, rule)
        if first.target is not rule.target and not (first.when or rule.when):
            mend = f"write both as a list under one of them; see line {first.target.line}"
            self._fault(rule.target, f"two unconditional rules for {shown}", mend, "M108")

    def _join(self, rule: Rule, obj: Obj, place: Place) -> None:
        """``.``: the fields of a block, or of the rule itself, join this object."""
        if rule.each or not (rule.use or rule.fields is not None):
            self._fault(rule.target, ". takes a block or fields", 'write ".": {use: block, at: path}', "M104")
            return
        base = self._base(rule, place)
        block = self._block(rule, place)
        if base is None or block is None:
            return
        checks = place.checks + self._checks(rule.when, place.prefix) + self._checks(rule.where, base)
        inner = Place(rule.faulty or place.faulty, block[1], base, checks, block[2])
        self._rules(block[0], obj, inner)
        if rule.fields:
            self._rules(rule.fields, obj, Place(rule.faulty or place.faulty, place.codes, base, checks, place.uses))

    def _base(self, rule: Rule, place: Place) -> Steps | None:
        node = rule.each or (rule.places[0].path if rule.places else None)
        if node is None:
            return place.prefix
        steps = self.paths.steps(node, node.text)
        return None if steps is None else place.prefix + steps

    def _block(self, rule: Rule, place: Place) -> Block | None:
        """Return rules, code lists and the chain of uses of the block that a rule names; empty if it names none."""
        if rule.use is None:
            return (), place.codes, place.uses
        name = rule.use.text
        if name not in self.blocks:
            elsewhere = "write it under blocks: or name its file in blocks_from:"
            mend = closest(name, self.blocks) if self.blocks else elsewhere
            self._fault(rule.use, f"no block {name!r}", mend, "M109")
            return None
        if name in place.uses or len(place.uses) >= MAX_USES:
            self._fault(rule.use, f"the block {name!r} uses itself", "write the inner one out as fields:", "M109")
            return None
        rules, codes = self.blocks[name]
        return rules, codes, (*place.uses, name)

    def _checks(self, when: tuple[Condition, ...], prefix: Steps) -> tuple[Check, ...]:
        checks: list[Check] = []
        for condition in when:
            steps = self.paths.steps(condition.path, condition.path.text)
            if steps is not None:
                checks.append(Check(prefix + steps, condition.values, condition.present))
        return tuple(checks)

    def _rule(self, rule: Rule, target: tuple[TargetStep, ...], obj: Obj, place: Place) -> None:
        structs = [obj.struct]
        for step in target[:-1]:
            inner = self.targets.inside(rule, step, obj, faulty=place.faulty, values=self._values(place))
            if inner is None:
                return
            obj = inner
            structs.append(obj.struct)
        last = target[-1]
        found = self.targets.field(rule, last.name, obj.struct)
        if found is None:
            return
        builds = rule.use is not None or rule.fields is not None
        if found.many and not last.selectors:
            self._list_rule(rule, last, found, obj, place)
        elif last.adds:
            self._fault(rule.target, f"{last.name} holds one value", f"write {last.name} without []", "M104")
        elif last.selectors or builds:
            self._object_rule(rule, last, found, obj, place, builds=builds)
        else:
            self._value_rule(rule, found, obj, place, structs)

    def _value_rule(self, rule: Rule, found: Field, obj: Obj, place: Place, structs: list[type]) -> None:
        if rule.each is not None and isinstance(rule.node, Mapping):
            self._fault(
                rule.node.keys["each"],
                f"{found.name} holds one value, 'each' fills lists",
                "write 'at' instead",
                "M103",
            )
            return
        if found.kind == "object":
            assert found.struct is not None  # noqa: S101 - every object field has one
            inner = listed(f"{found.name}.{name}" for name in fields(found.struct))
            mend = f"write {inner}, or fields: below it"
            self._fault(rule.target, f"{found.name} is an object, not a value", mend, "M104")
            return
        if found.name in obj.objects:
            self._fault(rule.target, f"two rules for {found.name}", "write the whole value or its parts", "M108")
        value = self._values(place).bind(rule, found, structs, self._checks(rule.when, place.prefix))
        if value is not None:
            obj.slots.setdefault(found.name, []).append(value)

    def _values(self, place: Place) -> ValueBinder:
        return ValueBinder(self.paths, self.faults, place.codes, self.lists, self.used, place)

    def _object_rule(self, rule: Rule, last: TargetStep, found: Field, obj: Obj, place: Place, *, builds: bool) -> None:
        if not builds:
            self._fault(rule.target, "an element of a list is an object", "add the field: [...].value", "M104")
            return
        inner = self.targets.inside(rule, last, obj, faulty=place.faulty, values=self._values(place))
        if inner is None or found.struct is None:
            return
        scope = self._scope(rule, found, place)
        if scope is not None:
            inner.scopes.append(scope)

    def _list_rule(self, rule: Rule, last: TargetStep, found: Field, obj: Obj, place: Place) -> None:
        if not last.adds:
            mend = f"write '{rule.target.text}[]' instead to add elements, or {last.name}[field=value] to name one"
            self._fault(rule.target, f"{last.name} is a list", mend, "M104")
            return
        builds = rule.use is not None or rule.fields is not None
        if builds and found.kind != "object" and found.struct is None:
            self._fault(rule.target, f"the elements of {last.name} are plain values", "write as: or codes:", "M104")
            return
        if not builds and found.kind == "object" and found.struct is not None:
            example = next(iter(fields(found.struct)))
            mend = f"write fields: {{{example}: {{at: ...}}}}"
            self._fault(rule.target, f"the elements of {last.name} are objects", mend, "M104")
            return
        scope = self._scope(rule, found, place) if builds else self._plain_scope(rule, found, obj, place)
        if scope is not None:
            obj.lists.setdefault(found.name, ListSlot()).scopes.append(scope)

    def _plain_scope(self, rule: Rule, found: Field, obj: Obj, place: Place) -> Scope | None:
        """Elements that are plain values: the rule itself, read at ``.`` of each place."""
        if rule.each is None and len(rule.places) != 1:
            mend = "write each: path; for several places a list of rules: [{each: path}, {each: path}]"
            self._fault(rule.target, f"{found.name} takes its elements from one place", mend, "M103")
            return None
        base = self._base(rule, place)
        value = self._values(place).bind(rule, found, [obj.struct], (), here=True)
        if base is None or value is None:
            return None
        checks = place.checks + self._checks(rule.when, place.prefix)
        where = self._checks(rule.where, ())
        return Scope(found.name, value.place, base, checks, where, value=value, faulty=value.faulty)

    def _scope(self, rule: Rule, found: Field, place: Place) -> Scope | None:
        base, block = self._base(rule, place), self._block(rule, place)
        if base is None or block is None or found.struct is None:
            return None
        faulty = rule.faulty or place.faulty
        where = f"{rule.target.file}:{rule.target.line}"
        checks = place.checks + self._checks(rule.when, place.prefix)
        root = Obj(found.struct, faulty, where)
        scope = Scope(found.name, where, base, checks, self._checks(rule.where, ()), root=root, faulty=faulty)
        extra = rule.fields or ()
        rules, codes, uses = block
        if rule.use is not None:
            shared = self._shared_block(rule.use.text, found.struct, faulty, block)
            if shared.root is not None and all(_joinable(one, shared.root) for one in extra):
                scope.call = shared
        if scope.call is None:
            self._rules(rules, root, Place(faulty, codes, uses=uses))
        self._rules(extra, root, Place(faulty, place.codes, uses=place.uses))
        for key in rule.key:
            self.targets.key(key, found.struct)
        return scope

    def _shared_block(self, name: str, struct: type, faulty: Faulty, block: Block) -> Scope:
        rules, codes, uses = block
        key = (name, struct, faulty)
        if key not in self._shared:
            where = f"{rules[0].target.file}:{rules[0].target.line}" if rules else self.mapping.file
            root = Obj(struct, faulty, where)
            self._shared[key] = Scope(name, where, root=root, faulty=faulty)
            self._rules(rules, root, Place(faulty, codes, uses=uses))
        return self._shared[key]


def _joinable(rule: Rule, block: Obj) -> bool:
    """Whether a rule can be added after a shared block has made its object: one value, in no object of the block."""
    if rule.use is not None or rule.fields is not None or rule.each is not None:
        return rule.target.text.count(".") == 0 and _constant(rule)
    try:
        path = parse_target(rule.target.text)
    except BadTarget:
        return False
    if any(step.selectors or step.adds for step in path) or not path:
        return False
    written = [place.path.text for place in rule.places] + list(rule.derive.paths if rule.derive else ())
    if any("=" in path_text for path_text in written):
        return False  # the place of a filter is named too, which a shared block cannot know
    first = path[0].name
    if len(path) == 1:
        return first not in needed(block.struct)
    return first not in block.objects and first not in block.slots


def _constant(rule: Rule) -> bool:
    """Whether a rule reads nothing."""
    derived = rule.derive is not None and rule.derive.function != "join"
    nested = rule.use is None and not rule.places and rule.each is None and rule.fields is not None
    inner = nested and all(_constant(one) for one in rule.fields or ())
    return (rule.const is not None or derived or inner) and not rule.when
