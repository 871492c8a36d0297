"""The device fails in the middle (EIO): what was answered stays, the others are told, and it goes on without a restart.

A small library (``broken_device.c``) stands before the writes and syncs of the database in a process of its own. After a
sync that failed it takes back what was written since the last good one, as a kernel does that gives the pages up.
``BROKEN_DEVICE_FAULTS=60`` lets each of so many writes and syncs fail in turn.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pressure.hub import ROOT, Callers, heard, readable, serving

pytestmark = pytest.mark.network
HERE = Path(__file__).parent
FAULTS = int(os.environ.get("BROKEN_DEVICE_FAULTS", "4"))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("this system has no C compiler")
    built = tmp_path_factory.mktemp("device") / "broken_device.so"
    source = HERE / "broken_device.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", built, source, "-ldl", "-lpthread"], check=True)
    return built


@pytest.fixture
def order(tmp_path: Path) -> Path:
    """Return the file that says what fails; so far nothing does."""
    order = tmp_path / "order"
    order.write_text("")
    return order


def fails(order: Path, what: str) -> None:
    """Let every write or sync fail from now on; ``""``: none."""
    order.write_text(what)


def test_whichever_write_or_sync_fails_what_was_acknowledged_is_there(
    library: Path, order: Path, tmp_path: Path
) -> None:
    (tmp_path / "store").mkdir()
    environ = {"LD_PRELOAD": str(library), "BROKEN_DEVICE": str(order), "PYTHONPATH": str(ROOT)}
    child = [sys.executable, HERE / "broken_device_child.py", tmp_path / "store", order, str(FAULTS)]
    done = subprocess.run(child, env=os.environ | environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert 2 <= int(done.stdout) <= 2 * FAULTS


async def test_a_hub_on_it_says_503_goes_on_reading_and_recovers_without_a_restart(
    library: Path, order: Path, home: Path
) -> None:
    accepted: set[str] = set()
    with serving(home, LD_PRELOAD=str(library), BROKEN_DEVICE=str(order)) as hub:
        cnas = Callers(hub, "cnas", size=20_000, pause=0.02)
        cnas.start(2)
        for fault in ("sync", "write"):
            await heard(cnas, 202, anew=True)
            fails(order, fault)
            await heard(cnas, 503, anew=True)
            accepted |= cnas.accepted
            cnas.answers.clear()
            assert readable(hub)
            await heard(cnas, 503, anew=True)
            assert 202 not in cnas.statuses
            assert all(answer.after for answer in cnas.answers)
            fails(order, "")
        await heard(cnas, 202, anew=True)
        await cnas.stop()
        assert accepted | cnas.accepted <= hub.kept()
        assert hub.process.poll() is None
