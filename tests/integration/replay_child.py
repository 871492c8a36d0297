"""A hub that replays all it has kept; the kill test lets it die on the way."""

import asyncio
import sys
from pathlib import Path

from tests.integration.seds_kept import SedsKept


async def main(home, store):
    await SedsKept(Path(home), store or None).replay(filter={"after": "", "limit": 1000})


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
