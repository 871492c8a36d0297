"""A hub that is started before its database: it waits, and is there as soon as it can be."""

import json
import os
import subprocess
import sys
import time

import pytest

from hub_core.playing.postgresql import running


@pytest.fixture
def server():
    """Return a server that was killed."""
    with running(durable=False) as server:
        server.kill()
        yield server


@pytest.fixture
def hub(server, tmp_path):
    """Return a hub on it that was just started, and the file of its log."""
    environment = {**os.environ, "PUNTE_HOME": str(tmp_path / "h"), "PUNTE_PORT": "0", "PUNTE_STORE": server.address}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "cli", "serve"], stderr=log, env=environment)
    yield process, tmp_path / "log"
    process.kill()
    process.wait()


def line_of(event, log):
    """Wait for a line of the log, and return it."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for line in log.read_text().splitlines():
            if f'"event": "{event}"' in line:
                return json.loads(line)
        time.sleep(0.02)
    raise AssertionError(log.read_text())


def test_a_hub_waits_for_a_database_that_comes_later(server, hub):
    process, log = hub
    awaited = line_of("journal.awaited", log)
    assert awaited["code"] == "J102"
    server.start()
    assert line_of("hub.started", log)["ms_journal"] > 0
    process.terminate()
    assert process.wait(30) == 0
    assert log.read_text().count("journal.awaited") == 1
