"""The keys that seal the store, on the command line."""

import json
from pathlib import Path

import pytest

from cli.commands import seal

pytestmark = pytest.mark.network

STATUS = json.loads((Path(__file__).parent / "answers" / "seal_status.json").read_text())
DONE = STATUS | {
    "to_do": 0,
    "keys": [key | {"messages": 1234 if key["state"] == "current" else 0} for key in STATUS["keys"]],
}


def test_the_status_lists_keys_by_their_ids_and_says_what_is_left(desk, punte):
    result = punte("seal", "status")
    assert result.code == 0
    assert [line.split()[0] for line in result.out.splitlines() if "2025-" in line] == ["3f2a91c0", "b70e55d1"]
    assert "1,200" in result.out
    assert "1,200 to do" in result.err


def test_without_a_hub_the_status_says_that_one_is_needed(desk, punte):
    desk.answers["seal_status"] = STATUS | {"running": False}
    assert "run the hub" in punte("seal", "status").err


def test_messages_of_an_older_version_are_told(desk, punte):
    desk.answers["seal_status"] = STATUS | {"unsealed": 7}
    assert "7 messages of an older version are not sealed yet" in punte("seal", "status").err


def test_a_rotation_is_waited_for_and_its_end_is_told(desk, punte, monkeypatch):
    monkeypatch.setattr(seal, "EVERY", 0)
    desk.answers |= {"seal_rotate": STATUS, "seal_status": DONE}
    result = punte("seal", "rotate")
    assert [verb for verb, _ in desk.asked] == ["seal_rotate", "seal_status"]
    assert desk.asked[0][1].keys() == {"by"}
    assert "all is sealed with the current key" in result.err


def test_a_rotation_need_not_be_waited_for(desk, punte):
    desk.answers["seal_rotate"] = STATUS
    result = punte("seal", "rotate", "--no-wait", "--json")
    assert [verb for verb, _ in desk.asked] == ["seal_rotate"]
    assert json.loads(result.out) == STATUS


def test_waiting_ends_when_nothing_moves_any_more(desk, punte, monkeypatch):
    monkeypatch.setattr(seal, "EVERY", 0)
    desk.answers["seal_rotate"] = STATUS
    result = punte("seal", "rotate")
    assert len(desk.asked) == seal.PATIENCE + 1
    assert "1,200 to do" in result.err


def test_a_key_is_dropped_by_its_id(desk, punte):
    desk.answers["seal_drop"] = DONE
    assert punte("seal", "drop", "3f2a91c0").code == 0
    assert desk.asked[0][1]["key"] == "3f2a91c0"


def test_the_keyring_is_read_again(desk, punte):
    desk.answers["seal_reload"] = DONE
    assert punte("seal", "reload").code == 0


@pytest.mark.parametrize("text", ["nobody", "123", "285041512345x"])
def test_what_can_be_nobodys_number_is_wrong_usage(desk, punte, text):
    result = punte("messages", "list", "--person", text)
    assert result.code == 2
    assert not desk.asked


@pytest.mark.parametrize("text", ["ro.cnp:2850415123450", "2850415123450", "ro.cid:7"])
def test_messages_are_asked_for_by_person(desk, punte, text):
    assert punte("messages", "list", "--person", text).code == 0
    assert desk.asked[-1][1]["person"] == text
