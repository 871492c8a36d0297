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

from tests.bench.documents import documents
from tests.bench.yardsticks import one_pass, xpath_map
from tests.bench.yardsticks.opening import inner

ON: Final = date(2026, 1, 31)
_DOCUMENTS: Final = 8

# Any: each map has its own kind of result.
Map = Callable[[etree._Element], Any]


def hand_written_maps() -> dict[str, Map]:
    """Return the maps of the yardsticks by name."""
    return {
        "one pass": lambda root: one_pass.read(root, on=ON),
        "precompiled XPath per field": lambda root: xpath_map.read_precompiled(root, on=ON),
        "XPath text per field": lambda root: xpath_map.read_as_text(root, on=ON),
    }


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
