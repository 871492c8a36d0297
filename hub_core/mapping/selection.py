"""Mappings of a folder, some of them, or one that lies elsewhere: with the blocks and code lists that they need.

Somebody's own folder needs to hold only what is their own: code lists and blocks that it lacks are the shipped ones.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from hub_core import yaml
from hub_core.errors import ConfigError
from hub_core.mapping.cache import Cache
from hub_core.mapping.files import CODES, FIXTURES, bytes_of, gather, is_code_list
from hub_core.mapping.mappingset import MappingSet, load_files, load_kept
from hub_core.places import MAPPINGS, SCHEMAS

# Tells a mapping from a file of blocks without reading it as YAML; what it misses is only read in vain.
_MAPPING: Final = re.compile(rb"^mapping\s*:", re.MULTILINE)


def root_of(*paths: Path) -> Path:
    """Return the folder of mappings that files or folders belong to.

    It is the nearest around the first of them that has code lists or is called ``mappings``; else the shipped one.
    """
    around = (folder for path in paths for folder in (path.absolute(), *path.absolute().parents))
    return next((one for one in around if one.is_dir() and _is_root(one)), MAPPINGS)


def root_here() -> Path:
    """Return the folder of mappings of somebody who names none: beside or around them, else the shipped one."""
    beside = Path(MAPPINGS.name).absolute()
    return beside if beside.is_dir() else root_of(Path())


def _is_root(folder: Path) -> bool:
    return folder.name == MAPPINGS.name or (folder / CODES).is_dir()


def schemas_of(root: Path) -> Path:
    """Return the contracts that mappings of a folder name: those beside it, else the shipped."""
    beside = root.parent / SCHEMAS.name
    return beside if beside.is_dir() else SCHEMAS


def lists_of(root: Path) -> dict[str, bytes]:
    """Return the code lists of a folder by name."""
    return {name: body for name, body in gather([root]).items() if is_code_list(name)}


def with_shipped(own: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return files with the shipped code lists and blocks that they lack; of two with one name the own one counts."""
    lists = {PurePosixPath(name).stem for name in own if is_code_list(name)}
    shipped = {
        name: body
        for name, body in gather([MAPPINGS]).items()
        if (PurePosixPath(name).stem not in lists if is_code_list(name) else not _MAPPING.search(body))
    }
    return shipped | dict(own)


def load_folder(root: Path = MAPPINGS, *, schemas: Path | None = None, cache: Cache | None = None) -> MappingSet:
    """Read all mappings of a folder, with the shipped code lists and blocks that it lacks.

    Args:
        root: folder of the mappings.
        schemas: folder of the contracts; ``None``: ``schemas_of(root)``.
        cache: of compiled mappings.

    Raises:
        ConfigError: M1xx with all faults of all files as findings.
    """
    return load_kept(with_shipped(gather([root])), schemas=schemas or schemas_of(root), cache=cache)


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
    files: Sequence[Path],
    *,
    root: Path,
    schemas: Path | None = None,
    cache: Cache | None = None,
    parse: yaml.Parse = yaml.parse,
) -> MappingSet:
    """Read some mapping files, with all blocks and code lists below ``root``; other mappings there are not looked at.

    A mapping that does not lie below ``root`` is named by its whole path. ``parse``: see ``Loader``.

    Raises:
        ConfigError: M1xx with all faults of these files, their blocks and lists.
    """
    chosen = {_name(file, root): file for file in files}
    around = {name: body for name, body in gather([root]).items() if is_code_list(name) or not _MAPPING.search(body)}
    bodies = {name: bytes_of(file, name) for name, file in chosen.items()}
    found = with_shipped(around | bodies)
    return load_files(found, schemas=schemas or schemas_of(root), cache=cache, parse=parse)


def _name(file: Path, root: Path) -> str:
    file, root = file.resolve(), root.resolve()
    return (file.relative_to(root) if file.is_relative_to(root) else file).as_posix()


def _is_mapping(file: Path, folder: Path) -> bool:
    inner = file.relative_to(folder).parts[:-1]
    return not {CODES, FIXTURES} & set(inner) and bool(_MAPPING.search(bytes_of(file, str(file))))
