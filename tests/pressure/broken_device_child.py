"""A journal on a device whose n-th write or sync fails, for every n in turn; what was acknowledged must be there.

Arguments: the folder, the file that orders the device, how far n goes. It prints how many messages were turned away.
"""

import asyncio
import os
import sys
from pathlib import Path

from hub_core.errors import TryLater
from hub_core.journal.database import Database
from hub_core.journal.store import SqlJournal
from hub_core.testing.builders import a_message, a_vault, an_outcome

EACH = 6  # messages to a fault: what follows the one that meets it must go well again


async def main(folder, order, most):
    acknowledged, turned_away = set(), 0
    for fault in (f"{what} {nth}" for what in ("write", "sync") for nth in range(1, most + 1)):
        with Database(folder / "punte.sqlite3") as database:
            assert acknowledged <= sound(database), fault
            order.write_text(fault)
            kept = await keep(SqlJournal(database, a_vault()))
            assert len(kept) >= EACH - 1, fault
            acknowledged |= kept
            turned_away += EACH - len(kept)
            assert acknowledged <= sound(database), fault
        order.write_text("")  # the fault may also have met the last checkpoint, when it was closed
    sys.stdout.write(str(turned_away))


async def keep(journal):
    """Hand messages in, one after the other; return the ids of those that were acknowledged."""
    kept = set()
    for _ in range(EACH):
        message = a_message(body=os.urandom(5_000))
        try:
            await journal.record(message, an_outcome(message))
        except TryLater:
            continue
        kept.add(message.id)
        assert journal.body(message.id) == message.body
    return kept


def sound(database):
    """Return the ids of all messages, having looked at every page."""
    with database.read() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {name for (name,) in connection.execute("SELECT id FROM message")}


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
