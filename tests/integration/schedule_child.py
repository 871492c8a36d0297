"""A process that does jobs when they are due, until a test kills it."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from hub_core.settings import Settings
from registry.parts import Parts
from registry.scheduled.schedule import Schedule

SOON = timedelta(milliseconds=50)


async def main(home, store, lease):
    parts = Parts(Settings(home=Path(home), store=store), write=True)
    Schedule(parts, soon=SOON, lease=timedelta(seconds=float(lease))).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
