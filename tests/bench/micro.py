"""Parts measured in this process: maps against each other, and the journal in groups against one by one.

Rounds are interleaved and minima compared: on a shared machine the smallest time is the one least disturbed.
"""

import gc
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

from lxml import etree

from hub_core.document import Document
from hub_core.mapping import MappingSet, load
from hub_core.reading import Reading
from tests.bench.documents import documents
from tests.bench.load import ROOT
from tests.bench.yardsticks import one_pass, xpath_map
from tests.bench.yardsticks.opening import inner

ON: Final = date(2026, 1, 31)
_DOCUMENTS: Final = 8
MAPPING: Final = "cnas.insured-person/1"
ONE_PASS: Final = "map by hand, one pass"
XPATH: Final = "precompiled XPath per field"
XPATH_TEXT: Final = "XPath text per field"
SHIPPED: Final = "shipped mapping and check"

# Any: each map has its own kind of result.
Map = Callable[[etree._Element], Any]


def hand_written_maps() -> dict[str, Map]:
    """Return the maps of the yardsticks by name."""
    return {
        ONE_PASS: lambda root: one_pass.read(root, on=ON),
        XPATH: lambda root: xpath_map.read_precompiled(root, on=ON),
        XPATH_TEXT: lambda root: xpath_map.read_as_text(root, on=ON),
    }


def shipped_map() -> dict[str, Map]:
    """Return the hub's own mapping of the same document, with the check of the record."""
    mappings = load([ROOT / "mappings"])

    def apply(root: etree._Element) -> Reading:
        return read_shipped(mappings, root, on=ON)

    return {SHIPPED: apply}


def read_shipped(mappings: MappingSet, root: etree._Element, *, on: date) -> Reading:
    """Read an inner document as the hub does once an adapter has opened it."""
    document = Document(kind="xml", root=root, name="insuredResponse")
    mapping = mappings.find(document, (MAPPING,))
    if mapping is None:
        raise LookupError(f"{MAPPING} does not want the document")
    return mapping.read(document, on=on)


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Keep this process on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def fastest(maps: Mapping[str, Map], *, rounds: int) -> dict[str, float]:
    """Return the smallest time of each map for one message, in microseconds, over trees that nobody has walked.

    lxml keeps what was touched of a tree, so each round parses anew, outside the measured time.
    """
    sources = [document.encode() for document in documents(_DOCUMENTS)]
    best = dict.fromkeys(maps, float("inf"))
    gc.collect()
    gc.disable()  # a collection would fall on whichever map is running
    try:
        for _ in range(rounds):
            for name, apply in maps.items():
                roots = [inner(source) for source in sources]
                start = time.perf_counter()
                for root in roots:
                    apply(root)
                best[name] = min(best[name], (time.perf_counter() - start) / _DOCUMENTS * 1e6)
            gc.collect(0)
    finally:
        gc.enable()
    return best
