"""Which folder is a store's: an id lies in it that stands in the store, too.

Several processes on one database need one folder; and where a disk is not mounted, an empty folder looks like it until
something is missing. Nothing is written to a folder in which the store's id does not lie.
"""

import os
import secrets
from typing import Final

from hub_core.attachments.folder import MARK, Folder, sync
from hub_core.errors import ConfigError
from hub_core.journal.engines.connection import Connection

_ID_BYTES: Final = 16
_STORE_ID: Final = "SELECT id FROM attachment_folder"


def take_folder(connection: Connection, folder: Folder, *, shared: bool) -> None:
    """Learn which id must lie in a folder, and put it there where the store or its folder is new.

    Runs in one transaction. A folder that is not the store's is left as it is: nothing will be written to it.

    Args:
        connection: of the store.
        folder: that the settings name.
        shared: other processes may write the store; where none can, a new folder takes the place of one that held
            nothing.
    """
    first = "INSERT INTO attachment_folder (number, id) VALUES (1, ?) ON CONFLICT DO NOTHING RETURNING 1"
    known = connection.execute(_STORE_ID).fetchone()
    new = known is None and connection.execute(first, (secrets.token_hex(_ID_BYTES),)).fetchone() is not None
    (folder.store_id,) = connection.execute(_STORE_ID).fetchone()
    holds_nothing = connection.execute("SELECT 1 FROM attachment LIMIT 1").fetchone() is None
    if new or (holds_nothing and not shared and folder.mark() is None):
        make(folder)


def check_folder(connection: Connection, folder: Folder) -> None:
    """See that a folder is the store's and can be written.

    Raises:
        ConfigError: J130.
    """
    known = connection.execute(_STORE_ID).fetchone()
    if known is None:
        return
    folder.store_id = known[0]
    if not folder.is_the_stores:
        text = "this is another store's folder" if folder.mark() else "the store keeps attachments in another folder"
        mend = f"mount it, or name it (PUNTE_ATTACHMENTS); if it is lost: echo {known[0]} > {folder.path / MARK}"
        raise ConfigError("J130", text, where=str(folder.path), mend=mend)
    if not os.access(folder.path, os.W_OK | os.X_OK):
        raise ConfigError("J130", "it cannot be written", where=str(folder.path), mend="let the hub's user write it")


def make(folder: Folder) -> None:
    """Make a folder the store's, unless it is another one's; what cannot be made is told by ``check_folder``."""
    try:
        folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.mark() is not None and not folder.is_empty:
            return
        fresh = folder.path / f".{secrets.token_hex(_ID_BYTES)}.part"
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600), "w") as file:
            file.write(folder.store_id or "")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(folder.path / MARK)
        sync(folder.path)
        sync(folder.path.parent)
    except OSError:
        return
