"""The keyring: the keys that seal the store, in a file of their own outside of it.

JSON, readable for the hub's user only. Each sealing key has an id that follows from the key itself, so that a key
cannot pass for another. The current one seals; the others only open what was sealed before. The lookup key makes the
keyed hashes by which persons, cases and senders' ids are found; it stays when sealing keys change.
"""

import contextlib
import hashlib
import os
import secrets
import stat
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from hub_core.errors import ConfigError
from hub_core.security.memory import keep_memory

KEY_BYTES: Final = 32
ID_CHARACTERS: Final = 8
_MAX_BYTES: Final = 64_000
_RESTORE: Final = "put the hub's own keyring back from where its copy is kept; without it nothing sealed can be read"


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """One key; printing it shows dots."""

    made_at: datetime
    key: bytes

    @property
    def id(self) -> str:
        """Return the name under which values and stores refer to it."""
        return hashlib.sha256(b"punte key " + self.key).hexdigest()[:ID_CHARACTERS]

    def __repr__(self) -> str:
        return f"Key({self.id}, …)"


class Keyring(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All keys of one store.

    Attributes:
        seals: sealing keys, the oldest first; the last one is current.
        lookup: makes keyed hashes.
    """

    seals: tuple[Key, ...]
    lookup: Key

    @property
    def current(self) -> Key:
        """Return the key that seals."""
        return self.seals[-1]

    def renewed(self, now: datetime) -> "Keyring":
        """Return the keyring with a new current key."""
        return msgspec.structs.replace(self, seals=(*self.seals, _new_key(now)))

    def without(self, key_id: str) -> "Keyring":
        """Return the keyring without one of its older keys."""
        return msgspec.structs.replace(self, seals=tuple(key for key in self.seals if key.id != key_id))


def new_keyring(now: datetime) -> Keyring:
    """Return a keyring for a new store."""
    return Keyring(seals=(_new_key(now),), lookup=_new_key(now))


def _new_key(now: datetime) -> Key:
    return Key(made_at=now, key=secrets.token_bytes(KEY_BYTES))


def read_keyring(path: Path) -> Keyring:
    """Return the keyring in a file; whoever reads it leaves no core file from now on.

    Raises:
        ConfigError: J110 there is none; J111 it cannot be read or is damaged. What it holds is not repeated.
    """
    keep_memory()
    try:
        # Without waiting: opening a pipe would hold the whole hub until somebody writes to it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            text = stream.read(_MAX_BYTES) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
    except FileNotFoundError:
        raise ConfigError("J110", "the keyring is not there", where=str(path), mend=_RESTORE) from None
    except OSError as error:
        mend = "let the hub's user read it (chmod 600)"
        raise ConfigError("J111", f"the keyring cannot be read: {error.strerror}", where=str(path), mend=mend) from None
    with contextlib.suppress(msgspec.MsgspecError):
        keyring = msgspec.json.decode(text, type=Keyring)
        if keyring.seals and all(len(key.key) == KEY_BYTES for key in (*keyring.seals, keyring.lookup)):
            return keyring
    raise ConfigError("J111", "this is no keyring, or a damaged one", where=str(path), mend=_RESTORE)


def write_keyring(path: Path, keyring: Keyring, *, first: bool = False) -> None:
    """Write a keyring; whatever happens meanwhile, the file holds the old or the new one.

    Args:
        path: of the file.
        keyring: what it is to hold.
        first: only where there is none: of two processes that meet at a new store one makes it, for both.

    Raises:
        ConfigError: J112, nothing was changed.
    """
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600), "wb") as stream:
            stream.write(msgspec.json.format(msgspec.json.encode(keyring), indent=2) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        if first:
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(fresh)
            fresh.unlink()
        else:
            fresh.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        mend = "where the keyring is handed to the hub read-only, change it at its source, then: punte seal reload"
        raise ConfigError(
            "J112", f"the keyring cannot be written: {error.strerror}", where=str(path), mend=mend
        ) from None
