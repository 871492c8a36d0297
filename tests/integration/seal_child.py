"""A process that the kill tests kill while its keys change: it keeps messages, and makes new keys meanwhile.

Its ledger is that of ``journal_child``, with ``rotated`` after each new key.
"""

import asyncio
import sys
from pathlib import Path

from journal_child import Ledger, keep

from hub_core.journal.sealing_anew import Resealer
from hub_core.settings import Settings
from registry.desk import sealing
from registry.desk.arguments import Act, Nothing
from registry.parts import Parts

ROTATIONS = 3


async def main(home, count):
    parts, ledger = Parts(Settings(home=home), write=True), Ledger(home / "ledger")
    resealer = Resealer(parts.database, parts.vault)
    parts.keys_changed = resealer.wake
    resealer.start()
    await asyncio.gather(keep(parts.journal, ledger, iter(range(count))), rotate(parts, ledger))
    while sealing.status(parts, Nothing())["to_do"]:  # noqa: ASYNC110 - the background is waited for
        await asyncio.sleep(0.01)
    await resealer.stop()
    parts.close()


async def rotate(parts, ledger):
    for _ in range(ROTATIONS):
        await asyncio.sleep(0.02)
        await sealing.rotate(parts, Act(by="test"))
        ledger.write("rotated")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
