"""Which lines of mappings speak of the places that a change of a contract is met at."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from hub_core.contract import Place
from hub_core.contract.changes import Change
from hub_core.lint.walk import Walker, every
from hub_core.lint.world import Subject, look

Names = tuple[str, ...]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a mapping.

    Attributes:
        mapping: id of the mapping.
        file: relative to the folder of mappings; that of a block, where the path stands in one.
        path: as it is written there.
    """

    mapping: str
    file: str
    line: int
    path: str


class Lines:
    """The paths of all mappings of a folder, from the root of their documents.

    Args:
        folder: of the mappings.
        schemas: of their contracts.

    Raises:
        ConfigError: M101, a file cannot be read.
    """

    def __init__(self, folder: Path, schemas: Path) -> None:
        self._known: dict[str, list[tuple[Names, Line]]] = {}
        for subject in look([folder], folder, schemas).subjects:
            if subject.contract is not None:
                # Documents of JSON have no root of a name; their schemas are told by that of the file.
                root = subject.file.source.root or Path(subject.contract.file).name
                self._known.setdefault(root, []).extend(_lines(subject))

    def touched(self, change: Change) -> list[Line]:
        """Return the lines that read or write what becomes another, or something inside of it."""
        file = Path(change.old[0] or change.new[0]).name
        found: dict[Line, None] = {}
        for use in change.uses:
            for path, line in self._known.get(use.root or file, ()):
                if path[: len(use.steps)] == use.steps:
                    found[line] = None
        return sorted(found, key=lambda one: (one.file, one.line))


def _lines(subject: Subject) -> Iterator[tuple[Names, Line]]:
    walker = Walker(subject)
    reads = [read for visit in every(walker.walk()) for read in visit.reads] + walker.known
    assert subject.contract is not None  # noqa: S101 - looked at before
    ways = dict(_ways(subject.contract.root))
    for read in reads:
        base = ways.get(id(read.base.place))
        if base is not None:
            line = Line(mapping=subject.file.id, file=read.node.file, line=read.node.line, path=read.text)
            yield (*base, *(str(step.name) for step in read.steps)), line


def _ways(root: Place) -> Iterator[tuple[int, Names]]:
    """Yield the names that lead to each place; children that nobody followed were never made."""
    waiting: list[tuple[Place, Names]] = [(root, ())]
    while waiting:
        place, names = waiting.pop()
        yield id(place), names
        children: Sequence[Place] = tuple(place.children.values()) if "children" in place.__dict__ else ()
        waiting += [(child, (*names, child.name)) for child in children]
