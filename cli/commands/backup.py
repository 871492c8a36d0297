"""``punte backup`` and ``punte restore``: what the hub keeps, as a file."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import files, screen
from cli.options import Json
from hub_core.settings import from_environment

if TYPE_CHECKING:
    from registry.backing import Backup

WithKeys = Annotated[bool, typer.Option("--with-keys", help="The keyring as well: whoever has both can read it all.")]


def backup(
    place: Annotated[Path, typer.Argument(metavar="FILE|DIR", help="File to write, or folder for one named by time.")],
    *,
    with_keys: WithKeys = False,
    as_json: Json = False,
) -> None:
    """Copy all that is kept into one file, while the hub works, and look through it.

    The copy is sealed like the store. The keyring is not in it: keep a copy of that elsewhere.
    """
    from registry.backing import back_up

    made = back_up(from_environment(), place, with_keys=with_keys, steps=files.bar, environ=os.environ)
    _show(made, as_json=as_json)
    if not as_json and made.keys is None:
        screen.note("the keyring is not in it: without a copy of the keyring nobody can read it")


def restore(
    place: Annotated[Path, typer.Argument(metavar="FILE|DIR", help="Backup, or a folder: the newest one in it.")],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Set aside the store that is there.")] = False,
    with_keys: WithKeys = False,
    as_json: Json = False,
) -> None:
    """Put a backup in the place of the store, once it is looked through; no hub may run here.

    Deliveries that were open then are sent again with the same idempotency keys.
    """
    from registry.backing import restore as put_back

    put = put_back(from_environment(), place, replace=replace, with_keys=with_keys, steps=files.bar, environ=os.environ)
    _show(put, as_json=as_json)
    if not as_json:
        if not put.compared:
            screen.note("no digest lies beside the backup: every message in it was opened instead")
        screen.note("start the hub: punte serve; what came after the backup is not there, senders can send it again")


def _show(told: "Backup", *, as_json: bool) -> None:
    import msgspec

    if as_json:
        screen.as_json(msgspec.to_builtins(msgspec.structs.asdict(told) | _paths(told)))
        return
    opened = "not opened: no keyring is at hand" if told.opened is None else f"{told.opened:,} opened with the key"
    newest = screen.local(told.newest.isoformat()) if told.newest else "none"
    screen.facts(
        (
            ("file", f"{told.file} ({told.bytes / 1e6:,.1f} MB)"),
            ("messages", f"{told.messages:,}, the last of {newest}; {opened}"),
            ("deliveries", f"{told.deliveries:,}"),
            ("attachments", _attachments(told)),
            ("keyring", str(told.keys) if told.keys else None),
            ("set aside", str(told.set_aside) if told.set_aside else None),
        )
    )


def _attachments(told: "Backup") -> str | None:
    missing = f"; {told.missing:,} more were purged meanwhile" if told.missing else ""
    return f"{told.attachments:,} files{missing}" if told.attachments or told.missing else None


def _paths(told: "Backup") -> dict[str, str | None]:
    found = {"file": told.file, "keys": told.keys, "set_aside": told.set_aside}
    return {name: None if path is None else str(path) for name, path in found.items()}
