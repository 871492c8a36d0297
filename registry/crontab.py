"""Times as cron writes them: minute, hour, day, month, day of the week by its name."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from hub_core.directory import Endpoint
from hub_core.directory.policy import Collect
from hub_core.directory.polled import Poll
from hub_core.journal.entries import Queue

#: What should have happened so long ago waits for a person.
STUCK_AFTER: Final = timedelta(minutes=15)
#: Who pauses an endpoint knows of it for so long; a pause with no end that is older and holds something is told.
FORGOTTEN_AFTER: Final = timedelta(days=1)
_STEP: Final = timedelta(microseconds=1)


def next_time(times: Poll | Collect, after: datetime) -> datetime:
    """Return the first time of ``times.cron`` that comes after an instant.

    Raises:
        ValueError: fields or a zone that there are not, or times that never come; the text says which.
    """
    from apscheduler.triggers.cron import CronTrigger  # takes 0.1 s to load, and few need it

    zone = _zone(times.zone)
    found: datetime | None = CronTrigger.from_crontab(times.cron, timezone=zone).get_next_fire_time(None, after + _STEP)
    if found is None:
        raise ValueError(f"{times.cron} never comes")
    return found.astimezone(UTC)


def due_at(collect: Collect, oldest: datetime) -> datetime:
    """Return when a file is due whose oldest message came then.

    Raises:
        ValueError: as ``next_time``.
    """
    _zone(collect.zone)
    if collect.cron is not None:
        return next_time(collect, oldest)
    return oldest + (collect.every or timedelta())


def goes_at(endpoint: Endpoint | None, queue: Queue) -> datetime | None:
    """Return since when the oldest that waits should go, or from when on where it waits for a file.

    Raises:
        ValueError: as ``next_time``.
    """
    collect = endpoint.collect if endpoint else None
    if collect is None or queue.oldest is None or queue.waiting >= collect.most:
        return queue.oldest
    return due_at(collect, queue.oldest)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:  # which of them depends on what the name looks like
        raise ValueError(f"there is no time zone {name!r}") from error
