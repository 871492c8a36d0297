"""The commands about adapters: what there is, what one can, a new one, and its promises tried."""

import json
import os
import re
import subprocess
import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest

from adapters.kit.load import GROUP, load_adapters
from cli.pages.installed import installed
from hub_core.ports import SDK
from hub_web.partner import as_markdown

ROOT = Path(__file__).parents[3]


def test_the_installed_adapters_are_listed_with_what_they_can(punte):
    done = punte("adapter", "list")
    assert done.code == 0
    assert "soap     ok" in done.out
    assert "receive, send, ask" in done.out


def test_the_list_can_be_read_by_programs(punte):
    rows = json.loads(punte("adapter", "list", "--json").out)
    assert {"adapter": "queue", "state": "ok"}.items() <= next(row for row in rows if row["adapter"] == "queue").items()


def test_one_is_shown_with_its_own_settings_and_their_defaults(punte):
    done = punte("adapter", "show", "queue")
    assert "submit.receipt" in done.out
    assert "direction: in, poll" in done.out
    shown = json.loads(punte("adapter", "show", "queue", "--json").out)
    assert next(one for one in shown["settings"] if one["setting"] == "poll.method")["default"] == "POST"


def test_a_page_tells_of_every_adapter_what_its_spec_says_and_of_a_broken_one_why():
    points = [
        *entry_points(group=GROUP),
        EntryPoint("lost", "no.such.package:ADAPTER", GROUP),
    ]
    told = as_markdown(installed(load_adapters(points=points, report=lambda _: None).load()))
    assert "V402 the adapter lost cannot be loaded: ModuleNotFoundError" in told
    for said in ("submit.receipt", "Below `settings:`", "kept, ", "punte "):
        assert said in told


def test_the_page_is_made_where_nothing_is_there_to_test_with(monkeypatch):
    monkeypatch.setitem(sys.modules, "pytest", None)
    assert "| kept |" in as_markdown(installed(load_adapters(report=lambda _: None).load()))


def test_editors_get_the_settings_of_every_installed_adapter(punte):
    schema = json.loads(punte("adapter", "schema").out)
    named = [rule["if"]["properties"]["adapter"]["const"] for rule in schema["$defs"]["Endpoint"]["allOf"]]
    assert "queue" in named


def test_one_that_is_not_there_is_told(punte):
    done = punte("adapter", "show", "nosuch")
    assert done.code == 1
    assert "V402" in done.err


def made(punte, tmp_path, name="pension", *options):
    folder = tmp_path / "mine"
    assert punte("adapter", "new", name, "-o", folder, *options).code == 0
    return folder


def checked(folder, *options):
    """Try the promises of a package as its author does, in a process of its own."""
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "cli", "adapter", "check", str(folder), "--json", *options]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=300, check=False)
    return done.returncode, json.loads(done.stdout)


@pytest.mark.network
def test_a_new_adapter_keeps_every_promise_at_once(punte, tmp_path):
    code, promises = checked(made(punte, tmp_path))
    assert [one for one in promises if not one["kept"]] == []
    assert code == 0
    assert len(promises) >= 30


def test_a_new_one_that_polls_is_the_one_that_the_guide_tells_of(punte, tmp_path):
    folder = made(punte, tmp_path, "registry", "--polls")
    guide = (ROOT / "docs/how-to/write-an-adapter.md").read_text()
    for name, shown in re.findall(r"```python file (\S+)\n(.*?)```", guide, re.DOTALL):
        assert (folder / name).read_text().replace(f'sdk="{SDK}"', 'sdk="1.2"') == shown
    assert "poll: {every: 30 s}" in (folder / "README.md").read_text()


@pytest.mark.network
def test_a_promise_that_is_broken_is_named_with_what_was_seen(punte, tmp_path):
    folder = made(punte, tmp_path)
    module = folder / "punte_pension.py"
    module.write_text(module.read_text().replace("        self._client.judge(answered)\n", ""))
    code, promises = checked(folder)
    broken = {one["promise"]: one["seen"] for one in promises if not one["kept"]}
    assert code == 1
    assert "a 400 is never sent again" in broken
    assert broken["a redirect is not followed"] == "Failed: the message was taken"


