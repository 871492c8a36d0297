"""Copies of a store on SQLite: made while a hub works, looked through before anybody trusts them.

The copy is read by a connection that only looks, in one read transaction: the writer goes on and nobody waits. Such a
connection never does a checkpoint, so the WAL-reset defect has no place to strike. Meanwhile the write-ahead log cannot
be cut back; it grows by what is written during the copy.
"""

import contextlib
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from hub_core.errors import ConfigError
from hub_core.journal.bodies import Vault, no_key
from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.sqlite import Sqlite, SqliteConnection
from hub_core.journal.readers import Readers
from hub_core.journal.view import SqlJournalView

PAGES: Final = 500  # copied in one step
SAMPLE: Final = 200  # messages that are opened, spread over all
DIGEST: Final = ".sha256"  # of the file beside a backup that says what was written; ``sha256sum --check`` reads it too
_SIDE_FILES: Final = ("", "-wal", "-shm")

Advance = Callable[[int], None]
#: Gives what is told of each step, such as a progress bar: what it is called, and how many steps there are.
Steps = Callable[[str, int], contextlib.AbstractContextManager[Advance]]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a look through a store says.

    Attributes:
        opened: messages of the sample that were opened with the key.
        newest: when the last message came, in microseconds since 1970.
        files: of attachments.
        store_id: that lies in their folder.
    """

    messages: int
    deliveries: int
    opened: int = 0
    newest: int | None = None
    files: tuple[str, ...] = ()
    store_id: str | None = None


class Copy(Sqlite):
    """A file that nobody writes: it is read without any file beside it."""

    def reader(self) -> SqliteConnection:
        """Return a connection that looks."""
        uri = self.path.resolve().as_uri() + "?mode=ro&immutable=1"
        return sqlite3.connect(uri, uri=True, isolation_level=None, factory=SqliteConnection)


@contextlib.contextmanager
def partial(target: Path) -> Iterator[Path]:
    """Give the name under which a file is written; it gets its own name, durable, if all goes well.

    Raises:
        ConfigError: J123, it cannot be written.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
        yield part
        _sync(part)
        part.replace(target)
        _sync(target.parent)
    except (OSError, sqlite3.OperationalError) as error:
        why = getattr(error, "sqlite_errorname", None) or getattr(error, "strerror", None) or type(error).__name__
        raise ConfigError("J123", f"it cannot be written: {why}", where=str(target)) from error
    finally:
        part.unlink(missing_ok=True)


def pages(store: Sqlite) -> int:
    """Return how many pages a copy has."""
    with contextlib.closing(store.reader()) as connection:
        return int(connection.execute("PRAGMA page_count").fetchone()[0])


def copy(store: Sqlite, target: Path, advance: Advance) -> None:
    """Copy a store, as it stands at one moment, into an empty file, and see that all of it is there.

    Raises:
        ConfigError: J120.
    """
    with contextlib.closing(store.reader()) as source, contextlib.closing(sqlite3.connect(target)) as written:
        source.begin()
        counts = _counts(source)  # this is the moment
        done = 0

        def told(_: int, left: int, whole: int) -> None:
            nonlocal done
            advance(whole - left - done)
            done = whole - left

        written.execute("PRAGMA synchronous = OFF")  # the whole file is synced at the end
        source.backup(written, pages=PAGES, progress=told, sleep=0)
        written.execute("PRAGMA journal_mode = DELETE")  # one file, with none beside it
    check(target, counts)


def check(path: Path, counts: dict[str, int] | None = None) -> None:
    """See that a file is a whole store: every page, every reference, every row that was counted.

    Raises:
        ConfigError: J120.
    """
    try:
        with contextlib.closing(Copy(path).reader()) as connection:
            sound = (
                connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
                and connection.execute("PRAGMA foreign_key_check").fetchone() is None
                and (counts is None or counts == _counts(connection))
            )
    except sqlite3.DatabaseError as error:
        raise ConfigError("J120", "this is no store of a hub, or a damaged one", where=str(path)) from error
    if not sound:
        raise ConfigError("J120", "the file is damaged", where=str(path))


