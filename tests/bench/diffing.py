"""How long ``punte mapping diff`` takes over kept messages that all differ: ``python -m tests.bench.diffing [N]``.

The messages are the shipped SEDs, kept by a hub in a folder of its own; every mapping of SEDs is changed, so that each
message is read twice, whole.
"""

import asyncio
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

from hub_core.journal.database import Database
from hub_core.journal.store import SqlJournal
from hub_core.mapping import gather
from hub_core.mapping.trying.tally import Tally
from hub_core.places import MAPPINGS
from hub_core.security.keyring import write_keyring
from hub_core.settings import Settings
from hub_core.testing.builders import KEYRING, a_message, a_vault, an_outcome
from registry.mappings.diffing import compare, of_messages
from registry.mappings.sides import Side
from registry.parts import Parts
from registry.sets.store import REGISTRY

COUNTRY: Final = '{"country.yaml": "institutions: {ap: {name: Access point}}\\nendpoints: {seds: {institution: ap, direction: in, adapter: eessi, service: seds}}"}'
# Documents as they come; those that say everything are for tests of rules.
SEDS: Final = sorted(
    path for path in (MAPPINGS / "eessi" / "fixtures").glob("*.json") if not path.stem.endswith("-whole")
)


class Measured(NamedTuple):
    """What one run took: seconds on the clock, and seconds of processors."""

    tally: Tally
    wall: float
    processor: float


def measure(messages: int) -> Measured:
    """Keep so many messages, then compare two sets over all of them."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        asyncio.run(_keep(settings, messages))
        old = gather([MAPPINGS])
        new = {name: body.replace(b"{const: EESSI}", b"{const: OTHER}") for name, body in old.items()}
        tally = Tally()
        began, used = time.perf_counter(), _processor()
        for _, part in compare(
            Side(files=old), Side(files=new), of_messages(Parts(settings, write=False), messages), total=messages
        ):
            tally.merge(part)
        return Measured(tally, time.perf_counter() - began, _processor() - used)


async def _keep(settings: Settings, messages: int) -> None:
    bodies = [path.read_bytes() for path in SEDS]
    write_keyring(settings.keyring_file, KEYRING)
    with Database(settings.database, migrations=(REGISTRY,)) as database:
        row = (1, 0, "bench", "", ".", COUNTRY)
        await database.write(
            lambda connection: connection.execute("INSERT INTO registry_set VALUES (?,?,?,?,?,?)", row)
        )
        journal = SqlJournal(database, a_vault())
        for number in range(messages):
            body = bodies[number % len(bodies)]
            message = a_message(endpoint="seds", body=body)
            await journal.record(message, an_outcome(message))


def _processor() -> float:
    """Return the seconds of processors that this process and those it ended have used."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Print one line."""
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    tally, wall, processor = measure(messages)
    line = f"{tally.compared:,} messages, {tally.different:,} differ: {wall:.1f} s, {processor:.1f} s of processors"
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
