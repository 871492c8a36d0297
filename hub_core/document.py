"""A parsed document, whatever it travelled in."""

from typing import Any, Literal

import msgspec


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What an adapter found inside the bytes: an element tree or a JSON value, without envelope.

    Attributes:
        kind: ``xml`` or ``json``.
        root: ``lxml.etree._Element`` or the parsed JSON value (object, list, str, int, Decimal-free float, ...).
        name: what it is, for people: local name of the root element, or the SED type.
        dialect: ``NATIVE``, ``NAV``, ``NEESSI`` for SEDs, ``ROWS`` for a row of a flat file; ``None`` otherwise.
        message_id: the sender's id where the envelope carries it (``wsa:MessageID``).
        request: number of the request that it answers, where the envelope carries it (``wsa:RelatesTo``).
        line: where in a file of rows it stands, from 1; ``None``: it is no row.
        body: its bytes, where the hub wrote it; empty for one that was received.
    """

    kind: Literal["xml", "json"]
    root: Any
    name: str
    dialect: str | None = None
    message_id: str | None = None
    request: str | None = None
    line: int | None = None
    body: bytes = b""
