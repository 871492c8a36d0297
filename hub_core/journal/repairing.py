"""Taking a corrected copy in the place of a message: both in one transaction, so that none of them is sent twice."""

# ruff: noqa: S608 - what is put into SQL here are names of our own; values are always bound

from hub_core.errors import Rejected
from hub_core.journal import attaching
from hub_core.journal.bodies import Vault
from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.statements import ADDED, OPEN
from hub_core.journal.entries import REPAIRED
from hub_core.journal.failpoints import reach
from hub_core.journal.ordering import release_line
from hub_core.journal.recording import Recorded, Standing, record_all
from hub_core.journal.replaying import IN_DOUBT, ON_ITS_WAY
from hub_core.journal.settling import note, number_of, refresh_state
from hub_core.message import DeliveryState, Entry, Outcome


def repair(connection: Connection, copy: Recorded, entry: Entry, vault: Vault) -> Outcome | Standing:
    """Keep a corrected copy and close the message that it repairs; the same copy again changes nothing.

    Raises:
        Rejected: J404 no such message; J409 it was repaired by other content; J416 a delivery of it is on its way;
            J417 one is in doubt; J410 its attachments are being purged.
    """
    first = number_of(connection, entry.message_id)
    (standing,) = record_all(connection, [copy])
    if standing is not copy.outcome:
        return standing
    if copy.message.attachments:
        files = [one.file for one in copy.message.attachments]
        attaching.keep_for(connection, first, entry.message_id, files)
    _check_settled(connection, first)
    note(connection, entry, vault)
    _close(connection, first, copy.message.id)
    reach("after-redeliver-before-commit")
    return standing


def _check_settled(connection: Connection, first: int) -> None:
    unsettled = connection.execute(
        f"SELECT state, endpoint FROM delivery WHERE message_seq = ? AND {OPEN} ORDER BY state DESC", (first,)
    ).fetchone()
    if unsettled is not None:
        state, endpoint = unsettled
        if state == DeliveryState.IN_DOUBT:
            raise Rejected(IN_DOUBT, "the partner may have it", where=endpoint)
        raise Rejected(ON_ITS_WAY, "it is on its way to a partner", where=endpoint)


def _close(connection: Connection, first: int, copy_id: str) -> None:
    """Close what was given up of the first; where that held its line, the copy takes its place there."""
    held = connection.execute(
        "SELECT endpoint, order_key FROM delivery WHERE message_seq = ? AND holds = 1", (first,)
    ).fetchall()
    connection.execute(
        "UPDATE delivery SET superseded = 1, holds = 0, code = ? "
        "WHERE message_seq = ? AND state = 'parked' AND superseded = 0",
        (REPAIRED, first),
    )
    for line in held:
        taken = connection.execute(
            "UPDATE delivery SET ready_at = due_at WHERE endpoint = ? AND order_key = ? AND message_seq = "
            "(SELECT seq FROM message WHERE id = ?) RETURNING 1",
            (*line, copy_id),
        ).fetchone()
        if taken is None:
            release_line(connection, *line)
        connection.announce(ADDED)
    parked = connection.execute("SELECT 1 FROM message WHERE seq = ? AND state = 'parked'", (first,)).fetchone()
    if parked:
        refresh_state(connection, first)
