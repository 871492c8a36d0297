"""Files that the hub writes: deliveries wait for one, a file is closed with some of them, and they are settled with it.

A closed file never changes: its number, its name, its bytes and its rows are written down in one transaction, before
anything of it lies in a folder. So whatever is done again gives the same file. Its deliveries stay open until it is
written; then they are settled some at a time, so that nobody waits long for the writer.
"""

# ruff: noqa: S608 - what is put into SQL here are names of our own; values are always bound

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from hub_core.errors import Rejected
from hub_core.filed import Candidate, Closed, Collecting, Early, FiledRow, SetAside, Unwritten
from hub_core.journal.bodies import Vault
from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.statements import OPEN, Row, chunks, insert, marks
from hub_core.journal.failpoints import reach
from hub_core.journal.instants import from_micros, to_micros
from hub_core.journal.ordering import let_pass
from hub_core.journal.outcomes import record_in
from hub_core.journal.readers import Readers
from hub_core.journal.settling import deliveries_of, refresh, settle
from hub_core.message import DeliveryState
from hub_core.outbox import Settlement
from hub_core.security.masking import mask_numbers

SETTLED_AT_ONCE: Final = 500
_SHOWN: Final = 50
_FILED: Final = "endpoint, number, name, lines, closed_at, written_at, actor, reason, answered_at, answer"
# Open, in no file, and held by nobody; what is in doubt and waits for a person has no time.
_FREE: Final = f"{OPEN} AND filed_seq IS NULL AND lease_until IS NULL AND (state = 'ready' OR ready_at IS NOT NULL)"
_HELD_UP: Final = "SELECT 1 FROM delivery h WHERE h.endpoint = d.endpoint AND h.order_key = d.order_key AND h.holds = 1"
_CANDIDATES: Final = (
    "SELECT d.seq, d.id, d.order_key, m.id, m.envelope, coalesce(d.outcome, c.outcome), "
    "CASE WHEN d.outcome IS NULL THEN c.sealed ELSE 1 END "
    "FROM delivery d JOIN message m ON m.seq = d.message_seq JOIN content c ON c.message_seq = d.message_seq "
    f"WHERE d.seq IN (SELECT seq FROM delivery WHERE endpoint = ? AND {_FREE} AND seq > ? ORDER BY seq LIMIT ?) "
    f"AND (d.order_key IS NULL OR NOT EXISTS ({_HELD_UP})) ORDER BY d.seq"
)


