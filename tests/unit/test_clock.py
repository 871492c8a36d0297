import threading
import uuid
from datetime import UTC, datetime, timedelta

from hub_core import clock
from hub_core.clock import SystemClock, new_id


def test_the_clock_tells_utc():
    assert SystemClock().now().utcoffset() == timedelta()


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
