"""Partners who take files of many messages: the part of an adapter that makes such a file and puts it in its place."""

from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

import msgspec

from hub_core.directory import Endpoint
from hub_core.document import Document


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it will be written.

    Attributes:
        name: of safe parts only: never a value of a message.
        first_line: where the first row stands, from 1; in a file without lines its first row is 1.
    """

    name: str
    body: bytes
    first_line: int


class Filing(Protocol):
    """An ``OUT`` endpoint with ``collect``. Everything but ``put`` is pure, and called outside of the event loop."""

    def kind(self, document: Document) -> Hashable:
        """Return what the documents of one file have in common; those of another kind go into the next file.

        Raises:
            Rejected: no file can carry this document. ConfigError: nor any other one, as the endpoint is set up.
        """
        ...

    def whole(self, documents: Sequence[Document], *, number: int, at: datetime) -> Whole:
        """Return the file of some documents of one kind, in their order: the same for the same arguments.

        Raises:
            Rejected: no file can carry all of them; fewer may do.
        """
        ...

    async def put(self, name: str, body: bytes) -> None:
        """Put a file in its place, whole or not at all; the same one again changes nothing.

        Raises:
            TryLater: not now. ConfigError: not before something is mended.
        """
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...


@runtime_checkable
class Files(Protocol):
    """What an adapter has, besides, that writes files of many messages."""

    def filing(self, name: str, endpoint: Endpoint) -> Filing:
        """Return what writes the files of an ``OUT`` endpoint with ``collect``; called outside of the event loop."""
        ...
