"""Deliveries in line: adding them, and who of those with one order key is next.

Of the open deliveries of one endpoint with one order key, one has a time (``ready_at``) at which it may be claimed; the
others have none until it is settled for good. A parked delivery counts as settled: it lets the next one pass, because
an operator may need days, and the partner gets the newer state meanwhile. One that is tried again joins the line anew.
Where its endpoint says so, it holds its key instead (``holds``) and is the first again when it is tried again.
"""

# ruff: noqa: S608 - what is put into SQL here are names of our own; values are always bound

from collections.abc import Collection, Sequence
from itertools import chain
from typing import Final

from hub_core.journal.bodies import OrderKey
from hub_core.journal.engines.connection import Connection, Line
from hub_core.journal.engines.statements import ADDED, OPEN, chunks, insert
from hub_core.journal.instants import to_micros
from hub_core.message import Delivery, DeliveryState

_DELIVERY: Final = "id, message_seq, route, endpoint, order_key, order_key_sealed, created_at, due_at, ready_at, state"
_OF_LINE: Final = "SELECT 1 FROM delivery WHERE endpoint = column1 AND order_key = column2"
_FIRST_OF_LINE: Final = f"SELECT min(seq) FROM delivery WHERE endpoint = column1 AND order_key = column2 AND {OPEN}"


def add_deliveries(connection: Connection, added: Sequence[tuple[int, int, Delivery, OrderKey]]) -> None:
    """Add deliveries: number of the message, when it was decided, the delivery, its key as it is written."""
    if not added:
        return
    lines = {(delivery.endpoint, key.token) for _, _, delivery, key in added if key.token is not None}
    connection.hold(lines)
    taken = lines_taken(connection, lines)
    rows = []
    for number, created_at, delivery, key in added:
        due = to_micros(delivery.due_at)
        ready: int | None = due
        if key.token is not None:
            line = (delivery.endpoint, key.token)
            if line in taken:
                ready = None
            taken.add(line)
        rows.append(
            (
                delivery.id,
                number,
                delivery.route,
                delivery.endpoint,
                *key,
                created_at,
                due,
                ready,
                DeliveryState.READY,
            )
        )
    insert(connection, "delivery", _DELIVERY, rows)
    connection.announce(ADDED)


def lines_taken(connection: Connection, lines: Collection[Line]) -> set[Line]:
    """Return those of some lines in which a delivery is open, or parked and holds its key; the caller holds them."""
    taken: set[Line] = set()
    for chunk in chunks(sorted(lines)):
        pairs = ", ".join(["(?, ?)"] * len(chunk))
        found = connection.execute(
            f"SELECT column1, column2 FROM (VALUES {pairs}) AS line WHERE EXISTS ({_OF_LINE} AND {OPEN}) "
            f"OR EXISTS ({_OF_LINE} AND holds = 1)",
            [*chain.from_iterable(chunk)],
        )
        taken.update(found.fetchall())
    return taken


def release_line(connection: Connection, endpoint: str, order_key: str | None) -> None:
    """Let the next delivery of a key pass."""
    if order_key is not None:
        connection.hold([(endpoint, order_key)])
        let_pass(connection, [(endpoint, order_key)])


def let_pass(connection: Connection, lines: Collection[Line]) -> None:
    """Let the next delivery of each of some keys pass, which the caller holds."""
    for chunk in chunks(sorted(set(lines))):
        pairs = ", ".join(["(?, ?)"] * len(chunk))
        connection.execute(
            f"UPDATE delivery SET ready_at = due_at WHERE ready_at IS NULL AND filed_seq IS NULL "
            f"AND seq IN (SELECT ({_FIRST_OF_LINE}) FROM (VALUES {pairs}) AS line)",
            [*chain.from_iterable(chunk)],
        )
