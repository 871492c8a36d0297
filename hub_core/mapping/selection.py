"""Some mapping files out of a folder, or one that lies elsewhere: with the blocks and code lists that they need."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from hub_core.errors import ConfigError
from hub_core.mapping.cache import Cache
from hub_core.mapping.files import CODES, FIXTURES, bytes_of, gather, is_code_list
from hub_core.mapping.mappingset import MappingSet, load_files
from hub_core.places import MAPPINGS, SCHEMAS

# Tells a mapping from a file of blocks without reading it as YAML; what it misses is only read in vain.
_MAPPING: Final = re.compile(rb"^mapping\s*:", re.MULTILINE)


def root_of(file: Path) -> Path:
    """Return the folder of mappings that a file belongs to: the nearest around it with code lists, else the shipped."""
    return next((folder for folder in file.absolute().parents if (folder / CODES).is_dir()), MAPPINGS)


def schemas_of(root: Path) -> Path:
    """Return the contracts that mappings of a folder name: those beside it, else the shipped."""
    beside = root.parent / SCHEMAS.name
    return beside if beside.is_dir() else SCHEMAS


def mapping_files(paths: Iterable[Path]) -> list[Path]:
    """Return the mapping files among files and below folders, each once.

    Raises:
        ConfigError: M101, a path leads nowhere.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(path.rglob("*.yaml"))
            found |= dict.fromkeys(file.resolve() for file in inside if _is_mapping(file, path))
        elif path.is_file():
            found[path.resolve()] = None
        else:
            raise ConfigError("M101", "there is no such file", where=str(path), mend="name a mapping file or a folder")
    return list(found)


def load_selected(
    files: Sequence[Path], *, root: Path, schemas: Path | None = None, cache: Cache | None = None
) -> MappingSet:
    """Read some mapping files, with all blocks and code lists below ``root``; other mappings there are not looked at.

    A mapping that does not lie below ``root`` is named by its whole path.

    Raises:
        ConfigError: M1xx with all faults of these files, their blocks and lists.
    """
    chosen = {_name(file, root): file for file in files}
    around = {name: body for name, body in gather([root]).items() if is_code_list(name) or not _MAPPING.search(body)}
    bodies = {name: bytes_of(file, name) for name, file in chosen.items()}
    return load_files(around | bodies, schemas=schemas or schemas_of(root), cache=cache)


def _name(file: Path, root: Path) -> str:
    file, root = file.resolve(), root.resolve()
    return (file.relative_to(root) if file.is_relative_to(root) else file).as_posix()


def _is_mapping(file: Path, folder: Path) -> bool:
    inner = file.relative_to(folder).parts[:-1]
    return not {CODES, FIXTURES} & set(inner) and bool(_MAPPING.search(bytes_of(file, str(file))))
