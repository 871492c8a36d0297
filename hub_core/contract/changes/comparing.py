"""Contracts, as files and as folders: which are held against which, and what became another."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from hub_core.contract.changes.json import JsonForms, lines_of
from hub_core.contract.changes.model import Change, Comparison, Delta, Way
from hub_core.contract.changes.services import compare_contracts
from hub_core.contract.changes.walk import Document, Walk
from hub_core.contract.checking import is_json
from hub_core.contract.wsdl import Contract, read_contract
from hub_core.places import around
from hub_core.validation.json_files import read_json_schema
from hub_core.validation.json_schema import load_json_schema

KINDS: Final = frozenset({".wsdl", ".xsd", ".json"})


def compare(old: Path, new: Path, *, root: Path | None = None, way: Way = "document") -> Comparison:
    """Return what became another from one contract to the next, or from all contracts of a folder.

    Args:
        old: a WSDL, XML Schema or JSON Schema, or a folder of them.
        new: the same.
        root: the only folder that both may import from; ``None``: each its own.
        way: who writes the documents of a schema that belongs to no service.

    Raises:
        ConfigError: V401, one of them is refused.
    """
    both = old.is_dir() and new.is_dir()
    changes = tuple(_folders(old, new, root, way)) if both else _files(old, new, root, way)
    return Comparison(old=str(old), new=str(new), changes=_sorted(changes))


def _sorted(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda one: (not one.breaking, not (one.writers and one.readers))))


def _files(old: Path, new: Path, root: Path | None, way: Way) -> tuple[Change, ...]:
    if is_json(old) and is_json(new):
        walk = Walk("json", {})
        first, second = (_json(path, root).root() for path in (old, new))
        walk.root(Document("", way), first, second)
        return walk.changes()
    return compare_contracts(read_contract(old, root), read_contract(new, root), way).changes()


def _json(path: Path, root: Path | None) -> JsonForms:
    load_json_schema(path, root)  # refuses what is none
    schema = read_json_schema(path, root or around(path))
    return JsonForms(schema, path.name, lines_of(schema, path.read_bytes()))


def _folders(old: Path, new: Path, root: Path | None, way: Way) -> Iterator[Change]:
    ours, theirs = _mains(old, root or old), _mains(new, root or new)
    gone = [name for name in ours if name not in theirs]
    come = [name for name in theirs if name not in ours]
    pairs = [(name, name) for name in ours if name in theirs]
    if len(gone) == len(come) == 1 and Path(gone[0]).suffix == Path(come[0]).suffix:
        pairs.append((gone.pop(), come.pop()))
    for name, now in pairs:
        first, second = ours[name], theirs[now]
        if isinstance(first, Contract) and isinstance(second, Contract):
            yield from compare_contracts(first, second, way).changes()
        else:
            yield from _files(old / name, new / now, root, way)
    for name in gone:
        yield _whole("contract-removed", f"{name} is no longer there", breaks=True)
    for name in come:
        yield _whole("contract-added", f"{name} is new", breaks=False)


def _whole(kind: str, text: str, *, breaks: bool) -> Change:
    walk = Walk("xml", {})
    walk.note(Document("", "document"), Delta(kind=kind, text=text, narrows=breaks, widens=breaks))
    return walk.changes()[0]


def _mains(folder: Path, root: Path) -> Mapping[str, Contract | None]:
    """Return the contracts of a folder by name, without files that another one of them takes in; JSON: ``None``."""
    found: dict[str, Contract | None] = {}
    inner: set[Path] = set()
    # WSDLs first: schemas are mostly their parts.
    for path in sorted(folder.rglob("*"), key=lambda path: (path.suffix != ".wsdl", path)):
        if path.suffix.lower() not in KINDS or not path.is_file() or path.resolve() in inner:
            continue
        name = path.relative_to(folder).as_posix()
        found[name] = None if is_json(path) else read_contract(path, root)
        contract = found[name]
        inner |= set(contract.files) - {path.resolve()} if contract is not None else set()
    return {name: one for name, one in found.items() if (folder / name).resolve() not in inner}
