"""How far an identifier holds up when only the number itself is looked at."""

from enum import IntEnum


class Level(IntEnum):
    """Levels in rising order; each includes the ones before it. Only a register can confirm a number.

    ``NONE`` not such a number at all. ``FORMAT`` length and characters fit. ``CHECKSUM`` the check digits fit.
    ``PLAUSIBLE`` what is written inside the number (dates, counties, serials) can be true.
    """

    NONE = 0
    FORMAT = 1
    CHECKSUM = 2
    PLAUSIBLE = 3
