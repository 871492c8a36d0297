"""What was given up and waits for a person: by cause, one by one, and closing it for good."""

# ruff: noqa: S608 - what is put into SQL here are names of our own; values are always bound

import hashlib
from datetime import datetime
from typing import Final

from hub_core.errors import Rejected
from hub_core.journal.bodies import Vault
from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.statements import ADDED
from hub_core.journal.entries import DISCARDED, REJECTED, ParkedGroup, ParkedRow
from hub_core.journal.failpoints import reach
from hub_core.journal.instants import from_micros, to_micros
from hub_core.journal.ordering import release_line
from hub_core.journal.readers import Readers
from hub_core.journal.settling import note, number_of, refresh_state
from hub_core.message import Delivery, Entry

_ID_DIGITS: Final = 7
# A parked delivery is one; so is a parked message whose deliveries do not say why.
_WAITS: Final = "d.state = 'parked' AND d.superseded = 0"
_PARKED: Final = (
    "SELECT d.endpoint, coalesce(d.code, '') AS code, coalesce(m.mapping, '') AS mapping, d.rule, 0 AS decided, "
    "d.id AS key, m.id AS message, d.route, d.settled_at AS at "
    f"FROM delivery d JOIN message m ON m.seq = d.message_seq WHERE {_WAITS} "
    "UNION ALL "
    "SELECT m.endpoint, trim(m.codes), coalesce(m.mapping, ''), '', 1, m.id, m.id, '', m.decided_at FROM message m "
    f"WHERE m.state = 'parked' AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message_seq = m.seq AND {_WAITS})"
)
_CAUSE: Final = "endpoint, code, mapping, rule, decided"


class ParkedView:
    """The part of ``JournalView`` that is about what was given up."""

    _readers: Readers

    def parked(self, message_id: str | None = None) -> list[ParkedGroup]:
        """Return what was given up by its cause, or of one message only."""
        which, values = ("", []) if message_id is None else ("WHERE message = ? ", [message_id])
        with self._readers.read() as connection:
            rows = connection.execute(
                f"SELECT {_CAUSE}, count(*), min(at), max(at), min(message) FROM ({_PARKED}) AS parked "
                f"{which}GROUP BY {_CAUSE} ORDER BY {_CAUSE}",
                values,
            ).fetchall()
        return [_group(*row) for row in rows]

    def parked_in(
        self,
        group: ParkedGroup,
        *,
        message_id: str | None = None,
        until: datetime | None = None,
        after: str = "",
        limit: int = 50,
    ) -> list[ParkedRow]:
        """Return what a group holds, the oldest first."""
        conditions = ["endpoint = ?", "code = ?", "mapping = ?", "rule = ?", "decided = ?", "key > ?"]
        values: list[str | int] = [
            group.endpoint,
            group.code,
            group.mapping,
            group.rule,
            int(group.decided),
            after,
        ]
        if message_id is not None:
            conditions.append("message = ?")
            values.append(message_id)
        if until is not None:
            conditions.append("at <= ?")
            values.append(to_micros(until))
        with self._readers.read() as connection:
            rows = connection.execute(
                f"SELECT decided, key, message, route, endpoint, at FROM ({_PARKED}) AS parked "
                f"WHERE {' AND '.join(conditions)} ORDER BY key LIMIT ?",
                [*values, limit],
            ).fetchall()
        return [_row(*row) for row in rows]


def close(connection: Connection, row: ParkedRow, entry: Entry, vault: Vault, *, refused: bool) -> None:
    """Close what was given up, without delivery; nothing is deleted.

    Raises:
        Rejected: J404 no such message; J412 it is not parked.
    """
    note(connection, entry, vault, delivery=row.delivery.id if row.delivery else None)
    number = number_of(connection, row.message_id)
    if row.delivery is None:
        _close_message(connection, row.message_id, "refused" if refused else "accepted")
        return
    which, values = f"d.id = ? AND d.message_seq = ? AND {_WAITS}", (row.delivery.id, number)
    held = connection.execute(f"SELECT 1 FROM delivery d WHERE {which} AND d.holds = 1", values).fetchone()
    closed = connection.execute(
        f"UPDATE delivery AS d SET superseded = 1, holds = 0, code = ? WHERE {which} RETURNING endpoint, order_key",
        (REJECTED if refused else DISCARDED, *values),
    ).fetchone()
    if closed is None:
        raise Rejected("J412", "the delivery is not parked", where=row.delivery.id)
    reach("after-close-before-release")
    if held:
        release_line(connection, *closed)
        connection.announce(ADDED)
    refresh_state(connection, number)


def _close_message(connection: Connection, message_id: str, state: str) -> None:
    closed = connection.execute(
        "UPDATE message AS m SET state = ? WHERE id = ? AND state = 'parked' AND NOT EXISTS "
        f"(SELECT 1 FROM delivery d WHERE d.message_seq = m.seq AND {_WAITS}) RETURNING 1",
        (state, message_id),
    ).fetchone()
    if closed is None:
        raise Rejected("J412", "the message is not parked", where=message_id)


def _group(
    endpoint: str, code: str, mapping: str, rule: str, decided: int, count: int, oldest: int, newest: int, example: str
) -> ParkedGroup:
    cause = "\0".join((endpoint, code, mapping, str(decided), *filter(None, (rule,))))
    return ParkedGroup(
        id="g" + hashlib.sha256(cause.encode()).hexdigest()[:_ID_DIGITS],
        endpoint=endpoint,
        code=code,
        mapping=mapping,
        rule=rule,
        decided=bool(decided),
        count=count,
        oldest=from_micros(oldest),
        newest=from_micros(newest),
        example=example,
    )


def _row(decided: int, key: str, message_id: str, route: str, endpoint: str, at: int) -> ParkedRow:
    parked_at = from_micros(at)
    delivery = Delivery(id=key, message_id=message_id, route=route, endpoint=endpoint, order_key=None, due_at=parked_at)
    return ParkedRow(key=key, message_id=message_id, delivery=None if decided else delivery, parked_at=parked_at)
