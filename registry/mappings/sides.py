"""Sets of mappings that a person names, to be compared: those in force, a release, a folder, or a single file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub_core.errors import ConfigError
from hub_core.mapping import MappingSet, gather, load_files, user_cache
from hub_core.mapping.files import bytes_of
from hub_core.mapping.selection import lists_of, load_selected, mapping_files, root_of, schemas_of, with_shipped
from hub_core.places import SCHEMAS
from registry.mappings.releases import NO_SUCH_RELEASE, SEE
from registry.mappings.sets import delivered, with_files
from registry.parts import Parts

IN_FORCE: Final = "in-force"


@dataclass(frozen=True, kw_only=True)
class Side:
    """One set, as another process can make it too.

    Attributes:
        files: of the whole set.
        schemas: folder of the contracts.
        own: file or folder with contracts of its own, whose mappings take their places among the others.
    """

    files: dict[str, bytes]
    schemas: Path = SCHEMAS
    own: Path | None = None

    def mappings(self) -> MappingSet:
        """Return the mappings, compiled by an earlier process where it can be.

        Raises:
            ConfigError: M1xx with all faults of all files as findings.
        """
        found = load_files(self.files, schemas=self.schemas, cache=user_cache())
        if self.own is None:
            return found
        own = load_selected(mapping_files([self.own]), root=root_of(self.own), cache=user_cache()).all
        ids = {mapping.id for mapping in own}
        return MappingSet([*own, *(mapping for mapping in found.all if mapping.id not in ids)])


def side_of(parts: Parts, what: str, *, whole: bool = False) -> Side:
    """Return what a person named: ``in-force``, the number of a release, ``id@hash``, a folder or a file.

    Files take their places among those in force; before the first release, among those delivered with the hub.
    Contracts lie in ``schemas`` beside the folder, else they are the shipped ones. A ``whole`` folder is all there is,
    but for code lists and blocks that are shipped.

    Raises:
        ConfigError: R304, no such release; M101, a file cannot be read.
    """
    path = Path(what)
    if what == IN_FORCE:
        return Side(files=_in_force(parts))
    if path.is_dir() and whole:
        return Side(files=with_shipped(gather([path])), schemas=schemas_of(path.absolute()))
    if path.is_dir() or path.is_file():
        root = root_of(path)
        if schemas_of(root) != SCHEMAS:
            return Side(files=_in_force(parts), own=path.absolute())
        own = gather([path]) if path.is_dir() else {str(path.resolve()): bytes_of(path, what)}
        return Side(files=with_files(_in_force(parts), own, lists_of(root)))
    number = int(what) if what.isdecimal() else parts.releases.holding(what)
    if number is None:
        raise ConfigError(NO_SUCH_RELEASE, f"there is no file, folder or release {what}", mend=SEE)
    return Side(files=parts.releases.files(number))


def _in_force(parts: Parts) -> dict[str, bytes]:
    if not parts.settings.may_hold:
        return delivered()
    number = parts.releases.standing().in_force
    return delivered() if number is None else parts.releases.files(number)
