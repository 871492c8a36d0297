"""Taking a key out of use for good: what is sealed with it at this moment, in whatever process, is seen or refused.

A process that has not heard of a new key goes on sealing with the old one. So whoever writes an envelope looks, after
it, for the key among those that were dropped; and whoever drops one stops the others from writing meanwhile.
"""

from collections.abc import Collection

from hub_core.errors import ConfigError, TryLater
from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.statements import marks


class KeyDropped(TryLater):
    """Another process has dropped the key that this one still seals with. Nothing was written."""


def refuse_dropped(connection: Connection, key_ids: Collection[str]) -> None:
    """See that the keys with which envelopes were just written are in use.

    Raises:
        KeyDropped: J503.
    """
    keys = sorted(set(key_ids))
    dropped = f"SELECT 1 FROM dropped_key WHERE id IN ({marks(keys)})"  # noqa: S608 - places only
    if keys and connection.execute(dropped, keys).fetchone():
        raise KeyDropped("J503", "the key that seals here was dropped elsewhere", where="journal")


def drop_key(connection: Connection, key_id: str, *, at: int) -> None:
    """Take a key out of use for all processes, if no message is sealed with it.

    Raises:
        ConfigError: J114.
    """
    connection.stop_others("message")
    (count,) = connection.execute("SELECT count(*) FROM message WHERE seal_key = ?", (key_id,)).fetchone()
    if count:
        mend = "wait until all is sealed anew: punte seal status"
        raise ConfigError("J114", f"{count:,} messages are sealed with the key {key_id}", mend=mend)
    connection.execute("INSERT INTO dropped_key (id, at) VALUES (?, ?) ON CONFLICT DO NOTHING", (key_id, at))
