"""Opening hours, over the days on which clocks in Bucharest jump as well."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.delivering.hours import is_open, next_opening, plan_of
from hub_core.directory.policy import OpeningHours

BUCHAREST = ZoneInfo("Europe/Bucharest")
OFFICE = OpeningHours(hours=("mon-thu 08:00-16:30", "fri 08:00-14:00"), holidays=("2025-12-01",))
NIGHT = OpeningHours(hours=("mon-sun 22:00-04:30",))
MINUTE = timedelta(minutes=1)


def local(text, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=BUCHAREST, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2025-11-21T07:59:59", False),
        ("2025-11-21T08:00:00", True),
        ("2025-11-21T13:59:59", True),
        ("2025-11-21T14:00:00", False),
        ("2025-11-22T10:00:00", False),
        ("2025-12-01T10:00:00", False),
        ("2025-12-02T10:00:00", True),
    ],
)
def test_an_office_is_open_within_its_hours(at, expected):
    assert is_open(OFFICE, local(at)) is expected


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2025-11-21T10:00", "2025-11-21T10:00"),
        ("2025-11-21T14:00", "2025-11-24T08:00"),
        ("2025-11-28T15:00", "2025-12-02T08:00"),
        ("2025-11-24T03:00", "2025-11-24T08:00"),
    ],
)
def test_what_comes_too_late_waits_over_weekends_and_holidays(at, opens):
    assert next_opening(OFFICE, local(at)) == local(opens)


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin():
    sunday = OpeningHours(hours=("sun 22:00-06:00",), holidays=("2025-11-24",))
    assert is_open(sunday, local("2025-11-24T05:59"))
    assert not is_open(sunday, local("2025-11-24T06:00"))
    assert not is_open(sunday, local("2025-11-25T05:59"))


def test_days_may_go_over_the_weekend_and_hours_to_midnight():
    whole = OpeningHours(hours=("fri-mon 00:00-24:00",))
    shut = [day for day in range(17, 24) if not is_open(whole, local(f"2025-11-{day}T23:59"))]
    assert shut == [18, 19, 20]


def test_hours_that_are_skipped_when_clocks_go_forward_never_come():
    skipped = OpeningHours(hours=("sun 03:10-03:50",))  # 2026-03-29: 03:00 becomes 04:00
    assert next_opening(skipped, local("2026-03-29T00:00")) == local("2026-04-05T03:10")


def test_hours_that_begin_while_clocks_go_forward_begin_after_the_jump():
    assert next_opening(OpeningHours(hours=("sun 03:30-06:00",)), local("2026-03-29T00:00")) == local(
        "2026-03-29T04:00"
    )


def test_hours_that_are_shown_twice_when_clocks_go_back_come_twice():
    twice = OpeningHours(hours=("sun 03:10-03:50",))  # 2025-10-26: 04:00 becomes 03:00
    first, second = local("2025-10-26T03:10"), local("2025-10-26T03:10", fold=1)
    assert next_opening(twice, local("2025-10-26T00:00")) == first
    assert next_opening(twice, first + 41 * MINUTE) == second
    assert second - first == timedelta(hours=1)


def test_a_partner_that_never_opens_has_no_next_opening():
    assert next_opening(OpeningHours(hours=()), local("2025-11-21T00:00")) is None


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"zone": "Europe/Bucuresti"}, "Bucuresti"),
        ({"zone": "../etc/passwd"}, "passwd"),
        ({"zone": "Europe"}, "Europe"),
        ({"holidays": ("2025-02-30",)}, "2025-02-30"),
    ],
)
def test_what_there_is_not_is_named(wrong, named):
    with pytest.raises(ValueError, match=named):
        plan_of(OpeningHours(hours=("mon 08:00-09:00",), **wrong))


@given(
    st.sampled_from([OFFICE, NIGHT, OpeningHours(hours=("sun 02:15-04:45", "wed 23:00-24:00"))]),
    st.integers(0, 580 * 24 * 60).map(lambda minutes: local("2025-03-25T00:00") + minutes * MINUTE),
    st.floats(0, 1),
)
def test_it_is_open_at_the_next_opening_and_at_no_time_before(hours, now, share):
    opens = next_opening(hours, now)
    assert opens >= now
    assert is_open(hours, opens)
    between = now + (opens - now) * share
    assert between >= opens or not is_open(hours, between)
