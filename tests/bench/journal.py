"""The hub's journal alone, on each engine: messages committed in groups against each by a commit of its own.

How long a disk takes to sync changes from one second to the next, by a factor of ten on machines that share it. So each
short round is judged for itself, and the median of many rounds counts.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final

from hub_core.journal import writer
from hub_core.journal.database import Database
from hub_core.journal.engines.postgresql import Postgresql
from hub_core.journal.store import SqlJournal
from hub_core.playing.postgresql import running
from hub_core.testing.builders import a_message, a_vault, an_outcome
from tests.bench.report import Goal

_BODY: Final = b"x" * 4096
_RECORD: Final = b'{"notes":[{"text":"' + b"y" * 4096 + b'"}]}'
_TOGETHER: Final = 64
_GROUPED: Final = 512  # messages of one round
_SINGLE: Final = 128
ENGINES: Final = ("SQLite", "PostgreSQL")


def journal_rates(folder: Path, *, rounds: int) -> dict[str, list[float]]:
    """Return durable messages per second of several rounds in turn, on each engine.

    64 senders at once, their messages committed in groups and each by its own commit; one sender who waits for each.
    """
    with Database(folder / "journal.sqlite3") as database:
        rates = _rates(database, ENGINES[0], rounds)
    with running() as server, Database(Postgresql(server.address)) as database:
        return rates | _rates(database, ENGINES[1], rounds)


def goals(rates: Mapping[str, Sequence[float]]) -> list[Goal]:
    """Return what groups bring on each engine."""
    found = []
    for name in ENGINES:
        grouped, single, _ = _names(name)
        ratio = median(many / one for many, one in zip(rates[grouped], rates[single], strict=True))
        found.append(Goal(name=f"{name}: groups through single commits", value=ratio, at_least=5))
    return found


def _names(engine: str) -> tuple[str, str, str]:
    return f"{engine}, 64 at once", f"{engine}, 64, a commit each", f"{engine}, one by one"


def _rates(database: Database, engine: str, rounds: int) -> dict[str, list[float]]:
    journal = SqlJournal(database, a_vault())
    grouped, single, alone = _names(engine)
    rates: dict[str, list[float]] = {name: [] for name in (grouped, single, alone)}
    for number in range(rounds):
        rates[grouped].append(_rate(journal, _GROUPED, together=_TOGETHER, mark=f"{number}"))
        with _a_commit_each():
            rates[single].append(_rate(journal, _SINGLE, together=_TOGETHER, mark=f"{number} single"))
        rates[alone].append(_rate(journal, _SINGLE, together=1, mark=f"{number} alone"))
    return rates


@contextmanager
def _a_commit_each() -> Iterator[None]:
    """Let the writer take one command at a time."""
    most = writer.MAX_COMMANDS
    writer.MAX_COMMANDS = 1  # type: ignore[misc]  # it is final for the hub
    try:
        yield
    finally:
        writer.MAX_COMMANDS = most  # type: ignore[misc]


def _rate(journal: SqlJournal, count: int, *, together: int, mark: str) -> float:
    messages = [a_message(body=_BODY, sender_id=f"{mark}-{number}") for number in range(count)]
    pairs = iter([(message, an_outcome(message, record=_RECORD)) for message in messages])

    async def sender() -> None:
        for message, outcome in pairs:
            await journal.record(message, outcome)

    async def all_senders() -> None:
        await asyncio.gather(*(sender() for _ in range(together)))

    start = time.perf_counter()
    asyncio.run(all_senders())
    return count / (time.perf_counter() - start)
