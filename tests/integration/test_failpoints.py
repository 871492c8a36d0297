"""A hub is killed at every place where it may be, one life after the other on the same store; the books agree."""

import ast
import os
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from hub_core.journal.entries import Filter
from hub_core.journal.failpoints import PLACES
from hub_core.message import State
from hub_core.settings import Settings
from registry.parts import Parts
from registry.purging import sweep
from tests.integration.file_child import row

ROOT = Path(__file__).resolve().parents[2]
CHILD = Path(__file__).with_name("places_child.py")
KINDS = 5
ROWS = 3
#: Those of the first start come first.
ORDER = sorted(PLACES, key=lambda place: "migration" not in place)


def books(store):
    path = store.folder / "books"
    lines = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    return {kind: [words[1:] for words in lines if words[0] == kind] for kind in ("intent", "acked", "sent")}


def parts_of(store):
    address = store.where if store.shared else None
    settings = Settings(home=store.folder / "home", store=address, keyring=store.folder / "keyring.json")
    return Parts(settings, write=False)


def kept(view):
    return [row for state in State for row in view.messages(Filter(state=state, limit=1000))]


def check_what_is_kept(store, place):
    """See with the eye of a command that only looks that what was acknowledged is there, once."""
    told = books(store)
    if not told["acked"]:
        return
    with closing(parts_of(store)) as parts:
        rows = kept(parts.view)
        names = Counter(row.sender_id for row in rows if row.line is None)
        assert {name for (name,) in told["acked"]} <= names.keys() <= {name for (name,) in told["intent"]}, place
        assert max(names.values()) == 1, place
        files = [one.file for row in rows for one in parts.view.attachments(row.id)]
        assert all(map(parts.attachments.holds, files)), place


def check_the_end(store, lives):
    told = books(store)
    with closing(parts_of(store)) as parts:
        rows = kept(parts.view)
        states = {row.sender_id: row.state for row in rows if row.endpoint == "letters"}
        lines = [row for row in rows if row.line is not None]
        newest = {str(number) for number in range((lives - 1) * KINDS, lives * KINDS)}
        assert all(parts.view.body(row.id) for row in rows if row.sender_id in newest)
        parts.attachments.store_id = parts.attachments.mark()
        sweep(parts, age=timedelta(seconds=-5))
        files = {one.file for row in rows for one in parts.view.attachments(row.id)}
        assert files == {*parts.attachments.older(timedelta(seconds=-5))} != set()
    assert states == {
        str(number): State.ACCEPTED if number % KINDS == 3 else State.DELIVERED for number in range(lives * KINDS)
    }
    assert len(lines) == lives * ROWS
    assert {row.state for row in lines} == {State.DELIVERED}
    check_what_arrived(told["sent"], states, lines)
    check_the_files(store, lives)


def check_the_files(store, lives):
    """See that each row of all lists stands in one file, and that their numbers have no gap."""
    files = sorted((store.folder / "files" / "town").glob("[!.]*.csv"), key=lambda path: path.stem.rpartition("_")[2])
    assert [int(path.stem.rpartition("_")[2]) for path in files] == [*range(1, len(files) + 1)]
    lines = [line for path in files for line in path.read_text("cp1250").splitlines()[1:]]
    assert sorted(lines) == sorted(row(number) for number in range(lives * ROWS))


def check_what_arrived(sent, states, lines):
    keys, first = defaultdict(set), {}
    for at, (name, key) in enumerate(sent):
        keys[name].add(key)
        first.setdefault(name, at)
    wanted = {name for name in states if int(name) % KINDS != 3} | {f"row-{row.id}" for row in lines}
    assert keys.keys() == wanted
    assert {len(known) for known in keys.values()} == {1}
    for life in range(len(states) // KINDS):
        places = [first[str(life * KINDS + kind)] for kind in (0, 1, 2, 4)]
        assert places == sorted(places)


def test_a_hub_may_be_killed_at_any_of_its_places(store):
    command = [sys.executable, CHILD, store.where, store.folder]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment, **pipes) as child:
        for life, place in enumerate([*ORDER, "-"]):
            child.stdin.write(f"{life} {place}\n")
            child.stdin.flush()
            code = int(child.stdout.readline())
            assert code == (0 if place == "-" else -signal.SIGKILL), place
            check_what_is_kept(store, place)
        child.stdin.close()
    check_the_end(store, len(ORDER) + 1)


def test_every_place_is_reached_somewhere_in_the_code_and_told_in_the_docs():
    reached = {
        node.args[0].value
        for package in ("hub_core", "adapters", "registry")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "reach"
        if isinstance(node.args[0], ast.Constant)
    }
    assert reached == set(PLACES)
    page = (ROOT / "docs/how-to/torture-the-hub.md").read_text(encoding="utf-8")
    assert [place for place, meaning in PLACES.items() if f"| `{place}` | {meaning} |" not in page] == []
