"""The one door for personal values at rest: everything that a message brings is sealed here, or hashed.

A message has a data key of its own. Its envelope holds that key, with what lists show of the message, sealed by the
current key of the keyring, whose id stands in front: when the keyring's key changes, envelopes are sealed anew and
contents stay as they are. Contents - body, outcome, order keys, what partners and operators said - are sealed by the
data key. Every sealed value is bound to its message and its column: put elsewhere, it does not open.

What is only compared is a keyed hash: see ``Vault.token``.
"""

import contextlib
import hashlib
import os
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final, Literal, NamedTuple, get_args

import msgspec

from hub_core.course import Course
from hub_core.errors import ConfigError
from hub_core.message import Message, Outcome
from hub_core.security.keyring import ID_CHARACTERS, Key, Keyring
from hub_core.security.sealing import KEY_BYTES, Cipher, Hasher, unopened
from hub_core.trace import Trace

Purpose = Literal["sender", "conversation", "case", "person", "order", "digest", "receipt", "row"]
_ID_BYTES: Final = ID_CHARACTERS // 2


class Envelope(msgspec.Struct, frozen=True, array_like=True):
    """What a message's own row holds sealed: the key to its contents, and what lists show.

    Attributes:
        digest: SHA-256 of the body.
        trace: absent in what older versions wrote; they ignore it, and what follows.
        repairs: id of the message whose corrected copy it is.
        outcome_digest: SHA-256 of the outcome, where an older version wrote it unsealed.
        name: of the file that it came in.
    """

    data_key: bytes
    digest: bytes
    media_type: str
    correlation_id: str
    sender_id: str | None
    document: str | None
    cases: tuple[str, ...]
    trace: Trace | None = None
    repairs: str | None = None
    outcome_digest: bytes = b""
    name: str | None = None


class Told(msgspec.Struct, frozen=True, array_like=True):
    """What somebody said in their own words: a partner in an answer, an operator as a reason.

    Attributes:
        course: of an attempt; absent in what older versions wrote, and they ignore it.
    """

    detail: str = ""
    reference: str | None = None
    course: Course = Course()


class OrderKey(NamedTuple):
    """The key of a delivery as it is written: to compare, and to show."""

    token: str | None
    sealed: bytes | None


_ENVELOPES: Final = msgspec.msgpack.Decoder(Envelope)
_TOLD: Final = msgspec.msgpack.Decoder(Told)
_ENCODER: Final = msgspec.msgpack.Encoder()


class Contents:
    """Seals and opens what belongs to one message, given its envelope."""

    __slots__ = ("_cipher", "_envelope", "_message")

    def __init__(self, message_id: str, envelope: Envelope) -> None:
        self._cipher = Cipher(envelope.data_key)
        self._envelope = envelope
        self._message = message_id.encode()

    def seal(self, column: bytes, opened: bytes) -> bytes:
        """Return what is written in a column of this message."""
        return self._cipher.seal(opened, column + b" of " + self._message)

    def open(self, column: bytes, sealed: bytes) -> bytes:
        """Return what was given to ``seal``.

        Raises:
            Rejected: J115.
        """
        return self._cipher.open(sealed, column + b" of " + self._message)

    def read(self, column: bytes, kept: bytes, *, sealed: int) -> bytes:
        """Return the body or the outcome, which an older version may have written as it was.

        Raises:
            Rejected: J115; also of what is not sealed and not what the envelope says.
        """
        if sealed:
            return self.open(column, kept)
        digest = self._envelope.digest if column == b"body" else self._envelope.outcome_digest
        if hashlib.sha256(kept).digest() != digest:
            raise unopened("was not sealed by a hub")
        return kept

    def tell(self, told: Told) -> bytes | None:
        """Seal what somebody said; ``None`` if they said nothing."""
        return None if told == Told() else self.seal(b"told", _ENCODER.encode(told))

    def told(self, sealed: bytes | None) -> Told:
        """Return what somebody said."""
        return Told() if sealed is None else _TOLD.decode(self.open(b"told", sealed))

    def order_key(self, sealed: bytes | None) -> str | None:
        """Return the order key of a delivery."""
        return None if sealed is None else self.open(b"order_key", sealed).decode()


