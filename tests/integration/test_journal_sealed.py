"""The store with its keys: whose it is, what is done with rows of an older version, keys that change, changed bytes."""

# ruff: noqa: S608 - the names that are put into SQL stand in this file

import sqlite3
from contextlib import closing, contextmanager
from functools import partial

import pytest

from hub_core.clock import new_id
from hub_core.errors import ConfigError, Rejected
from hub_core.journal.bodies import Vault
from hub_core.journal.database import Database
from hub_core.journal.dropping import drop_key
from hub_core.journal.engines.postgresql import Postgresql
from hub_core.journal.engines.sqlite import APPLICATION_ID
from hub_core.journal.entries import Filter
from hub_core.journal.outcomes import encode_outcome
from hub_core.journal.resealing import keys_in_use, reseal_step, sealed_with, take_keys, unsealed
from hub_core.journal.schema import JOURNAL, statements
from hub_core.journal.sealing_anew import Resealer
from hub_core.journal.store import SqlJournal
from hub_core.message import DeliveryState, Entry
from hub_core.security.keyring import new_keyring, read_keyring, write_keyring
from hub_core.testing.builders import NOW, a_delivery, a_message, an_outcome
from hub_core.testing.journal.base import claim, ended

CNP = "2850415123450"
RECORD = b'{"identifiers":[{"value":"2850415123450","scheme":"ro.cnp"}],"name":{"family":"Planted-Nume"}}'


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.sqlite3"


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, path):
    """Return what opens a store, again and again the same one, on each engine."""
    if request.param == "sqlite":
        return lambda: path
    address = request.getfixturevalue("postgresql_address")
    return lambda: Postgresql(address)


@pytest.fixture
def ring(tmp_path):
    return tmp_path / "keys" / "keyring.json"


@contextmanager
def opened(store, ring):
    """Open a store as the hub does, with the keyring in a file."""
    vault = Vault(partial(read_keyring, ring))
    with Database(store(), prepare=partial(take_keys, vault=vault, path=ring)) as database:
        yield SqlJournal(database, vault), database, vault


async def keep(journal, **facts):
    message = a_message(body=f"about {CNP}".encode(), **facts)
    delivery = a_delivery(message, order_key=CNP)
    await journal.record(message, an_outcome(message, delivery, record=RECORD, cases=(f"case {CNP}",)))
    return message


async def all_sealed(database, vault):
    """Let the background work until there is nothing left."""
    resealer = Resealer(database, vault)
    await resealer._seal_all()


async def test_a_new_store_makes_its_keyring_and_opens_with_it_again(store, ring):
    with opened(store, ring) as (journal, _, _):
        message = await keep(journal)
    with opened(store, ring) as (journal, _, _):
        assert journal.body(message.id) == message.body
    assert ring.stat().st_mode & 0o777 == 0o600


def test_a_store_without_its_keyring_is_not_opened_and_no_new_one_is_made(store, ring):
    with opened(store, ring):
        pass
    ring.unlink()
    with pytest.raises(ConfigError) as raised, opened(store, ring):
        pass
    assert raised.value.code == "J110"
    assert not ring.exists()


def test_another_stores_keyring_is_refused(store, ring):
    with opened(store, ring):
        pass
    write_keyring(ring, new_keyring(NOW))
    with pytest.raises(ConfigError) as raised, opened(store, ring):
        pass
    assert raised.value.code == "J113"


async def test_a_keyring_that_lost_a_key_in_use_is_refused(store, ring):
    with opened(store, ring) as (journal, _, _):
        await keep(journal)
    keyring = read_keyring(ring)
    write_keyring(ring, keyring.renewed(NOW).without(keyring.current.id))
    with pytest.raises(ConfigError) as raised, opened(store, ring):
        pass
    assert raised.value.code == "J113"
    assert keyring.current.id in raised.value.text


async def test_after_a_change_of_keys_everything_is_readable_and_the_old_key_may_go(store, ring):
    with opened(store, ring) as (journal, database, vault):
        messages = [await keep(journal, sender_id=str(number)) for number in range(150)]
        old = vault.key_id
        keyring = read_keyring(ring).renewed(NOW)
        write_keyring(ring, keyring)
        vault.replace(keyring)
        messages.append(await keep(journal, sender_id="after"))
        with pytest.raises(ConfigError) as raised:
            await database.write(partial(drop_key, key_id=old, at=0))
        assert raised.value.code == "J114"
        await all_sealed(database, vault)
        await database.write(partial(drop_key, key_id=old, at=0))
        with database.read() as connection:
            assert sealed_with(connection) == {vault.key_id: 151}
        write_keyring(ring, keyring.without(old))
    with opened(store, ring) as (journal, _, _):
        for message in messages:
            assert journal.body(message.id) == message.body
            assert journal.message(message.id).outcome.record == RECORD
            (delivery,) = journal.deliveries(message.id)
            assert delivery.delivery.order_key == CNP


