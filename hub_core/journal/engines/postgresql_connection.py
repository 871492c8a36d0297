"""One session of PostgreSQL that takes the journal's statements."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.adapt import Buffer, Loader
from psycopg.pq import Format
from psycopg.types.numeric import Int8BinaryDumper
from psycopg.types.string import BytesBinaryDumper, StrDumperUnknown

from hub_core.journal.engines.connection import Line
from hub_core.journal.engines.postgresql_session import Session
from hub_core.journal.engines.postgresql_words import statement

CHANNEL: Final = "punte"
_PREPARED: Final = 500  # statements that the server keeps ready for one session
# Text may hold the character 0, which PostgreSQL cannot keep. A character without meaning stands before what replaces
# it, and before itself.
_MARK: Final = "\uffff"
_DUE: Final = (
    "SELECT d.* FROM unnest(?::text[], ?::bigint[]) AS room (endpoint, most) CROSS JOIN LATERAL "
    "(SELECT ready_at, seq, lease_until, attempts, state FROM delivery WHERE endpoint = room.endpoint "
    "AND ready_at IS NOT NULL AND ready_at <= ? ORDER BY ready_at, seq LIMIT room.most FOR UPDATE SKIP LOCKED) AS d"
)


class NotReplicated(psycopg.OperationalError):
    """The server committed here, and gave up waiting for the standby: it does not count."""


class PostgresqlConnection:
    """See ``Connection``. Results come as a whole: what is written or shown at once is bounded."""

    for_me = " FOR UPDATE SKIP LOCKED"

    def __init__(self, raw: Session, *, begin: str) -> None:
        self._raw = raw
        self._begin = begin
        self._topics: set[str] = set()
        self._warned = False
        raw.prepare_threshold = 2
        raw.prepared_max = _PREPARED
        for kind, dumper in ((int, Int8BinaryDumper), (str, _Text), (bytes, BytesBinaryDumper)):
            raw.adapters.register_dumper(kind, dumper)
        for name in ("text", "varchar"):
            raw.adapters.register_loader(name, _LoadedText)
        raw.add_notice_handler(self._noticed)
        self._cursor = raw.cursor(binary=True)

    @property
    def lost(self) -> bool:
        """It can never be used again."""
        return self._raw.closed or self._raw.broken

    def is_direct(self) -> bool:
        """Say whether the session is the server's own; a pooler tells another number, and leaves the settings out."""
        (number,) = self.execute("SELECT pg_backend_pid()").fetchone()
        return bool(number == self._raw.info.backend_pid)

    def execute(self, text: str, values: Sequence[Any] = (), /) -> "Rows":
        """Run one statement and fetch what it gives."""
        self._cursor.execute(statement(text), values or None)
        return Rows(self._cursor.fetchall() if self._cursor.description else [])

    def begin(self) -> None:
        """Begin a transaction of this connection's kind."""
        self._topics.clear()
        self._raw.silence.check()
        self._raw.execute(self._begin)

    def commit(self) -> None:
        """End the transaction.

        Raises:
            NotReplicated: the wait for a synchronous standby was given up, here or by an administrator.
        """
        self._warned = False
        self._raw.execute("COMMIT")
        if self._warned:
            raise NotReplicated("committed here, but not known to be at the standby")

    def rollback(self) -> None:
        """Undo what the transaction did."""
        self._raw.execute("ROLLBACK")

    def close(self) -> None:
        """End the session."""
        self._raw.close()

    def hold(self, lines: Collection[Line]) -> None:
        """Take the lines' locks, by their numbers: whoever needs several takes them in the same order."""
        numbers = sorted({_number(line) for line in lines})
        if numbers:
            self.execute("SELECT pg_advisory_xact_lock(number) FROM unnest(?::bigint[]) AS number", (numbers,))

    def due(self, rooms: Mapping[str, int], at: int) -> list[Any]:
        """Ask for all endpoints at once: of 500 each statement of its own would take longer than the finding."""
        return self.execute(_DUE, ([*rooms], [*rooms.values()], at)).fetchall() if rooms else []

    def stop_others(self, table: str) -> None:
        """Lock the table against everybody who writes."""
        self.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")

    def vouch(self) -> None:
        """Write something into the log: a commit that wrote nothing waits for no standby."""
        self.execute("SELECT pg_logical_emit_message(true, 'punte', '')")

    def announce(self, topic: str) -> None:
        """Note a topic for ``spread``."""
        self._topics.add(topic)

    def spread(self) -> None:
        """Send the topics in a transaction of its own, not waited for: NOTIFY lets only one commit at a time pass."""
        if self._topics:
            channel = sql.Identifier(CHANNEL)
            told = [sql.SQL("NOTIFY {}, {}").format(channel, sql.Literal(topic)) for topic in sorted(self._topics)]
            self._topics.clear()
            begin = sql.SQL("BEGIN; SET LOCAL synchronous_commit TO off")
            self._raw.execute(sql.SQL("; ").join([begin, *told, sql.SQL("COMMIT")]))

    def _noticed(self, notice: psycopg.errors.Diagnostic) -> None:
        """Note a warning: while COMMIT runs there is only one, that the standby was not waited for."""
        self._warned = self._warned or notice.severity_nonlocalized == "WARNING"


class Rows:
    """What a statement gave, in memory."""

    __slots__ = ("_rows",)

    def __init__(self, rows: list[Any]) -> None:
        self._rows = iter(rows)

    def fetchone(self) -> Any:
        """Return the next row."""
        return next(self._rows, None)

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        return list(self._rows)

    def __iter__(self) -> Iterator[Any]:
        return self._rows


class _Text(StrDumperUnknown):
    """Text of any characters; its type is what the statement needs in its place."""

    def dump(self, obj: str) -> Buffer | None:
        if "\0" in obj or _MARK in obj:
            obj = obj.replace(_MARK, _MARK + "1").replace("\0", _MARK + "0")
        return super().dump(obj)


class _LoadedText(Loader):
    """The text that ``_Text`` was given."""

    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        text = str(data, "utf-8")
        return text if _MARK not in text else text.replace(_MARK + "0", "\0").replace(_MARK + "1", _MARK)


def _number(line: Line) -> int:
    """Return the lock of a line: 64 bits of a digest, as what an order key says may be personal."""
    digest = hashlib.blake2b("\0".join(line).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
