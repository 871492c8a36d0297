"""Purging by age: the contents of messages first, what is left of them later; only what is closed.

A message is closed when nothing of it is open, parked, or still to be split into rows. With its contents goes
everything by which persons and cases are found; what stays answers the same message as the first time, and tells when
it was received, decided and delivered. A step looks at a bounded number of messages in the order of their numbers,
which is about that of their age; what stays for long is stepped over by asking for the first that may go.
"""

# ruff: noqa: S608 - what is put into SQL here are names of our own; values are always bound

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from hub_core.errors import PunteError
from hub_core.journal import attaching
from hub_core.journal.bodies import Contents, Vault
from hub_core.journal.dropping import refuse_dropped
from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.statements import Row, insert, marks
from hub_core.journal.entries import Purgeable, PurgePart, PurgeStep
from hub_core.journal.failpoints import reach
from hub_core.journal.instants import to_micros
from hub_core.journal.outcomes import decode_outcome, encode_outcome
from hub_core.journal.readers import Readers
from hub_core.message import Outcome

BATCH: Final = 64  # messages that one step looks at
_CLOSED: Final = (
    "m.received_at < ? AND m.state IN ('refused', 'accepted', 'delivered') "
    "AND NOT EXISTS (SELECT 1 FROM splitting s WHERE s.message_seq = m.seq)"
)
# The last file of an endpoint stays: the next one has the number after it.
_FORGET_FILED: Final = (
    "DELETE FROM filed WHERE written_at < ? AND EXISTS "
    "(SELECT 1 FROM filed later WHERE later.endpoint = filed.endpoint AND later.number > filed.number)"
)
_PARTS: Final = ("entry", "delivery", "message_person", "message_case", "content", "receipt", "row_key")


class PurgeView:
    """The part of ``JournalView`` that is about what may be purged."""

    _readers: Readers

    def purgeable(self, part: PurgePart, *, before: datetime, after: int = 0) -> Purgeable:
        """Return how many messages have something to purge that were received before an instant, and the first."""
        having = "" if part == "messages" else "AND EXISTS (SELECT 1 FROM content c WHERE c.message_seq = m.seq)"
        with self._readers.read() as connection:
            wanted = f"SELECT count(*), min(m.seq) FROM message m WHERE {_CLOSED} AND m.seq > ? {having}"
            count, first = connection.execute(wanted, (to_micros(before), after)).fetchone()
        return Purgeable(count=count, first=first)


def purge_bodies(connection: Connection, vault: Vault, *, before: datetime, after: int, at: datetime) -> PurgeStep:
    """Delete the contents of the next messages. What does not open stays: nobody can read it, and nobody can answer."""
    seen = connection.execute(
        "SELECT message_seq FROM content WHERE message_seq > ? ORDER BY message_seq LIMIT ?", (after, BATCH)
    ).fetchall()
    found = _closed(connection, seen, before, "m.seq, m.id, m.envelope")
    purged = [seq for seq, *sealed in found if _reduce(connection, vault, seq, *sealed, at=to_micros(at))]
    refuse_dropped(connection, [vault.key_id] if purged else [])
    freed: tuple[str, ...] = ()
    if purged:
        freed = attaching.free(connection, purged)
        numbers = marks(purged)
        for table in ("content", "message_person", "message_case"):
            connection.execute(f"DELETE FROM {table} WHERE message_seq IN ({numbers})", purged)
        connection.execute(
            "UPDATE delivery SET order_key = NULL, order_key_sealed = NULL, outcome = NULL "
            f"WHERE message_seq IN ({numbers})",
            purged,
        )
    return _step(seen, after, len(purged), freed)


def purge_messages(connection: Connection, *, before: datetime, after: int) -> PurgeStep:
    """Delete all that is kept of the next messages, and notes of refused calls and of written files of that time."""
    connection.execute("DELETE FROM refusal WHERE at < ?", (to_micros(before),))
    connection.execute(_FORGET_FILED, (to_micros(before),))
    seen = connection.execute("SELECT seq FROM message WHERE seq > ? ORDER BY seq LIMIT ?", (after, BATCH)).fetchall()
    purged = [seq for (seq,) in _closed(connection, seen, before, "m.seq")]
    freed: tuple[str, ...] = ()
    if purged:
        freed = attaching.free(connection, purged)
        numbers = marks(purged)
        for table in _PARTS:
            connection.execute(f"DELETE FROM {table} WHERE message_seq IN ({numbers})", purged)
        connection.execute(f"DELETE FROM message WHERE seq IN ({numbers})", purged)
    return _step(seen, after, len(purged), freed)


def _closed(connection: Connection, seen: Sequence[Row], before: datetime, columns: str) -> list[Row]:
    """Return those that may go, and keep other processes from opening them again meanwhile."""
    if not seen:
        return []
    return connection.execute(
        f"SELECT {columns} FROM message m WHERE m.seq IN ({marks(seen)}) AND {_CLOSED}{connection.for_me}",
        (*(seq for (seq,) in seen), to_micros(before)),
    ).fetchall()


def _step(seen: Sequence[Row], after: int, done: int, freed: tuple[str, ...]) -> PurgeStep:
    reach("after-purge-before-commit")
    return PurgeStep(done=done, last=seen[-1][0] if seen else after, freed=freed)


def _reduce(connection: Connection, vault: Vault, seq: int, message_id: str, sealed: bytes, *, at: int) -> bool:
    """Keep of the outcome and the envelope what says nothing of persons; False: they do not open."""
    kept = connection.execute("SELECT outcome, sealed FROM content WHERE message_seq = ?", (seq,)).fetchone()
    try:
        envelope = vault.open(message_id, sealed)
        contents = Contents(message_id, envelope)
        outcome = _without_persons(decode_outcome(contents.read(b"outcome", kept[0], sealed=kept[1])))
    except PunteError:
        return False
    insert(connection, "receipt", "message_seq, outcome, at", [(seq, contents.seal(b"outcome", outcome), at)])
    reduced = vault.seal(message_id, msgspec.structs.replace(envelope, cases=(), name=None))
    connection.execute("UPDATE message SET envelope = ?, seal_key = ? WHERE seq = ?", (*reduced, seq))
    return True


def _without_persons(outcome: Outcome) -> bytes:
    deliveries = tuple(msgspec.structs.replace(delivery, order_key=None) for delivery in outcome.deliveries)
    return encode_outcome(
        msgspec.structs.replace(outcome, record=None, unmapped=(), cases=(), persons=(), deliveries=deliveries)
    )