class Vault:
    """Seals and opens with the keys of one keyring.

    Args:
        keyring: called when the first key is needed, so that whoever only counts needs none.
    """

    def __init__(self, keyring: Callable[[], Keyring]) -> None:
        self._keyring = keyring
        self._ciphers: dict[bytes, Cipher] = {}
        self._conversation = ("", "")  # the last one and its hash: the rows of a file follow one another

    @cached_property
    def keyring(self) -> Keyring:
        """The keys.

        Raises:
            ConfigError: J110, J111.
        """
        return self._keyring()

    @cached_property
    def _hashers(self) -> dict[str, Hasher]:
        return {purpose: Hasher(self.keyring.lookup.key, purpose) for purpose in get_args(Purpose)}

    @property
    def key_id(self) -> str:
        """Id of the key that seals."""
        return self._current[1]

    @cached_property
    def _current(self) -> tuple[bytes, str, Cipher]:
        key_id = self.keyring.current.id
        return bytes.fromhex(key_id), key_id, self._cipher(bytes.fromhex(key_id))

    def reread(self) -> None:
        """Seal with the current key of the keyring as it lies in its file now, if that is still this store's."""
        with contextlib.suppress(ConfigError):
            keyring = self._keyring()
            if keyring.lookup.id == self.keyring.lookup.id:
                self.replace(keyring)

    def replace(self, keyring: Keyring) -> None:
        """Seal and open with other keys from now on; the lookup key stays."""
        self.keyring = keyring
        self._ciphers = {}
        self.__dict__.pop("_current", None)

    def enclose(self, message: Message, outcome: Outcome) -> Envelope:
        """Return the envelope of a new message, with a new data key."""
        return Envelope(
            data_key=self.new_data_key(),
            digest=message.digest,
            media_type=message.media_type,
            correlation_id=message.correlation_id,
            sender_id=message.sender_id,
            document=outcome.document,
            cases=tuple(dict.fromkeys(outcome.cases)),
            trace=message.trace,
            repairs=message.repairs,
            name=message.name,
        )

    def new_data_key(self) -> bytes:
        """Return a key for the contents of one message."""
        return os.urandom(KEY_BYTES)

    def seal(self, message_id: str, envelope: Envelope) -> tuple[bytes, str]:
        """Return an envelope as it is written, and the id of the key that sealed it."""
        prefix, key_id, cipher = self._current
        return prefix + cipher.seal(_ENCODER.encode(envelope), b"envelope of " + message_id.encode()), key_id

    def open(self, message_id: str, sealed: bytes | None) -> Envelope:
        """Return the envelope of a message.

        Raises:
            Rejected: J115. ConfigError: J113, the keyring does not hold its key.
        """
        if sealed is None:
            raise unopened("is not there")
        cipher = self._cipher(sealed[:_ID_BYTES])
        return _ENVELOPES.decode(cipher.open(sealed[_ID_BYTES:], b"envelope of " + message_id.encode()))

    def contents(self, message_id: str, sealed: bytes | None) -> Contents:
        """Return what opens the contents of a message, given its sealed envelope.

        Raises:
            Rejected: J115. ConfigError: J113.
        """
        return Contents(message_id, self.open(message_id, sealed))

    def reseal(self, message_id: str, sealed: bytes) -> tuple[bytes, str]:
        """Return an envelope sealed by the current key, and its id."""
        return self.seal(message_id, self.open(message_id, sealed))

    def token(self, purpose: Purpose, text: str) -> str:
        """Return the keyed hash by which a text is found."""
        return self._hashers[purpose].token(text)

    def tokens(self, purpose: Purpose, texts: Sequence[str]) -> list[str]:
        """Return the keyed hashes of several texts, each once."""
        return [*map(self._hashers[purpose].token, dict.fromkeys(texts))] if texts else []

    def conversation(self, correlation_id: str, message_id: str) -> str:
        """Return how a conversation is written: the id of the message that began it stands there as it is."""
        if correlation_id == message_id:
            return message_id
        last, token = self._conversation
        if last != correlation_id:
            token = self.token("conversation", correlation_id)
            self._conversation = correlation_id, token
        return token

    def digest(self, plain: bytes) -> bytes:
        """Return the keyed hash of a body's SHA-256, which alone would tell a short body to whoever tries them all."""
        return self._hashers["digest"].digest(plain)

    def order_key(self, contents: Contents, order_key: str | None) -> OrderKey:
        """Return the order key of a delivery as it is written."""
        if order_key is None:
            return OrderKey(None, None)
        sealed = contents.seal(b"order_key", order_key.encode())
        return OrderKey(self.token("order", order_key), sealed)

    def _cipher(self, prefix: bytes) -> Cipher:
        if (cipher := self._ciphers.get(prefix)) is None:
            key_id = prefix.hex()
            key = next((key for key in self.keyring.seals if key.id == key_id), None)
            if key is None:
                key = self._key_made_elsewhere(key_id)
            cipher = self._ciphers[prefix] = Cipher(key.key)
        return cipher

    def _key_made_elsewhere(self, key_id: str) -> Key:
        """Read the keyring again: another process of the hub may have made the key a moment ago."""
        keyring = self._keyring()
        key = next((key for key in keyring.seals if key.id == key_id), None)
        if key is None or keyring.lookup.id != self.keyring.lookup.id:
            raise no_key(key_id)
        self.replace(keyring)
        return key


def no_key(key_id: str) -> ConfigError:
    """Return the error for a store that was sealed with a key which is not there."""
    mend = "put the keyring back that belongs to this store (PUNTE_KEYRING), with all its keys"
    return ConfigError("J113", f"the keyring does not hold the key {key_id} that this store needs", mend=mend)
