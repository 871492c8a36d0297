"""Numbered releases of mappings, in the same file as the journal: what was read with, who put it in force and why.

A release is the content of all mapping, block and code list files. It never changes and is never removed, so that the
text of every mapping that ever read a message can be found by the ``id@hash`` that stands with the record.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from hub_core.errors import ConfigError
from hub_core.journal.database import Database
from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.statements import insert
from hub_core.journal.instants import from_micros, to_micros
from hub_core.mapping.files import digest_of
from hub_core.ports import Clock
from hub_core.security.masking import mask_numbers
from registry.sets.store import Reads

NO_SUCH_RELEASE: Final = "R304"
#: What other processes are told when something was done with a release.
ACTED: Final = "releases"
SEE: Final = "see punte mapping releases"


class Act(StrEnum):
    """What can be done with a release."""

    BEGIN = "begin"
    SHADOW = "shadow"
    STOP = "stop"
    PROMOTE = "promote"
    ROLLBACK = "rollback"


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the history.

    Attributes:
        by: who did it.
        release: its number.
        reason: why, in their words.
    """

    at: datetime
    by: str
    act: Act
    release: int
    reason: str


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where the history has led.

    Attributes:
        in_force: number of the release that reads; ``None``: none was made yet.
        before: the one that ``rollback`` returns to.
        shadow: the one that runs beside it.
    """

    in_force: int | None = None
    before: int | None = None
    shadow: int | None = None


def standing(history: Iterable[Done]) -> Standing:
    """Return what is in force after a history, oldest act first. Going back twice leads two releases back."""
    way: list[int] = []
    shadow: int | None = None
    for done in history:
        if done.act is Act.ROLLBACK:
            way.pop()
        elif done.act in {Act.BEGIN, Act.PROMOTE} and done.release not in way[-1:]:
            way.append(done.release)
        shadow = done.release if done.act is Act.SHADOW else None
    return Standing(in_force=way[-1] if way else None, before=way[-2] if len(way) > 1 else None, shadow=shadow)


class Releases:
    """Looks at the releases of a file; needs no running hub."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def history(self) -> list[Done]:
        """Return everything that was done, oldest first."""
        with self._reads.read() as connection:
            return _history(connection)

    def standing(self) -> Standing:
        """Return what is in force."""
        return standing(self.history())

    def files(self, number: int) -> dict[str, bytes]:
        """Return the files of a release by name.

        Raises:
            ConfigError: R304.
        """
        with self._reads.read() as connection:
            row = connection.execute("SELECT files FROM mapping_release WHERE number = ?", (number,)).fetchone()
        if row is None:
            raise ConfigError(NO_SUCH_RELEASE, f"there is no mapping release {number}", mend=SEE)
        return {name: text.encode() for name, text in msgspec.json.decode(row[0], type=dict[str, str]).items()}

    def digest(self, number: int) -> str:
        """Return the digest of a release's files, without reading them.

        Raises:
            ConfigError: R304.
        """
        with self._reads.read() as connection:
            row = connection.execute("SELECT digest FROM mapping_release WHERE number = ?", (number,)).fetchone()
        if row is None:
            raise ConfigError(NO_SUCH_RELEASE, f"there is no mapping release {number}", mend=SEE)
        return str(row[0])

    def versions(self, number: int) -> set[str]:
        """Return ``id@hash`` of every mapping that was ever made of a release."""
        with self._reads.read() as connection:
            rows = connection.execute("SELECT version FROM mapping_version WHERE release = ?", (number,)).fetchall()
        return {version for (version,) in rows}

    def holding(self, version: str) -> int | None:
        """Return the newest release that holds a mapping ``id@hash``; ``None`` if none does."""
        with self._reads.read() as connection:
            found = connection.execute("SELECT max(release) FROM mapping_version WHERE version = ?", (version,))
            number: int | None = found.fetchone()[0]
        return number


class ReleaseBook(Releases):
    """The releases of a file that this process owns: looks, keeps and acts."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        super().__init__(database)
        self._database = database
        self._clock = clock

    async def keep(self, files: Mapping[str, bytes], versions: Sequence[str]) -> int:
        """Keep files as a release and return its number; files that are kept already stay the release they are.

        Args:
            files: as ``hub_core.mapping.gather`` gives them; they were loaded, so they are UTF-8.
            versions: ``id@hash`` of their mappings.

        Raises:
            TryLater: J503, nothing was kept.
        """
        digest = digest_of(files)
        same = "SELECT number FROM mapping_release WHERE digest = ?"
        text = msgspec.json.encode({name: body.decode() for name, body in files.items()}).decode()

        def work(connection: Connection) -> int:
            found = connection.execute(same, (digest,)).fetchone()
            if found is None:
                connection.stop_others("mapping_release")  # two hubs may meet at a new store
                found = connection.execute(same, (digest,)).fetchone()
            if found is None:
                found = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM mapping_release").fetchone()
                connection.execute("INSERT INTO mapping_release VALUES (?, ?, ?)", (found[0], digest, text))
            rows = [(version, found[0]) for version in versions]
            insert(connection, "mapping_version", "version, release", rows, " ON CONFLICT DO NOTHING")
            return int(found[0])

        return await self._database.write(work)

    async def act(self, act: Act, release: int, *, by: str, reason: str) -> Standing:
        """Write down that something is done with a release, and return what is in force from now on.

        Raises:
            ConfigError: R305, it is not the release that ``rollback`` returns to. Nothing was written.
            TryLater: J503, nothing was written.
        """
        at = to_micros(self._clock.now())

        def work(connection: Connection) -> Standing:
            before = _history(connection)
            if act is Act.ROLLBACK and standing(before).before != release:
                raise ConfigError("R305", "there is no earlier release to return to", mend=SEE)
            row = (at, by, act.value, release, mask_numbers(reason))
            connection.execute("INSERT INTO mapping_act (at, actor, act, release, reason) VALUES (?, ?, ?, ?, ?)", row)
            connection.announce(ACTED)
            return standing(_history(connection))

        return await self._database.write(work)


def _history(connection: Connection) -> list[Done]:
    rows = connection.execute("SELECT at, actor, act, release, reason FROM mapping_act ORDER BY seq").fetchall()
    return [
        Done(at=from_micros(at), by=by, act=Act(act), release=release, reason=reason)
        for at, by, act, release, reason in rows
    ]
