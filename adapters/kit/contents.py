"""The content of one part of a body while it comes: in memory while it is small, then in a file beside the store."""

import base64
import binascii

from adapters.kit.multipart import Part
from hub_core.attachments.attachment import THRESHOLD, Attachment
from hub_core.attachments.folder import Folder, Writing
from hub_core.errors import Rejected


class Room:
    """What the parts of one body may take.

    Attributes:
        taken: bytes in memory.
        filed: bytes that may still go to files.
        files: that are finished.

    Args:
        memory: bytes that may stay in memory; ``None``: whoever gives the body has bounded it.
        folder: where contents above ``THRESHOLD`` go; ``None``: they stay in memory.
        filed: bytes that may go there.
    """

    def __init__(self, memory: int | None = None, *, folder: Folder | None = None, filed: int = 0) -> None:
        self.taken = 0
        self.files: list[Attachment] = []
        self._memory = memory
        self._folder = folder if filed else None
        self.filed = filed if self._folder is not None else 0

    def take(self, size: int) -> None:
        """Hold bytes in memory.

        Raises:
            Rejected: B413.
        """
        self.taken += size
        if self._memory is not None and self.taken > self._memory:
            raise Rejected("B413", f"the endpoint takes at most {self._memory:,} bytes beside attachments")

    def begin(self, name: str, media_type: str) -> Writing | None:
        """Begin a file for a content that is too large for the memory; ``None``: it must stay there."""
        return self._folder.begin(name=name, media_type=media_type) if self._folder is not None else None

    def file(self, size: int) -> None:
        """Hold bytes in files.

        Raises:
            Rejected: B413.
        """
        self.filed -= size
        if self.filed < 0:
            raise Rejected("B413", "the attachments of one message are too large for the endpoint")

    def drop(self) -> None:
        """Remove the files: nothing names them."""
        if self._folder is not None:
            self._folder.remove(one.file for one in self.files)


class Content:
    """The content of one part.

    Args:
        name: id of the part.
        media_type: of the part.
        encoding: of its transfer.
        room: for all parts of the body.
        in_memory: it stays there, however large it is.

    Raises:
        Rejected: B112, an encoding that is not known.
    """

    def __init__(self, name: str, media_type: str, encoding: str, room: Room, *, in_memory: bool) -> None:
        if encoding not in ("binary", "8bit", "7bit", "base64"):
            raise unreadable("a part has a transfer encoding other than binary, 8bit, 7bit, base64")
        self._name = name
        self._media_type = media_type
        self._base64 = encoding == "base64"
        self._room = room
        self._in_memory = in_memory
        self._held = bytearray()  # as it came
        self._file: Writing | None = None

    def take(self, data: bytes) -> None:
        """Take more of it, as it came.

        Raises:
            Rejected: B112, B413. TryLater: J503.
        """
        if self._file is not None:
            self._put(data)
            return
        self._room.take(len(data))
        self._held += data
        if len(self._held) > THRESHOLD and not self._in_memory:
            self._file = self._room.begin(self._name, self._media_type)
            self._in_memory = self._file is None
            if self._file is not None:
                self._room.take(-len(self._held))
                held, self._held = bytes(self._held), bytearray()
                self._put(held)

    def end(self) -> Part:
        """Return the part, once all of it has come.

        Raises:
            Rejected: B112. TryLater: J503.
        """
        content: bytes | Attachment
        if self._file is None:
            content = _decoded(self._held) if self._base64 else bytes(self._held)
        else:
            if self._base64:
                self._write(_decoded(self._held))
            content = self._file.end()
            self._room.files.append(content)
            self._file = None
        return Part(id=self._name, media_type=self._media_type, content=content)

    def drop(self) -> None:
        """Give it up."""
        if self._file is not None:
            self._file.drop()

    def _put(self, data: bytes) -> None:
        if self._base64:
            self._held += b"".join(data.split())
            whole = len(self._held) // 4 * 4 - 4  # the end may be filled up, and only the end
            if whole > 0:
                self._write(_decoded(self._held[:whole]))
                del self._held[:whole]
        else:
            self._write(data)

    def _write(self, content: bytes) -> None:
        assert self._file is not None  # noqa: S101 - only then
        self._room.file(len(content))
        self._file.write(content)


def _decoded(content: bytes | bytearray) -> bytes:
    try:
        return base64.b64decode(b"".join(content.split()), validate=True)
    except binascii.Error:
        raise unreadable("a part is not the base64 that it claims to be") from None


def unreadable(text: str) -> Rejected:
    """Return the error for parts that cannot be read."""
    return Rejected("B112", text)
