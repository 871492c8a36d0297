"""Adapters that each break one promise of the port: what ``punte adapter check`` must find, and how it names it.

Every one of them is a good one with the one slip that people make.
"""

from adapters.kit.broken import entering, fetching, filing, opening, queues, sending
from adapters.kit.broken.entering import GoodLogin
from adapters.kit.broken.files import GoodFiles
from adapters.kit.broken.good import BROKEN, Good, GoodQueue

__all__ = [
    "BROKEN",
    "Good",
    "GoodFiles",
    "GoodLogin",
    "GoodQueue",
    "entering",
    "fetching",
    "filing",
    "opening",
    "queues",
    "sending",
]
