"""A hub that is killed while it replays many messages: the same command again ends with each delivered once more."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from registry.desk.replaying import BATCH
from tests.integration.seds_kept import SedsKept

CHILD = Path(__file__).with_name("replay_child.py")
COUNT = 2 * BATCH + BATCH // 2


@pytest.mark.parametrize(
    ("failpoint", "batches"),
    [("after-redeliver-before-commit:2", 1), ("after-commit-before-answer:2", 2)],
    ids=["in the second batch", "behind the second batch"],
)
async def test_a_replay_that_a_kill_broke_off_is_given_again_and_nothing_goes_out_twice(store, failpoint, batches):
    home, address = store.folder / "home", store.where if store.shared else None
    seds = SedsKept(home, address)
    with closing(seds.parts):
        await seds.apply()
        ids = [await seds.accept(sedVer=str(number)) for number in range(COUNT)]
        await seds.deliver()
    environ = os.environ | {"PUNTE_FAILPOINT": failpoint}
    killed = await asyncio.to_thread(subprocess.run, [sys.executable, CHILD, home, address or ""], env=environ)
    assert killed.returncode == -signal.SIGKILL
    seds = SedsKept(home, address)
    with closing(seds.parts):
        rows = (await seds.replay(filter={"after": "", "limit": 1000}))["messages"]
        await seds.deliver()
        assert [row["result"] for row in rows] == ["before"] * BATCH * batches + ["done"] * (COUNT - BATCH * batches)
        assert Counter(claimed.delivery.message_id for claimed in seds.sent) == dict.fromkeys(ids, 1)
        order = [claimed.delivery.message_id for claimed in seds.sent]
        assert order == ids