async def test_after_a_change_of_keys_the_same_message_is_still_known(store, ring):
    with opened(store, ring) as (journal, database, vault):
        message = await keep(journal, sender_id="7")
        vault.replace(vault.keyring.renewed(NOW))
        await all_sealed(database, vault)
        again = a_message(body=message.body, sender_id="7")
        first = await journal.record(again, an_outcome(again))
        assert first.message_id == message.id
        assert [row.id for row in journal.messages(Filter(case=f"case {CNP}"))] == [message.id]


async def test_what_cannot_be_opened_is_left_and_the_rest_is_sealed_anew(store, ring):
    with opened(store, ring) as (journal, database, vault):
        bad, good = await keep(journal), await keep(journal)
        await database.write(lambda connection: tamper(connection, "message", "envelope", bad.id))
        old = vault.key_id
        vault.replace(vault.keyring.renewed(NOW))
        await all_sealed(database, vault)
        with database.read() as connection:
            assert sealed_with(connection) == {old: 1, vault.key_id: 1}
        assert journal.body(good.id) == good.body


async def test_steps_are_small_and_begin_where_the_last_one_ended(store, ring):
    with opened(store, ring) as (journal, database, vault):
        for _ in range(70):
            await keep(journal)
        old = vault.key_id
        vault.replace(vault.keyring.renewed(NOW))
        steps = []
        while not steps or steps[-1].done:
            last = steps[-1].last if steps else 0
            steps.append(await database.write(partial(reseal_step, vault=vault, key_id=old, after=last)))
        assert [step.done for step in steps] == [64, 6, 0]
        with database.read() as connection:
            assert keys_in_use(connection) == [vault.key_id]


@pytest.mark.parametrize("column", ["body", "outcome"])
async def test_changed_contents_are_told_and_never_shown(store, ring, column):
    with opened(store, ring) as (journal, database, _):
        message = await keep(journal)
        await database.write(lambda connection: tamper(connection, "content", column, message.id))
        with pytest.raises(Rejected) as raised:
            (journal.body if column == "body" else journal.message)(message.id)
        assert raised.value.code == "J115"


async def test_contents_that_were_swapped_between_messages_do_not_open(store, ring):
    with opened(store, ring) as (journal, database, _):
        one, two = await keep(journal), await keep(journal)
        await database.write(lambda connection: swap(connection, "content", "body", "message_seq"))
        for message in (one, two):
            with pytest.raises(Rejected):
                journal.body(message.id)
        await database.write(lambda connection: swap(connection, "message", "envelope", "seq"))
        with pytest.raises(Rejected):
            journal.messages()


async def test_a_delivery_that_cannot_be_opened_is_parked_and_holds_up_no_other(store, ring):
    with opened(store, ring) as (journal, database, _):
        bad = await keep(journal)
        good = a_message()
        delivery = a_delivery(good)
        await journal.record(good, an_outcome(good, delivery))
        await database.write(lambda connection: tamper(connection, "content", "outcome", bad.id))
        assert [claimed.delivery for claimed in await claim(journal)] == [delivery]
        (row,) = journal.deliveries(bad.id)
        assert (row.state, row.code) == (DeliveryState.PARKED, "J115")


async def test_what_a_partner_or_an_operator_says_is_sealed_as_well(path, ring):
    with opened(lambda: path, ring) as (journal, _, _):
        message = await keep(journal, sender_id=f"id {CNP}", correlation_id=f"talk {CNP}", media_type=f"text/{CNP}")
        (claimed,) = await claim(journal)
        facts = {"detail": f"no such person: {CNP}", "reference": f"R {CNP}", "code": "D201"}
        await journal.settle(ended(claimed, DeliveryState.PARKED, **facts))
        await journal.note(Entry(message_id=message.id, at=NOW, step="revealed", by="op", detail=f"call of {CNP}"))
        (row,) = journal.deliveries(message.id)
        assert (row.detail, row.reference) == (facts["detail"], facts["reference"])
        assert [entry.detail for entry in journal.entries(message.id)][2:] == [facts["detail"], f"call of {CNP}"]
        for file in path.parent.glob("journal.sqlite3*"):
            assert CNP.encode() not in file.read_bytes()
    assert CNP.encode() not in path.read_bytes()


def tamper(connection, table, column, message_id):
    key = "seq" if table == "message" else "message_seq"
    where = f"{key} = (SELECT seq FROM message WHERE id = ?)"
    (kept,) = connection.execute(f"SELECT {column} FROM {table} WHERE {where}", (message_id,)).fetchone()
    changed = kept[:-1] + bytes([kept[-1] ^ 1])
    connection.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (changed, message_id))


