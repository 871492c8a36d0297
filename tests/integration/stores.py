"""A database of either engine for tests that reach it from several processes."""

from pathlib import Path

from hub_core.journal.database import Database
from hub_core.journal.engines.engine import Engine
from hub_core.journal.engines.postgresql import Postgresql
from hub_core.journal.engines.sqlite import Sqlite
from hub_core.journal.readers import Readers, look


def engine_at(where: str) -> Engine:
    """Return the engine of an address or a path."""
    return Postgresql(where) if where.startswith("postgresql:") else Sqlite(Path(where))


class Store:
    """Where a database is, and a folder beside it for what a test writes down."""

    def __init__(self, where: str, folder: Path) -> None:
        self.where = where
        self.folder = folder

    @property
    def shared(self) -> bool:
        return self.engine().shared

    def engine(self) -> Engine:
        return engine_at(self.where)

    def open(self) -> Database:
        return Database(self.engine())

    def look(self) -> Readers:
        return look(self.engine())