ENDLESS = """
import asyncio
import os
import time

import pytest
from adapters.rest import ADAPTER
from hub_core.testing.adapter import JsonSuite


class TestEndless(JsonSuite):
    adapter = ADAPTER

    def test_blocks_the_loop(self):
        time.sleep(100)

    @pytest.mark.parametrize("again", [1, 2])
    async def test_leaves_a_thread_behind(self, again):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await asyncio.to_thread(time.sleep, 100)

    def test_takes_the_process_with_it(self):
        os._exit(0)

    def test_says_why_it_is_not_tried(self):
        pytest.skip("nobody is called")

    def test_is_kept(self):
        pass
"""


def test_a_promise_that_does_not_end_is_named_and_the_next_one_is_tried(tmp_path):
    (tmp_path / "test_endless.py").write_text(ENDLESS)
    code, promises = checked(tmp_path, "--limit", "2")
    endless = "not over after 2 s: something is called without a deadline, in a thread or in the event loop"
    assert {one["promise"]: (one["kept"], one["seen"]) for one in promises} == {
        "blocks the loop": (False, endless),
        "leaves a thread behind": (False, endless),
        "takes the process with it": (False, "the process that tried it came to an end"),
        "says why it is not tried": (True, "nobody is called"),
        "is kept": (True, ""),
    }
    assert code == 1


OLDER = """
import adapters.kit
from hub_core.surface import Former, given

names = adapters.kit.__getattr__
former = given("adapters.kit", {}, {"Caller": Former("adapters.kit.client", "Client", "1.7")})
adapters.kit.__getattr__ = lambda name: former(name) if name == "Caller" else names(name)
"""
SUITE = """
from adapters.kit import Caller
from hub_core.testing.adapter import JsonSuite, Telling
from punte_pension import ADAPTER


class TestPension(JsonSuite, Telling):
    adapter = ADAPTER
"""


@pytest.mark.parametrize(
    ("sdk", "kept", "seen"),
    [("1.0", True, ""), ("2.0", False, f"AssertionError: written for 2.0, here is {SDK}")],
)
def test_an_adapter_learns_what_the_next_version_takes_away_and_which_one_it_is_not_for(
    punte, tmp_path, sdk, kept, seen
):
    folder = made(punte, tmp_path)
    module = folder / "punte_pension.py"
    module.write_text(module.read_text().replace(f'sdk="{SDK}"', f'sdk="{sdk}"'))
    (folder / "conftest.py").write_text(OLDER)
    (folder / "test_punte_pension.py").write_text(SUITE)
    code, promises = checked(folder)
    told = {one["promise"]: (one["kept"], one["seen"]) for one in promises}
    assert code == (0 if kept else 1)
    assert told["it is written for an sdk that this hub has"] == (kept, seen)
    assert told["it uses no name that the next first number of the SDK takes away"] == (
        True,
        "adapters.kit.Caller is adapters.kit.client.Client since version 1.7 of the SDK",
    )


def test_nothing_that_is_there_is_overwritten(punte, tmp_path):
    folder = made(punte, tmp_path)
    done = punte("adapter", "new", "pension", "-o", folder)
    assert done.code == 1
    assert "W305" in done.err


@pytest.mark.parametrize("name", ["Pension", "7th", "../x", "a b", ""])
def test_a_name_that_cannot_stand_in_an_address_is_refused(punte, tmp_path, name):
    done = punte("adapter", "new", name, "-o", tmp_path / "mine")
    assert done.code == 1
    assert "W306" in done.err


def test_a_folder_without_promises_is_told(punte, tmp_path):
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "cli", "adapter", "check", str(tmp_path)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1
    assert "no promise was looked at" in done.stderr
