"""The hub's journal alone, on each engine: messages committed in groups against one by one."""

import asyncio
import time
from pathlib import Path
from typing import Final

from hub_core.journal.database import Database
from hub_core.journal.postgresql import Postgresql
from hub_core.journal.store import SqlJournal
from hub_core.testing.builders import a_message, a_vault, an_outcome
from hub_core.testing.postgresql import running

_BODY: Final = b"x" * 4096
_RECORD: Final = b'{"notes":[{"text":"' + b"y" * 4096 + b'"}]}'
_TOGETHER: Final = 64
_GROUPED: Final = 4096
_SINGLE: Final = 512


def journal_rates(folder: Path) -> dict[str, float]:
    """Return durable messages per second: 64 senders at once, and one who waits for each."""
    with Database(folder / "journal.sqlite3") as database:
        rates = _rates(database, "journal")
    with running() as server, Database(Postgresql(server.address)) as database:
        return rates | _rates(database, "on PostgreSQL")


def _rates(database: Database, name: str) -> dict[str, float]:
    journal = SqlJournal(database, a_vault())
    return {
        f"{name}, 64 at once": _rate(journal, _GROUPED, together=_TOGETHER),
        f"{name}, one by one": _rate(journal, _SINGLE, together=1),
    }


def _rate(journal: SqlJournal, count: int, *, together: int) -> float:
    messages = [a_message(body=_BODY, sender_id=f"{together}-{number}") for number in range(count)]
    pairs = iter([(message, an_outcome(message, record=_RECORD)) for message in messages])

    async def sender() -> None:
        for message, outcome in pairs:
            await journal.record(message, outcome)

    async def all_senders() -> None:
        await asyncio.gather(*(sender() for _ in range(together)))

    start = time.perf_counter()
    asyncio.run(all_senders())
    return count / (time.perf_counter() - start)
