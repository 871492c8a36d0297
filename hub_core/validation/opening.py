"""The elements with which an XML document begins, read no further than somebody asks, without building a tree."""

from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

from hub_core.errors import Rejected
from hub_core.validation.encoding import to_utf8

_STEP: Final = 500  # bytes at first, then twice as many each time: most who ask want the beginning


def elements_in(body: bytes) -> Iterator[tuple[int, str]]:
    """Yield depth, from 1, and name, ``{namespace}local``, of each element in the order in which they begin.

    It ends at what ``parse_xml`` refuses: a document type, another encoding, the first place that is not well-formed.
    """
    try:
        plain = to_utf8(body)
    except Rejected:
        return
    found: list[tuple[int, str]] = []
    depth = 0

    def begin(name: str, _: object) -> None:
        nonlocal depth
        depth += 1
        found.append((depth, f"{{{name}" if "}" in name else name))

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate("utf-8", "}")
    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = begin, end, _refuse
    start, step = 0, _STEP
    while start < len(plain):
        try:
            parser.Parse(plain[start : start + step], False)
        except (expat.ExpatError, _Doctype):
            yield from found
            return
        yield from found
        found.clear()
        start, step = start + step, 2 * step


class _Doctype(Exception):
    """Stops the parser."""


def _refuse(*_: object) -> None:
    raise _Doctype
