"""Opening hours: when a partner takes messages. Pure; local times with their jumps, no state.

An interval is open while the clock on the wall there shows a time within it. In the night when clocks are set back a
time is shown twice, and the partner is open twice; a time that is skipped is never shown.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from hub_core.directory.policy import OpeningHours

#: How far ahead an opening is looked for.
HORIZON: Final = timedelta(days=400)
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY: Final = timedelta(days=1)
_MINUTE: Final = timedelta(minutes=1)


class Hours(NamedTuple):
    """One line of the opening hours; ``end`` before ``start`` lies on the day after, midnight is 00:00 of that day."""

    days: frozenset[int]
    start: time
    end: time

    @property
    def overnight(self) -> bool:
        """Whether they end on the day after."""
        return self.end <= self.start


class Plan(NamedTuple):
    """Opening hours as they are asked."""

    hours: tuple[Hours, ...]
    zone: ZoneInfo
    holidays: frozenset[date]

    def on(self, day: date) -> list[Hours]:
        """Return the hours that begin on a day."""
        return [] if day in self.holidays else [one for one in self.hours if day.weekday() in one.days]

    def shows(self, wall: datetime) -> bool:
        """Say whether it is open while the clock on the wall shows this."""
        now, today = wall.time(), wall.date()
        begun = any(one.start <= now and (one.overnight or now < one.end) for one in self.on(today))
        return begun or any(one.overnight and now < one.end for one in self.on(today - _DAY))


@lru_cache(maxsize=1024)
def plan_of(opening: OpeningHours) -> Plan:
    """Return opening hours ready to be asked.

    Raises:
        ValueError: hours, a zone or a date that there is not; the text names it.
    """
    try:
        zone = ZoneInfo(opening.zone)
    except (OSError, ValueError, KeyError) as error:  # which of them depends on what the name looks like
        raise ValueError(f"there is no time zone {opening.zone!r}") from error
    return Plan(tuple(map(_hours, opening.hours)), zone, frozenset(map(_date, opening.holidays)))


def is_open(opening: OpeningHours, at: datetime) -> bool:
    """Say whether a partner takes messages at an instant."""
    plan = plan_of(opening)
    return plan.shows(at.astimezone(plan.zone))


def next_opening(opening: OpeningHours, now: datetime) -> datetime | None:
    """Return the first instant from ``now`` on at which a partner is open; ``None`` if it is not within 400 days."""
    plan = plan_of(opening)
    if is_open(opening, now):
        return now
    day = now.astimezone(plan.zone).date()
    for ahead in range(HORIZON.days):
        for at in sorted(_candidates(plan, day + ahead * _DAY)):
            if at > now and plan.shows(at.astimezone(plan.zone)):
                return at
    return None


def _candidates(plan: Plan, day: date) -> list[datetime]:
    """Return the instants of a day at which it may open: where hours begin, and on days with a jump every minute."""
    start, end = (_instant(plan, each, time()) for each in (day, day + _DAY))
    if end - start != _DAY:
        return [start + number * _MINUTE for number in range((end - start) // _MINUTE)]
    return [_instant(plan, day, one.start) for one in plan.on(day)]


def _instant(plan: Plan, day: date, at: time) -> datetime:
    return datetime.combine(day, at, plan.zone).astimezone(UTC)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"there is no date {text}") from error


def _hours(text: str) -> Hours:
    """Read ``mon-fri 08:00-17:00``.

    >>> _hours("sat 22:00-02:00")
    Hours(days=frozenset({5}), start=datetime.time(22, 0), end=datetime.time(2, 0))
    """
    days, _, times = text.partition(" ")
    first, _, last = days.partition("-")
    start, _, end = times.partition("-")
    begin, stop = _DAYS.index(first), _DAYS.index(last or first)
    span = (stop - begin) % len(_DAYS) + 1  # fri-mon goes over the weekend
    return Hours(
        days=frozenset((begin + number) % len(_DAYS) for number in range(span)),
        start=time.fromisoformat(start),
        end=time() if end == "24:00" else time.fromisoformat(end),
    )