def note_digest(path: Path) -> None:
    """Write beside a backup what it holds now.

    Raises:
        ConfigError: J123.
    """
    with partial(_digest_file(path)) as part:
        part.write_text(f"{_digest(path)}  {path.name}\n", encoding="utf-8")


def is_as_written(path: Path, source: Path) -> bool:
    """See that a file holds what was written to a backup; ``False``: nothing beside ``source`` says what that was.

    Raises:
        ConfigError: J120, it does not.
    """
    try:
        noted = _digest_file(source).read_text(encoding="utf-8", errors="replace").split(maxsplit=1)
    except FileNotFoundError:
        return False
    if not noted or noted[0] != _digest(path):
        text = f"it is not what was written: its SHA-256 is not the one in {_digest_file(source).name}"
        raise ConfigError("J120", text, where=str(source))
    return True


def look_through(readers: Readers, vault: Vault | None, steps: Steps, *, whole: bool = False) -> Found:
    """Count what is kept, and open a sample of it, or the ``whole``, where the keyring is at hand.

    Raises:
        ConfigError: J113 the keyring is another store's. Rejected: J115, a message does not open.
    """
    with readers.read() as connection:
        (messages, last, newest) = connection.execute(
            "SELECT count(*), max(seq), max(received_at) FROM message"
        ).fetchone()
        (deliveries,) = connection.execute("SELECT count(*) FROM delivery").fetchone()
        ids = _sample(connection, last or 0, step=1 if whole else max((last or 0) // SAMPLE, 1))
        known = connection.execute("SELECT id FROM lookup_key").fetchone()
        files, store_id = _attachments(connection)
    found = Found(
        messages=messages,
        deliveries=deliveries,
        newest=newest,
        files=files,
        store_id=store_id,
    )
    if vault is None:
        return found
    if known is not None and known[0] != vault.keyring.lookup.id:
        raise no_key(known[0])
    view = SqlJournalView(readers, vault)
    with steps("opening", len(ids)) as advance:
        for message_id in ids:
            kept = view.message(message_id)
            if kept is not None and kept.purged_at is None:
                view.body(message_id)
            advance(1)
    return msgspec.structs.replace(found, opened=len(ids))


def _attachments(connection: Connection) -> tuple[tuple[str, ...], str | None]:
    """Return the files of attachments and the id of their folder; a backup of an older version knows none."""
    known = "SELECT 1 FROM migration WHERE family = 'journal' AND name = '009_pre_attachments.sql'"
    if connection.execute(known).fetchone() is None:
        return (), None
    files = connection.execute("SELECT DISTINCT file FROM attachment ORDER BY file").fetchall()
    folder = connection.execute("SELECT id FROM attachment_folder").fetchone()
    return tuple(name for (name,) in files), None if folder is None else folder[0]


def lies(path: Path) -> bool:
    """Say whether a store lies at a path, or what is left of one."""
    return any(Path(f"{path}{end}").exists() for end in _SIDE_FILES)


def set_aside(path: Path, folder: Path) -> None:
    """Move a store that nobody has open into a new folder."""
    folder.mkdir(mode=0o700)
    for end in _SIDE_FILES:
        with contextlib.suppress(FileNotFoundError):
            shutil.move(f"{path}{end}", folder)


def _sample(connection: Connection, last: int, *, step: int) -> list[str]:
    """Return ids of messages, spread over all."""
    found: dict[str, None] = {}
    for number in range(1, last + 1, step):
        row = connection.execute("SELECT id FROM message WHERE seq >= ? ORDER BY seq LIMIT 1", (number,)).fetchone()
        found[row[0]] = None
    return list(found)


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    names = [
        name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    ]
    return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608 - our own tables


def _digest_file(path: Path) -> Path:
    return path.with_name(path.name + DIGEST)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
