"""Registry sets and keys in a real file, beside the journal."""

import base64
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from datetime import timedelta
from pathlib import Path

import pytest

from hub_core.directory import Directory, Institution
from hub_core.errors import ConfigError, Refused, TryLater
from hub_core.journal.database import Database
from hub_core.journal.readers import look
from hub_core.message import Caller
from hub_core.testing.builders import NOW, FrozenClock
from registry.keys import KeyList, Keys
from registry.sets.reading import RegistrySet, directory_of, read_set
from registry.sets.store import REGISTRY, Registry, Sets

ONE = "institutions: {cnas: {name: One}}\n"
TWO = "# two\ninstitutions: {cnas: {name: Two}, anpis: {name: Paying}}\n"
DIRECTORY = Directory(institutions={"cnas": Institution(name="CNAS"), "anpis": Institution(name="ANPIS")})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "punte.sqlite3"


@pytest.fixture
def clock():
    return FrozenClock(NOW)


@pytest.fixture
def database(path):
    with Database(path, migrations=(REGISTRY,)) as opened:
        yield opened


@pytest.fixture
def registry(database, clock):
    return Registry(database, adapters={}, mappings=lambda: (), environ={}, clock=clock)


@pytest.fixture
def keys(database, clock):
    return Keys(database, clock=clock)


@pytest.fixture
def a_set(tmp_path):
    def make(text):
        folder = tmp_path / "country"
        folder.mkdir(exist_ok=True)
        (folder / "registry.yaml").write_text(text)
        return read_set(folder, adapters={}, mappings=(), environ={})

    return make


def test_before_the_first_set_nothing_is_registered(registry):
    assert registry.current() == Directory()
    assert registry.history() == []


async def test_an_applied_set_is_in_force_under_its_number(registry, a_set):
    directory = await registry.apply(a_set(ONE), by="ana", note="first")
    assert directory == registry.current()
    assert (directory.number, directory.institutions["cnas"].name) == (1, "One")


async def test_what_was_applied_can_be_read_again_as_it_was_written(registry, a_set):
    await registry.apply(a_set(TWO), by="ana")
    assert registry.stored(1).files == {"registry.yaml": TWO}


async def test_history_says_who_when_and_why_the_newest_first(registry, a_set, clock):
    await registry.apply(a_set(ONE), by="ana", note="first")
    clock.advance(timedelta(days=1))
    await registry.apply(a_set(TWO), by="dan", note="anpis joins")
    assert [(it.number, it.at, it.by, it.note) for it in registry.history()] == [
        (2, NOW + timedelta(days=1), "dan", "anpis joins"),
        (1, NOW, "ana", "first"),
    ]


async def test_earlier_sets_stay_readable(registry, a_set):
    await registry.apply(a_set(ONE), by="ana")
    await registry.apply(a_set(TWO), by="ana")
    assert registry.directory(1).institutions["cnas"].name == "One"
    assert registry.directory(0) == Directory()


async def test_a_set_that_changes_no_file_stays_the_set_that_it_is(registry, a_set):
    await registry.apply(a_set(ONE), by="ana")
    assert (await registry.apply(a_set(ONE), by="dan")).number == 1
    assert len(registry.history()) == 1


async def test_going_back_is_a_new_set_with_the_old_files(registry, a_set):
    await registry.apply(a_set(ONE), by="ana")
    await registry.apply(a_set(TWO), by="ana")
    directory = await registry.rollback(1, by="dan")
    assert (directory.number, directory.institutions["cnas"].name) == (3, "One")
    assert [(it.number, it.note) for it in registry.history()] == [(3, "back to set 1"), (2, ""), (1, "")]
    assert registry.directory(2).institutions["cnas"].name == "Two"


@pytest.mark.parametrize("number", [7, -1])
async def test_going_back_to_a_set_that_is_not_there_changes_nothing(registry, a_set, number):
    await registry.apply(a_set(ONE), by="ana")
    with pytest.raises(ConfigError, match="R302"):
        await registry.rollback(number, by="dan")
    assert registry.current().number == 1


