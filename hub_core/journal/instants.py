"""Instants as the file keeps them: whole microseconds since 1970 in UTC.

>>> from datetime import UTC, datetime
>>> to_micros(datetime(2024, 2, 29, 12, tzinfo=UTC))
1709208000000000
>>> from_micros(1709208000000000)
datetime.datetime(2024, 2, 29, 12, 0, tzinfo=datetime.timezone.utc)
"""

from datetime import UTC, datetime, timedelta
from typing import Final, overload

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def to_micros(instant: datetime) -> int:
    """Return the number for an aware instant."""
    return (instant - _EPOCH) // _MICROSECOND


@overload
def from_micros(micros: int) -> datetime: ...
@overload
def from_micros(micros: int | None) -> datetime | None: ...
def from_micros(micros: int | None) -> datetime | None:
    """Return the instant for a number; ``None`` stays ``None``."""
    return None if micros is None else _EPOCH + timedelta(microseconds=micros)
