"""What the registry says of how a partner is treated: how long to wait, when to try again, when to leave it alone."""

from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from hub_core.directory.credentials import Struct
from hub_core.directory.polled import CRON

_DAY, _TIME = "(mon|tue|wed|thu|fri|sat|sun)", "([01][0-9]|2[0-3]):[0-5][0-9]"
HOURS = rf"^{_DAY}(-{_DAY})? {_TIME}-({_TIME}|24:00)$"


class Steps(Struct, frozen=True, kw_only=True):
    """How long each step of a call may take.

    Attributes:
        connect: until the connection stands, the lookup of the name included.
        tls: until both sides trust the line.
        first_byte: from the request to the head of the answer; left out: what is left of ``timeout``.
    """

    connect: timedelta = timedelta(seconds=5)
    tls: timedelta = timedelta(seconds=5)
    first_byte: timedelta | None = None


class Breaker(Struct, frozen=True, kw_only=True):
    """When an endpoint is left alone, so that its messages wait instead of using up their attempts.

    Attributes:
        failures: so many in a row open it.
        percent: so large a share of the last attempts opens it as well.
        of: how many attempts that share is of.
        pause: how long nothing is sent before one delivery probes; it doubles with each probe that fails.
        longest: no pause is longer.
    """

    failures: Annotated[int, Meta(ge=1, le=1000)] = 5
    percent: Annotated[int, Meta(ge=1, le=100)] = 50
    of: Annotated[int, Meta(ge=2, le=1000)] = 20
    pause: timedelta = timedelta(seconds=5)
    longest: timedelta = timedelta(minutes=5)


class OpeningHours(Struct, frozen=True, kw_only=True):
    """When a partner takes messages: while the clock on the wall there shows one of these times.

    Attributes:
        hours: days and times, such as ``mon-fri 08:00-17:00`` or ``sun 22:00-06:00``, which ends on Monday.
        zone: time zone of the clock.
        holidays: dates, such as ``2025-12-01``, on which no hours begin.
    """

    hours: tuple[Annotated[str, Meta(pattern=HOURS, examples=["mon-fri 08:00-17:00"])], ...]
    zone: str = "Europe/Bucharest"
    holidays: tuple[Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2025-12-01"])], ...] = ()


class Retry(Struct, frozen=True, kw_only=True):
    """How often and how long a delivery is tried before it is parked.

    Attributes:
        attempts: in all, the first included, and those that the hub itself did not outlive.
        first: longest wait after the first failure; it doubles with each further one, and the wait itself is drawn by
            chance up to it.
        longest: no wait is longer, unless the partner asks for it.
        give_up_after: a failed delivery that would be tried again later than that, counted from the decision about the
            message or from an operator's retry, is parked; left out: only ``attempts`` counts.
    """

    attempts: Annotated[int, Meta(ge=1)] = 8
    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(hours=1)
    give_up_after: timedelta | None = None


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
    most: Annotated[int, Meta(ge=1, le=100_000)] = 10_000
