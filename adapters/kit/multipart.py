"""Bodies of several parts: what they are, and how they are written.

Sources: RFC 2046, section 5.1; RFC 2387 (multipart/related); RFC 2392 (cid addresses).
"""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import unquote
from uuid import uuid4

import msgspec
from python_multipart.multipart import parse_options_header

from adapters.kit.pieces import Piece, Pieces, body_of
from hub_core.attachments.attachment import Attachment, Enclosed

MEDIA_TYPE: Final = "multipart/related"


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One part.

    Attributes:
        id: ``Content-ID`` without its angle brackets; empty if there is none.
        media_type: ``Content-Type``, with its parameters.
        content: without its transfer encoding; a large one lies in a file, or comes from one.
    """

    id: str
    media_type: str
    content: bytes | Attachment | Enclosed | Pieces


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


def write_parts(root: Part, others: Sequence[Part], parameters: Mapping[str, str]) -> tuple[str, bytes | Pieces]:
    """Return the header Content-Type, and the body.

    Args:
        root: with an id.
        others: with ids.
        parameters: of the header, beside boundary and start.
    """
    boundary = f"punte-{uuid4()}"  # random: what the parts hold cannot hold it
    pieces: list[Piece] = []
    for part in (root, *others):
        assert not isinstance(part.content, Attachment)  # noqa: S101 - those are read only
        head = f"Content-Type: {part.media_type}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <{part.id}>"
        inside = part.content.pieces if isinstance(part.content, Pieces) else [part.content]
        pieces += [f"--{boundary}\r\n{head}\r\n\r\n".encode(), *inside, b"\r\n"]
    told = "".join(f'; {name}="{value}"' for name, value in parameters.items())
    content_type = f'{MEDIA_TYPE}; boundary="{boundary}"; start="<{root.id}>"{told}'
    return content_type, body_of([*pieces, f"--{boundary}--\r\n".encode()])


def id_in(address: str) -> str | None:
    """Return the id that an address such as ``cid:a%40b`` names; ``None`` if it is no such address."""
    return unquote(address[4:]) if address[:4].lower() == "cid:" else None
