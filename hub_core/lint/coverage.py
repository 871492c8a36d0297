"""L14x: places of the contract that no rule reads and no reason leaves out.

Contracts derived from samples are not looked at: what is not mapped of a document goes to ``unmapped``.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from hub_core.contract import Contract, Place
from hub_core.lint.finding import Findings
from hub_core.lint.nearest import Nearest
from hub_core.lint.walk import Read, Spot, Visit, Walker
from hub_core.lint.world import Subject
from hub_core.mapping.paths import MAX_STEPS
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
        for path, _ in subject.file.ignore:
            ignored = walker.read(path, path.text, walker.root(), "known")
            if ignored is not None and ignored.spot.place is not None:
                left_out[id(ignored.spot.place)] = ignored.spot.place
        shown = Nearest(subject.file.source.kind, subject.file.source.ns)
        for steps in _open(contract.root, taken, left_out, ()):
            self._report(subject, contract, shown.separator.join(shown.shown(place.name) for place in steps))

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

    def _report(self, subject: Subject, contract: Contract, path: str) -> None:
        node = subject.file.node
        at = node.keys.get("ignore") or node.keys.get("fields") or next(iter(node.keys.values()))
        quoted = f'"{path}"' if any(mark in path for mark in "@{\"'") else path
        text = f"{path} of {contract.file} is neither read nor left out"
        mend = f"add a rule for it, or a line below ignore: {quoted}: and the reason"
        self.findings.add("L141", _scalar(at), text, mend)


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
