"""Numbered registry sets, in the same file as the journal: what was applied, when, by whom, and the files themselves.

The files' text is the record; a ``Directory`` is read from it again whenever one is needed. History is never
rewritten: going back to an old set applies its files as a new one.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

import msgspec

from hub_core.directory import Directory
from hub_core.errors import ConfigError
from hub_core.journal.database import Database
from hub_core.journal.engines.connection import Connection
from hub_core.journal.instants import from_micros, to_micros
from hub_core.journal.schema import Migrations
from hub_core.ports import Adapter, Clock
from hub_core.security.masking import mask_numbers
from registry.sets.reading import RegistrySet, directory_of, read_files

NO_SUCH_SET: Final = "R302"
REGISTRY: Final = Migrations("registry", Path(__file__).parents[1] / "migrations")
#: What other processes are told when another set is in force.
APPLIED: Final = "registry"
_HISTORY: Final = "SELECT number, applied_at, applied_by, note FROM registry_set ORDER BY number DESC"
_ONE: Final = "SELECT number, applied_at, applied_by, note, folder, files FROM registry_set WHERE number = ?"
_CONTRACTS: Final = "SELECT set_number, file, digest FROM registry_contract"
_KEEP_CONTRACT: Final = "INSERT INTO registry_contract VALUES (?, ?, ?)"
_LAST: Final = "SELECT number, folder, files FROM registry_set ORDER BY number DESC LIMIT 1"


class Reads(Protocol):
    """Whoever lends read connections: a ``Database``, or ``Readers`` of a file that another process writes."""

    def read(self) -> AbstractContextManager[Connection]:
        """Lend a connection inside one read transaction."""
        ...


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the history.

    Attributes:
        by: who applied it.
        note: why, in their words.
    """

    number: int
    at: datetime
    by: str
    note: str


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A set with its files, as it was applied."""

    applied: Applied
    folder: str
    files: dict[str, str]


class Sets:
    """Looks at the registry sets of a file; needs neither adapters nor a running hub."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    def history(self) -> list[Applied]:
        """Return every set, the newest first."""
        with self._reads.read() as connection:
            rows = connection.execute(_HISTORY).fetchall()
        return [_applied(*row) for row in rows]

    def contracts(self) -> dict[int, dict[str, str]]:
        """Return the SHA-256 of the contracts by file, as they were when each set was applied."""
        with self._reads.read() as connection:
            rows = connection.execute(_CONTRACTS).fetchall()
        found: dict[int, dict[str, str]] = {}
        for number, file, digest in rows:
            found.setdefault(number, {})[file] = digest
        return found

    def stored(self, number: int) -> Stored:
        """Return a set with its files.

        Raises:
            ConfigError: R302.
        """
        with self._reads.read() as connection:
            row = connection.execute(_ONE, (number,)).fetchone()
        if row is None:
            raise ConfigError(NO_SUCH_SET, f"there is no registry set {number}", mend="see punte apply --history")
        *applied, folder, files = row
        return Stored(applied=_applied(*applied), folder=folder, files=msgspec.json.decode(files, type=dict[str, str]))

    def directory(self, number: int) -> Directory:
        """Return what a set registered; set 0 is empty.

        Raises:
            ConfigError: R302, or a code for what this version of the hub no longer reads, with its place.
        """
        if number == 0:
            return Directory()
        stored = self.stored(number)
        return directory_of(stored.files, folder=Path(stored.folder), number=number)

    def current(self) -> Directory:
        """Return the set in force.

        Raises:
            ConfigError: see ``directory``.
        """
        return self.directory(self.number())

    def number(self) -> int:
        """Return the number of the set in force; 0: none was applied."""
        with self._reads.read() as connection:
            (number,) = connection.execute("SELECT coalesce(max(number), 0) FROM registry_set").fetchone()
        return int(number)


class Registry(Sets):
    """The sets of a file that this process owns: looks, and applies, all or nothing."""

    def __init__(
        self,
        database: Database,
        *,
        adapters: Mapping[str, Adapter],
        mappings: Callable[[], Collection[str]],
        environ: Mapping[str, str],
        clock: Clock,
    ) -> None:
        super().__init__(database)
        self._database = database
        self._adapters = adapters
        self._mappings = mappings
        self._environ = environ
        self._clock = clock

    async def apply(self, registry_set: RegistrySet, *, by: str, note: str = "") -> Directory:
        """Put a set in force and return it with its number; one that changes no file stays the set that it is.

        A contract that has another content is a change, too.

        Raises:
            TryLater: J503, nothing was changed.
        """
        at = to_micros(self._clock.now())
        files = msgspec.json.encode(registry_set.files).decode()

        def work(connection: Connection) -> int:
            connection.stop_others("registry_set")
            last = connection.execute(_LAST).fetchone()
            if last is not None and last[1:] == (registry_set.folder, files):
                known = connection.execute(f"{_CONTRACTS} WHERE set_number = ?", (last[0],)).fetchall()
                if {file: digest for _, file, digest in known} == registry_set.contracts:
                    return int(last[0])
            number = 1 if last is None else last[0] + 1
            row = (number, at, by, mask_numbers(note), registry_set.folder, files)
            connection.execute("INSERT INTO registry_set VALUES (?, ?, ?, ?, ?, ?)", row)
            for contract in registry_set.contracts.items():
                connection.execute(_KEEP_CONTRACT, (number, *contract))
            connection.announce(APPLIED)
            return int(number)

        number = await self._database.write(work)
        return msgspec.structs.replace(registry_set.directory, number=number)

    async def rollback(self, to: int, *, by: str, note: str = "") -> Directory:
        """Put the files of an earlier set in force again, as a new set; they are checked as if they were new.

        Raises:
            ConfigError: R302; or what no longer fits, such as a mapping that is gone. Nothing was changed.
            TryLater: J503, nothing was changed.
        """
        stored = self.stored(to)
        checked = read_files(
            stored.files,
            folder=Path(stored.folder),
            label=f"set {to}: ",
            adapters=self._adapters,
            mappings=self._mappings(),
            environ=self._environ,
        )
        return await self.apply(checked, by=by, note=note or f"back to set {to}")


def _applied(number: int, at: int, by: str, note: str) -> Applied:
    return Applied(number=number, at=from_micros(at), by=by, note=note)
