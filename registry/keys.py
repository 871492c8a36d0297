"""API keys: who is who at the door. A key belongs to one institution and has a name of its own."""

import re
import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from hub_core.directory import Directory
from hub_core.errors import ConfigError, Refused
from hub_core.journal.database import Database
from hub_core.journal.engines.connection import Connection
from hub_core.journal.instants import from_micros, to_micros
from hub_core.message import Caller
from hub_core.ports import Clock
from hub_core.security.keys import digest_of, new_key, presented, same
from hub_core.security.masking import mask_numbers
from hub_core.yaml import closest
from registry.sets.draft import NAME
from registry.sets.store import Reads

NO_SUCH_KEY: Final = "R303"
NAME_TAKEN: Final = "R106"
NOT_REGISTERED: Final = "R105"
#: What other processes are told when a key was made or revoked.
CHANGED: Final = "keys"
ID_CHARACTERS: Final = 12  # of the digest in hex: names a key in lists, reveals nothing of it
_ALL: Final = (
    "SELECT id, name, institution, digest, created_at, created_by, revoked_at, revoked_by FROM api_key ORDER BY rowid"
)
_REVOKE: Final = (
    "UPDATE api_key SET revoked_at = ?, revoked_by = ? WHERE id = ("
    "SELECT id FROM api_key WHERE revoked_at IS NULL AND (name = ? OR id = ?) ORDER BY name = ? DESC LIMIT 1"
    ") RETURNING id"
)


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a key; never the key itself."""

    id: str
    name: str
    institution: str
    created_at: datetime
    created_by: str
    revoked_at: datetime | None = None
    revoked_by: str | None = None


class KeyList:
    """Looks at the keys of a file."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def all(self) -> list[ApiKey]:
        """Return every key, revoked ones included, the oldest first."""
        return [key for key, _ in self._rows()]

    def _rows(self) -> list[tuple[ApiKey, bytes]]:
        with self._reads.read() as connection:
            rows = connection.execute(_ALL).fetchall()
        return [_api_key(*row) for row in rows]


class Keys(KeyList):
    """The keys of a running hub. Live ones are held in memory: a revoked key is refused once ``revoke`` returns."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        super().__init__(database)
        self._database = database
        self._clock = clock
        self._live = self._rows_by_id()
        self._reloading = threading.Lock()

    def authenticate(self, headers: Mapping[str, str]) -> Caller:
        """Return who calls.

        Args:
            headers: by lower-case name; ``punte-key``, or ``authorization: Basic`` with the key as password.

        Raises:
            Refused: A401; the text is the same whether a key is unknown or revoked.
        """
        shown = presented(headers)
        # Looked up by the beginning of its SHA-256, which no caller can choose, then compared in constant time.
        key, digest = self._live.get(_id_of(shown), (None, b""))
        if key is None or not same(digest, shown):
            raise Refused("A401", "the key is not known")
        return Caller(institution=key.institution, key=key.name)

    async def new(self, name: str, *, institution: str, directory: Directory, by: str) -> tuple[ApiKey, str]:
        """Make a key and return it with its secret, which is kept nowhere and cannot be shown again.

        Raises:
            ConfigError: R104 no name; R105 no such institution; R106 a live key has this name.
            TryLater: J503, no key was made.
        """
        if not re.fullmatch(NAME, name):
            raise ConfigError("R104", "this cannot be a name", mend="write up to 63 small letters, digits and hyphens")
        if mask_numbers(name) != name:
            raise ConfigError("R104", "a number of a person is no name of a key", mend="name what uses the key")
        if institution not in directory.institutions:
            mend = closest(institution, directory.institutions)
            raise ConfigError(NOT_REGISTERED, f"there is no institution {institution!r}", mend=mend)
        secret = new_key()
        digest = digest_of(secret)
        at = to_micros(self._clock.now())
        row = (_id_of(digest), name, institution, digest, at, by)

        def work(connection: Connection) -> None:
            taken = "SELECT 1 FROM api_key WHERE name = ? AND revoked_at IS NULL"
            if connection.execute(taken, (name,)).fetchone():
                mend = "choose another name, or revoke that key first"
                raise ConfigError(NAME_TAKEN, f"a live key has the name {name!r}", mend=mend)
            insert = "INSERT INTO api_key (id, name, institution, digest, created_at, created_by) VALUES (?,?,?,?,?,?)"
            connection.execute(insert, row)
            connection.announce(CHANGED)

        await self._database.write(work)
        self.reload()
        return self._live[_id_of(digest)][0], secret

    async def revoke(self, key: str, *, by: str) -> ApiKey:
        """Take a key, given by name or id, out of use; it is refused from the moment this returns.

        Raises:
            ConfigError: R303, no live key has this name or id.
            TryLater: J503, nothing was changed.
        """
        at = to_micros(self._clock.now())

        def work(connection: Connection) -> str:
            row = connection.execute(_REVOKE, (at, by, key, key, key)).fetchone()
            if row is None:
                raise ConfigError(NO_SUCH_KEY, f"no live key is called {key!r}", mend="see punte key list")
            connection.announce(CHANGED)
            return str(row[0])

        revoked = await self._database.write(work)
        self.reload()
        return next(known for known in self.all() if known.id == revoked)

    def reload(self) -> None:
        """Take note of what another process changed; in any thread."""
        with self._reloading:  # what was read first is not put over what was read later
            self._live = self._rows_by_id()

    def _rows_by_id(self) -> dict[str, tuple[ApiKey, bytes]]:
        return {key.id: (key, digest) for key, digest in self._rows() if key.revoked_at is None}


def _id_of(digest: bytes) -> str:
    return digest.hex()[:ID_CHARACTERS]


def _api_key(
    id_: str,
    name: str,
    institution: str,
    digest: bytes,
    at: int,
    by: str,
    revoked_at: int | None,
    revoked_by: str | None,
) -> tuple[ApiKey, bytes]:
    key = ApiKey(
        id=id_,
        name=name,
        institution=institution,
        created_at=from_micros(at),
        created_by=by,
        revoked_at=from_micros(revoked_at),
        revoked_by=revoked_by,
    )
    return key, digest
