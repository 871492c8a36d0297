"""A process is killed while its keys change under load: whatever it acknowledged can be read, and the work goes on."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from hub_core.journal.entries import Filter
from hub_core.message import State
from hub_core.security.keyring import read_keyring
from hub_core.settings import Settings
from registry.desk import sealing
from registry.desk.arguments import Nothing
from registry.parts import Parts

CHILD = Path(__file__).with_name("seal_child.py")
ROOT = CHILD.parents[2]
COUNT = 300
DEADLINE = 90  # seconds


def run(home, failpoint=None):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    if failpoint:
        environment["PUNTE_FAILPOINT"] = failpoint
    done = subprocess.run(
        [sys.executable, CHILD, home, str(COUNT)], env=environment, capture_output=True, timeout=DEADLINE, check=False
    )
    return done.returncode, done.stderr.decode()


def acknowledged(home):
    lines = [line.split() for line in (home / "ledger").read_text().splitlines()]
    return {words[1] for words in lines if words[0] == "acked"}


def check_what_is_kept(home):
    """See that every message opens, body, outcome and order key, with the eye of a command that only looks."""
    parts = Parts(Settings(home=home), write=False)
    with closing(parts):
        rows = [row for state in State for row in parts.view.messages(Filter(state=state, limit=1000))]
        for row in rows:
            assert parts.view.body(row.id).startswith(f"message {row.sender_id} ".encode())
            assert parts.view.message(row.id).outcome.message_id == row.id
            (delivery,) = parts.view.deliveries(row.id)
            assert delivery.delivery.order_key == f"p{int(row.sender_id) % 3}"
    assert acknowledged(home) <= {row.sender_id for row in rows}
    return rows


@pytest.mark.parametrize(
    "failpoint",
    [
        "after-insert-before-commit:3",
        "after-insert-before-commit:11",
        "after-insert-before-commit:25",
        "after-commit-before-answer:9",
        "after-keyring-before-use:1",
        "after-keyring-before-use:3",
    ],
)
def test_everything_can_be_read_after_a_kill_and_is_sealed_anew_after_the_restart(tmp_path, failpoint):
    code, errors = run(tmp_path, failpoint)
    assert code == -signal.SIGKILL, errors
    check_what_is_kept(tmp_path)
    code, errors = run(tmp_path)
    assert code == 0, errors
    assert len(check_what_is_kept(tmp_path)) == COUNT
    current = read_keyring(tmp_path / "keyring.json").current.id
    with closing(Parts(Settings(home=tmp_path), write=False)) as parts:
        keys = sealing.status(parts, Nothing())["keys"]
    assert {key["id"]: key["messages"] for key in keys if key["messages"]} == {current: COUNT}
    assert len(keys) > 3
