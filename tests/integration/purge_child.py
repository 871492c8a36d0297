"""A process that keeps old messages, then deletes their bodies or all of them; the kill test kills it."""

import asyncio
import sys
from pathlib import Path

from hub_core.journal.store import SqlJournal
from hub_core.testing.builders import a_vault
from hub_core.testing.journal.purging import old, purge
from tests.integration.stores import Store


async def main(where, part):
    with Store(where, Path()).open() as database:
        journal = SqlJournal(database, a_vault())
        if not journal.counts().newest:
            await journal.record_all([old() for _ in range(150)])
        await purge(journal, part)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
