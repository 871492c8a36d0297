"""Reading a body of several parts as it comes: within bounds, large contents into files beside the store.

Sources: RFC 2046, section 5.1; RFC 2387 (multipart/related).
"""

import logging
from types import TracebackType
from typing import Final, Self

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from adapters.kit.contents import Content, Room, unreadable
from adapters.kit.multipart import Part, parameters_of

MOST: Final = 100  # parts
MOST_HEADERS: Final = 20
LONGEST_HEADER: Final = 2_000  # bytes
PREAMBLE: Final = 2_000  # bytes that may stand before the first part

# The library tells bytes of messages to its log.
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)


class PartReader:
    """Takes a body piece by piece. As a context: what was filed is removed at its end unless it was kept.

    Args:
        content_type: header of the body.
        room: for its parts.

    Raises:
        Rejected: B112, the header names no boundary.
    """

    def __init__(self, content_type: str, room: Room) -> None:
        options = parameters_of(content_type)
        boundary = options.get("boundary", "").encode("latin-1")
        if not boundary:
            raise unreadable("the header Content-Type names no boundary")
        self._start = options.get("start", "").strip("<>")
        self._delimiter = b"--" + boundary
        self.room = room
        self._begun: bytearray | None = bytearray()  # until the first part begins
        self._parts: list[Part] = []
        self._headers: dict[str, str] = {}
        self._name = self._value = b""
        self._content: Content | None = None
        self._whole = self._kept = False
        try:
            self._parser = self._made(boundary)
        except FormParserError:
            raise unreadable("the parts cannot be told apart") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._content is not None:
            self._content.drop()
        if not self._kept:
            self.room.drop()

    def keep(self) -> None:
        """Leave the files where they are: a message is about to name them."""
        self._kept = True

    def write(self, data: bytes) -> None:
        """Take a piece; may take as long as the disk does.

        Raises:
            Rejected: B112, B413. TryLater: J503, the disk does not take it.
        """
        if self._begun is not None:
            # The parser knows no text before the first part, which RFC 2046 allows.
            self._begun += data
            begin = self._begun.find(self._delimiter, 0, PREAMBLE)
            if begin < 0 and len(self._begun) < PREAMBLE:
                return
            data, self._begun = bytes(self._begun[max(begin, 0) :]), None
        try:
            self._parser.write(data)
        except FormParserError:
            raise unreadable("the parts cannot be told apart") from None

    def end(self) -> tuple[bytes, list[Part]]:
        """Return the content of the root part, and the other parts in their order.

        Raises:
            Rejected: B112, the parts cannot be told apart, or the root is missing.
        """
        if self._begun is not None:
            raise unreadable("the parts cannot be told apart")
        if not self._whole:
            raise unreadable("the last part does not end")
        roots = [part for part in self._parts if part.id == self._start] if self._start else self._parts[:1]
        if len(roots) != 1:
            raise unreadable("there is no root part, or several")
        others = [part for part in self._parts if part is not roots[0]]
        ids = [part.id for part in self._parts if part.id]
        if len(ids) != len(set(ids)):
            raise unreadable("two parts have one id")
        content = roots[0].content
        assert isinstance(content, bytes)  # noqa: S101 - the root is never filed
        return content, others

    def _made(self, boundary: bytes) -> MultipartParser:
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._finish,
            },
            max_header_count=MOST_HEADERS,
            max_header_size=LONGEST_HEADER,
        )

    def _begin(self) -> None:
        if len(self._parts) >= MOST:
            raise unreadable(f"a body has at most {MOST} parts")
        self._headers = {}

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        name = self._name.decode("latin-1").lower()
        if name in self._headers:
            raise unreadable("a header of a part stands there twice")
        self._headers[name] = self._value.decode("latin-1").strip()
        self._name = self._value = b""

    def _headers_finished(self) -> None:
        name = self._headers.get("content-id", "").strip("<>")
        is_root = name == self._start if self._start else not self._parts
        self._content = Content(
            name,
            self._headers.get("content-type", "application/octet-stream"),
            self._headers.get("content-transfer-encoding", "binary").lower(),
            self.room,
            in_memory=is_root,
        )

    def _data(self, data: bytes, start: int, end: int) -> None:
        assert self._content is not None  # noqa: S101 - headers end before a content begins
        self._content.take(data[start:end])

    def _end(self) -> None:
        assert self._content is not None  # noqa: S101 - same
        self._parts.append(self._content.end())
        self._content = None

    def _finish(self) -> None:
        self._whole = True


def read_parts(content_type: str, body: bytes) -> tuple[bytes, list[Part]]:
    """Return the content of the root part, and the other parts in their order, of a body that is there as a whole.

    Raises:
        Rejected: B112, the parts cannot be told apart, are too many, or the root is missing.
    """
    with PartReader(content_type, Room()) as reader:
        reader.write(body)
        return reader.end()
