"""What would change from one registry set to another, field by field. Secrets are references, so all may be shown."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from hub_core.directory import Directory
from registry.sets.draft import KINDS


class Action(StrEnum):
    """What happens to an object."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


class FieldChange(msgspec.Struct, frozen=True, kw_only=True):
    """One field; ``None`` where it is not there. Lists are shown whole.

    Attributes:
        at: path inside the object, such as ``contract.wsdl``.
    """

    at: str
    before: Any
    after: Any


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to one object.

    Attributes:
        kind: ``institutions``, ``endpoints``, ``routes``, ``access`` or ``queries``; or ``contracts``,
            whose names are files.
    """

    action: Action
    kind: str
    name: str
    fields: tuple[FieldChange, ...] = ()


def plan(old: Directory, new: Directory) -> list[Change]:
    """Return the changes from ``old`` to ``new``, by kind and name."""
    return [
        change
        for kind in KINDS
        for name in sorted(getattr(old, kind).keys() | getattr(new, kind).keys())
        if (change := _change(kind, name, getattr(old, kind).get(name), getattr(new, kind).get(name))) is not None
    ]


def _change(kind: str, name: str, before: object | None, after: object | None) -> Change | None:
    if before == after:
        return None
    action = Action.ADDED if before is None else Action.REMOVED if after is None else Action.CHANGED
    old, new = dict(flat(before)), dict(flat(after))
    fields = tuple(
        FieldChange(at=at, before=old.get(at), after=new.get(at))
        for at in dict.fromkeys((*old, *new))
        if old.get(at) != new.get(at)
    )
    return Change(action=action, kind=kind, name=name, fields=fields)


def flat(value: object, at: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every field that is set, by path; groups are opened, lists are not."""
    plain = msgspec.to_builtins(value)
    if not isinstance(plain, Mapping):
        if at:
            yield at, plain
        return
    for name, part in plain.items():
        yield from flat(part, f"{at}.{name}" if at else name)