async def test_going_back_to_what_no_longer_fits_changes_nothing(database, clock, tmp_path):
    text = "institutions: {a: {name: A}}\nendpoints: {e: {institution: a, direction: in, adapter: gone, service: s}}\n"
    (tmp_path / "r.yaml").write_text(text)
    unchecked = _applied_without_checks(tmp_path, text)
    registry = Registry(database, adapters={}, mappings=lambda: (), environ={}, clock=clock)
    await registry.apply(unchecked, by="ana")
    with pytest.raises(ConfigError, match=r"set 1: r.yaml:2:.* R105 there is no adapter 'gone'"):
        await registry.rollback(1, by="dan")
    assert registry.current().number == 1


def _applied_without_checks(folder, text):
    files = {"r.yaml": text}
    return RegistrySet(folder=str(folder), files=files, directory=directory_of(files, folder=folder, number=0))


async def test_a_faulty_set_changes_nothing(registry, a_set):
    await registry.apply(a_set(ONE), by="ana")
    with pytest.raises(ConfigError):
        a_set("institutions: {cnas: {nmae: x}}")
    assert registry.current().number == 1


async def test_without_a_running_hub_the_sets_can_be_looked_at(path, a_set, clock):
    with Database(path, migrations=(REGISTRY,)) as database:
        await Registry(database, adapters={}, mappings=lambda: (), environ={}, clock=clock).apply(a_set(ONE), by="ana")
    with contextlib.closing(look(path, migrations=(REGISTRY,))) as readers:
        assert Sets(readers).current().institutions["cnas"].name == "One"
        assert KeyList(readers).all() == []


async def test_a_set_that_a_later_version_wrote_is_a_fault_with_its_place(registry, a_set, path):
    await registry.apply(a_set(ONE), by="ana")
    with contextlib.closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE registry_set SET files = ?", ('{"r.yaml": "institutions: {a: {name: A, shoe: 42}}"}',))
    with pytest.raises(ConfigError, match=r"set 1: r.yaml:1:29: R102 there is no field 'shoe'"):
        registry.current()


async def test_when_the_file_cannot_be_written_nothing_changed(registry, a_set, database):
    checked = a_set(ONE)
    database.close()
    with pytest.raises(TryLater, match="J503"):
        await registry.apply(checked, by="ana")


def test_an_applied_set_outlives_a_killed_process(path, tmp_path):
    (tmp_path / "r.yaml").write_text(ONE)
    program = f"""
        import asyncio, os, signal
        from pathlib import Path
        from hub_core.clock import SystemClock
        from hub_core.journal.database import Database
        from registry.sets.reading import RegistrySet, directory_of, read_set
        from registry.sets.store import REGISTRY, Registry

        async def main():
            database = Database({str(path)!r}, migrations=(REGISTRY,))
            registry = Registry(database, adapters={{}}, mappings=lambda: (), environ={{}}, clock=SystemClock())
            checked = read_set(Path({str(tmp_path)!r}), adapters={{}}, mappings=(), environ={{}})
            await registry.apply(checked, by="ana")
            os.kill(os.getpid(), signal.SIGKILL)

        asyncio.run(main())
        """
    project = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], cwd=project, env=dict(os.environ), check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL
    with contextlib.closing(look(path, migrations=(REGISTRY,))) as readers:
        assert Sets(readers).current().number == 1


async def test_a_new_key_opens_the_door_for_its_institution(keys):
    key, secret = await keys.new("cnas-1", institution="cnas", directory=DIRECTORY, by="ana")
    assert keys.authenticate({"punte-key": secret}) == Caller(institution="cnas", key="cnas-1")
    assert (key.name, key.created_at, key.created_by, key.revoked_at) == ("cnas-1", NOW, "ana", None)


