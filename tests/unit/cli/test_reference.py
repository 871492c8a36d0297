"""The generated pages are current and complete."""

import re

import pytest

from cli import reference
from cli.app import command
from cli.faults import Exit
from cli.reference import codes, commands, pages, settings, stale
from hub_core.codes import CODES
from hub_core.settings import Settings


def leaves(group, name="punte"):
    for word, one in group.commands.items():
        if hasattr(one, "commands"):
            yield from leaves(one, f"{name} {word}")
        else:
            yield f"{name} {word}", one


COMMANDS = dict(leaves(command()))


def test_every_page_is_current():
    assert stale() == []
    assert reference.main(["--check"]) == 0


def test_a_stale_page_is_named(monkeypatch, capsys):
    monkeypatch.setitem(CODES, "A401", CODES["A403"])
    assert reference.main(["--check"]) == 1
    assert "docs/reference/codes.md" in capsys.readouterr().err


def test_written_pages_are_current(monkeypatch, tmp_path):
    monkeypatch.setattr(reference, "ROOT", tmp_path)
    assert sorted(stale()) == sorted(pages())
    assert reference.main([]) == 0
    assert stale() == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_each_of_its_options_is_described(name):
    page = commands().partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    assert COMMANDS[name].help.splitlines()[0] in page
    for parameter in COMMANDS[name].params:
        assert parameter.help, f"{name}: {parameter.name} has no help"
        assert all(f"`{spelt}`" in page for spelt in parameter.opts if spelt.startswith("-"))


#: They answer with no facts.
RUN_OR_WRITE = {
    "punte adapter page",
    "punte adapter schema",
    "punte demo",
    "punte endpoint page",
    "punte init",
    "punte messages attachment",
    "punte serve",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_table_can_be_had_as_json(name):
    """Commands that answer with facts offer --json; the others run, or write files."""
    options = {spelt for parameter in COMMANDS[name].params for spelt in parameter.opts}
    assert "--json" in options or name in RUN_OR_WRITE


def test_every_code_and_every_exit_code_is_described():
    assert set(re.findall(r'<a id="(\w+)">', codes())) == set(CODES)
    assert all(f"| {code.value} |" in commands() for code in Exit)


def test_every_setting_is_described():
    assert all(f"`PUNTE_{name.upper()}`" in settings() for name in Settings.__struct_fields__)


def test_no_cell_breaks_its_table():
    for page in (commands(), codes(), settings()):
        rows = [line for line in page.splitlines() if line.startswith("|")]
        assert all(line.endswith("|") for line in rows)
        assert {len(re.findall(r"(?<!\\)\|", line)) for line in rows} <= {3, 4, 5}
