"""What to say of a document that no mapping reads."""

from collections.abc import Sequence
from typing import Final

from lxml import etree

from hub_core.document import Document
from hub_core.mapping.mappingset import MappingSet
from hub_core.security.masking import mask_numbers

SHOWN: Final = 5  # mappings
_CLIP: Final = 64  # characters of a name that the sender chose


def missing(mappings: MappingSet, document: Document, allowed: Sequence[str] = ()) -> str:
    """Return which name was looked for and, where only some mappings may be used, which names those read."""
    told = f'no mapping reads documents called "{mask_numbers(document.name)[:_CLIP]}"'
    found = [mapping for name in allowed if (mapping := mappings.get(name)) is not None]
    if not found:
        return told
    others = ", ".join(f'{mapping.id} reads "{_name(mapping.key)}"' for mapping in found[:SHOWN])
    return f"{told}; allowed: {others}{' and more' if len(found) > SHOWN else ''}"


def _name(key: tuple[str | None, ...]) -> str:
    """Return how the documents are called that a mapping reads, as an adapter names them."""
    kind, *rest = key
    return etree.QName(rest[0]).localname if kind == "xml" else (rest[1] or f"any {rest[0]}")
