"""Rows that come again in another file: their description says which columns tell one from every other.

Such a row is taken as any other, and its history says that it came before; whoever sent it is told.
"""

# ruff: noqa: S608 - what is put into SQL here are names of our own; values are always bound

from collections.abc import Sequence
from typing import Final

from hub_core.journal.bodies import Vault
from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.statements import chunks, insert, marks
from hub_core.journal.instants import to_micros
from hub_core.journal.readers import Readers
from hub_core.message import Message, Outcome, State

REPEATED: Final = "F128"
_STEP: Final = "repeated"


class RepeatView:
    """The part of ``JournalView`` that is about rows that came again."""

    _readers: Readers
    _vault: Vault

    def repeated(self, file_id: str, *, limit: int) -> list[tuple[int, str]]:
        """Return line and words of the rows of a file that came before, in their order."""
        with self._readers.read() as connection:
            rows = connection.execute(
                "SELECT m.line, e.detail FROM message m JOIN entry e ON e.message_seq = m.seq AND e.step = ? "
                "WHERE m.correlation_id = ? AND m.line IS NOT NULL ORDER BY m.line LIMIT ?",
                (_STEP, self._vault.token("conversation", file_id), limit),
            ).fetchall()
        return [(line, detail) for line, detail in rows]


def token_of(message: Message, outcome: Outcome, vault: Vault) -> str | None:
    """Return the keyed hash by which a row is known at its endpoint; one that is refused may come again."""
    if message.row_key is None or outcome.state is State.REFUSED:
        return None
    return vault.token("row", f"{message.endpoint}\0{message.row_key}")


def note_repeats(connection: Connection, rows: Sequence[tuple[int, str | None, Outcome]]) -> None:
    """Write into the history of rows that came before which message was the first."""
    if not rows:
        return
    keys = ((token, number) for number, token, _ in rows)
    new = insert(connection, "row_key", "token, message_seq", keys, " ON CONFLICT DO NOTHING RETURNING message_seq")
    first = {number for (number,) in new}
    again = [(number, token, to_micros(it.decided_at)) for number, token, it in rows if number not in first]
    known: dict[str, str] = {}
    for chunk in chunks(token for _, token, _ in again):
        found = connection.execute(
            "SELECT k.token, m.id FROM row_key k JOIN message m ON m.seq = k.message_seq "
            f"WHERE k.token IN ({marks(chunk)})",
            chunk,
        )
        known |= dict(found.fetchall())
    entries = [
        (number, at, _STEP, "hub", REPEATED, f"the same row came before: {known[token or '']}")
        for number, token, at in again
    ]
    insert(connection, "entry", "message_seq, at, step, actor, code, detail", entries)
