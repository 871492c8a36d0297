"""Every command that a page, a code or a mend names is one that there is, with the options that it names."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

from cli.app import app
from tests.architecture.test_shape import MODULES, look
from tests.docs.test_docs import PAGES, ROOT

ROOT_COMMAND = typer.main.get_command(app)
_SPAN = re.compile(r"(?<!`)`(punte\s[^`]+)`(?!`)")
_BLOCK = re.compile(r"^ *```[^\n]*\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^[ $]*(?:sudo -u \w+ )?(punte [^#\n]+)", re.MULTILINE)
_OPTION = re.compile(r"(?:^|[|\[(])(--?[a-z][a-z-]*)")
_SAID = re.compile(r"\b(punte [a-z][^;:,()`]*)")


def faults(line: str) -> list[str]:
    """Return what a command line names that there is not; what stands for a value of the reader's is passed over."""
    commands, words = [ROOT_COMMAND], line.split()[1:]
    while words and not words[0].startswith("-") and hasattr(commands[0], "commands"):
        names = words.pop(0).rstrip(".,").split("|")  # one of several
        if names == ["..."]:
            return []
        if unknown := [name for name in names if name not in commands[0].commands]:
            return [f"{line}: no command {name}" for name in unknown]
        commands = [commands[0].commands[name] for name in names]
    named = [option for word in words for option in _OPTION.findall(word)]
    return [f"{line}: no option {one}" for one in named for command in commands if one not in options_of(command)]


def options_of(command: Any) -> set[str]:
    return {"-h", "--help"}.union(*((*one.opts, *one.secondary_opts) for one in command.params))


def named_in(page: str) -> list[str]:
    """Return the command lines of a page, those in its sentences included."""
    blocks = [line for block in _BLOCK.findall(page) for line in _LINE.findall(block.replace("\\\n", " "))]
    return [" ".join(line.split()) for line in (*_SPAN.findall(_BLOCK.sub("", page)), *blocks)]


def said_in(module: Path) -> list[str]:
    """Return the command lines that a module tells its readers."""
    return [" ".join(line.split()) for text in sorted(look(module).texts) for line in _SAID.findall(text)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_only_commands_that_there_are(page):
    assert [fault for line in named_in(page.read_text(encoding="utf-8")) for fault in faults(line)] == []


TELLING = [path for path in MODULES if "punte " in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("module", TELLING, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_names_only_commands_that_there_are(module):
    assert [fault for line in said_in(module) for fault in faults(line)] == []


@pytest.mark.parametrize("line", ["fly", "messages fly", "list|fly", "parked --fly", "messages settle ID --fly|--sent"])
def test_what_there_is_not_is_found(line):
    assert "fly" in faults(f"punte {line}")[-1].rpartition(":")[2]