@pytest.mark.parametrize("user", ["cnas-1", "", "whatever the client is set up with"])
async def test_with_basic_the_password_is_the_key_and_the_user_is_not_looked_at(keys, user):
    _, secret = await keys.new("cnas-1", institution="cnas", directory=DIRECTORY, by="ana")
    header = {"authorization": "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()}
    assert keys.authenticate(header).institution == "cnas"


@pytest.mark.parametrize("headers", [{}, {"punte-key": "punte_wrong"}])
async def test_no_key_and_a_wrong_key_are_refused(keys, headers):
    await keys.new("cnas-1", institution="cnas", directory=DIRECTORY, by="ana")
    with pytest.raises(Refused, match="A401"):
        keys.authenticate(headers)


@pytest.mark.parametrize("handle", ["name", "id"])
async def test_a_revoked_key_is_refused_at_once_and_others_are_not(keys, handle, clock):
    key, secret = await keys.new("cnas-1", institution="cnas", directory=DIRECTORY, by="ana")
    _, other = await keys.new("cnas-2", institution="cnas", directory=DIRECTORY, by="ana")
    clock.advance(timedelta(hours=1))
    revoked = await keys.revoke(getattr(key, handle), by="dan")
    with pytest.raises(Refused, match="A401"):
        keys.authenticate({"punte-key": secret})
    assert keys.authenticate({"punte-key": other}).key == "cnas-2"
    assert (revoked.revoked_at, revoked.revoked_by) == (NOW + timedelta(hours=1), "dan")


async def test_the_name_of_a_revoked_key_is_free_again(keys):
    _, first = await keys.new("cnas-1", institution="cnas", directory=DIRECTORY, by="ana")
    await keys.revoke("cnas-1", by="ana")
    _, second = await keys.new("cnas-1", institution="cnas", directory=DIRECTORY, by="ana")
    assert keys.authenticate({"punte-key": second}).key == "cnas-1"
    with pytest.raises(Refused):
        keys.authenticate({"punte-key": first})
    assert [key.revoked_at is None for key in keys.all()] == [False, True]


async def test_a_live_name_cannot_be_taken_twice(keys):
    await keys.new("cnas-1", institution="cnas", directory=DIRECTORY, by="ana")
    with pytest.raises(ConfigError, match="R106"):
        await keys.new("cnas-1", institution="anpis", directory=DIRECTORY, by="ana")
    assert len(keys.all()) == 1


async def test_a_key_that_is_named_like_the_id_of_another_is_revoked_alone(keys):
    key, secret = await keys.new("cnas-1", institution="cnas", directory=DIRECTORY, by="ana")
    _, confusing = await keys.new(key.id, institution="cnas", directory=DIRECTORY, by="ana")
    await keys.revoke(key.id, by="ana")
    assert keys.authenticate({"punte-key": secret}).key == "cnas-1"
    with pytest.raises(Refused):
        keys.authenticate({"punte-key": confusing})


@pytest.mark.parametrize(("name", "institution", "code"), [("Cnas 1", "cnas", "R104"), ("cnas-1", "cnsa", "R105")])
async def test_a_key_needs_a_name_and_a_registered_institution(keys, name, institution, code):
    with pytest.raises(ConfigError, match=code):
        await keys.new(name, institution=institution, directory=DIRECTORY, by="ana")


@pytest.mark.parametrize("handle", ["gone", ""])
async def test_revoking_what_is_no_live_key_says_so(keys, handle):
    with pytest.raises(ConfigError, match="R303"):
        await keys.revoke(handle, by="ana")


async def test_keys_live_on_in_the_next_process(path, clock):
    with Database(path, migrations=(REGISTRY,)) as database:
        _, secret = await Keys(database, clock=clock).new("cnas-1", institution="cnas", directory=DIRECTORY, by="ana")
    with Database(path, migrations=(REGISTRY,)) as database:
        assert Keys(database, clock=clock).authenticate({"punte-key": secret}).institution == "cnas"


async def test_the_key_itself_is_nowhere_in_the_file_nor_in_the_list(path, clock):
    with Database(path, migrations=(REGISTRY,)) as database:
        keys = Keys(database, clock=clock)
        _, secret = await keys.new("cnas-1", institution="cnas", directory=DIRECTORY, by="ana")
        assert secret not in repr(keys.all())
    assert all(secret.encode() not in file.read_bytes() for file in path.parent.iterdir())
