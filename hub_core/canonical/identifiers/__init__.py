"""Numbers by which registers know persons, enterprises, accounts and places.

    cnp     personal number              NONE FORMAT CHECKSUM PLAUSIBLE
    nif     tax number without CNP       NONE FORMAT
    cui     enterprise or institution    NONE FORMAT          PLAUSIBLE
    iban    bank account                 NONE FORMAT CHECKSUM PLAUSIBLE
    siruta  locality                     NONE FORMAT          PLAUSIBLE

Each module: ``compact(text) -> str`` and ``check(text) -> value with .text and .level``; nothing is raised, because
a doubtful number is kept and reported, never dropped.
"""

from hub_core.canonical.identifiers import cnp, cui, iban, nif, siruta
from hub_core.canonical.identifiers.level import Level

__all__ = ["Level", "cnp", "cui", "iban", "nif", "siruta"]
