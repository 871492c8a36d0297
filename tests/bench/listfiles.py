"""A list of 100,000 job seekers: through the files adapter into the journal, and by a chunked reader written for it.

Each turn is a process of its own on the same core, so that what it holds at most is its own. Compared is the time of
the core: how long the disk syncs is another question, answered by rows per second beside it.

    python -m tests.bench.listfiles hub|chunked FILE DATABASE
"""

import asyncio
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Final

import msgspec

from hub_core.journal.database import Database
from hub_core.journal.store import SqlJournal
from hub_core.mapping import load
from hub_core.testing.builders import a_vault
from hub_demo.identifiers import cnp
from tests.bench.load import ROOT
from tests.bench.report import Goal
from tests.bench.yardsticks import chunked
from tests.integration import file_child

HUB, CHUNKED = "files adapter", "chunked reader by hand"
TURNS: Final = {HUB: "hub", CHUNKED: "chunked"}
ROWS: Final = 100_000
_DAYS: Final = 20_000  # of birth, one after the other; then the next serial number
_KILO: Final = 1024


class Turn(msgspec.Struct, frozen=True):
    """What one turn took.

    Attributes:
        core: seconds of the core; ``wall`` seconds of the day.
        room: bytes that were held at most, beyond what the process held before it saw the file.
    """

    core: float
    wall: float
    room: int


def a_list(count: int) -> bytes:
    """Return a file of so many persons; every third has no benefit."""
    lines = [file_child.TITLES]
    for number in range(count):
        born = date(1945, 1, 1) + timedelta(days=number % _DAYS)
        person = cnp(sex_digit=1 + number % 2, born=born, county=12, serial=1 + number // _DAYS)
        paid = ";15.06.2025;;I;957,50;" if number % 3 else ";03.03.2025;31.08.2025;N;;01"
        lines.append(f"{person};ŞERBAN-{number % 97};ANA MARIA;CJ{paid}")
    return "".join(f"{line}\r\n" for line in lines).encode("cp1250")


def turns(folder: Path, *, rounds: int, rows: int = ROWS) -> dict[str, list[Turn]]:
    """Let both take the same file, in turn."""
    file = folder / "list.csv"
    file.write_bytes(a_list(rows))
    found: dict[str, list[Turn]] = {name: [] for name in TURNS}
    for number in range(rounds):
        for name, kind in TURNS.items():
            database = folder / f"{kind}-{number}.sqlite3"
            command = [sys.executable, "-m", "tests.bench.listfiles", kind, str(file), str(database)]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
            found[name].append(msgspec.json.decode(done.stdout, type=Turn))
    return found


def goals(found: Mapping[str, Sequence[Turn]]) -> list[Goal]:
    """Return how fast the files adapter is, and how much it holds."""
    pairs = zip(found[CHUNKED], found[HUB], strict=True)
    room = max(turn.room for turn in found[HUB]) / _KILO**2
    return [
        Goal(
            name="rows: files adapter through chunked by hand",
            value=median(a.core / b.core for a, b in pairs),
            at_least=0.6,
        ),
        Goal(name="MB held for the file at most", value=room, at_most=100),
    ]


def rates(found: Mapping[str, Sequence[Turn]], *, rows: int = ROWS) -> dict[str, float]:
    """Return rows per second, disk and all."""
    return {f"rows: {name}": median(rows / turn.wall for turn in some) for name, some in found.items()}


def _hub(database: Path) -> Callable[[Path], None]:
    mappings = load()
    mappings.named("anofm.monthly/1").prepare()

    async def take(body: bytes) -> None:
        with Database(database) as opened:
            journal = SqlJournal(opened, a_vault())
            hub, splitter = file_child.a_hub(journal, mappings)
            kept = await hub.accept(file_child.an_arrival(body))
            await splitter.split(kept.message_id)

    return lambda file: asyncio.run(take(file.read_bytes()))


def main(kind: str, file: Path, database: Path) -> None:
    """Take the file once, and print what it took."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # two threads on two cores take the time of both
    # The yardstick delivers to nobody.
    file_child.DIRECTORY = msgspec.structs.replace(file_child.DIRECTORY, routes={})
    take = _hub(database) if kind == TURNS[HUB] else lambda file: chunked.keep(file, database, on=date(2025, 11, 3))
    gc.freeze()  # as a hub that serves does: what is loaded stays
    gc.set_threshold(50_000, 20, 50)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak so far is forgotten
    before = _memory("VmRSS")
    wall, core = time.perf_counter(), time.process_time()
    take(file)
    core, wall = time.process_time() - core, time.perf_counter() - wall
    sys.stdout.write(json.dumps({"core": core, "wall": wall, "room": _memory("VmHWM") - before}))


def _memory(name: str) -> int:
    """Return a figure of this process in bytes: what it holds (``VmRSS``), or held at most (``VmHWM``); proc(5)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition(f"{name}:")[2].split()[0]) * _KILO


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
