"""Backups made while messages come in, and what becomes of one on another machine."""

import asyncio
import contextlib
import json
import os
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hub_core.errors import ConfigError
from hub_core.journal import backup
from hub_core.playing.postgresql import PostgresqlServer, programs
from hub_core.settings import Settings
from hub_core.testing.builders import a_message, an_outcome
from registry.backing import Backup, back_up, restore
from registry.desk import open_desk
from tests.pressure.hub import Callers, serving

pytestmark = pytest.mark.network


async def punte(home: Path, *arguments: object) -> dict[str, Any]:
    """Run a command as a person would and return what it tells."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "cli",
        *map(str, arguments),
        "--json",
        env={**os.environ, "PUNTE_HOME": str(home)},
        stdout=-1,
    )
    out, _ = await process.communicate()
    told: dict[str, Any] = json.loads(out)
    return told


@contextlib.contextmanager
def unseen(_: str, __: int):
    """Stand for a progress bar."""
    yield lambda _: None


def made(home: Path, place: Path, *, store: str | None = None, with_keys: bool = False) -> Backup:
    return back_up(Settings(home=home, store=store), place, with_keys=with_keys, steps=unseen, environ=os.environ)


def put(home: Path, place: Path, *, store: str | None = None, replace: bool = False) -> Backup:
    settings = Settings(home=home, store=store)
    return restore(settings, place, replace=replace, with_keys=False, steps=unseen, environ=os.environ)


def is_private(path: str) -> bool:
    return stat.S_IMODE(Path(path).stat().st_mode) == 0o600


async def test_a_backup_under_load_is_put_back_elsewhere_and_goes_on(home: Path, tmp_path: Path) -> None:
    with serving(home) as hub:
        cnas = Callers(hub, "cnas", size=10_000, pause=0.02)
        cnas.start(8)
        await asyncio.sleep(0.5)
        before = set(cnas.accepted)
        told = await punte(home, "backup", tmp_path, "--with-keys")
        await cnas.stop()
        assert set(cnas.statuses) == {202}  # nobody noticed
        with pytest.raises(ConfigError, match="J101"):
            put(home, tmp_path, replace=True)
    assert told["messages"] >= len(before)
    assert told["opened"]
    assert is_private(told["file"])
    assert is_private(told["keys"])

    other = tmp_path / "other"
    assert (await punte(other, "restore", tmp_path, "--with-keys"))["messages"] == told["messages"]
    (other / "keys").write_bytes((home / "keys").read_bytes())
    with serving(other) as hub:
        assert before <= hub.kept()
        cnas.hub, count = hub, len(cnas.answers)
        cnas.start(1)
        await asyncio.sleep(0.3)
        await cnas.stop()
        # The first ids are sent again: what the backup holds is answered as it was then.
        assert {answer.id for answer in cnas.answers[count:]} & before


def test_nothing_is_put_over_what_lies_there_unless_it_is_asked_for_and_then_it_is_set_aside(home: Path) -> None:
    file = home.parent / "copy.sqlite3"
    made(home, file)
    with pytest.raises(ConfigError, match="J121"):
        made(home, file)
    with pytest.raises(ConfigError, match="J121"):
        put(home, file)
    aside = put(home, file, replace=True).set_aside
    assert aside is not None
    assert (aside / "punte.sqlite3").exists()
    assert (home / "punte.sqlite3").exists()


def test_without_its_keyring_a_backup_is_not_put_in_place(home: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "copy.sqlite3", tmp_path / "other"
    assert made(home, file).keys is None
    with pytest.raises(ConfigError, match="J110"):
        put(other, file)
    made(_with_a_store(tmp_path / "third"), tmp_path / "third.sqlite3")
    with pytest.raises(ConfigError, match="J113"):
        put(home, tmp_path / "third.sqlite3", replace=True)
    assert not (other / "punte.sqlite3").exists()


@pytest.mark.parametrize("damage", ["cut", "torn", "other"])
def test_a_damaged_backup_is_told_from_a_whole_one(home: Path, tmp_path: Path, damage: str) -> None:
    file = tmp_path / "copy.sqlite3"
    made(home, file)
    whole = file.read_bytes()
    torn = whole[:8192] + bytes(4096) + whole[12288:]
    file.write_bytes({"cut": whole[: len(whole) // 2], "torn": torn, "other": b"SQLite format 3\0" * 500}[damage])
    before = (home / "punte.sqlite3").read_bytes()
    with pytest.raises(ConfigError, match="J120"):
        put(home, file, replace=True)
    assert (home / "punte.sqlite3").read_bytes() == before
    assert not [path for path in home.iterdir() if path.name.startswith("before-") or path.name.endswith(".part")]


def with_one_bit_turned(file: Path) -> None:
    """Turn one bit of the sealed body of one message."""
    with sqlite3.connect(file) as connection:
        (sealed,) = connection.execute("SELECT body FROM content ORDER BY rowid LIMIT 1").fetchone()
    content = bytearray(file.read_bytes())
    content[content.index(sealed) + len(sealed) // 2] ^= 1
    file.write_bytes(content)


def test_a_bit_that_turned_in_what_is_sealed_is_found_by_the_digest_beside_it(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.sqlite3"
    made(_with_a_store(tmp_path / "store"), file)
    with_one_bit_turned(file)
    with pytest.raises(ConfigError, match=r"J120.*SHA-256"):
        put(tmp_path / "store", file, replace=True)


def test_without_its_digest_every_message_of_a_backup_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "SAMPLE", 2)
    file, home = tmp_path / "copy.sqlite3", _with_a_store(tmp_path / "store")
    told = made(home, file)
    assert (told.messages, told.opened) == (20, 2)
    assert put(home, file, replace=True).compared
    (tmp_path / "copy.sqlite3.sha256").unlink()
    (home / "punte.sqlite3").unlink()
    put_back = put(home, file)
    assert (put_back.compared, put_back.opened) == (False, 20)
    with_one_bit_turned(file)
    with pytest.raises(ConfigError, match=r"J120.*does not open"):
        put(home, file, replace=True)


def test_the_digest_beside_a_backup_is_what_other_programs_read(home: Path, tmp_path: Path) -> None:
    made(home, tmp_path / "copy.sqlite3")
    subprocess.run(["sha256sum", "--check", "copy.sqlite3.sha256"], cwd=tmp_path, check=True, capture_output=True)


def test_where_there_is_nothing_to_copy_or_to_put_back_it_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="J103"):
        made(tmp_path / "home", tmp_path / "copy.sqlite3")
    with pytest.raises(ConfigError, match="J120"):
        put(tmp_path / "home", tmp_path)


def test_on_postgresql_the_servers_own_programs_copy_one_moment(
    postgresql: PostgresqlServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    stores = []
    for name in ("backed_up", "restored"):
        postgresql.execute(f"CREATE DATABASE {name}")
        stores.append(postgresql.address.replace("///postgres?", f"///{name}?"))
    full, empty = stores
    _with_a_store(home, store=full)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match=r"J122.*pg_dump"):
        made(home, tmp_path, store=full)
    old = tmp_path / "old"
    old.mkdir()
    for name in ("pg_dump", "pg_restore"):
        (old / name).write_text(
            "#!/bin/sh\necho 'pg_dump: error: aborting because of server version mismatch' >&2; exit 1\n"
        )
        (old / name).chmod(0o700)
    monkeypatch.setenv("PATH", str(old))
    with pytest.raises(ConfigError, match=r"J122.*older version"):
        made(home, tmp_path, store=full)
    monkeypatch.setenv("PATH", str(programs()))
    told = made(home, tmp_path, store=full)
    assert (told.messages, told.opened) == (20, 20)
    put_back = put(home, tmp_path, store=empty)
    assert (put_back.messages, put_back.compared) == (20, True)
    with pytest.raises(ConfigError, match="J121"):
        put(home, tmp_path, store=empty)


def test_on_postgresql_what_is_looked_through_is_what_was_copied_whatever_happens_meanwhile(
    postgresql: PostgresqlServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgresql.execute("CREATE DATABASE moving")
    store = postgresql.address.replace("///postgres?", "///moving?")
    settings = Settings(home=_with_a_store(tmp_path / "home", store=store), store=store)
    monkeypatch.setenv("PATH", str(programs()))

    @contextlib.contextmanager
    def then_purged(what: str, _: int) -> Iterator[Callable[[int], None]]:
        yield lambda _: None
        with psycopg.connect(store, autocommit=True) as connection:
            connection.execute("DELETE FROM content")

    told = back_up(settings, tmp_path, with_keys=False, steps=then_purged, environ=os.environ)
    assert (told.messages, told.opened) == (20, 20)


def test_on_postgresql_limits_of_the_role_end_no_backup_and_a_session_that_is_ended_is_told(
    postgresql: PostgresqlServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgresql.execute("CREATE DATABASE limited")
    store = postgresql.address.replace("///postgres?", "///limited?")
    home = _with_a_store(tmp_path / "home", store=store)
    monkeypatch.setenv("PATH", str(programs()))

    @contextlib.contextmanager
    def slowly(_: str, __: int) -> Iterator[Callable[[int], None]]:
        time.sleep(0.3)
        yield lambda _: None

    limited = Settings(home=home, store=f"{store}&options=-cidle_in_transaction_session_timeout%3D100")
    told = back_up(limited, tmp_path / "one.dump", with_keys=False, steps=slowly, environ=os.environ)
    assert (told.messages, told.opened) == (20, 20)

    @contextlib.contextmanager
    def ended(_: str, __: int) -> Iterator[Callable[[int], None]]:
        postgresql.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE state = 'idle in transaction'"
        )
        yield lambda _: None

    with pytest.raises(ConfigError, match=r"J102.*cannot be used"):
        back_up(limited, tmp_path / "two.dump", with_keys=False, steps=ended, environ=os.environ)


def _with_a_store(home: Path, *, store: str | None = None) -> Path:
    """Make a store with twenty messages, and its keyring."""

    async def keep() -> None:
        desk = open_desk(Settings(home=home, store=store), write=True)
        try:
            for _ in range(20):
                message = a_message()
                await desk._parts.journal.record(message, an_outcome(message))
        finally:
            desk.close()

    asyncio.run(keep())
    return home
