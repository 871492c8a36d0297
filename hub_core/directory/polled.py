"""Lists that the hub fetches, as the registry writes them."""

from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from hub_core.directory.credentials import Struct

MEMBERS = r"^[^\s.]{1,100}(\.[^\s.]{1,100}){0,9}$"
CRON = r"^([0-9*,/-]{1,40} ){4}[a-z*,-]{1,40}$"


class Poll(Struct, frozen=True, kw_only=True):
    """How a list is fetched; ``every`` or ``cron`` says when. A document of it that was seen before changes nothing.

    Attributes:
        every: time from one fetch to the next, such as ``5 min``.
        cron: minute, hour, day, month and day of the week by its name, such as ``30 6 * * mon-fri``.
        zone: time zone of ``cron``.
        items: members that lead to the list, such as ``data.items``; left out: the answer itself is the list.
        next: members that lead to the cursor or link of the next page, such as ``meta.next``; left out: one page.
        parameter: of the query, that takes the cursor; left out: ``next`` is a link.
    """

    every: timedelta | None = None
    cron: Annotated[str, Meta(pattern=CRON, examples=["30 6 * * mon-fri"])] | None = None
    zone: str = "Europe/Bucharest"
    items: Annotated[str, Meta(pattern=MEMBERS, examples=["data.items"])] | None = None
    next: Annotated[str, Meta(pattern=MEMBERS, examples=["meta.next"])] | None = None
    parameter: str | None = None
