"""L106: objects and blocks that stand where none of their places is, or that fill another object."""

from collections.abc import Iterable
from collections.abc import Mapping as Map
from dataclasses import dataclass, field

from hub_core.contract import Place
from hub_core.contract.texts import values
from hub_core.lint.finding import Findings
from hub_core.lint.likeness import initial
from hub_core.lint.nearest import Mend, Nearest, leads, local, ways
from hub_core.lint.walk import Read, Visit
from hub_core.lint.world import Subject
from hub_core.mapping.binding.model import fields
from hub_core.mapping.language.paths import BadPath, Steps, parse_path
from hub_core.mapping.language.rules import BlockFile, Rule
from hub_core.mapping.language.targets import BadTarget, parse_target


@dataclass(slots=True)
class Bases:
    """Collects the places of objects, and then says which of them are wrong at every use."""

    findings: Findings
    block_files: Map[str, BlockFile]
    found: dict[int, list[tuple[Subject, Visit, Read, bool, list[Read]]]] = field(default_factory=dict)
    places: dict[tuple[int, str], list[Read]] = field(default_factory=dict)  # of a block, by what they are relative to

    def look_at(self, subject: Subject, visit: Visit) -> list[Read]:
        """Take one rule; return what is read inside it, where rather its own place is wrong than they."""
        if visit.rule.use is not None:
            self._another_object(subject, visit)
        if not visit.inner:
            return []
        place = next((read for read in visit.reads if read.purpose == "object" and read.steps), None)
        if place is None and visit.rule.use and visit.base.place is not None:
            here = visit.base.here()
            place = Read(visit.rule.use, visit.rule.use.text, (), here, here, "object")
        if place is None:
            return []
        use = visit.rule.use.text if visit.rule.use else ""
        self.places.setdefault((id(place.base.place), use), []).append(place)
        known = [
            read for one in _same_base(visit.inner) for read in one.reads
            if read.steps and (read.spot.place is not None or read.spot.missing is not None)
        ]  # fmt: skip
        if not known:
            return []
        # One path that leads nowhere is rather wrong by itself.
        bad = len(known) > 1 and place.spot.place is not None and all(map(_nowhere, known))
        self.found.setdefault(id(place.node), []).append((subject, visit, place, bad, known))
        return known if bad else []

    def finish(self) -> None:
        """Report the places at which nothing of what is read inside exists, at any use."""
        for bases in self.found.values():
            if all(bad for _, _, _, bad, _ in bases):
                subject, visit, place, _, known = bases[0]
                self._wrong(subject, visit, place, known)

    def _another_object(self, subject: Subject, visit: Visit) -> None:
        """A block whose fields this object does not have; perhaps another one, which reads what stands here, has."""
        use = visit.rule.use
        struct = visit.field.struct if visit.field else visit.struct
        if use is None or struct is None or use.text not in subject.blocks:
            return
        strange = _strange(subject.blocks[use.text][0], struct)
        if not strange:
            return
        place = next((read.spot.place for read in visit.reads if read.purpose == "object"), visit.base.place)
        scored = [
            (sum(leads(place, steps) for steps in inside(subject, rules)), -len(rules), name)
            for name, (rules, _) in subject.blocks.items()
            if place is not None and name != use.text and rules and not _strange(rules, struct)
        ]  # fmt: skip
        most, _, name = max(scored, default=(0, 0, ""))
        text = f"the block {use.text!r} fills another object: {struct.__name__} has no {', '.join(strange[:5])}"
        new = name if most else None
        mend = f"write {new!r} instead" if new else f"write a block that fills {struct.__name__}"
        self.findings.add("L106", use, text, mend, old=use.text, new=new)

    def _wrong(self, subject: Subject, visit: Visit, place: Read, known: list[Read]) -> None:
        names = sorted({local(read.steps[0].name) for read in known})
        what = f"of the block {visit.rule.use.text!r}" if visit.rule.use else "inside it"
        text = f"none of the places {what} exists here ({', '.join(names[:5])})"
        if not place.steps:
            self._without_place(subject, place, known, text)
            return
        new = self._beside(visit, place)
        found = self._better(place, known)
        nearest = Nearest(subject.file.source.kind, subject.file.source.ns)
        if new is None and found is not None:
            new = nearest.separator.join(nearest.shown(name) for name in found) or "."
        mend = f"write {new!r} instead" if new else "name the place that holds them, or another block"
        self.findings.add("L106", place.node, text, mend, old=place.text, new=new)

    def _beside(self, visit: Visit, place: Read) -> str | None:
        """Return the place at which another rule uses the block by a filter, with the text that this one means."""
        key = (id(place.base.place), visit.rule.use.text if visit.rule.use else "")
        others = [
            read
            for read in self.places.get(key, ())
            if read.steps and read.node is not place.node and read.steps[-1].filters
        ]
        if not others or others[0].spot.place is None:
            return None
        one = others[0].steps[-1].filters[0]
        children = others[0].spot.place.children
        named = children.get(f"@{one.name}") or children.get(one.name)
        taken = {read.steps[-1].filters[0].literal for read in others}
        free = [text for text in (values(named.leaf) if named and named.leaf else ()) if text not in taken]
        best = [text for text in free if initial(visit.target, text)]
        return others[0].text.replace(f"={one.literal}]", f"={best[0]}]") if len(best) == 1 else None

    def _without_place(self, subject: Subject, place: Read, known: list[Read], text: str) -> None:
        """A block that reads where its rule stands, and finds nothing there."""
        nearest = Nearest(subject.file.source.kind, subject.file.source.ns)
        counted = [
            (sum(leads(inner, read.steps) for read in known), -len(way), way)
            for way, inner in (ways(place.base.place) if place.base.place else ()) if way
        ]  # fmt: skip
        most, _, found = max(counted, default=(0, 0, ()))
        others = sorted(file.file for file in self._others(subject, place))
        if most < min(2, len(known)) or others:
            at = subject.file.blocks_from[0] if others and subject.file.blocks_from else place.node
            mend = f"write {others[0]!r} instead" if others else "name the place that holds them, or another block"
            self.findings.add("L106", at, text, mend, old=at.text, new=others[0] if others else None)
            return
        new = nearest.separator.join(nearest.shown(name) for name in found)
        mend = f"write at: {new} beside it"
        self.findings.add("L106", place.node, text, mend, old=place.text, new=f"{place.text}, at: {new}", raw=True)

    def _others(self, subject: Subject, place: Read) -> list[BlockFile]:
        """Return other files that have a block of the same name, whose places are there."""
        found = []
        source = subject.file.source
        for file in self.block_files.values():
            rules = file.blocks.get(place.text, ())
            paths = [one.path.text for rule in rules for one in rule.places] + [
                rule.each.text for rule in rules if rule.each
            ]
            steps = [parse_path(text, source.kind, source.ns) for text in paths]
            if file not in subject.files and place.spot.place and any(leads(place.spot.place, one) for one in steps):
                found.append(file)
        return found

    def _better(self, place: Read, known: list[Read]) -> tuple[str, ...] | None:
        """Return the way to the nearest place where all that is named inside exists."""
        if place.base.place is None:
            return None
        own = place.spot.place
        scored = []
        for way, here in ways(place.base.place):
            there = sum(leads(here, read.steps) for read in known) if way and here is not own else 0
            if there >= min(2, len(known)):
                shared = sum(one == step.name for one, step in zip(way, place.steps, strict=False))
                scored.append((-shared, -there, len(way), way))
        return min(scored)[3] if scored else None


