"""A change of a contract."""

from typing import Literal

import msgspec

Way = Literal["request", "answer", "document"]
At = tuple[str, int]  # file and line; an empty file: nowhere
NOWHERE: At = ("", 0)


class Delta(msgspec.Struct, frozen=True, kw_only=True):
    """What became another at one declaration, wherever it is used.

    Attributes:
        kind: in a word or two, such as ``element-added``.
        text: what is so, for people.
        narrows: some documents by the old contract are none any more.
        widens: some documents by the new contract were none, and a reader cannot just skip what is new.
        name: of the child that it is about; empty: the place itself.
        old: where the old contract says it.
        new: where the new one does.
    """

    kind: str
    text: str
    narrows: bool
    widens: bool
    name: str = ""
    old: At = NOWHERE
    new: At = NOWHERE


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """One place of a document that a change is met at.

    Attributes:
        operation: empty for a document that belongs to none.
        way: who writes it: callers (``request``), the service (``answer``), or nobody says (``document``).
        root: name of the root element, ``{namespace}local``; empty for JSON.
        path: from there, as a mapping writes it; ``.`` is the root itself.
        steps: the same, as names.
    """

    operation: str
    way: Way
    root: str
    path: str
    steps: tuple[str, ...]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change.

    Attributes:
        kind: see ``Delta``.
        writers: whoever writes such documents to the service, or calls it, has to change something.
        readers: whoever reads its answers has to.
        old: file and line of the old contract; an empty file: it does not speak of it.
        new: the same of the new one.
        operations: that it concerns.
        uses: where documents meet it, the first of them.
        more: how many uses there are besides.
    """

    kind: str
    text: str
    writers: bool
    readers: bool
    old: At = NOWHERE
    new: At = NOWHERE
    operations: tuple[str, ...] = ()
    uses: tuple[Use, ...] = ()
    more: int = 0

    @property
    def breaking(self) -> bool:
        """Whether somebody has to change something before the new contract is in force."""
        return self.writers or self.readers


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All changes from one contract to another, the worst first."""

    old: str
    new: str
    changes: tuple[Change, ...]

    @property
    def breaking(self) -> int:
        """How many break somebody."""
        return sum(change.breaking for change in self.changes)
