"""What a check of the doctor says."""

from typing import NamedTuple

import msgspec


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """What one check found.

    Attributes:
        ok: ``None``: worth knowing, but nothing to mend now.
        mend: what to do; empty if nothing.
    """

    check: str
    ok: bool | None
    text: str
    mend: str = ""


class Fact(NamedTuple):
    """What a check says; see ``Check``."""

    ok: bool | None
    text: str
    mend: str = ""
