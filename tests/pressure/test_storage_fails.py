"""The disk is full, or somebody holds the file: callers are told, what is kept can be read, and it mends by itself."""

import asyncio
import fcntl
import os
import resource
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hub_core.accepting.admission import LONGEST
from hub_core.errors import TryLater
from hub_core.journal.database import Database
from hub_core.journal.engines.postgresql import Postgresql
from hub_core.journal.store import SqlJournal
from hub_core.playing.postgresql import PostgresqlServer, running
from hub_core.testing.builders import a_message, a_vault, an_outcome
from tests.pressure.hub import Callers, Hub, can_have_devices, heard, readable, serving

pytestmark = pytest.mark.network
DEVICE = 100_000_000  # bytes
FILE = 20_000_000  # bytes; one segment of the server's own log has 16 MiB
WRITE_LOCK = 120  # byte of the shared memory that whoever writes holds; sqlite.org/walformat.html, section 2.3.1


@pytest.fixture
def hub(home: Path, tmp_path: Path) -> Iterator[Hub]:
    if not can_have_devices(tmp_path / "tried"):
        pytest.skip("this system lets nobody mount a device of their own")
    with serving(home, device=DEVICE) as running:
        yield running


async def test_it_accepts_nothing_falsely_and_goes_on_without_a_restart(hub: Hub, tmp_path: Path) -> None:
    cnas = Callers(hub, "cnas", size=50_000, pause=0.02)
    cnas.start(2)
    await heard(cnas, 202)
    await _locked(hub, cnas)
    await _full(hub, cnas)
    await cnas.stop()
    assert cnas.statuses.keys() == {202, 503}
    assert all(answer.after for answer in cnas.answers if answer.status == 503)
    assert cnas.accepted <= kept(hub, tmp_path)
    assert hub.process.poll() is None


async def _locked(hub: Hub, cnas: Callers) -> None:
    with (hub.home / "punte.sqlite3-shm").open("r+b") as shared:
        fcntl.lockf(shared, fcntl.LOCK_EX, 1, WRITE_LOCK)  # as another program's transaction does
        await asyncio.sleep(0.1)
        cnas.answers.clear()
        await heard(cnas, 503)
        assert readable(hub)
        assert 202 not in cnas.statuses
    begun = time.monotonic()
    await heard(cnas, 202)
    assert time.monotonic() - begun < LONGEST + 1


async def _full(hub: Hub, cnas: Callers) -> None:
    ballast, other = hub.home / "punte.sqlite3.ballast", hub.home / "other"
    assert ballast.exists()
    with other.open("wb") as stream:
        free = os.statvfs(hub.home)
        os.posix_fallocate(stream.fileno(), 0, free.f_bavail * free.f_frsize - 1_000_000)
    cnas.answers.clear()
    await heard(cnas, 503)
    assert readable(hub)
    assert not ballast.exists()
    other.unlink()
    await heard(cnas, 202, anew=True)
    assert ballast.exists()


def kept(hub: Hub, folder: Path) -> set[str]:
    """Return the ids of messages; SQLite itself finds no way into the device."""
    for end in ("", "-wal"):
        shutil.copy(hub.home / f"punte.sqlite3{end}", folder)
    with closing(sqlite3.connect(folder / "punte.sqlite3")) as connection:
        return {name for (name,) in connection.execute("SELECT id FROM message")}


@pytest.fixture
def full_server() -> Iterator[PostgresqlServer]:
    """Run a server none of whose files can grow beyond what its own log needs."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE, before[1]))  # what is started now inherits it
    try:
        with running(durable=False) as server:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            yield server
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_server_that_can_write_no_more_lets_nothing_be_accepted_falsely(full_server: PostgresqlServer) -> None:
    with Database(Postgresql(full_server.address)) as database:
        journal = SqlJournal(database, a_vault())
        accepted: set[str] = set()

        async def keep(count: int) -> None:
            for _ in range(count):
                message = a_message(body=os.urandom(1_000_000))
                await journal.record(message, an_outcome(message))
                accepted.add(message.id)

        with pytest.raises(TryLater, match="J503"):
            await keep(FILE // 1_000_000 + 1)
        with database.read() as reader:
            assert {name for (name,) in reader.execute("SELECT id FROM message")} == accepted
        await database.write(lambda connection: connection.execute("DELETE FROM content"))
        full_server.execute("VACUUM content")
        await keep(1)
