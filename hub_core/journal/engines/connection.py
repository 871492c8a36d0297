"""A connection to the database as statements see it, whichever engine it belongs to."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol

#: One endpoint and one order key: deliveries that go out one after the other.
Line = tuple[str, str]


class Rows(Protocol):
    """What a statement gave."""

    def fetchone(self) -> Any:
        """Return the next row; ``None``: there is none."""
        ...

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """One connection to the database, used by one thread at a time.

    Attributes:
        for_me: end of a SELECT whose rows other processes are to leave alone until the transaction ends, and which
            leaves those alone that others took.
    """

    for_me: str

    @property
    def lost(self) -> bool:
        """It can never be used again, whatever went wrong with it."""
        ...

    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> Rows:
        """Run one statement; ``?`` stands for a value."""
        ...

    def begin(self) -> object:
        """Begin a transaction."""
        ...

    def commit(self) -> object:
        """End it: what was written is durable when this returns."""
        ...

    def rollback(self) -> object:
        """Undo what the transaction did; without one do nothing."""
        ...

    def close(self) -> object:
        """Give the connection up; an open transaction is undone."""
        ...

    def hold(self, lines: Collection[Line]) -> object:
        """Keep lines for this transaction: until it ends no other process adds to them or lets one pass."""
        ...

    def due(self, rooms: Mapping[str, int], at: int, /) -> list[Any]:
        """Return ``ready_at``, ``seq``, ``lease_until``, ``attempts``, ``state`` of what is due at endpoints.

        Of each the oldest, as many as it has room for. Other processes leave them alone until this transaction ends,
        and those are left alone that others took.
        """
        ...

    def stop_others(self, table: str) -> object:
        """Wait for whoever writes to a table, and let nobody else until this transaction ends."""
        ...

    def vouch(self) -> object:
        """Let the commit mean that what was read is durable as well, although another transaction has written it."""
        ...

    def announce(self, topic: str) -> object:
        """Tell the other processes, once this transaction is durable, that something of a kind has changed."""
        ...

    def spread(self) -> object:
        """Send out what was announced by the transaction that was committed last."""
        ...