class FilingView:
    """The part of ``JournalView`` that is about files which the hub writes."""

    _readers: Readers
    _vault: Vault

    def collecting(self, endpoint: str) -> Collecting:
        """Return what waits for a file."""
        with self._readers.read() as connection:
            count, first = connection.execute(
                f"SELECT count(*), min(seq) FROM delivery WHERE endpoint = ? AND {OPEN}", (endpoint,)
            ).fetchone()
            since = connection.execute("SELECT created_at FROM delivery WHERE seq = ?", (first,)).fetchone()
        return Collecting(count=count, oldest=from_micros(since[0]) if since else None)

    def candidates(self, endpoint: str, *, after: int, limit: int) -> tuple[list[Candidate], int | None]:
        """Return deliveries that may go into a file, oldest first, and behind which to go on; ``None``: that is all."""
        with self._readers.read() as connection:
            last = connection.execute(
                f"SELECT max(seq), count(*) FROM (SELECT seq FROM delivery WHERE endpoint = ? AND {_FREE} AND seq > ? "
                "ORDER BY seq LIMIT ?) AS page",
                (endpoint, after, limit),
            ).fetchone()
            rows = connection.execute(_CANDIDATES, (endpoint, after, limit)).fetchall()
        return [self._candidate(row) for row in rows], last[0] if last[1] == limit else None

    def _candidate(self, row: Row) -> Candidate:
        seq, delivery_id, line, message_id, envelope, outcome, sealed = row
        try:
            contents = self._vault.contents(message_id, envelope)
            record = record_in(contents.read(b"outcome", outcome, sealed=sealed))
        except Rejected as error:
            return Candidate(seq=seq, delivery_id=delivery_id, line=line, fault=error.code)
        return Candidate(seq=seq, delivery_id=delivery_id, line=line, record=record)

    def unwritten(self, endpoint: str) -> Unwritten | None:
        """Return the closed file of which not every row is settled; at most one is there.

        Raises:
            Rejected: J115. ConfigError: J113.
        """
        with self._readers.read() as connection:
            row = connection.execute(
                "SELECT f.number, f.name, f.contents, m.id, m.envelope FROM filed f JOIN message m "
                "ON m.seq = f.message_seq WHERE f.endpoint = ? AND f.contents IS NOT NULL ORDER BY f.number LIMIT 1",
                (endpoint,),
            ).fetchone()
        if row is None:
            return None
        number, name, sealed, message_id, envelope = row
        body = self._vault.contents(message_id, envelope).open(b"filed", sealed)
        return Unwritten(endpoint=endpoint, number=number, name=name, body=body)

    def filed(self, endpoint: str) -> list[FiledRow]:
        """Return the last files of an endpoint, newest first."""
        return self._filed("endpoint = ?", (endpoint,))

    def filed_as(self, name: str, endpoints: Collection[str]) -> FiledRow | None:
        """Return the file of a name at one of some endpoints; ``None``: there is none, or two have one."""
        found = [file for file in self._filed("name = ?", (name,)) if file.endpoint in endpoints]
        return found[0] if len(found) == 1 else None

    def filed_with(self, delivery_id: str) -> FiledRow | None:
        """Return the file of which a delivery is a row."""
        found = self._filed("seq = (SELECT filed_seq FROM delivery WHERE id = ?)", (delivery_id,))
        return found[0] if found else None

    def _filed(self, which: str, values: tuple[str, ...]) -> list[FiledRow]:
        with self._readers.read() as connection:
            rows = connection.execute(
                f"SELECT {_FILED} FROM filed WHERE {which} ORDER BY number DESC LIMIT {_SHOWN}", values
            ).fetchall()
        return [_file(*row) for row in rows]


def _file(
    endpoint: str,
    number: int,
    name: str,
    lines: int,
    closed_at: int,
    written_at: int | None,
    actor: str | None,
    reason: str | None,
    answered_at: int | None,
    answer: str,
) -> FiledRow:
    return FiledRow(
        endpoint=endpoint,
        number=number,
        name=name,
        lines=lines,
        closed_at=from_micros(closed_at),
        written_at=from_micros(written_at),
        early=None if actor is None else Early(by=actor, reason=reason or ""),
        answered_at=from_micros(answered_at),
        answer=answer,
    )


def set_aside(connection: Connection, items: Sequence[SetAside], vault: Vault, *, at: datetime) -> None:
    """Park deliveries that no file can carry; those that are not free any more are left alone."""
    taken = _take(connection, [one.delivery_id for one in items], at=at)
    parked = [
        Settlement(
            delivery_id=one.delivery_id,
            fence=taken[one.delivery_id],
            state=DeliveryState.PARKED,
            at=at,
            code=one.code,
            detail=one.detail,
            holds=one.holds,
            rule=one.rule,
        )
        for one in items
        if one.delivery_id in taken
    ]
    settle(connection, [(one, vault) for one in parked])


