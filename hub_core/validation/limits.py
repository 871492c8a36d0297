"""How large a document may be inside, and how a fault names its place."""

from typing import Final

import msgspec

from hub_core.errors import Rejected
from hub_core.message import Finding, Severity


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of one document. Its size in bytes is bounded before, at the endpoint.

    Attributes:
        depth: levels of nesting; 256 is also where libxml2 stops.
        parts: XML elements, or JSON values.
        attributes: XML attributes in all, namespace declarations included.
        namespaces: XML namespace declarations in all.
    """

    depth: int = 256
    parts: int = 200_000
    attributes: int = 200_000
    namespaces: int = 1_000


DEFAULT: Final = Limits()


def rejected(code: str, text: str, *, line: int, column: int) -> Rejected:
    """Return the error for a fault at a place; ``where`` is ``line:column``, both counted from 1."""
    told = f"{text}, line {line}, column {column}"
    finding = Finding(code=code, severity=Severity.ERROR, text=told, line=line)
    return Rejected(code, told, where=f"{line}:{column}", findings=(finding,))


def place(text: str, index: int) -> tuple[int, int]:
    r"""Return line and column, both from 1, of the character at ``index``.

    >>> place("ab\ncd", 4)
    (2, 2)
    """
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)
