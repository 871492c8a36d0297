"""What the shell offers on TAB, and the scripts that make it ask."""

import os
import subprocess
import sys

import pytest

from cli import completion

PARKED = "019aa6f0-0000-7000-8000-000000000002"


def test_states_and_codes_need_no_hub():
    assert completion.states("del") == ["delivering", "delivered"]
    assert ("M201", "required value missing") in completion.codes("m2")


@pytest.mark.network
def test_names_come_from_the_running_hub(desk):
    assert completion.endpoints("c") == ["cnas-answers"]
    assert completion.institutions("") == ["cnas", "ministry"]
    assert completion.services("s") == ["seds"]
    assert completion.queries("p") == ["person"]
    assert completion.keys("") == ["cnas-2025"]


@pytest.mark.network
def test_messages_are_offered_with_state_and_document(desk):
    assert (PARKED, "parked insuredResponse") in completion.messages("019")
    assert completion.messages("x") == []


@pytest.mark.network
def test_without_a_hub_nothing_is_offered_and_nothing_is_said(home, capsys):
    assert completion.endpoints("") == []
    assert completion.messages("") == []
    assert capsys.readouterr() == ("", "")


@pytest.mark.network
def test_an_error_of_the_hub_does_not_disturb_the_prompt(desk):
    desk.errors["names"] = {"code": "W404", "text": "there is no such verb"}
    assert completion.endpoints("") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_gets_a_script(shell):
    environment = os.environ | {"_PUNTE_COMPLETE": f"source_{shell}"}
    done = subprocess.run([sys.executable, "-m", "cli"], env=environment, capture_output=True, text=True, check=True)
    assert "_PUNTE_COMPLETE" in done.stdout


@pytest.mark.network
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("punte mess", "messages"),
        ("punte messages list --state par", "parked"),
        ("punte messages list --endpoint c", "cnas-answers"),
        ("punte explain M20", "M201"),
        ("punte messages show 019", PARKED),
        ("punte route explain 019", PARKED),
    ],
)
def test_the_shell_is_answered(desk, home, words, offered):
    environment = os.environ | {
        "_PUNTE_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    done = subprocess.run([sys.executable, "-m", "cli"], env=environment, capture_output=True, text=True, check=False)
    assert offered in done.stdout.split()