def meant(subject: Subject, visit: Visit | None, read: Read, nearest: Nearest) -> Mend | None:
    """Return what to write for a path that leads nowhere: of an object the place where what it reads exists."""
    mend = nearest.mend(read)
    known = inside(subject, _inner(subject, visit.rule)) if visit and read.purpose == "object" else []
    base = read.base.place
    if not known or base is None:
        return mend
    if mend is not None:
        new = read.text[: mend.start] + mend.new + read.text[mend.start + len(mend.old) :]
        there = _followed(subject, read, new)
        if there is not None and sum(leads(there, steps) for steps in known) >= min(2, len(known)):
            return mend
    counted = [
        (sum(leads(here, steps) for steps in known), -len(way), way) for way, here in ways(base)
    ]  # fmt: skip
    most, _, way = max(counted, default=(0, 0, ()))
    if most < min(2, len(known)):
        return mend
    return Mend(0, read.text, nearest.separator.join(map(nearest.shown, way)) or ".")


def inside(subject: Subject, rules: tuple[Rule, ...]) -> list[Steps]:
    """Return the paths that rules read, from where they stand."""
    source, found = subject.file.source, []
    for rule in rules:
        nodes = [*(place.path for place in rule.places), *([rule.each] if rule.each else [])]
        for node in nodes:
            try:
                found.append(parse_path(node.text, source.kind, source.ns))
            except BadPath:
                continue
        if not nodes:
            found += inside(subject, rule.fields or ())
    return [steps for steps in found if steps]


def _inner(subject: Subject, rule: Rule) -> tuple[Rule, ...]:
    block = subject.blocks.get(rule.use.text, ((), {}))[0] if rule.use else ()
    return (*block, *(rule.fields or ()))


def _followed(subject: Subject, read: Read, text: str) -> Place | None:
    source = subject.file.source
    try:
        return read.base.follow(parse_path(text, source.kind, source.ns)).place
    except BadPath:
        return None


def _strange(rules: tuple[Rule, ...], struct: type) -> list[str]:
    """Return the fields that rules fill and an object does not have."""
    found = []
    for rule in rules:
        try:
            steps = parse_target(rule.target.text)
        except BadTarget:
            continue
        if steps and steps[0].name not in fields(struct):
            found.append(steps[0].name)
    return found


def _nowhere(read: Read) -> bool:
    """Whether a path leads nowhere, not even into another namespace, which is a fault of its own."""
    at, parent = read.spot.missing, read.spot.parent
    if at is None or parent is None:
        return at is not None
    return all(local(name) != local(read.steps[at].name) for name in parent.children)


def _same_base(visits: Iterable[Visit]) -> list[Visit]:
    """Return visits and, where they stand at no place of their own, those inside them."""
    found: list[Visit] = []
    for visit in visits:
        found.append(visit)
        if visit.inner and not any([read.purpose == "object" and read.steps for read in visit.reads]):  # noqa: C419 (a list is faster)
            found += _same_base(visit.inner)
    return found
