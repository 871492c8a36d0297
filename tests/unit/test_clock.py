import threading
import uuid
from datetime import UTC, datetime, timedelta

from hub_core import clock
from hub_core.clock import SteadyClock, SystemClock, new_id, row_id
from hub_core.testing.builders import FrozenClock


def test_the_clock_tells_utc():
    assert SystemClock().now().utcoffset() == timedelta()


def test_a_steady_clock_follows_the_machine():
    wall, passed = FrozenClock(), [0.0]
    steady = SteadyClock(wall.now, lambda: passed[0])
    for seconds in (1, 3600, 0.5):
        passed[0] += 1
        instant = wall.advance(timedelta(seconds=seconds))
        assert steady.now() == steady.now() == instant


def test_a_steady_clock_goes_on_at_half_the_pace_after_the_machine_was_set_back_until_both_agree():
    wall, passed = FrozenClock(), [0.0]
    steady = SteadyClock(wall.now, lambda: passed[0])
    begun = steady.now()
    wall.advance(timedelta(hours=-1))
    for minutes in range(60, 121, 60):
        passed[0] += 3600
        wall.advance(timedelta(hours=1))
        assert steady.now() == begun + timedelta(minutes=minutes / 2)
    assert steady.now() == wall.now()


def test_an_id_is_a_uuid_of_version_7_that_holds_the_time():
    before = datetime.now(UTC)
    made = uuid.UUID(new_id())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    instant = datetime.fromtimestamp((made.int >> 80) / 1000, UTC)
    assert abs(instant - before) < timedelta(seconds=5)


def test_ids_grow():
    ids = [new_id() for _ in range(10_000)]
    assert ids == sorted(set(ids))


def test_ids_grow_though_the_clock_goes_back(monkeypatch):
    first = new_id()
    monkeypatch.setattr(clock.time, "time_ns", lambda: 0)
    assert first < new_id() < new_id()


def test_threads_never_share_an_id():
    made = []
    threads = [threading.Thread(target=lambda: made.extend(new_id() for _ in range(2000))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == len(made)


def test_ids_of_rows_grow_with_their_lines_and_are_those_of_their_file_alone():
    file, other = new_id(), new_id()
    lines = [1, 2, 10, 4095, 4096, 1_000_000, 16_777_215]
    ids = [row_id(file, line) for line in lines]
    assert ids == sorted(ids)
    assert all(uuid.UUID(one).version == 7 and one[:13] == file[:13] for one in ids)
    assert not {row_id(other, line)[14:] for line in lines} & {one[14:] for one in ids}
