"""A device that is really full: a small one of its own, in a namespace of its own."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub_core.errors import ConfigError, TryLater
from hub_core.journal.database import Database
from hub_core.journal.engines.ballast import BYTES
from hub_core.journal.readers import look
from hub_core.journal.store import SqlJournal
from hub_core.message import DeliveryState
from hub_core.outbox import Settlement
from hub_core.testing.builders import NOW, a_delivery, a_message, a_vault, an_outcome
from tests.pressure.hub import can_have_devices, on_a_device

ROOT = Path(__file__).resolve().parents[2]
DEVICE = 12_000_000  # bytes


@pytest.fixture
def device(tmp_path: Path) -> Callable[[str], Any]:
    """Give a way to run a function of this module on a small device, and to get what it tells."""
    if not can_have_devices(tmp_path / "tried"):
        pytest.skip("this system lets nobody mount a device of their own")
    folder = tmp_path / "small"
    folder.mkdir()

    def run(story: str) -> Any:
        done = subprocess.run(
            [*on_a_device(folder, DEVICE), sys.executable, __file__, story, folder / "journal.sqlite3"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def test_a_full_device_ends_what_was_begun_and_takes_new_things_again_when_there_is_room(
    device: Callable[[str], Any],
) -> None:
    assert device("fill") == {
        "ballast before": BYTES,
        "refused": "J503 the journal cannot be written (SQLITE_FULL)",
        "refused then": "J503 the device is full",
        "ballast when full": None,
        "settled": True,
        "deleted": True,
        "readable": True,
        "ballast after": BYTES,
        "kept after": True,
        "sound": "ok",
        "lost": 0,
    }


def test_a_hub_that_starts_on_a_full_device_can_be_read_and_takes_new_things_when_there_is_room(
    device: Callable[[str], Any],
) -> None:
    assert device("start") == {
        "looked at": "J102 the device is full: make room on it",
        "refused": "J503 the device is full",
        "readable": 1,
        "kept after": True,
    }


def test_where_even_what_is_kept_back_is_gone_a_start_says_that_the_device_is_full(
    device: Callable[[str], Any],
) -> None:
    assert device("start_with_nothing_left") == {
        "refused": "J102 the device is full: make room on it, then start again",
        "after": 1,
    }


async def fill(path: Path) -> dict[str, object]:
    """Fill the device with messages and say what is possible then."""
    told: dict[str, object] = {"ballast before": ballast(path)}
    with Database(path) as database:
        journal = SqlJournal(database, a_vault())
        first = a_message()
        await journal.record(first, an_outcome(first, a_delivery(first, due_at=NOW)))
        kept = {first.id}
        told["ballast before"] = ballast(path)
        told["refused"] = await until_refused(journal, kept)
        told["refused then"] = await until_refused(journal, kept)
        told["ballast when full"] = ballast(path)
        (claimed,) = await journal.claim(limit=1, lease=NOW - NOW, now=NOW)
        end = Settlement(delivery_id=claimed.delivery.id, fence=claimed.fence, state=DeliveryState.SENT, at=NOW)
        told["settled"] = await journal.settle(end)
        gone = await database.write(lambda connection: connection.execute(DELETE).fetchall())
        told["deleted"] = len(gone) > 0
        told["readable"] = len(journal.messages()) > 0
        (path.parent / "other").unlink()
        message = a_message(body=b"x" * 1_000)
        await journal.record(message, an_outcome(message))
        kept.add(message.id)
        told["ballast after"] = ballast(path)
        with database.read() as reader:
            found = {name for (name,) in reader.execute("SELECT id FROM message")}
            told["kept after"] = message.id in found
            told["sound"] = reader.execute("PRAGMA integrity_check").fetchone()[0]
            told["lost"] = len(kept - found)
    return told


async def keep_one(path: Path) -> None:
    with Database(path) as database:
        message = a_message()
        await SqlJournal(database, a_vault()).record(message, an_outcome(message))


async def start(path: Path) -> dict[str, object]:
    """Stop a hub in order, fill the device, and say what is possible then."""
    await keep_one(path)
    told: dict[str, object] = {}
    fill_up(path.parent / "other")
    with pytest.raises(ConfigError) as raised:
        look(path).close()
    told["looked at"] = f"{raised.value.code} {raised.value.text}: {raised.value.mend}"
    with Database(path) as database:
        journal = SqlJournal(database, a_vault())
        message = a_message()
        with pytest.raises(TryLater) as refused:
            await journal.record(message, an_outcome(message))
        told["refused"] = f"{refused.value.code} {refused.value.text}"
        told["readable"] = len(journal.messages())
        (path.parent / "other").unlink()
        await journal.record(message, an_outcome(message))
        told["kept after"] = message.id in {row.id for row in journal.messages()}
    return told


async def start_with_nothing_left(path: Path) -> dict[str, object]:
    """Fill the device with the room that is kept back as well, and begin to serve."""
    await keep_one(path)
    path.with_name(path.name + ".ballast").unlink()
    fill_up(path.parent / "other")
    with pytest.raises(ConfigError) as raised:
        Database(path)
    (path.parent / "other").unlink()
    with Database(path) as database:
        kept = len(SqlJournal(database, a_vault()).messages())
    return {"refused": f"{raised.value.code} {raised.value.text}: {raised.value.mend}", "after": kept}


def fill_up(file: Path) -> None:
    """Leave no byte on the device."""
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as stream:
        while True:
            stream.write(bytes(4096))


DELETE = "DELETE FROM content WHERE message_seq IN (SELECT seq FROM message WHERE seq > 1 LIMIT 10) RETURNING 1"


def ballast(path: Path) -> int | None:
    file = path.with_name(path.name + ".ballast")
    return file.stat().st_size if file.exists() else None


async def until_refused(journal: SqlJournal, kept: set[str]) -> str:
    """Keep messages until one is refused; what others need of the device is gone before the first."""
    other = journal._database._engine.path.parent / "other"
    if not other.exists():
        with other.open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, DEVICE - BYTES - 3_000_000)
    while True:
        message = a_message(body=os.urandom(50_000))
        try:
            await journal.record(message, an_outcome(message))
        except TryLater as error:
            return f"{error.code} {error.text}"
        kept.add(message.id)


if __name__ == "__main__":
    story = {"fill": fill, "start": start, "start_with_nothing_left": start_with_nothing_left}[sys.argv[1]]
    sys.stdout.write(json.dumps(asyncio.run(story(Path(sys.argv[2])))))
