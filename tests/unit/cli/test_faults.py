"""Errors as people read them, and the exit codes."""

import subprocess
import sys

import pytest

from cli import faults
from cli.faults import MEANINGS, Exit, exit_code
from hub_core.codes import CODES
from hub_core.errors import ConfigError, PunteError, Rejected, TryLater
from hub_core.message import Finding, Severity


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Rejected("J404", "gone"), Exit.ATTENTION),
        (ConfigError("R104", "wrong", where="a.yaml:1:1"), Exit.ATTENTION),
        (ConfigError("R104", "wrong", where="environment"), Exit.WRONG_USAGE),
        (TryLater("W301", "no hub"), Exit.NOT_REACHABLE),
        (TryLater("J103", "nothing here"), Exit.NOT_REACHABLE),
        (ConfigError("J101", "in use"), Exit.NOT_REACHABLE),
    ],
)
def test_the_exit_code_says_what_kind_of_trouble_it_is(error, code):
    assert exit_code(error) is code


def test_every_code_that_means_not_reachable_is_in_the_catalogue():
    assert CODES.keys() >= faults.NOT_REACHABLE


def test_every_exit_code_has_a_meaning():
    assert set(MEANINGS) == set(Exit)


def test_a_place_is_printed_with_the_error(capsys):
    faults.report(ConfigError("R101", "the file is empty", where="a.yaml:1:1", mend="write something into it"))
    assert capsys.readouterr().err == "error: R101 the file is empty (a.yaml:1:1)\n  write something into it\n"


def test_an_error_without_own_mend_takes_that_of_the_catalogue(capsys):
    faults.report(TryLater("W301", "no hub runs here"))
    assert CODES["W301"].do in capsys.readouterr().err


@pytest.mark.parametrize("as_json", [False, True])
def test_where_the_store_is_away_an_operator_is_not_told_what_a_sender_does(capsys, as_json):
    faults.report(TryLater("J503", "the database cannot be reached"), as_json=as_json)
    told = "".join(capsys.readouterr())
    assert "punte doctor" in told
    assert "Send again" not in told


def test_a_single_finding_that_tells_more_is_printed(capsys):
    finding = Finding(code="M201", severity=Severity.ERROR, text="missing", at="name", source="a/b", line=7)
    faults.report(PunteError("M201", "refused", findings=[finding]))
    assert capsys.readouterr().err.splitlines()[0] == "name a/b line 7: M201 missing"


def test_an_unexpected_error_tells_kind_and_place_but_not_its_text(capsys):
    with pytest.raises(KeyError) as caught:
        {}["2850415123450"]
    faults.defect(*caught._excinfo)
    err = capsys.readouterr().err
    assert "W500 unexpected failure: KeyError (" in err
    assert "test_faults.py:" in err
    assert "2850415123450" not in err


def test_a_reader_that_has_read_enough_is_no_error():
    command = f"{sys.executable} -m cli explain --json | true"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_a_wrong_setting_is_wrong_usage(punte, home, monkeypatch):
    monkeypatch.setenv("PUNTE_PORT", "many")
    result = punte("status")
    assert result.code == 2
    assert "R104" in result.err


@pytest.mark.parametrize("arguments", [["stauts"], ["messages", "list", "--limit", "0"], ["read"], ["query", "a"]])
def test_wrong_usage_ends_with_2(punte, home, arguments):
    assert punte(*arguments).code == 2


@pytest.mark.network
def test_without_a_store_a_look_says_where_it_looked(punte, home):
    result = punte("messages", "list")
    assert result.code == 3
    assert "J103" in result.err
    assert str(home) in result.err


def test_the_folder_of_another_user_is_told(punte, home, monkeypatch):
    monkeypatch.setattr("os.access", lambda *_: False)  # root may everything: the refusal cannot be had for real
    result = punte("status")
    assert result.code == 3
    assert "W303" in result.err


def test_a_value_that_is_none_of_a_few_is_told_in_plain_words(punte, home):
    result = punte("torture", "--engine", "mysql")
    assert result.code == 2
    assert "'mysql' is none of sqlite, postgres" in result.err
    assert "Value error" not in result.err
