"""Sealed values open for whoever holds the key, in their own place, unchanged; keyed hashes tell nothing else."""

import hashlib
import hmac
import stat
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from hub_core.canonical.beneficiary import Beneficiary
from hub_core.canonical.person import Identifier
from hub_core.canonical.persons import handles, persons_in
from hub_core.errors import ConfigError, Rejected
from hub_core.journal.bodies import Contents
from hub_core.security.keyring import new_keyring, read_keyring, write_keyring
from hub_core.security.sealing import Cipher, Hasher
from hub_core.testing.builders import NOW, a_message, a_vault, an_outcome
from hub_core.testing.strategies import records

KEY = b"k" * 32


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_what_was_sealed_opens_in_its_own_place(opened, place):
    assert Cipher(KEY).open(Cipher(KEY).seal(opened, place), place) == opened


@given(st.binary(min_size=1, max_size=50), st.integers(min_value=1, max_value=40))
def test_long_values_open_as_they_were_whether_packing_made_them_shorter_or_not(piece, times):
    for opened in (piece * times * 50, hashlib.shake_256(piece).digest(times * 50)):
        assert Cipher(KEY).open(Cipher(KEY).seal(opened, b"place"), b"place") == opened


def test_what_repeats_takes_less_room_and_what_does_not_takes_no_more():
    document = b"<category code='SALARIAT' validFrom='2001-06-14'/>" * 80
    assert len(Cipher(KEY).seal(document, b"place")) < len(document) // 3
    noise = hashlib.shake_256(b"noise").digest(4000)
    assert len(Cipher(KEY).seal(noise, b"place")) == len(noise) + 29


def test_a_value_that_was_packed_is_never_opened_as_one_that_was_not_nor_the_other_way():
    for opened in (b"a" * 4000, b"short"):
        sealed = Cipher(KEY).seal(opened, b"place")
        other = bytes([3 - sealed[0]]) + sealed[1:]
        with pytest.raises(Rejected) as raised:
            Cipher(KEY).open(other, b"place")
        assert raised.value.code == "J115"


def test_many_threads_seal_with_one_key_at_once():
    cipher, values = Cipher(KEY), [bytes([number]) * 5000 for number in range(64)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda one: cipher.open(cipher.seal(one, b"place"), b"place"), values)) == values


@given(st.one_of(st.binary(min_size=1, max_size=50), st.just(b"a" * 2000)), st.integers(min_value=0))
def test_one_changed_bit_and_it_does_not_open(opened, bit):
    sealed = bytearray(Cipher(KEY).seal(opened, b"place"))
    bit %= len(sealed) * 8
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Rejected) as raised:
        Cipher(KEY).open(bytes(sealed), b"place")
    assert raised.value.code == "J115"


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + b"n" * 12, b"\x02" + b"n" * 40, b"\x03" + b"n" * 40])
def test_what_is_no_sealed_value_does_not_open(sealed):
    with pytest.raises(Rejected):
        Cipher(KEY).open(sealed, b"place")


def test_a_value_does_not_open_in_another_column_nor_in_another_message():
    vault, message = a_vault(), a_message()
    envelope = vault.enclose(message, an_outcome(message))
    mine, other = Contents("message-1", envelope), Contents("message-2", envelope)
    sealed = mine.seal(b"outcome", b"x")
    assert mine.open(b"outcome", sealed) == b"x"
    for holder, column in ((mine, b"body"), (other, b"outcome")):
        with pytest.raises(Rejected):
            holder.open(column, sealed)


def test_an_envelope_does_not_open_for_another_message():
    vault, message = a_vault(), a_message()
    sealed, _ = vault.seal(message.id, vault.enclose(message, an_outcome(message)))
    assert vault.open(message.id, sealed).digest == message.digest
    with pytest.raises(Rejected):
        vault.open(a_message().id, sealed)


def test_the_id_of_its_key_stands_in_front_of_an_envelope():
    vault, message = a_vault(), a_message()
    sealed, key_id = vault.seal(message.id, vault.enclose(message, an_outcome(message)))
    assert sealed[:4].hex() == key_id == vault.keyring.current.id


