"""What a code means."""

import json
import os
import pty
import subprocess
import sys

import pytest

from cli.commands.explain import FAMILIES, near
from hub_core.codes import CODES


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_can_be_explained(punte, code):
    result = punte("explain", code.lower())
    assert result.code == 0
    assert CODES[code].title in result.out
    assert CODES[code].do in result.out


def test_every_family_has_a_name():
    assert {code[0] for code in CODES} == set(FAMILIES)


def test_without_a_code_all_are_listed(punte):
    assert [line.split()[0] for line in punte("explain").out.splitlines()[1:]] == list(CODES)
    assert len(json.loads(punte("explain", "--json").out)) == len(CODES)


@pytest.mark.parametrize(("text", "meant"), [("M2O2", "M202"), ("V30", "V301"), ("busy", "M303"), ("doctype", "B102")])
def test_a_code_that_is_none_suggests_what_may_be_meant(punte, text, meant):
    assert meant in [code.code for code in near(text)]
    result = punte("explain", text)
    assert result.code == 2
    assert meant in result.err


def test_nonsense_suggests_the_list(punte):
    assert "all codes: punte explain" in punte("explain", "zzzzzz").err


def test_on_a_terminal_it_is_a_panel(home):
    """The one look at a real terminal here: colour, frame, and the words all the same."""
    main, side = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80"}
    command = [sys.executable, "-m", "cli", "explain", "M201"]
    with subprocess.Popen(command, stdout=side, stderr=side, env=environment) as process:
        os.close(side)
        shown = b""
        while True:
            try:
                part = os.read(main, 10_000)
            except OSError:
                break
            if not part:
                break
            shown += part
        assert process.wait(30) == 0
    os.close(main)
    text = shown.decode()
    assert "╭" in text
    assert "\x1b[1mM201" in text
    assert CODES["M201"].do in text
