"""What systemd is told by the process that it started."""

import socket

import pytest

from hub_web import supervisor

pytestmark = pytest.mark.network


@pytest.mark.parametrize("abstract", [False, True])
@pytest.mark.parametrize("state", [supervisor.READY, supervisor.STOPPING])
def test_the_supervisor_is_told(tmp_path, monkeypatch, abstract, state):
    place = f"{tmp_path}/notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.bind(f"\0{place}" if abstract else place)
        bound.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{place}" if abstract else place)
        supervisor.tell(state)
        assert bound.recv(100).decode() == state


def test_a_supervisor_that_went_away_stops_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", f"{tmp_path}/gone")
    supervisor.tell(supervisor.READY)


def test_without_a_supervisor_nobody_is_told(monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    supervisor.tell(supervisor.READY)
