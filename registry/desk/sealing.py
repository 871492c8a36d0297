"""Verbs about the keys that seal the store."""

import contextlib
import logging
from functools import partial
from typing import Any, Final

from hub_core.errors import ConfigError, TryLater
from hub_core.journal.bodies import no_key
from hub_core.journal.dropping import drop_key
from hub_core.journal.failpoints import reach
from hub_core.journal.instants import to_micros
from hub_core.journal.resealing import keys_in_use, sealed_with, unsealed
from hub_core.security.keyring import Keyring, read_keyring, write_keyring
from registry.desk.arguments import Act, Nothing, SealDrop
from registry.parts import Parts

log = logging.getLogger("punte.desk")
#: What other processes are told when the keyring was changed.
ROTATED: Final = "keyring"


def status(parts: Parts, _: Nothing) -> dict[str, Any]:
    """List the keys and what they seal; never the keys themselves."""
    keyring = parts.vault.keyring
    with parts.reads.read() as connection:
        counts = sealed_with(connection)
        plain = unsealed(connection)
    current = keyring.current.id
    return {
        "keyring": str(parts.settings.keyring_file),
        "keys": [
            {
                "id": key.id,
                "made_at": key.made_at,
                "state": "current" if key.id == current else "old",
                "messages": counts.get(key.id, 0),
            }
            for key in keyring.seals
        ],
        "lookup": {"id": keyring.lookup.id, "made_at": keyring.lookup.made_at},
        "missing": sorted(counts.keys() - {key.id for key in keyring.seals}),
        "unsealed": plain,
        "to_do": plain + sum(count for key_id, count in counts.items() if key_id != current),
        "running": parts.serving,
    }


async def rotate(parts: Parts, act: Act) -> dict[str, Any]:
    """Make a new key current at once; what older keys seal is sealed anew while the hub runs."""
    keyring = _on_file(parts).renewed(parts.clock.now())
    write_keyring(parts.settings.keyring_file, keyring)
    reach("after-keyring-before-use")
    parts.vault.replace(keyring)
    parts.keys_changed()
    with contextlib.suppress(TryLater):  # others then read the keyring when they meet the first new key
        await parts.database.write(lambda connection: connection.announce(ROTATED))
    log.info("seal.rotated", extra={"key": keyring.current.id, "by": act.by})
    return status(parts, Nothing())


def follow(parts: Parts) -> None:
    """Seal with what another process of the hub made the current key, where both read one keyring.

    Raises:
        ConfigError: J110, J111, J113.
    """
    keyring = _on_file(parts)
    if keyring != parts.vault.keyring:
        parts.vault.replace(keyring)
        parts.keys_changed()


async def reload(parts: Parts, act: Act) -> dict[str, Any]:
    """Read the keyring again, after it was changed at its source."""
    keyring = _on_file(parts)
    held = {key.id for key in keyring.seals}
    # Through the writer: what was sealed a moment ago stands there by then.
    for key_id in await parts.database.write(keys_in_use):
        if key_id not in held:
            raise no_key(key_id)
    parts.vault.replace(keyring)
    parts.keys_changed()
    log.info("seal.reloaded", extra={"key": keyring.current.id, "by": act.by})
    return status(parts, Nothing())


async def drop(parts: Parts, wanted: SealDrop) -> dict[str, Any]:
    """Take an old key, which seals nothing any more, out of the keyring."""
    keyring = _on_file(parts)
    known = [key.id for key in keyring.seals]
    if wanted.key not in known:
        raise ConfigError("J114", "the keyring holds no key of this id", mend="see punte seal status")
    if wanted.key == keyring.current.id:
        raise ConfigError("J114", "this is the current key", mend="make another one first: punte seal rotate")
    # Through the writer, behind whatever was sealed before another key became current.
    await parts.database.write(partial(drop_key, key_id=wanted.key, at=to_micros(parts.clock.now())))
    reach("after-check-before-drop")
    keyring = keyring.without(wanted.key)
    write_keyring(parts.settings.keyring_file, keyring)
    parts.vault.replace(keyring)
    log.info("seal.dropped", extra={"key": wanted.key, "by": wanted.by})
    return status(parts, Nothing())


def _on_file(parts: Parts) -> Keyring:
    """Return the keyring as it lies in its file.

    Raises:
        ConfigError: J113 it is another store's; J110, J111; J101 this process does not own the store.
    """
    _ = parts.database  # opening it made the keyring, or checked it
    mine = parts.vault.keyring.lookup.id
    keyring = read_keyring(parts.settings.keyring_file)
    if keyring.lookup.id != mine:
        raise no_key(mine)
    return keyring
