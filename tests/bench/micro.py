"""Parts measured in this process: maps against each other, and the journal in groups against one by one.

Rounds are interleaved and minima compared: on a shared machine the smallest time is the one least disturbed.
"""

import gc
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, Final, NamedTuple

from lxml import etree

from hub_core.document import Document
from hub_core.mapping import MappingSet, load_files
from hub_core.reading import Reading
from tests.bench.documents import documents
from tests.bench.kept import kept_files
from tests.bench.yardsticks import one_pass, xpath_map
from tests.bench.yardsticks.opening import inner

ON: Final = date(2026, 1, 31)
_DOCUMENTS: Final = 8
MAPPING: Final = "cnas.insured-person/1"
ONE_PASS: Final = "map by hand, one pass"
XPATH: Final = "precompiled XPath per field"
XPATH_TEXT: Final = "XPath text per field"
SHIPPED: Final = "shipped mapping and check"


# Any: each job has its own kind of input and result.
class Job(NamedTuple):
    """What is timed: ``fresh`` makes the inputs of one round, outside the measured time; ``apply`` takes one of them."""

    fresh: Callable[[], Sequence[Any]]
    apply: Callable[[Any], Any]


def _fresh_roots() -> Callable[[], Sequence[Any]]:
    """Return what parses documents that nobody has walked: lxml keeps what was touched of a tree."""
    sources = [document.encode() for document in documents(_DOCUMENTS)]
    return lambda: [inner(source) for source in sources]


def hand_written_maps() -> dict[str, Job]:
    """Return the maps of the yardsticks by name."""
    fresh = _fresh_roots()
    return {
        ONE_PASS: Job(fresh, lambda root: one_pass.read(root, on=ON)),
        XPATH: Job(fresh, lambda root: xpath_map.read_precompiled(root, on=ON)),
        XPATH_TEXT: Job(fresh, lambda root: xpath_map.read_as_text(root, on=ON)),
    }


def shipped_map() -> dict[str, Job]:
    """Return the hub's own mapping of the same document, with the check of the record."""
    mappings = load_files(kept_files())
    return {SHIPPED: Job(_fresh_roots(), lambda root: read_shipped(mappings, root, on=ON))}


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


def fastest(jobs: Mapping[str, Job], *, rounds: int) -> dict[str, float]:
    """Return the smallest time of each job for one message, in microseconds; rounds of all jobs alternate.

    Every other round goes backwards: a job finds warm what the one before it has used too, and no job shall always come
    first of two.
    """
    best = dict.fromkeys(jobs, float("inf"))
    order = list(jobs.items())
    gc.collect()
    gc.disable()  # a collection would fall on whichever job is running
    try:
        for _ in range(rounds):
            for name, (fresh, apply) in order:
                inputs = fresh()
                start = time.perf_counter()
                for one in inputs:
                    apply(one)
                best[name] = min(best[name], (time.perf_counter() - start) / len(inputs) * 1e6)
            order.reverse()
            gc.collect(0)
    finally:
        gc.enable()
    return best
