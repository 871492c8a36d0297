"""Sets of mappings that a person names, to be compared: those in force, a release, a folder, or a single file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub_core.errors import ConfigError
from hub_core.mapping import MappingSet, gather, load_files, user_cache
from hub_core.mapping.files import bytes_of, is_code_list
from hub_core.mapping.selection import load_selected, root_of, schemas_of, with_shipped
from hub_core.places import MAPPINGS, SCHEMAS
from registry.mappings import delivered, with_file
from registry.parts import Parts
from registry.releases import NO_SUCH_RELEASE, SEE

IN_FORCE: Final = "in-force"


@dataclass(frozen=True, kw_only=True)
class Side:
    """One set, as another process can make it too.

    Attributes:
        files: of the whole set.
        schemas: folder of the contracts.
        alone: a mapping of somebody's own folder, which takes its place among the others.
    """

    files: dict[str, bytes]
    schemas: Path = SCHEMAS
    alone: Path | None = None

    def mappings(self) -> MappingSet:
        """Return the mappings, compiled by an earlier process where it can be.

        Raises:
            ConfigError: M1xx with all faults of all files as findings.
        """
        found = load_files(self.files, schemas=self.schemas, cache=user_cache())
        if self.alone is None:
            return found
        own = load_selected([self.alone], root=root_of(self.alone), cache=user_cache()).all
        ids = {mapping.id for mapping in own}
        return MappingSet([*own, *(mapping for mapping in found.all if mapping.id not in ids)])


def side_of(parts: Parts, what: str) -> Side:
    """Return what a person named: ``in-force``, the number of a release, ``id@hash``, a folder or a file.

    A folder needs none of the code lists and blocks that are shipped; contracts lie in ``schemas`` beside it, else they
    are the shipped ones. A single file takes its place among those in force; before the first release, among those
    delivered with the hub. One that lies in a folder with contracts of its own is read with that folder's code lists.

    Raises:
        ConfigError: R304, no such release; M101, a file cannot be read.
    """
    path = Path(what)
    if what == IN_FORCE:
        return Side(files=_in_force(parts))
    if path.is_dir():
        return Side(files=with_shipped(gather([path])), schemas=schemas_of(path.absolute()))
    if path.is_file():
        root = root_of(path)
        if schemas_of(root) != SCHEMAS:
            return Side(files=_in_force(parts), alone=path.absolute())
        around = {} if root == MAPPINGS else {name: it for name, it in gather([root]).items() if is_code_list(name)}
        return Side(files=with_file(around | _in_force(parts), str(path.resolve()), bytes_of(path, what)))
    number = int(what) if what.isdecimal() else parts.releases.holding(what)
    if number is None:
        raise ConfigError(NO_SUCH_RELEASE, f"there is no file, folder or release {what}", mend=SEE)
    return Side(files=parts.releases.files(number))


def _in_force(parts: Parts) -> dict[str, bytes]:
    if not parts.settings.may_hold:
        return delivered()
    number = parts.releases.standing().in_force
    return delivered() if number is None else parts.releases.files(number)
