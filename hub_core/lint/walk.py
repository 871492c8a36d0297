"""Follows the rules of a mapping through its contract: which places each rule reads, at each place of its use."""

from collections.abc import Mapping as Map
from functools import lru_cache
from typing import Literal

import msgspec

from hub_core.contract import Place
from hub_core.contract.contract import below
from hub_core.lint.world import Subject
from hub_core.mapping.binding.model import MODELS, Field, fields
from hub_core.mapping.language.paths import BadPath, Step, Steps, parse_path
from hub_core.mapping.language.rules import Condition, Rule
from hub_core.mapping.language.targets import BadTarget, parse_target, shown_target
from hub_core.yaml import Scalar

Purpose = Literal["value", "object", "element", "condition", "known"]


class Spot(msgspec.Struct, frozen=True, eq=False):
    """A place that paths are relative to, or lead to.

    Attributes:
        place: in the contract; ``None``: nothing is known of it, because it does not exist or anything may stand there.
        missing: number of the step of the last path at which it left the contract.
        many: steps that may repeat, since the element that the rule belongs to.
        parent: the last place that exists.
    """

    place: Place | None = None
    parent: Place | None = None
    missing: int | None = None
    many: tuple[Step, ...] = ()

    def follow(self, steps: Steps) -> "Spot":
        """Return where a path leads to."""
        place, many = self.place, self.many
        if place is None:
            return Spot(many=many)
        for number, step in enumerate(steps):
            inner = below(place, step.name)
            if inner is None:
                return Spot(None, place, None if place.open else number, many)
            place = inner
            if inner.many and not step.filters:
                many = (*many, step)
        return Spot(place, place, None, many)

    def here(self) -> "Spot":
        """Return the same place as the one element of its kind."""
        return Spot(self.place, self.parent)

    def found(self) -> "Spot":
        """Return the same place for paths that start there: what is missing is said of the path that leads to it."""
        return self if self.missing is None else Spot(self.place, self.parent, None, self.many)


class Read(msgspec.Struct, frozen=True, eq=False):
    """One path of a rule, followed."""

    node: Scalar
    text: str
    steps: Steps
    base: Spot
    spot: Spot
    purpose: Purpose
    codec: Scalar | None = None
    condition: Condition | None = None


class Visit(msgspec.Struct, eq=False):
    """One rule at one place of its use.

    Attributes:
        target: canonical path from the record, as written on the way; elements of lists as ``name[]``.
        struct: owner of the field.
        field: what it fills; ``None``: it joins an object (``.``), or the target is not right.
        block: the block that it stands in.
        conditions: of this rule and of the blocks that joined the object, with the spot of each.
        inner: rules inside it.
        element: number of the element or object that it fills, for rules of one object.
    """

    subject: Subject
    rule: Rule
    target: str
    struct: type | None
    field: Field | None
    base: Spot
    block: str | None
    codes: Map[str, Scalar]
    reads: list[Read] = []
    conditions: tuple[Read, ...] = ()
    inner: "list[Visit]" = []
    element: int = 0


class _Frame(msgspec.Struct, frozen=True, eq=False):
    """Where rules stand."""

    struct: type | None
    target: str
    base: Spot
    codes: Map[str, Scalar]
    block: str | None
    conditions: tuple[Read, ...]
    uses: tuple[str, ...]
    element: int


