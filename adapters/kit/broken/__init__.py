"""Adapters that each break one promise of the port: what ``punte adapter check`` must find, and how it names it.

Every one of them is a good one with the one slip that people make.
"""

from adapters.kit.broken import fetching, filing, opening, sending
from adapters.kit.broken.files import GoodFiles
from adapters.kit.broken.good import BROKEN, Good, GoodQueue

__all__ = ["BROKEN", "Good", "GoodFiles", "GoodQueue", "fetching", "filing", "opening", "sending"]
