"""What the journal asks of the database below it; ``sqlite`` and ``postgresql`` are the two that there are.

The SQL is written once, in what both share. Where they must differ stands in their two modules and nowhere else:
how a file or server is reached and owned, how a transaction begins, which errors mean "try later", how rows and lines
are kept for oneself while other processes write, and what time it is.
"""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from hub_core.journal.engines.ballast import Ballast
from hub_core.journal.engines.connection import Connection
from hub_core.journal.schema import Migrations
from hub_core.outbox import Share
from hub_core.ports.clock import Clock

EVERYTHING: Final = ""


class Engine(Protocol):
    """A database that this process may use.

    Attributes:
        shared: other processes may write it at the same time.
        errors: what its driver raises.
        clock: the time that all processes which write it agree about.
        ballast: what is kept back on the device; ``None`` where the device is the affair of a server.
        moved: says whether the file that was opened is no longer at its place: what is written then nobody would find
            again, and no connection notices; ``None`` where files are the affair of a server.
    """

    shared: bool
    errors: tuple[type[Exception], ...]
    clock: Clock
    ballast: Ballast | None
    moved: Callable[[], bool] | None

    def open(self, families: Sequence[Migrations]) -> None:
        """Take it, make it where it is absent, and bring its tables up to date.

        Raises:
            ConfigError: J101 another process writes it; J102 it cannot be used.
        """
        ...

    def check(self, families: Sequence[Migrations]) -> None:
        """See that it can be looked at; changes nothing.

        Raises:
            ConfigError: J103 there is none; J102 it is not ours, or of another version.
        """
        ...

    def close(self) -> None:
        """Give it free."""
        ...

    def listen(self, told: Callable[[str], None]) -> None:
        """Call ``told`` with each topic that another process announces, from now on, in whatever thread.

        ``EVERYTHING`` stands for all topics: some may have been missed, or this process has begun to lead, or has
        another share.
        """
        ...

    @property
    def leads(self) -> bool:
        """Of all processes that listen, this is the one that does what only one should do."""
        ...

    @property
    def share(self) -> Share:
        """What part this process has in what all that listen may do together."""
        ...

    def writer(self) -> Connection:
        """Return a new connection that writes."""
        ...

    def reader(self) -> Connection:
        """Return a new connection that can only look."""
        ...

    def is_storage(self, error: Exception) -> bool:
        """Say whether the database or the way to it failed, and not the statement: trying later may help."""
        ...

    def is_passing(self, error: Exception) -> bool:
        """Say whether the same transaction may succeed at once if it is tried again."""
        ...

    def name_of(self, error: Exception) -> str:
        """Return the engine's name of an error, such as ``SQLITE_FULL``; never a value."""
        ...
