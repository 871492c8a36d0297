"""What is said about one code."""

import msgspec


class Code(msgspec.Struct, frozen=True):
    """One code of the catalogue.

    Attributes:
        code: letter and three digits.
        title: what happened, in a few words; also the ``title`` of the RFC 9457 problem.
        do: what the reader should do about it.
        status: HTTP status where an answer carries this code; ``None`` for findings that refuse nothing.
        operator: what whoever runs the hub should do, where ``do`` speaks to those who call it.
    """

    code: str
    title: str
    do: str
    status: int | None = None
    operator: str = ""