def test_the_same_message_is_never_sealed_to_the_same_bytes():
    vault, message = a_vault(), a_message()
    envelope = vault.enclose(message, an_outcome(message))
    assert vault.seal(message.id, envelope) != vault.seal(message.id, envelope)
    assert vault.enclose(message, an_outcome(message)).data_key != envelope.data_key


def test_a_keyed_hash_is_hmac_sha_256_with_a_key_of_its_own_for_each_purpose():
    derived = HKDFExpand(SHA256(), 32, b"punte lookup person").derive(KEY)
    assert Hasher(KEY, "person").digest(b"text") == hmac.digest(derived, b"text", "sha256")
    assert Hasher(KEY, "person").token("text") == hmac.digest(derived, b"text", "sha256")[:16].hex()
    assert Hasher(KEY, "person").token("text") != Hasher(KEY, "case").token("text")
    assert Hasher(b"o" * 32, "person").token("text") != Hasher(KEY, "person").token("text")


def test_a_keyring_is_read_back_as_it_was_written_and_only_its_user_may_read_it(tmp_path):
    path, keyring = tmp_path / "home" / "keyring.json", new_keyring(NOW)
    write_keyring(path, keyring)
    assert read_keyring(path) == keyring
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    write_keyring(path, keyring.renewed(NOW))
    assert len(read_keyring(path).seals) == 2
    assert [file.name for file in path.parent.iterdir()] == ["keyring.json"]


def test_a_new_key_is_current_and_the_old_one_stays_until_it_is_taken_out():
    keyring = new_keyring(NOW)
    renewed = keyring.renewed(NOW)
    assert renewed.seals[0] == keyring.current != renewed.current
    assert renewed.lookup == keyring.lookup
    assert renewed.without(keyring.current.id).seals == (renewed.current,)


def test_the_id_of_a_key_follows_from_the_key():
    key = new_keyring(NOW).current
    assert key.id == sha256(b"punte key " + key.key).hexdigest()[:8]


def test_a_printed_key_shows_nothing_of_itself():
    keyring = new_keyring(NOW)
    for key in (*keyring.seals, keyring.lookup):
        assert repr(key.key) not in repr(keyring)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b"\xff\xfe",
        b'{"seals": [], "lookup": {"made_at": "2024-01-01T00:00:00Z", "key": ""}}',
        b'{"seals": [{"made_at": "2024-01-01T00:00:00Z", "key": "c2hvcnQ="}], "lookup": {"made_at": "2024-01-01T00:00:00Z", "key": "c2hvcnQ="}}',
    ],
)
def test_a_damaged_keyring_is_told_and_not_repeated(tmp_path, text):
    path = tmp_path / "keyring.json"
    path.write_bytes(text)
    with pytest.raises(ConfigError) as raised:
        read_keyring(path)
    assert raised.value.code == "J111"
    assert "c2hvcnQ" not in str(raised.value) + raised.value.mend


def test_a_keyring_that_is_not_there_or_is_a_folder_is_told(tmp_path):
    for path, code in ((tmp_path / "none.json", "J110"), (tmp_path, "J111")):
        with pytest.raises(ConfigError) as raised:
            read_keyring(path)
        assert raised.value.code == code
        assert raised.value.mend


def test_a_keyring_that_cannot_be_written_stays_as_it_was(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError) as raised:
        write_keyring(tmp_path / "file" / "keyring.json", new_keyring(NOW))
    assert raised.value.code == "J112"


def identifiers_below(value):
    """Yield every identifier of persons in a record, wherever it stands."""
    if isinstance(value, Identifier):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from identifiers_below(item)
    elif hasattr(value, "__struct_fields__"):
        for field in value.__struct_fields__:
            yield from identifiers_below(getattr(value, field))


@given(records())
def test_every_person_that_a_record_names_is_found(record):
    assert set(persons_in(record)) == {name for found in identifiers_below(record) for name in handles(found)}


def test_a_number_of_thirteen_digits_is_found_as_a_cnp_whatever_it_was_called():
    record = Beneficiary(identifiers=(Identifier(scheme="eu.pin", value="2850415123450", country="RO"),))
    assert "ro.cnp:2850415123450" in persons_in(record)
