"""Attachments in the journal: which files a message has, and which files nothing has any more.

The files themselves lie in a folder (``hub_core.attachments``). They are there before a message names them, and go
after the last message that did; what a crash leaves between the two is swept.
"""

# ruff: noqa: S608 - what is put into SQL here are names of our own; values are always bound

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from hub_core.attachments.attachment import Attachment
from hub_core.journal.bodies import Contents, Vault
from hub_core.journal.engines.connection import Connection
from hub_core.journal.engines.statements import chunks, insert, marks
from hub_core.journal.readers import Readers
from hub_core.journal.settling import number_of, purged

_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(Attachment)
_FACTS: Final = b"attachment"


class AttachmentView:
    """The part of ``JournalView`` that is about attachments."""

    _readers: Readers
    _vault: Vault

    def attachments(self, message_id: str) -> tuple[Attachment, ...]:
        """Return what came with a message in files of its own; nothing once its contents were purged.

        Raises:
            Rejected: J404.
        """
        with self._readers.read() as connection:
            number = number_of(connection, message_id)
            rows = connection.execute(
                "SELECT m.envelope, a.facts FROM attachment a JOIN message m ON m.seq = a.message_seq "
                "WHERE a.message_seq = ? ORDER BY a.position",
                (number,),
            ).fetchall()
        if not rows:
            return ()
        contents = self._vault.contents(message_id, rows[0][0])
        return tuple(opened(facts, contents) for _, facts in rows)

    def unnamed(self, files: Iterable[str]) -> list[str]:
        """Return those files that no message has."""
        with self._readers.read() as connection:
            return unnamed(connection, files)


def seal(attachments: Sequence[Attachment], contents: Contents) -> list[tuple[str, bytes]]:
    """Return what is written of attachments: the file, and the rest sealed."""
    return [(one.file, contents.seal(_FACTS, _ENCODER.encode(one))) for one in attachments]


def opened(facts: bytes, contents: Contents) -> Attachment:
    """Return what ``seal`` was given one of."""
    return _DECODER.decode(contents.open(_FACTS, facts))


def add(connection: Connection, of_messages: Iterable[tuple[int, Sequence[tuple[str, bytes]]]]) -> None:
    """Write the attachments of messages, given the numbers of their rows."""
    rows = ((number, place, *one) for number, sealed in of_messages for place, one in enumerate(sealed))
    insert(connection, "attachment", "message_seq, position, file, facts", rows)


def free(connection: Connection, numbers: Sequence[int]) -> tuple[str, ...]:
    """Take the attachments of messages away; return the files that nothing has any more."""
    had = f"DELETE FROM attachment WHERE message_seq IN ({marks(numbers)}) RETURNING file"
    files = {file for (file,) in connection.execute(had, numbers).fetchall()}
    return tuple(unnamed(connection, sorted(files)))


def keep_for(connection: Connection, number: int, message_id: str, files: Sequence[str]) -> None:
    """See that a message still has these files, and that it keeps them until this transaction ends.

    Raises:
        Rejected: J410, its contents are being purged.
    """
    wanted = f"SELECT file FROM attachment WHERE message_seq = ?{connection.for_me}"
    if not {*files} <= {file for (file,) in connection.execute(wanted, (number,)).fetchall()}:
        raise purged(message_id)


def unnamed(connection: Connection, files: Iterable[str]) -> list[str]:
    """Return those files that no message has."""
    found: list[str] = []
    for some in chunks(files):
        wanted = f"SELECT DISTINCT file FROM attachment WHERE file IN ({marks(some)})"
        named = {file for (file,) in connection.execute(wanted, some).fetchall()}
        found += [file for file in some if file not in named]
    return found
