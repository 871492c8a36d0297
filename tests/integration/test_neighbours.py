"""What one hub changes, another on the same database follows, also where it does not hear of it at once."""

import asyncio
import logging

import psycopg
import pytest

from hub_core.directory import Directory, Institution
from hub_core.errors import Refused
from hub_core.settings import Settings
from registry import neighbours
from registry.neighbours import Neighbours
from registry.parts import Parts

MINISTRY = Directory(institutions={"ministry": Institution(name="Ministry")})


@pytest.fixture
async def hub(tmp_path, postgresql_address, monkeypatch):
    """Run what follows the others in a hub with one key, ``secret``; it waits for nothing for long."""
    monkeypatch.setattr(neighbours, "PAUSE", 0.05)
    parts = Parts(Settings(home=tmp_path / "home", store=postgresql_address), write=True)
    follower = Neighbours(parts, deliveries_added=lambda: None, files_added=lambda: None)
    yield parts, follower
    await follower.stop()
    parts.close()


def revoked(connection):
    """Revoke every key as another process would, but tell nobody."""
    connection.execute("UPDATE api_key SET revoked_at = 1, revoked_by = 'other'")


def knows(parts, secret):
    try:
        parts.keys.authenticate({"punte-key": secret})
    except Refused:
        return False
    return True


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - of another thread
            await asyncio.sleep(0.02)


async def test_a_key_that_was_revoked_while_the_store_could_not_be_read_is_refused_soon_after(
    hub, postgresql_address, caplog
):
    parts, follower = hub
    _, secret = await parts.keys.new("one", institution="ministry", directory=MINISTRY, by="op")
    follower.listen()
    await until(lambda: parts.database.leads)
    with psycopg.connect(postgresql_address, autocommit=True) as other:
        revoked(other)
        other.execute("ALTER TABLE api_key RENAME TO away")
        with caplog.at_level(logging.WARNING):
            other.execute("NOTIFY punte, 'keys'")
            await until(lambda: "neighbours.put-off" in caplog.messages)
        assert knows(parts, secret)
        other.execute("ALTER TABLE away RENAME TO api_key")
    await until(lambda: not knows(parts, secret))


async def test_a_change_whose_announcement_was_lost_is_found_at_the_next_look(hub, postgresql_address, monkeypatch):
    monkeypatch.setattr(neighbours, "LOOK", 0.05)
    parts, follower = hub
    _, secret = await parts.keys.new("one", institution="ministry", directory=MINISTRY, by="op")
    follower.listen()
    await until(lambda: parts.database.leads)
    with psycopg.connect(postgresql_address, autocommit=True) as other:
        revoked(other)
    await until(lambda: not knows(parts, secret))
