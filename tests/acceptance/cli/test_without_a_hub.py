"""The same commands when no hub runs: the store is opened by the command itself."""

import contextlib
import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from cli import desk
from hub_core.errors import ConfigError
from hub_core.journal.engines.owning import take

pytestmark = pytest.mark.network


def test_everything_can_be_looked_at_after_the_hub_has_stopped(hub, record_file):
    reference = hub.send(record_file)["reference"]
    hub.stop()
    assert hub.punte("messages", "list", "--json").json[0]["id"] == reference
    assert hub.punte("messages", "show", reference, "--json").json["message"]["id"] == reference
    assert hub.punte("status", "--json", code=1).json["running"] is False
    assert len(hub.punte("apply", "--history", "--json").json) == 1
    assert [key["name"] for key in hub.punte("key", "list", "--json").json] == ["ministry-1"]
    assert hub.punte("doctor", "--json", code=None).json


def test_looking_writes_nothing(hub, record_file):
    hub.send(record_file)
    hub.stop()
    store = hub.home / "punte.sqlite3"
    before = store.read_bytes()
    hub.punte("messages", "list")
    hub.punte("status", code=1)
    assert store.read_bytes() == before
    assert not any(path.stat().st_mode & 0o077 for path in hub.home.iterdir())


def test_revealing_leaves_its_entry_without_a_hub_too(hub, record_file):
    reference = hub.send(record_file)["reference"]
    hub.stop()
    hub.punte("messages", "show", reference, "--reveal", "--reason", "audit")
    entries = hub.punte("messages", "show", reference, "--json").json["entries"]
    assert [entry["detail"] for entry in entries if entry["step"] == "revealed"] == ["audit"]


def test_a_set_and_a_key_can_be_made_before_the_first_start(place, registry, record_file):
    place.punte("apply", registry)
    key = place.punte("key", "new", "ministry-1", "--institution", "ministry").out.strip()
    assert stat.S_IMODE(place.home.stat().st_mode) == 0o700
    place.start()
    place.punte("send", record_file, "--endpoint", "records", "--key", key, "--purpose", "benefit-application")


def test_where_nothing_was_ever_kept_a_look_says_so(place):
    done = place.punte("status", code=3)
    assert "J103" in done.err
    assert not place.home.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("apply", "--rollback", "1"),
        ("key", "revoke", "nobody"),
        ("endpoint", "pause", "cases", "--reason", "x"),
        ("mapping", "rollback", "--reason", "x"),
        ("seal", "rotate"),
    ],
    ids=" ".join,
)
def test_what_changes_something_that_was_never_kept_makes_no_store(place, arguments):
    done = place.punte(*arguments, code=3)
    assert "J103" in done.err
    assert not place.home.exists()


def test_before_the_first_set_everything_is_new_and_a_plan_keeps_nothing(place, registry):
    done = place.punte("apply", registry, "--plan")
    assert "+ institutions: ministry" in done.out
    assert "this is a plan: nothing was applied" in done.out
    assert not place.home.exists()


def test_the_doctor_looks_at_a_machine_where_no_hub_has_run(place):
    checks = place.punte("doctor", "--json", code=None).json
    assert next(check for check in checks if check["check"] == "home")["ok"] is None
    assert not place.home.exists()


def test_a_second_hub_in_the_same_home_is_refused(hub):
    done = hub.punte("serve", code=3)
    assert "J101" in done.err
    assert hub.punte("status").code == 0


def first_of(hub):
    """Return what the status names first as waiting for a human."""
    told = hub.punte("status", "--json", code=1).json
    assert told["needs_human"] is True
    return told["stuck"][0]


def of_the_doctor(hub, check):
    return next(it for it in hub.punte("doctor", "--json", code=None).json if it["check"] == check)


def test_a_hub_that_was_stopped_is_the_first_that_waits_for_a_human(hub):
    hub.stop()
    told = first_of(hub)
    assert (told["what"], told["command"]) == ("hub", "punte doctor")
    assert told["why"].startswith("it does not run")
    assert "none that answers" in hub.punte("status", code=1).out
    assert "punte serve" in of_the_doctor(hub, "hub")["mend"]


def test_a_hub_that_was_killed_is_told_as_one_that_ended_by_itself(hub):
    hub.place.process.kill()
    hub.place.process.wait()
    assert first_of(hub)["why"].startswith("it ended without being told to")
    assert of_the_doctor(hub, "hub")["ok"] is False


@contextlib.contextmanager
def hanging(hub):
    hub.place.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        hub.place.process.send_signal(signal.SIGCONT)


def test_looks_go_past_a_hub_that_hangs_within_seconds_and_say_so(hub, record_file):
    reference = hub.send(record_file)["reference"]
    with hanging(hub):
        began = time.monotonic()
        assert first_of(hub)["why"].startswith("it runs and does not answer")
        assert of_the_doctor(hub, "hub")["ok"] is False
        looked = hub.punte("messages", "list", "--json")
        assert time.monotonic() - began < 30
    assert [row["id"] for row in looked.json] == [reference]
    assert "the hub does not answer" in looked.err
    assert hub.punte("status").err == ""


def test_an_act_waits_for_the_hub_that_starts(place, registry):
    hub = subprocess.Popen([sys.executable, "-m", "cli", "serve"], env=place.environment, stderr=subprocess.DEVNULL)
    try:
        while not (place.home / "punte.sqlite3.lock").exists():
            time.sleep(0.001)
        place.punte("apply", registry)
        assert place.punte("status", "--json").json["registry_set"] == 1
    finally:
        hub.terminate()
        hub.wait(30)


def test_an_act_that_another_process_never_lets_in_says_who_and_what_to_try(place, registry, monkeypatch):
    monkeypatch.setattr(desk, "STARTING_SECONDS", 0.2)
    monkeypatch.setenv("PUNTE_HOME", str(place.home))
    descriptor = take(place.home / "punte.sqlite3")
    try:
        with pytest.raises(ConfigError) as told:
            desk.call("apply", files={}, folder=str(registry))
    finally:
        os.close(descriptor)
    assert told.value.code == "J101"
    assert told.value.text == f"process {os.getpid()} writes this journal, and answers no command"
    assert "try again in a moment" in told.value.mend
