"""The verbs about keys, on a store without a hub: new keys, keys read again, keys dropped, and what the doctor says."""

from contextlib import closing

import pytest

from hub_core.errors import ConfigError
from hub_core.journal.sealing_anew import Resealer
from hub_core.security.keyring import new_keyring, read_keyring, write_keyring
from hub_core.settings import Settings
from hub_core.testing.builders import NOW, a_message, an_outcome
from registry.desk.desk import Desk
from registry.doctor.health import local_checks
from registry.parts import Parts


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home")


@pytest.fixture
def parts(settings):
    with closing(Parts(settings, write=True)) as parts:
        yield parts


async def keep(parts, count=1):
    for _ in range(count):
        message = a_message()
        await parts.journal.record(message, an_outcome(message))


async def call(parts, verb, **arguments):
    return await Desk(parts).call(verb, arguments)


async def test_a_new_key_is_current_at_once_and_the_old_ones_messages_are_to_do(parts):
    await keep(parts, 3)
    old = parts.vault.key_id
    answer = await call(parts, "seal_rotate", by="op")
    assert [(key["id"] == old, key["state"], key["messages"]) for key in answer["keys"]] == [
        (True, "old", 3),
        (False, "current", 0),
    ]
    assert answer["to_do"] == 3
    await keep(parts)
    assert (await call(parts, "seal_status"))["keys"][1]["messages"] == 1


async def test_a_key_in_use_the_current_one_and_an_unknown_one_are_not_dropped(parts, settings):
    await keep(parts)
    old = parts.vault.key_id
    await call(parts, "seal_rotate", by="op")
    before = settings.keyring_file.read_bytes()
    for key, why in ((old, "1 messages"), (parts.vault.key_id, "current"), ("00000000", "no key")):
        with pytest.raises(ConfigError) as raised:
            await call(parts, "seal_drop", key=key, by="op")
        assert raised.value.code == "J114"
        assert why in raised.value.text
    assert settings.keyring_file.read_bytes() == before


async def test_a_key_that_seals_nothing_is_dropped(parts, settings):
    await keep(parts)
    old = parts.vault.key_id
    await call(parts, "seal_rotate", by="op")
    await Resealer(parts.database, parts.vault)._seal_all()
    answer = await call(parts, "seal_drop", key=old, by="op")
    assert [key["id"] for key in answer["keys"]] == [parts.vault.key_id]
    assert [key.id for key in read_keyring(settings.keyring_file).seals] == [parts.vault.key_id]


async def test_a_keyring_changed_at_its_source_is_taken_into_use(parts, settings):
    await keep(parts)
    renewed = read_keyring(settings.keyring_file).renewed(NOW)
    write_keyring(settings.keyring_file, renewed)
    await call(parts, "seal_reload", by="op")
    assert parts.vault.key_id == renewed.current.id


async def test_a_keyring_of_another_store_or_without_a_key_in_use_is_not_taken_into_use(parts, settings):
    await keep(parts)
    mine = read_keyring(settings.keyring_file)
    for other in (new_keyring(NOW), mine.renewed(NOW).without(mine.current.id)):
        write_keyring(settings.keyring_file, other)
        with pytest.raises(ConfigError) as raised:
            await call(parts, "seal_reload", by="op")
        assert raised.value.code == "J113"
    assert parts.vault.key_id == mine.current.id


async def test_a_keyring_that_cannot_be_written_stays_in_use_as_it_is(parts, monkeypatch):
    await keep(parts)
    old = parts.vault.key_id

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ConfigError) as raised:
        await call(parts, "seal_rotate", by="op")
    assert raised.value.code == "J112"
    assert parts.vault.key_id == old


def keyring_check(settings):
    return next(check for check in local_checks(settings) if check.check == "keyring")


def test_the_doctor_tells_of_a_keyring_beside_the_store_open_to_others_or_gone(parts, settings, tmp_path):
    assert parts.database
    beside = keyring_check(settings)
    assert (beside.ok, "a backup of the folder holds both" in beside.text) == (None, True)
    settings.keyring_file.chmod(0o644)
    assert keyring_check(settings).ok is False
    settings.keyring_file.chmod(0o600)
    apart = Settings(home=settings.home, keyring=tmp_path / "keys.json")
    settings.keyring_file.rename(tmp_path / "keys.json")
    assert keyring_check(apart).ok is True
    gone = keyring_check(settings)
    assert (gone.ok, bool(gone.mend)) == (False, True)


async def test_the_doctor_tells_when_the_keyring_does_not_open_all(parts, settings):
    await keep(parts)
    mine = read_keyring(settings.keyring_file)
    sealing = [check for check in await call(parts, "doctor") if check["check"] == "sealing"]
    assert sealing[0]["ok"] is True
    parts.vault.replace(mine.renewed(NOW).without(mine.current.id))
    sealing = [check for check in await call(parts, "doctor") if check["check"] == "sealing"]
    assert sealing[0]["ok"] is False
    assert mine.current.id in sealing[0]["text"]
