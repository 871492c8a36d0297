"""Partners who answer files that the hub wrote: the part of a poller that reads what they say."""

from typing import Protocol, runtime_checkable

from hub_core.filed import FileAnswer


@runtime_checkable
class Answers(Protocol):
    """What a poller has, besides, whose partner says what became of the files that it got from the hub."""

    async def answered(self) -> tuple[str, ...]:
        """Return the names of the hub's files for which an answer lies there whole, oldest answer first."""
        ...

    async def answer(self, name: str) -> FileAnswer | None:
        """Read the answer to one of these files; ``None``: it is gone, or being written.

        Raises:
            Rejected: it is no answer as it is described, or cannot be read. TryLater, ConfigError: not now.
        """
        ...

    async def taken(self, name: str) -> None:
        """Put an answer away: what it says is written down."""
        ...
