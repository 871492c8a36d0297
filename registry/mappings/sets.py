"""Which mappings read: those of the release in force, and those of any other by its number.

A set is one object that never changes. Each message asks once for the set in force, so none is read by two of them.
"""

from collections.abc import Mapping
from functools import lru_cache, reduce
from pathlib import PurePosixPath

from hub_core.errors import ConfigError
from hub_core.mapping import CompiledMapping, MappingSet, gather, load_kept, user_cache
from hub_core.places import MAPPINGS
from registry.mappings.releases import Releases

SETS_KEPT = 4  # of other releases, in memory


class Mappings:
    """The sets of mappings of one process."""

    def __init__(self, releases: Releases) -> None:
        self._releases = releases
        self._current: MappingSet | None = None
        self._held: dict[str, int] = {}
        self.of = lru_cache(maxsize=SETS_KEPT)(self._load)

    def in_force(self) -> MappingSet:
        """Return the set in force; before the first release, that of the folder delivered with the hub.

        Raises:
            ConfigError: M1xx, this version of the hub cannot read it.
        """
        if self._current is None:
            number = self._releases.standing().in_force
            self._current = load(delivered()) if number is None else self.of(number)
        return self._current

    def use(self, mappings: MappingSet) -> None:
        """Put a set in force: the next message is read by it."""
        self._current = mappings

    def pinned(self, version: str) -> CompiledMapping | None:
        """Return the mapping ``id@hash``, in force or from a release; ``None`` if no release holds it.

        A newer version of the hub may give the same text another hash: then the text counts.
        """
        found = self.in_force().get(version)
        if found is None and (number := self._holding(version)) is not None:
            found = self.of(number).get(version.partition("@")[0])
        return found

    def _holding(self, version: str) -> int | None:
        """Return a release that holds a mapping; once one does it always will, and many messages ask for the same."""
        if version not in self._held and (number := self._releases.holding(version)) is not None:
            self._held[version] = number
        return self._held.get(version)

    def _load(self, number: int) -> MappingSet:
        try:
            return load(self._releases.files(number))
        except ConfigError as error:
            text = f"mapping release {number}: {error.text}"
            raise ConfigError(error.code, text, where=error.where, mend=error.mend, findings=error.findings) from error


def delivered() -> dict[str, bytes]:
    """Return the files of the folder that is delivered with the hub."""
    return gather([MAPPINGS])


def outline(before: MappingSet, after: MappingSet) -> list[dict[str, str]]:
    """Return which mappings differ between two sets: action and id, in the order of ids."""
    old, new = ({mapping.id: mapping.hash for mapping in one.all} for one in (before, after))
    return [
        {"action": "added" if name not in old else "removed" if name not in new else "changed", "mapping": name}
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def load(files: Mapping[str, bytes]) -> MappingSet:
    """Read mappings from memory; what was compiled once is kept for the next process.

    Raises:
        ConfigError: M1xx with all faults of all files as findings.
    """
    return load_kept(files, cache=user_cache())


def with_file(files: Mapping[str, bytes], path: str, body: bytes) -> dict[str, bytes]:
    """Return files with one file put in the place of the one that it is meant for.

    That is the one with the longest common end of their paths; else, for a mapping, the one of the same id, and for
    blocks and code lists the only one of the same name. A file that is meant for none is added: under its own name,
    or, where that is absolute, under its last part.

    >>> sorted(with_file({"cnas/a.yaml": b"old", "b.yaml": b""}, "/tmp/new/cnas/a.yaml", b"new").items())
    [('b.yaml', b''), ('cnas/a.yaml', b'new')]
    """
    parts = path.strip("/").split("/")
    ends = ("/".join(parts[at:]) for at in range(len(parts)))
    place = next((end for end in ends if end in files), None)
    if place is None and (head := _head(body)):
        place = next((name for name, text in files.items() if _head(text) == head), None)
    elif place is None:
        namesakes = [name for name in files if name.rpartition("/")[2] == parts[-1]]
        place = namesakes[0] if len(namesakes) == 1 else None
    return {**files, place or (parts[-1] if path.startswith("/") else path): body}


def with_files(
    files: Mapping[str, bytes], own: Mapping[str, bytes], beside: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """Return files with others put in the places that they are meant for, see ``with_file``.

    Of the code lists ``beside`` those are added of which no file has the name.
    """
    known = {PurePosixPath(name).name for name in files}
    new = {name: body for name, body in (beside or {}).items() if PurePosixPath(name).name not in known}
    return reduce(lambda found, one: with_file(found, *one), own.items(), {**new, **files})


def _head(body: bytes) -> bytes | None:
    """Return the line that names the mapping of a file."""
    return next((line.split(b"#")[0].strip() for line in body.splitlines() if line.startswith(b"mapping:")), None)
