"""Files of many messages that the hub writes, as the registry declares them."""

from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from hub_core.credentials import Struct
from hub_core.polled import CRON

MOST = 10_000


class Collect(Struct, frozen=True, kw_only=True):
    """When a file is closed; ``every`` or ``cron`` says when, and a file without rows is never written.

    Attributes:
        every: so long after its oldest message came, such as ``1 h``.
        cron: minute, hour, day, month and day of the week by its name, such as ``0 16 * * mon-fri``.
        zone: time zone of ``cron``, and of the dates in names of files.
        most: rows of one file; as soon as so many wait, it is closed.
    """

    every: timedelta | None = None
    cron: Annotated[str, Meta(pattern=CRON, examples=["0 16 * * mon-fri"])] | None = None
    zone: str = "Europe/Bucharest"
    most: Annotated[int, Meta(ge=1, le=100_000)] = MOST
