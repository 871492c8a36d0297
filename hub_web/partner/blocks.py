"""What a page is made of. Texts are plain; a piece between backticks is code, in each form of the page."""

import msgspec


class Text(msgspec.Struct, frozen=True, tag=True):
    """A paragraph."""

    text: str


class Facts(msgspec.Struct, frozen=True, tag=True):
    """Names and values."""

    pairs: tuple[tuple[str, str], ...]


class Table(msgspec.Struct, frozen=True, tag=True):
    """Rows below the titles of their columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Code(msgspec.Struct, frozen=True, tag=True):
    """Something to copy.

    Attributes:
        title: what it is.
        language: as Markdown names it.
    """

    title: str
    language: str
    text: str


class Link(msgspec.Struct, frozen=True, tag=True):
    """Where something lies."""

    text: str
    url: str


Block = Text | Facts | Table | Code | Link


class Section(msgspec.Struct, frozen=True):
    """A part of the page; ``id``: for links to it."""

    id: str
    title: str
    blocks: tuple[Block, ...]


class Page(msgspec.Struct, frozen=True):
    """A whole page."""

    title: str
    lead: str
    sections: tuple[Section, ...]
