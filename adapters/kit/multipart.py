"""Bodies of several parts: read within bounds, and written.

Sources: RFC 2046, section 5.1; RFC 2387 (multipart/related); RFC 2392 (cid addresses).
"""

import base64
import binascii
import logging
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import unquote
from uuid import uuid4

import msgspec
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from hub_core.errors import Rejected

MEDIA_TYPE: Final = "multipart/related"
MOST: Final = 100  # parts
MOST_HEADERS: Final = 20
LONGEST_HEADER: Final = 2_000  # bytes
PREAMBLE: Final = 2_000  # bytes that may stand before the first part

# The library tells bytes of messages to its log.
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part.

    Attributes:
        id: ``Content-ID`` without its angle brackets; empty if there is none.
        media_type: ``Content-Type``, with its parameters.
        content: without its transfer encoding.
    """

    id: str
    media_type: str
    content: bytes


def is_multipart(content_type: str) -> bool:
    """Say whether a body is of several parts."""
    return content_type.partition(";")[0].strip().lower() == MEDIA_TYPE


def parameters_of(content_type: str) -> dict[str, str]:
    r"""Return the parameters of a media type by lower-case name, without quotes.

    >>> parameters_of('a/b; start-info="c/d; action=\\"urn:x\\""; Charset=utf-8')
    {'start-info': 'c/d; action="urn:x"', 'charset': 'utf-8'}
    """
    _, options = parse_options_header(content_type)
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in options.items()}


def read_parts(content_type: str, body: bytes) -> tuple[Part, list[Part]]:
    """Return the root part and the others, in their order.

    Raises:
        Rejected: B112, the parts cannot be told apart, are too many, or the root is missing.
    """
    options = parameters_of(content_type)
    boundary = options.get("boundary", "").encode("latin-1")
    if not boundary:
        raise _unreadable("the header Content-Type names no boundary")
    found = _Collector(boundary).read(body)
    start = options.get("start", "").strip("<>")
    roots = [part for part in found if part.id == start] if start else found[:1]
    if len(roots) != 1:
        raise _unreadable("there is no root part, or several")
    others = [part for part in found if part is not roots[0]]
    ids = [part.id for part in found if part.id]
    if len(ids) != len(set(ids)):
        raise _unreadable("two parts have one id")
    return roots[0], others


def write_parts(root: Part, others: Sequence[Part], parameters: Mapping[str, str]) -> tuple[str, bytes]:
    """Return the header Content-Type, and the body.

    Args:
        root: with an id.
        others: with ids.
        parameters: of the header, beside boundary and start.
    """
    boundary = f"punte-{uuid4()}"  # random: what the parts hold cannot hold it
    pieces = []
    for part in (root, *others):
        head = f"Content-Type: {part.media_type}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <{part.id}>"
        pieces.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + part.content + b"\r\n")
    told = "".join(f'; {name}="{value}"' for name, value in parameters.items())
    content_type = f'{MEDIA_TYPE}; boundary="{boundary}"; start="<{root.id}>"{told}'
    return content_type, b"".join(pieces) + f"--{boundary}--\r\n".encode()


def id_in(address: str) -> str | None:
    """Return the id that an address such as ``cid:a%40b`` names; ``None`` if it is no such address."""
    return unquote(address[4:]) if address[:4].lower() == "cid:" else None


class _Collector:
    """Takes the parts from the parser."""

    def __init__(self, boundary: bytes) -> None:
        self._boundary = boundary
        self._parts: list[Part] = []
        self._headers: dict[str, str] = {}
        self._name = self._value = b""
        self._content = bytearray()
        self._whole = False

    def read(self, body: bytes) -> list[Part]:
        # The parser knows no text before the first part, which RFC 2046 allows.
        begin = body.find(b"--" + self._boundary, 0, PREAMBLE)
        try:
            parser = MultipartParser(
                self._boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._header_field,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_end,
                    "on_part_data": self._data,
                    "on_part_end": self._end,
                    "on_end": self._finish,
                },
                max_header_count=MOST_HEADERS,
                max_header_size=LONGEST_HEADER,
            )
            parser.write(body[max(begin, 0) :])
            parser.finalize()
        except FormParserError:
            raise _unreadable("the parts cannot be told apart") from None
        if not self._whole:
            raise _unreadable("the last part does not end")
        return self._parts

    def _begin(self) -> None:
        if len(self._parts) >= MOST:
            raise _unreadable(f"a body has at most {MOST} parts")
        self._headers, self._content = {}, bytearray()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        name = self._name.decode("latin-1").lower()
        if name in self._headers:
            raise _unreadable("a header of a part stands there twice")
        self._headers[name] = self._value.decode("latin-1").strip()
        self._name = self._value = b""

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._content += data[start:end]

    def _end(self) -> None:
        part = Part(
            id=self._headers.get("content-id", "").strip("<>"),
            media_type=self._headers.get("content-type", "application/octet-stream"),
            content=_decoded(self._headers.get("content-transfer-encoding", "binary").lower(), bytes(self._content)),
        )
        self._parts.append(part)

    def _finish(self) -> None:
        self._whole = True


def _decoded(encoding: str, content: bytes) -> bytes:
    if encoding in ("binary", "8bit", "7bit"):
        return content
    if encoding != "base64":
        raise _unreadable("a part has a transfer encoding other than binary, 8bit, 7bit, base64")
    try:
        return base64.b64decode(b"".join(content.split()), validate=True)
    except binascii.Error:
        raise _unreadable("a part is not the base64 that it claims to be") from None


def _unreadable(text: str) -> Rejected:
    return Rejected("B112", text)
