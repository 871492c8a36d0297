"""A process that takes in a list; the kill test lets it die on the way."""

import asyncio
import sys
from pathlib import Path

from hub_core.settings import Settings
from registry.parts import Parts
from registry.scheduled.polling import poll


async def main(home, store):
    parts = Parts(Settings(home=Path(home), store=store or None), write=True)
    await poll(parts, "vacancies")
    await parts.connections.close()
    parts.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