def close(connection: Connection, file: Closed, vault: Vault) -> None:
    """Write a file down, with its rows, as it will be written.

    Raises:
        Rejected: J422, another process closed a file meanwhile.
    """
    first = connection.execute(
        "SELECT m.seq, m.id, m.envelope FROM delivery d JOIN message m ON m.seq = d.message_seq WHERE d.id = ?",
        (file.delivery_ids[0],),
    ).fetchone()
    message_seq, message_id, envelope = first
    sealed = vault.contents(message_id, envelope).seal(b"filed", file.body)
    (last,) = connection.execute("SELECT coalesce(max(number), 0) FROM filed WHERE endpoint = ?", (file.endpoint,))
    taken = _take(connection, file.delivery_ids, at=file.at)
    if last[0] != file.number - 1 or len(taken) != len(file.delivery_ids):
        raise Rejected("J422", "another process closed a file meanwhile", where=file.endpoint)
    at, lines = to_micros(file.at), len(file.delivery_ids)
    columns = "endpoint, number, name, lines, closed_at, message_seq, contents, actor, reason"
    early = (None, None) if file.early is None else (file.early.by, mask_numbers(file.early.reason))
    row = (file.endpoint, file.number, file.name, lines, at, message_seq, sealed, *early)
    ((seq,),) = insert(connection, "filed", columns, [row], " RETURNING seq")
    for chunk in chunks(file.delivery_ids):
        connection.execute(
            f"UPDATE delivery SET filed_seq = ?, lease_until = NULL, ready_at = NULL WHERE id IN ({marks(chunk)})",
            (seq, *chunk),
        )
    # In the order in which they were added, which is that of the rows.
    connection.execute(
        "UPDATE delivery SET filed_line = ranked.line FROM (SELECT seq, ? - 1 + row_number() OVER (ORDER BY seq) "
        "AS line FROM delivery WHERE filed_seq = ?) AS ranked WHERE delivery.seq = ranked.seq",
        (file.first_line, seq),
    )
    reach("after-filed-before-commit")


def settle_some(connection: Connection, endpoint: str, number: int, *, at: datetime) -> bool:
    """Settle some rows of a file that lies there whole as sent; return whether that were the last ones.

    Each says in its history, and by its reference, in which file it went, and where; and who let that be written early.
    """
    seq, name, actor, reason = connection.execute(
        "SELECT seq, name, actor, reason FROM filed WHERE endpoint = ? AND number = ?", (endpoint, number)
    ).fetchone()
    told = name if actor is None else f"{name}, written before its time: {reason}"
    some = f"SELECT seq FROM delivery WHERE filed_seq = ? AND {OPEN} ORDER BY seq LIMIT ?"
    rows = [one for (one,) in connection.execute(some, (seq, SETTLED_AT_ONCE))]
    messages: set[int] = set()
    lines: set[tuple[str, str]] = set()
    for chunk in chunks(rows):
        connection.execute(
            "INSERT INTO entry (message_seq, at, step, actor, detail, delivery_seq, attempt, started_at) "
            "SELECT message_seq, ?, 'sent', ?, 'row ' || filed_line || ' of ' || ?, seq, attempts, claimed_at "
            f"FROM delivery WHERE seq IN ({marks(chunk)}) ORDER BY seq",
            (to_micros(at), actor or "hub", told, *chunk),
        )
        settled = connection.execute(
            "UPDATE delivery SET state = 'sent', ready_at = NULL, settled_at = ?, code = NULL, "
            "detail = 'row ' || filed_line || ' of ' || ?, reference = ? || ':' || filed_line, told = NULL "
            f"WHERE seq IN ({marks(chunk)}) RETURNING message_seq, order_key",
            (to_micros(at), name, name, *chunk),
        )
        for message, order_key in settled:
            messages.add(message)
            lines |= set() if order_key is None else {(endpoint, order_key)}
    connection.hold([*lines, *map(deliveries_of, messages)])
    let_pass(connection, lines)
    refresh(connection, sorted(messages))
    done = len(rows) < SETTLED_AT_ONCE
    if done:
        connection.execute(
            "UPDATE filed SET written_at = ?, contents = NULL, message_seq = NULL "
            "WHERE seq = ? AND contents IS NOT NULL",
            (to_micros(at), seq),
        )
    return done


def _take(connection: Connection, delivery_ids: Sequence[str], *, at: datetime) -> dict[str, int]:
    """Count an attempt of deliveries that are free; return the fence of each that was."""
    micros = to_micros(at)
    taken: dict[str, int] = {}
    for chunk in chunks(delivery_ids):
        rows = connection.execute(
            "UPDATE delivery SET attempts = attempts + 1, fence = fence + 1, claimed_at = ?, lease_until = ? "
            f"WHERE id IN ({marks(chunk)}) AND {_FREE} RETURNING id, fence",
            (micros, micros, *chunk),
        )
        taken |= dict(rows.fetchall())
    return taken
