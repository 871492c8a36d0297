"""A process that the kill tests kill: it keeps and delivers messages, and writes down what it was told.

Every line of its ledger is on the device before the next step: ``intent N`` before a message is handed in,
``acked N`` after the answer, ``sent KEY`` when the partner has taken a message.
"""

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

from hub_core.delivering.delivery import Deliverer
from hub_core.delivering.gates import Gates
from hub_core.directory import Direction, Directory, Endpoint
from hub_core.journal.store import SqlJournal
from hub_core.message import Receipt
from hub_core.testing.builders import a_delivery, a_message, a_vault, an_outcome
from tests.integration.stores import Store

AT_ONCE = 8
DIRECTORY = Directory(
    endpoints={"out": Endpoint(institution="x", direction=Direction.OUT, adapter="rest", service="s")}
)


class Ledger:
    """An append-only file that survives the process."""

    def __init__(self, path):
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, line):
        os.write(self._descriptor, f"{line}\n".encode())
        os.fsync(self._descriptor)


class Partner:
    """A target that takes everything."""

    def __init__(self, ledger):
        self._ledger = ledger

    async def send(self, sent):
        self._ledger.write(f"sent {sent.key}")
        return Receipt()

    async def close(self):
        """Nothing is open."""


def message_number(number):
    """Return the same message with the same bytes in every process, but for the hub's own id."""
    return a_message(sender_id=str(number), body=b"message %d " % number * 400)


async def keep(journal, ledger, numbers):
    async def sender():
        for number in numbers:
            message = message_number(number)
            delivery = a_delivery(message, endpoint="out", order_key=f"p{number % 3}")
            ledger.write(f"intent {number}")
            await journal.record(message, an_outcome(message, delivery))
            ledger.write(f"acked {number}")

    await asyncio.gather(*(sender() for _ in range(AT_ONCE)))


async def deliver(journal, ledger, clock):
    partner = Partner(ledger)

    async def opened(_):
        return partner

    deliverer = Deliverer(
        journal=journal,
        targets=opened,
        directory=lambda: DIRECTORY,
        clock=clock,
        gates=Gates(places=4),
    )
    await deliverer.start()
    while journal.counts().open_deliveries:  # noqa: ASYNC110 - tasks of the deliverer are waited for
        await asyncio.sleep(0.01)
    await deliverer.stop(timedelta(seconds=5))


async def main(where, folder, count):
    ledger = Ledger(folder / "ledger")
    with Store(where, folder).open() as database:
        journal = SqlJournal(database, a_vault())
        await keep(journal, ledger, iter(range(count)))
        await deliver(journal, ledger, database.clock)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
