"""XML files: a stream of elements that repeat below a root, each as a tree; what stands around them as one more.

Nothing is fetched and nothing is expanded: a document type refuses the file. What was read is let go, so that a file
takes no more room than its longest record.
"""

from codecs import BOM_UTF8, getincrementaldecoder
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

from lxml import etree

from hub_core.errors import Rejected
from hub_core.rows.lines import fault
from hub_core.rows.model import Description
from hub_core.rows.trees import Tree, steps_of
from hub_core.validation.encoding import encoding_of
from hub_core.validation.xml import HARDENED

_PART: Final = 16 * 1024  # bytes that are parsed in one go
_MOST_AROUND: Final = 1_000  # elements that are no records
_DOCTYPE: Final = b"<!DOCTYPE"
_SCHEMA: Final = "{http://www.w3.org/2001/XMLSchema-instance}"


class Elements:
    """The records of one file.

    Attributes:
        around: what stands beside them, as far as it was read: paths begin below the root.
    """

    def __init__(self, stream: BinaryIO, description: Description) -> None:
        self.around: Tree = {}
        self._stream = stream
        self._most = description.max_line + 2 * _PART
        self._space = f"{{{description.namespace}}}" if description.namespace else "\0"
        self._way = list(steps_of(description.row.token))
        self._at: list[str] = []
        self._outer: list[Tree] = []
        self._record: etree._Element | None = None
        self._fed = self._since = self._count = self._beside = 0

    def __iter__(self) -> Iterator[Tree]:
        """Yield each record as a tree.

        Raises:
            Rejected: F103 a record is too long; F104 bytes that its encoding does not have; F109 another root; F121
                not well-formed; F122 too much around the records; F123 a document type.
        """
        parser = etree.XMLPullParser(events=("start", "end"), **HARDENED)
        try:
            for part in self._parts():
                parser.feed(part)
                yield from self._taken(parser)
                self._bound()
            parser.close()
        except etree.XMLSyntaxError:
            raise self._refused("F121", "not well-formed: cut, or damaged") from None
        yield from self._taken(parser)

    def _parts(self) -> Iterator[bytes]:
        """Yield the file as UTF-8, whatever it declares; no document type gets past the first element."""
        part = self._stream.read(_PART)
        if not part.strip():
            raise self._refused("F121", "the file is empty")
        try:
            codec = encoding_of(part)
        except Rejected as error:
            raise self._refused("F104", error.text) from None
        decoder = getincrementaldecoder(codec)()
        part, before = part.removeprefix(BOM_UTF8), b""
        try:
            while part:
                plain = decoder.decode(part).encode()
                if not self._at and _DOCTYPE in before + plain:
                    raise self._refused("F123", "a document type declaration is not allowed")
                before = plain[-len(_DOCTYPE) :]
                self._fed += len(plain)
                yield plain
                part = self._stream.read(_PART)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise self._refused("F104", f"bytes that {codec} does not have") from None

    def _taken(self, parser: etree.XMLPullParser) -> Iterator[Tree]:
        events: Iterable[tuple[str, Any]] = parser.read_events()
        for event, element in events:
            if event == "start":
                if self._record is None:
                    self._begin(element)
            elif self._record is None:
                self._end(element)
            elif element is self._record:
                self._count += 1
                self._record, self._since = None, self._fed
                yield self._tree(element)
                self._at.pop()
                self._forget(element)

    def _begin(self, element: "etree._Element") -> None:
        self._at.append(self._name(element.tag))
        if self._at == self._way:
            self._record, self._since = element, self._fed
            return
        if self._at[0] != self._way[0]:
            raise self._refused("F109", "the root is another element than the description names")
        self._beside += 1
        if self._beside > _MOST_AROUND:
            raise self._refused("F122", f"more than {_MOST_AROUND:,} elements that are no records")
        self._outer.append(self._attributes(element) if len(self._at) > 1 else self.around)
        if len(self._at) == 1:
            self.around |= self._attributes(element)

    def _end(self, element: "etree._Element") -> None:
        tree, name = self._outer.pop(), self._at.pop()
        if text := (element.text or "").strip():
            tree[""] = text
        if self._outer:
            _add(self._outer[-1], name, tree)
            self._forget(element)

    def _forget(self, element: "etree._Element") -> None:
        """Let go of an element that was read, and of the blanks behind it; a text there belongs to what is around."""
        if text := (element.tail or "").strip():
            self._outer[-1][""] = text
        above = element.getparent()
        if above is not None:
            above.remove(element)

    def _tree(self, element: "etree._Element") -> Tree:
        tree = self._attributes(element)
        for child in element:
            _add(tree, self._name(child.tag), self._tree(child))
        text = "".join([element.text or "", *(child.tail or "" for child in element)]).strip()
        if text or not tree:
            tree[""] = text
        return tree

    def _attributes(self, element: "etree._Element") -> Tree:
        """Return the attributes; those that name schemas are no values."""
        attributes: Iterable[tuple[Any, Any]] = element.items()  # of texts, in Python 3
        return {f"@{name}": value for name, value in attributes if not name.startswith(_SCHEMA)}

    def _name(self, tag: str) -> str:
        return tag.removeprefix(self._space)

    def _bound(self) -> None:
        """Refuse what would take more room than a record may: how much is known to a part or two."""
        if self._fed - self._since > self._most:
            if self._record is not None:
                raise self._refused("F103", "longer than a record may be")
            raise self._refused("F122", "too much stands between the records")

    def _refused(self, code: str, text: str) -> Rejected:
        found = fault(code, text, self._count + 1)
        return Rejected(code, text, findings=(found,))


def _add(tree: Tree, name: str, inner: Tree) -> None:
    value: Any = inner[""] if inner.keys() == {""} else inner
    if name not in tree:
        tree[name] = value
    elif isinstance(tree[name], list):
        tree[name].append(value)
    else:
        tree[name] = [tree[name], value]
