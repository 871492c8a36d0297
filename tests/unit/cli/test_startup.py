"""A command that only looks starts fast: it imports nothing heavy."""

import json
import os
import subprocess
import sys

import pytest

HEAVY = {"aiohttp", "asyncio", "fastapi", "jsonschema", "lxml", "pydantic", "sqlalchemy", "starlette", "zeep"}
COUNT = "import sys, json, atexit; atexit.register(lambda: sys.stderr.write('\\n' + json.dumps(sorted(sys.modules))));"
MOST_MODULES = 440  # the interpreter itself brings about 60, rich and typer about 250, each group of commands one


def imported(*arguments: str) -> set[str]:
    code = f"{COUNT} import cli; cli.main({list(arguments)!r})"
    done = subprocess.run([sys.executable, "-c", code], env=os.environ, capture_output=True, text=True, check=False)
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [["--help"], ["explain", "M201"], ["explain", "M999"], ["messages", "--help"]])
def test_help_and_explain_import_nothing_heavy(home, arguments):
    modules = imported(*arguments)
    assert not HEAVY & modules
    assert len(modules) < MOST_MODULES


@pytest.mark.network
@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["messages", "show", "019aa6f0-0000-7000-8000-000000000002"],
        ["why", "019aa6f0-0000-7000-8000-000000000002"],
        ["doctor"],
        ["key", "list"],
        ["route", "explain", "019aa6f0-0000-7000-8000-000000000002"],
    ],
)
def test_looking_at_a_running_hub_imports_nothing_heavy(desk, arguments):
    modules = imported(*arguments)
    assert desk.asked
    assert not HEAVY & modules
    assert len(modules) < MOST_MODULES


@pytest.mark.network
def test_a_list_of_messages_needs_no_store_while_a_hub_runs(desk):
    # Its numbers are converted by Typer, which takes pydantic for that.
    assert not (HEAVY - {"pydantic"}) & imported("messages", "list", "--limit", "5")
