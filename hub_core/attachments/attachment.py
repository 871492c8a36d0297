"""One attachment, and how the place that its content had refers to it."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec

THRESHOLD: Final = 1_000_000  # bytes; what is larger lies in a file of its own
_PREFIX: Final = "punte/attached/file/"
MARK: Final = _PREFIX.encode()  # every reference holds it
REFERENCE: Final = f"{_PREFIX}[0-9a-f]{{64}}"


class Attachment(msgspec.Struct, frozen=True, kw_only=True, repr_omit_defaults=True):
    """A content that came with a message.

    Attributes:
        digest: SHA-256 of the content; never leaves what is sealed.
        size: of the content, in bytes.
        media_type: as the sender named it.
        name: by which the sender referred to it, such as a ``Content-ID``; empty if it had none.
        file: name of the sealed file: SHA-256 of what lies in it.
        key: that opens the file.
    """

    digest: bytes
    size: int
    media_type: str
    name: str
    file: str
    key: bytes

    @property
    def reference(self) -> str:
        """What stands in the place of the content.

        The same for the same content, so that a message that is sent again is the same message; and a text that any
        contract takes for base64.
        """
        return f"{_PREFIX}{self.digest.hex()}"

    def __repr__(self) -> str:
        return f"Attachment({self.size} bytes)"


class Enclosed(msgspec.Struct, frozen=True, kw_only=True):
    """A content that goes out with a message.

    Attributes:
        size: in bytes.
        chunks: gives the content, each time anew; raises ``TryLater`` or ``Rejected`` where it cannot be read.
    """

    size: int
    media_type: str
    chunks: Callable[[], Iterator[bytes]]


def references_in(text: str) -> list[str]:
    """Return the references that a text holds, each once.

    Whoever sends a message can write such a text, too: it means something only where the message has that attachment.
    """
    return list(dict.fromkeys(re.findall(REFERENCE, text)))


def named_in(attachments: Iterable[Attachment], text: str) -> tuple[Attachment, ...]:
    """Return those attachments that a text refers to."""
    meant = set(references_in(text))
    return tuple(one for one in attachments if one.reference in meant)
