"""The registry's YAML files, read into one ``Directory``, with every fault of the whole set at once.

    institutions: {cnas: {name: ...}}        who is connected
    endpoints:    {cnas-answers: {...}}      where messages come in, go out, or questions are asked
    routes:       {to-anpis: {...}}          which messages go where
    access:       {cnas-may-send: {...}}     who may call what, for which purpose
    queries:      {person: {...}}            who is asked about a person

How the files are cut is free: every ``*.yaml`` and ``*.yml`` below a folder belongs to the set, and names are unique
across all of them. Their order, by file name, is the order of the routes.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

import msgspec

from hub_core import yaml
from hub_core.directory import Directory
from hub_core.errors import ConfigError
from hub_core.message import Finding
from hub_core.ports import Adapter
from registry.sets.checking import check
from registry.sets.contractfiles import digests_of
from registry.sets.draft import NOT_READABLE, draft_of

MAX_FILES: Final = 500


class RegistrySet(msgspec.Struct, frozen=True, kw_only=True):
    """A set that was read and found good.

    Attributes:
        folder: where it was read from; contracts written as ``./...`` lie there.
        files: text by name relative to the folder.
        contracts: SHA-256 of the contracts that its endpoints name, by file.
        warnings: what the operator should know; none of them stands in the way.
    """

    folder: str
    files: dict[str, str]
    directory: Directory
    contracts: dict[str, str] = {}
    warnings: tuple[Finding, ...] = ()


def read_set(
    folder: Path, *, adapters: Mapping[str, Adapter], mappings: Collection[str], environ: Mapping[str, str]
) -> RegistrySet:
    """Read and check every registry file below a folder.

    Args:
        folder: where the files lie.
        adapters: by name; each checks its own endpoints.
        mappings: ids (``cnas.insured-person/1``) that there are.
        environ: where ``url: env:NAME`` leads.

    Raises:
        ConfigError: every fault of the whole set in ``findings``: code, text, ``rule`` as ``file:line:column``, and
            the mend as ``help``.
    """
    bodies = gather(folder)
    label = "" if str(folder) == "." else f"{folder}/"
    return read_files(bodies, folder=folder, label=label, adapters=adapters, mappings=mappings, environ=environ)


def read_files(
    bodies: Mapping[str, bytes | str],
    *,
    folder: Path,
    label: str,
    adapters: Mapping[str, Adapter],
    mappings: Collection[str],
    environ: Mapping[str, str],
) -> RegistrySet:
    """Read and check files that are already in memory; see ``read_set`` and ``draft_of``.

    Raises:
        ConfigError: see ``read_set``.
    """
    folder = folder.resolve()
    draft = draft_of(bodies, folder=folder, label=label)
    warnings = check(draft, adapters=adapters, mappings=mappings, environ=environ)
    draft.faults.raise_any()
    files = {name: body if isinstance(body, str) else body.decode("utf-8-sig") for name, body in bodies.items()}
    directory = draft.directory()
    contracts = digests_of(directory)
    return RegistrySet(
        folder=str(folder), files=files, directory=directory, contracts=contracts, warnings=tuple(warnings)
    )


def gather(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every registry file below a folder, by relative name and in the order of the names.

    Raises:
        ConfigError: R101, no folder, no file in it, too many of them, or one that cannot be read.
    """
    paths = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix in {".yaml", ".yml"}
        and not path.is_dir()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    if not paths:
        state = "holds no *.yaml file" if folder.is_dir() else "is no folder"
        raise ConfigError(NOT_READABLE, f"{folder} {state}", where=str(folder), mend="name the registry's folder")
    if len(paths) > MAX_FILES:
        mend = f"join files: at most {MAX_FILES}"
        raise ConfigError(NOT_READABLE, f"{folder} holds {len(paths)} files", where=str(folder), mend=mend)
    for path in paths:
        if not path.is_file():  # a broken link, a pipe: passing it over would take what it registers out of force
            raise ConfigError(NOT_READABLE, f"{path} is no file that can be read", where=str(path), mend="remove it")
    return {path.relative_to(folder).as_posix(): _bytes_of(path) for path in paths}


def directory_of(files: Mapping[str, str], *, folder: Path, number: int) -> Directory:
    """Return the directory of a set that was applied before; its references and contracts are not checked again.

    Raises:
        ConfigError: the files do not fit this version of the hub; ``findings`` names every place.
    """
    draft = draft_of(files, folder=folder, label=f"set {number}: ")
    draft.faults.raise_any()
    return draft.directory(number)


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(yaml.MAX_BYTES + 1)  # one more than allowed: the parser refuses it with its words
    except OSError as error:
        text = f"the file cannot be read: {error.strerror}"
        raise ConfigError(NOT_READABLE, text, where=str(path), mend="check its rights") from error
