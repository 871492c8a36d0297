"""Dates: all of them go back by the same number of days, so that order and distances stay what they were."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

LEAST, MOST = 400, 1600  # days; more than a year, so that years alone change too
FIRST, LAST = date(1850, 1, 1), date(2150, 1, 1)  # days outside stand for "always" or "never", not for a day
_MONTH, _YEAR = 30.436875, 365.2425  # days, on average
_TIME: Final = r"(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
DAYS: Final = re.compile(
    rf"(?<!\d)(?:(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})|(?P<local>\d{{2}}[./]\d{{2}}[./]\d{{4}})|(?P<bare>\d{{8}}))"
    rf"(?P<time>{_TIME}|Z|[+-]\d{{2}}:\d{{2}})(?!\d)"
)


class Shift:
    """Moves days back.

    Args:
        days: how many.
    """

    def __init__(self, days: int) -> None:
        self.days = days

    def day(self, day: date) -> date:
        """Return the day, moved; one that stands for no day stays."""
        return day - timedelta(days=self.days) if FIRST <= day <= LAST else day

    def partial(self, text: str) -> str:
        """Return ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``, moved by about as much."""
        year, *rest = map(int, text.split("-"))
        if not FIRST.year <= year <= LAST.year:
            return text
        if not rest:
            return f"{year - round(self.days / _YEAR):04d}"
        if len(rest) == 1:
            months = year * 12 + rest[0] - 1 - round(self.days / _MONTH)
            return f"{months // 12:04d}-{months % 12 + 1:02d}"
        return self.day(date(year, *rest)).isoformat()

    def in_text(self, text: str, other: Callable[[str], str]) -> str:
        """Return a text with its dates moved; what stands between them is given to ``other``. Times of day stay."""
        done, end = "", 0
        for found in DAYS.finditer(text):
            moved = self._moved(found)
            if moved is not None:
                done += other(text[end : found.start()]) + moved + found["time"]
                end = found.end()
        return done + other(text[end:])

    def _moved(self, found: re.Match[str]) -> str | None:
        try:
            if found["iso"]:
                return self.day(date.fromisoformat(found["iso"])).isoformat()
            if found["bare"]:
                day = date.fromisoformat(found["bare"])
                return f"{self.day(day):%Y%m%d}" if FIRST <= day <= LAST else None
            mark = found["local"][2]
            number, month, year = map(int, re.split("[./]", found["local"]))
            return self.day(date(year, month, number)).strftime(f"%d{mark}%m{mark}%Y")
        except ValueError:
            return None