def swap(connection, table, column, key):
    (one, first), (two, second) = connection.execute(f"SELECT {key}, {column} FROM {table} ORDER BY {key}").fetchall()
    connection.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (second, one))
    connection.execute(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", (first, two))


def older_store(path, count):
    """Make a store as the version before left it, with everything as it was; return the ids of its messages."""
    ids = [new_id() for _ in range(count)]
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.execute("PRAGMA journal_mode = WAL")
        old.execute("CREATE TABLE migration (family TEXT, name TEXT, at INTEGER NOT NULL, PRIMARY KEY (family, name))")
        for name in JOURNAL.names()[:2]:
            for statement in statements((JOURNAL.folder / name).read_text()):
                old.execute(statement)
            old.execute("INSERT INTO migration VALUES ('journal', ?, 0)", (name,))
        old.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for seq, message_id in enumerate(ids, 1):
            older_message(old, seq, message_id)
    return ids


def older_message(old, seq, message_id):
    message = a_message(id=message_id, sender_id=f"{seq}-{CNP}", body=f"about {CNP}".encode())
    outcome = an_outcome(message, record=RECORD, cases=(f"case {CNP}",))
    old.execute(
        "INSERT INTO message VALUES (?, ?, 'cnas-in', 'ro.cnas', 's', 'p', ?, ?, 1, ?, ?, 1, 'parked', 2, NULL, ?, '', NULL)",
        (seq, message_id, message.sender_id, f"talk {CNP}", f"text/{CNP}", message.digest, f"doc {CNP}"),
    )
    old.execute("INSERT INTO content VALUES (?, ?, ?)", (seq, encode_outcome(outcome), message.body))
    old.execute("INSERT INTO message_case VALUES (?, ?)", (f"case {CNP}", seq))
    old.execute(
        "INSERT INTO delivery (seq, id, message_seq, route, endpoint, order_key, created_at, due_at, state, detail, "
        "reference) VALUES (?, ?, ?, 'r', 'e', ?, 1, 1, 'parked', ?, ?)",
        (seq, new_id(), seq, CNP, f"said {CNP}", f"R {CNP}"),
    )
    old.execute(
        "INSERT INTO entry (message_seq, at, step, actor, detail) VALUES (?, 3, 'revealed', 'op', ?)",
        (seq, f"for {CNP}"),
    )


async def test_a_store_of_an_older_version_is_sealed_while_it_works_and_nothing_is_left_as_it_was(path, ring):
    ids = older_store(path, 100)
    assert CNP.encode() in path.read_bytes()
    with opened(lambda: path, ring) as (journal, database, vault):
        check_older(journal, ids[0])
        again = a_message(body=f"about {CNP}".encode(), sender_id=f"1-{CNP}", party="ro.cnas", endpoint="cnas-in")
        assert (await journal.record(again, an_outcome(again))).message_id == ids[0]
        with database.read() as connection:
            assert unsealed(connection) == 100
        await all_sealed(database, vault)
        with database.read() as connection:
            assert unsealed(connection) == 0
        for message_id in ids:
            check_older(journal, message_id)
        found = journal.messages(Filter(person=f"ro.cnp:{CNP}", limit=1000))
        assert {row.id for row in found} == set(ids)
    for file in path.parent.glob("journal.sqlite3*"):
        assert CNP.encode() not in file.read_bytes()
        assert b"Planted-Nume" not in file.read_bytes()


def check_older(journal, message_id):
    kept = journal.message(message_id)
    assert (kept.outcome.record, kept.message.cases) == (RECORD, (f"case {CNP}",))
    assert kept.message.correlation_id == f"talk {CNP}"
    assert (kept.message.media_type, kept.message.document) == (f"text/{CNP}", f"doc {CNP}")
    assert journal.body(message_id) == f"about {CNP}".encode()
    (row,) = journal.deliveries(message_id)
    assert (row.delivery.order_key, row.detail, row.reference) == (CNP, f"said {CNP}", f"R {CNP}")
    assert journal.entries(message_id)[-1].detail == f"for {CNP}"
    assert journal.messages(Filter(correlation_id=f"talk {CNP}", limit=1)) != []


@pytest.mark.parametrize("column", ["body", "outcome"])
async def test_contents_that_somebody_slipped_in_as_unsealed_are_not_taken_for_the_hubs_own(store, ring, column):
    with opened(store, ring) as (journal, database, vault):
        message = await keep(journal)
        forged = encode_outcome(an_outcome(message, record=b"{}")) if column == "outcome" else b"forged"
        genuine = encode_outcome(journal.message(message.id).outcome) if column == "body" else message.body
        other = "outcome" if column == "body" else "body"
        forge = f"UPDATE content SET sealed = 0, {column} = ?, {other} = ?"
        await database.write(lambda connection: connection.execute(forge, (forged, genuine)))
        for _ in range(2):
            with pytest.raises(Rejected) as raised:
                (journal.body if column == "body" else journal.message)(message.id)
            assert raised.value.code == "J115"
            await all_sealed(database, vault)  # nor made one by sealing it


def test_the_first_keyring_of_a_store_is_never_overwritten_by_another_first_one(tmp_path):
    path = tmp_path / "keyring.json"
    one, other = (new_keyring(NOW) for _ in range(2))
    write_keyring(path, one, first=True)
    write_keyring(path, other, first=True)
    assert read_keyring(path).lookup.id == one.lookup.id
    assert [file.name for file in tmp_path.iterdir()] == ["keyring.json"]
    assert path.stat().st_mode & 0o777 == 0o600