class Walker:
    """Walks through one mapping."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.source = subject.file.source
        self.parsed: dict[str, Steps | None] = {}
        self.elements = 0
        self.known: list[Read] = []
        self.blocks: dict[tuple[object, ...], list[Visit]] = {}

    def walk(self) -> list[Visit]:
        """Return the rules of the record, each with those inside it."""
        file = self.subject.file
        root = self.root()
        for node in (file.answer.at, file.answer.code) if file.answer else ():
            if node is not None and (read := self.read(node, node.text, root, "known")):
                self.known.append(read)
        struct = MODELS.get(file.target)
        return self._rules(file.fields, _Frame(struct, "", root, file.codes, None, (), (), 0))

    def root(self) -> Spot:
        """Return the place where paths start."""
        contract = self.subject.contract
        return Spot(place=contract.root if contract else None, parent=contract.root if contract else None)

    def read(
        self, node: Scalar, text: str, base: Spot, purpose: Purpose, codec: Scalar | None = None,
        condition: Condition | None = None,
    ) -> Read | None:  # fmt: skip
        """Return a path followed; ``None`` if it is none, which is a fault of loading."""
        if text not in self.parsed:
            try:
                self.parsed[text] = parse_path(text, self.source.kind, self.source.ns)
            except BadPath:
                self.parsed[text] = None
        steps = self.parsed[text]
        if steps is None:
            return None
        return Read(node, text, steps, base, base.follow(steps), purpose, codec, condition)

    def _rules(self, rules: tuple[Rule, ...], frame: _Frame) -> list[Visit]:
        return [self._rule(rule, frame) for rule in rules]

    def _rule(self, rule: Rule, frame: _Frame) -> Visit:
        owner, found, target = _field(rule, frame)
        own = self._conditions(rule.when, frame.base) if rule.when else ()
        visit = Visit(
            subject=self.subject, rule=rule, target=target, struct=owner, field=found, base=frame.base,
            block=frame.block, codes=frame.codes, reads=list(own), conditions=frame.conditions + own,
            element=frame.element,
        )  # fmt: skip
        if rule.use is not None or rule.fields is not None:
            self._building(visit, rule, frame)
        elif rule.each is not None or (found is not None and found.many):
            nodes = [rule.each] if rule.each else [place.path for place in rule.places]
            self._add(visit, [self.read(node, node.text, frame.base, "element") for node in nodes])
        else:
            places = [self.read(one.path, one.path.text, frame.base, "value", one.codec) for one in rule.places]
            derive = rule.derive
            joined = [self.read(derive.node, path, frame.base, "value") for path in derive.paths] if derive else []
            self._add(visit, places + joined)
        return visit

    def _add(self, visit: Visit, reads: list[Read | None]) -> None:
        visit.reads += [read for read in reads if read is not None]

    def _conditions(self, when: tuple[Condition, ...], base: Spot) -> tuple[Read, ...]:
        reads = (self.read(one.path, one.path.text, base, "condition", condition=one) for one in when)
        return tuple(read for read in reads if read is not None)

    def _building(self, visit: Visit, rule: Rule, frame: _Frame) -> None:
        """An object: its place, its block, its own fields."""
        node = rule.each or (rule.places[0].path if rule.places else None)
        place = self.read(node, node.text, frame.base, "object") if node else None
        if place is not None:
            visit.reads.append(place)
        joins = visit.field is None
        spot = place.spot if place else frame.base
        if not joins:
            spot = spot.here() if rule.each or (visit.field and visit.field.many) else spot.found()
        where = self._conditions(rule.where, spot) if rule.where else ()
        visit.reads += where
        if not joins:
            self.elements += 1
        conditions = (visit.conditions if joins else ()) + where
        struct = frame.struct if joins else (visit.field.struct if visit.field else None)
        inner = _Frame(
            struct, visit.target, spot, frame.codes, frame.block, conditions, frame.uses,
            frame.element if joins else self.elements,
        )  # fmt: skip
        if self.subject.contract is not None and spot.place is None:
            return  # of what lies below a place that does not exist, nothing can be said
        if rule.use is not None and rule.use.text in self.subject.blocks and rule.use.text not in frame.uses:
            visit.inner += self._block(rule.use.text, inner)
        if rule.fields:
            visit.inner += self._rules(rule.fields, inner)

    def _block(self, name: str, frame: _Frame) -> list[Visit]:
        """Return the rules of a block; at one place of the contract they are the same at every use."""
        key = (name, id(frame.base.place), frame.struct, bool(frame.base.many))
        if key in self.blocks and not frame.conditions:
            return self.blocks[key]
        rules, codes = self.subject.blocks[name]
        frame = msgspec.structs.replace(frame, codes=codes, block=name, uses=(*frame.uses, name))
        found = self._rules(rules, frame)
        if not frame.conditions:
            self.blocks[key] = found
        return found


def every(visits: list[Visit]) -> list[Visit]:
    """Return visits and those inside them, each once."""
    found: dict[int, Visit] = {}
    waiting = list(reversed(visits))
    while waiting:
        visit = waiting.pop()
        if id(visit) not in found:
            found[id(visit)] = visit
            waiting += reversed(visit.inner)
    return list(found.values())


def _field(rule: Rule, frame: _Frame) -> tuple[type | None, Field | None, str]:
    """Return owner, field and canonical path of a rule's target."""
    owner, found, shown = _looked_up(frame.struct, rule.target.text)
    if not shown:
        return owner, found, rule.target.text if shown is None else frame.target
    return owner, found, f"{frame.target}.{shown}" if frame.target else shown


@lru_cache(maxsize=4_096)  # the rules of shared blocks are met once for each use
def _looked_up(struct: type | None, target: str) -> tuple[type | None, Field | None, str | None]:
    """Return owner, field and path of a target within a struct; the path is blank for ``.``, ``None`` for no target."""
    try:
        steps = parse_target(target)
    except BadTarget:
        return None, None, None
    owner, found = struct, None
    for step in steps:
        if struct is None or step.name not in fields(struct):
            return None, None, None
        owner, found = struct, fields(struct)[step.name]
        struct = found.struct
    return owner, found, shown_target(target) if steps else ""
