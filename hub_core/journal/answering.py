"""What partners say of files that the hub wrote: rows that they refused are parked, though they were sent.

A row is parked as long as it is that of the file: what was tried again since is a row of another one. So the same
answer again changes nothing, and one that was broken off goes on.
"""

import contextlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from hub_core.errors import Rejected
from hub_core.filed import FileAnswer
from hub_core.journal.bodies import Told, Vault
from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.statements import Row, insert, marks
from hub_core.journal.instants import to_micros
from hub_core.journal.settling import deliveries_of, refresh
from hub_core.message import DeliveryState

AT_ONCE: Final = 500
REFUSED: Final = "D206"  # "partner's answer says no"
_ENTRY: Final = "message_seq, at, step, actor, code, detail, told, delivery_seq"  # no attempt: nothing was sent
_SENT: Final = (
    "SELECT d.seq, d.filed_line, d.message_seq, f.name, m.id, m.envelope FROM delivery d "
    "JOIN message m ON m.seq = d.message_seq JOIN filed f ON f.seq = d.filed_seq "
    "WHERE f.endpoint = ? AND f.number = ? AND d.state = 'sent' AND d.superseded = 0"
)


class AnsweredFile(NamedTuple):
    """Which file is answered, when, and by whom."""

    endpoint: str
    number: int
    at: datetime
    by: str


def refuse_lines(connection: Connection, file: AnsweredFile, lines: Mapping[int, str], vault: Vault) -> int:
    """Park the rows of a file in some lines, each for what is said of it; return how many were."""
    which = f"{_SENT} AND d.filed_line IN ({marks([*lines])}) ORDER BY d.seq"
    rows = connection.execute(which, (file.endpoint, file.number, *lines)).fetchall()
    return _park(connection, file, [(row, lines[row[1]]) for row in rows], vault)


def refuse_rest(connection: Connection, file: AnsweredFile, told: str, vault: Vault) -> int:
    """Park some of the other rows of a file; return how many were, 0: none is left."""
    rows = connection.execute(f"{_SENT} ORDER BY d.seq LIMIT ?", (file.endpoint, file.number, AT_ONCE)).fetchall()
    return _park(connection, file, [(row, told) for row in rows], vault)


def close_answer(connection: Connection, file: AnsweredFile, answer: FileAnswer) -> None:
    """Write down what is said of a file, once it is with all of its rows."""
    which = (file.endpoint, file.number)
    (lines,) = connection.execute("SELECT lines FROM filed WHERE endpoint = ? AND number = ?", which).fetchone()
    connection.execute(
        "UPDATE filed SET answered_at = ?, answer = ? WHERE endpoint = ? AND number = ?",
        (to_micros(file.at), answer.summary(lines), *which),
    )


def _park(connection: Connection, file: AnsweredFile, rows: Sequence[tuple[Row, str]], vault: Vault) -> int:
    entries, at = [], to_micros(file.at)
    for (seq, line, message, name, message_id, envelope), said in rows:
        told = None
        with contextlib.suppress(Rejected):  # its envelope does not open: it is parked without words
            told = vault.contents(message_id, envelope).tell(Told(said, f"{name}:{line}"))
        connection.execute(
            "UPDATE delivery SET state = ?, settled_at = ?, code = ?, told = ?, detail = '' WHERE seq = ?",
            (DeliveryState.PARKED, at, REFUSED, told, seq),
        )
        entries.append((message, at, "parked", file.by, REFUSED, "", told, seq))
    insert(connection, "entry", _ENTRY, entries)
    messages = sorted({row[2] for row, _ in rows})
    connection.hold([*map(deliveries_of, messages)])
    refresh(connection, messages)
    return len(rows)
