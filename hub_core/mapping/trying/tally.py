"""How many documents two sets of mappings read differently, counted by mapping and field; bounded, whatever comes."""

from collections.abc import Iterable
from typing import Final

import msgspec

from hub_core.mapping.trying.compare import Difference

MAX_FIELDS: Final = 1_000
EXAMPLES: Final = 3  # of one field


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One document in which a field differs; the difference holds personal values."""

    document: str
    difference: Difference


class Field(msgspec.Struct, kw_only=True):
    """One kind of difference at one field.

    Attributes:
        documents: in how many it was met.
    """

    documents: int = 0
    examples: list[Example] = []


class Tally(msgspec.Struct, kw_only=True):
    """What was counted.

    Attributes:
        compared: documents that were read by both.
        different: of these, those that they read differently.
        failed: documents that could not be compared.
        fields: by mapping, field and kind of difference.
        more: documents that differ in fields beyond those that are counted one by one.
    """

    compared: int = 0
    different: int = 0
    failed: int = 0
    fields: dict[tuple[str, str, str], Field] = {}
    more: int = 0

    def add(self, document: str, mapping: str, found: Iterable[Difference]) -> None:
        """Count one document; each field once, however many elements of a list differ."""
        first = {(mapping, one.field, one.kind): one for one in reversed(list(found))}
        self.compared += 1
        self.different += bool(first)
        for key, difference in first.items():
            self._count(key, 1, [Example(document=document, difference=difference)])

    def merge(self, other: "Tally") -> None:
        """Add what was counted elsewhere."""
        self.compared += other.compared
        self.different += other.different
        self.failed += other.failed
        self.more += other.more
        for key, field in other.fields.items():
            self._count(key, field.documents, field.examples)

    def _count(self, key: tuple[str, str, str], documents: int, examples: list[Example]) -> None:
        if key not in self.fields and len(self.fields) >= MAX_FIELDS:
            self.more += documents
            return
        field = self.fields.setdefault(key, Field())
        field.documents += documents
        field.examples += examples[: EXAMPLES - len(field.examples)]
