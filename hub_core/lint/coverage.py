"""L14x: places of the contract that no rule reads and no reason leaves out.

Contracts derived from samples are not looked at: what is not mapped of a document goes to ``unmapped``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hub_core.contract import Contract, Place
from hub_core.lint.doubles import mistaken, say_mistaken
from hub_core.lint.finding import Findings, quoted
from hub_core.lint.likeness import fit
from hub_core.lint.nearest import Nearest, local
from hub_core.lint.walk import Read, Spot, Visit, Walker
from hub_core.lint.world import Subject
from hub_core.mapping.language.paths import MAX_STEPS
from hub_core.yaml import Mapping, Scalar


@dataclass(slots=True)
class Coverage:
    """Looks at the places of one contract."""

    findings: Findings

    def look_at(self, subject: Subject, walker: Walker, visits: Iterable[Visit]) -> None:
        """Report each part of the contract that is not spoken of, once."""
        contract = subject.contract
        if contract is None or contract.derived:
            return
        taken: dict[int, Place] = {}
        for read in [*walker.known, *(read for visit in visits for read in visit.reads)]:
            self._take(read, taken)
        left_out: dict[int, Place] = {}
        for left, _ in subject.file.ignore:
            ignored = walker.read(left, left.text, walker.root(), "known")
            if ignored is not None and ignored.spot.place is not None:
                left_out[id(ignored.spot.place)] = ignored.spot.place
        shown = Nearest(subject.file.source.kind, subject.file.source.ns)
        visits = list(visits)
        opened = list(_open(contract.root, taken, left_out, ()))
        self._both(subject, visits, left_out, [way[-1] for way in opened])
        for way in opened:
            path = shown.separator.join(shown.shown(place.name) for place in way)
            whole = (contract.root, *way)
            wrong = mistaken(way[-1], whole[-2].children.values(), visits)
            for one in wrong:
                say_mistaken(self.findings, one, way[-1], path)
            if not wrong:
                self._report(subject, contract, path, _reader(whole, visits))

    def _both(self, subject: Subject, visits: Iterable[Visit], left_out: dict[int, Place], lost: list[Place]) -> None:
        """Rules that read what a reason leaves out; a place that nobody reads may have been meant."""
        nearest = Nearest(subject.file.source.kind, subject.file.source.ns)
        for visit in visits:
            for read in visit.reads:
                ways = (read.base.follow(read.steps[:number]).place for number in range(1, len(read.steps) + 1))
                if read.purpose == "condition" or not any(id(place) in left_out for place in ways):
                    continue
                fitting = [place for place in lost if not place.children]
                meant = max(fitting, key=lambda place: fit(visit.target, local(place.name)), default=None)
                new = nearest.shown(meant.name) if meant else None
                mend = f"write {new!r} instead" if new else "read another place, or remove the line below ignore:"
                text = f"{read.text} is read here, and left out below ignore:"
                self.findings.add("L142", read.node, text, mend, old=read.text, new=new)

    def _take(self, read: Read, taken: dict[int, Place]) -> None:
        spot: Spot = read.base
        for number, step in enumerate(read.steps):
            spot = read.base.follow(read.steps[: number + 1])
            if spot.place is None:
                return
            for one in step.filters:
                for name in (f"@{one.name}", one.name):
                    if child := spot.place.children.get(name):
                        taken[id(child)] = child
        place = spot.place
        compares = read.condition is None or bool(read.condition.values)
        if place is not None and compares and read.purpose != "object":
            taken[id(place)] = place

    def _report(self, subject: Subject, contract: Contract, path: str, near: Scalar | None) -> None:
        node = subject.file.node
        at = node.keys.get("ignore") or node.keys.get("fields") or next(iter(node.keys.values()))
        written = quoted(path) if any(mark in path for mark in "@{\"'") else path
        text = f"{path} of {contract.file} is neither read nor left out"
        mend = f"add a rule for it, or a line below ignore: {written}: and the reason"
        self.findings.add("L141", near or _scalar(at), text, mend)


def _reader(way: Sequence[Place], visits: Iterable[Visit]) -> Scalar | None:
    """Return where a rule is missing for the last place of a way from the root.

    At the block or the rule of the object around it, at the rule that reads its namesake elsewhere, or ``None``.
    """
    above, lost = way[-2], way[-1]
    around: Visit | None = None
    namesake: Scalar | None = None
    for visit in visits:
        inside = any(visit.base.place is place for place in way)
        for read in visit.reads:
            place = read.spot.place
            if place is above and read.purpose == "object" and read.steps:
                around = around or visit
            if inside and read.purpose == "value" and place is not None and local(place.name) == local(lost.name):
                namesake = namesake or read.node
    if around is None:
        return namesake
    blocks = around.subject.file.node.items.get("blocks")
    known = blocks.keys if isinstance(blocks, Mapping) else {}
    return known.get(around.rule.use.text, around.rule.target) if around.rule.use else around.rule.target


def _scalar(node: Scalar | Mapping) -> Scalar:
    return node if isinstance(node, Scalar) else Scalar(text="", file=node.file, line=node.line, column=node.column)


def _open(
    place: Place, taken: dict[int, Place], left_out: dict[int, Place], way: tuple[Place, ...]
) -> list[tuple[Place, ...]]:
    """Return the ways to the parts of which nothing is spoken; of a part that is not spoken of at all only its top."""
    found: list[tuple[Place, ...]] = []
    for child in place.children.values():
        if id(child) in left_out or len(way) >= MAX_STEPS:
            continue
        if not _spoken(child, taken, left_out, len(way)):
            if child.leaf is not None or child.children:
                found.append((*way, child))
            continue
        if child.leaf is not None and not child.children and id(child) not in taken:
            found.append((*way, child))
        found += _open(child, taken, left_out, (*way, child))
    return found


def _spoken(place: Place, taken: dict[int, Place], left_out: dict[int, Place], depth: int) -> bool:
    if id(place) in taken or id(place) in left_out:
        return True
    # Children that nobody followed were never made, and types may hold themselves.
    if depth >= MAX_STEPS or "children" not in place.__dict__:
        return False
    return any(_spoken(child, taken, left_out, depth + 1) for child in place.children.values())
