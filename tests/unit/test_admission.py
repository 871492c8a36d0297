"""What the hub takes in hand: by bytes, fairly, and nothing while the journal does not keep up."""

import asyncio
import contextlib
from datetime import timedelta

import pytest

from hub_core.accepting.admission import LONGEST, SURROUNDINGS, Admission
from hub_core.errors import TryLater

ROOM = 10 * SURROUNDINGS


def refused(admission, party, size=0):
    """Return the code that a call is refused with; nothing if it is taken."""
    try:
        with admission.admit(party, size):
            return None
    except TryLater as error:
        return error.code


def test_what_is_in_hand_is_given_back_whatever_becomes_of_the_call():
    admission = Admission(ROOM)
    with contextlib.suppress(ValueError), admission.admit("a", 100):
        assert (admission.calls, admission.in_hand) == (1, SURROUNDINGS + 100)
        raise ValueError
    assert (admission.calls, admission.in_hand) == (0, 0)


def test_a_party_alone_gets_half_and_is_told_that_it_is_too_much():
    admission = Admission(ROOM)
    with admission.admit("a", 4 * SURROUNDINGS):
        assert refused(admission, "a") == "W429"
        assert refused(admission, "b") is None


def test_whoever_comes_next_always_finds_room_beside_one_that_takes_all_it_gets():
    admission = Admission(ROOM)
    with admission.admit("a", 4 * SURROUNDINGS), admission.admit("b", 2 * SURROUNDINGS):
        assert refused(admission, "b") == "W429"
        assert refused(admission, "c", SURROUNDINGS // 2) is None


def test_where_all_parties_together_bring_too_much_it_is_nobodys_fault():
    admission = Admission(ROOM)
    with admission.admit("a", 4 * SURROUNDINGS), admission.admit("b", 4 * SURROUNDINGS):
        assert refused(admission, "c") == "W510"


def test_a_body_larger_than_any_share_is_taken_from_a_party_that_has_nothing_under_way():
    admission = Admission(ROOM)
    assert refused(admission, "a", 10 * ROOM) is None
    with admission.admit("b", 0):
        assert refused(admission, "a", 10 * ROOM) is None


def test_a_body_whose_length_was_not_told_counts_by_what_has_come():
    admission = Admission(ROOM)
    with admission.admit("a", 0) as place:
        place.holds(SURROUNDINGS)
        assert admission.in_hand == 2 * SURROUNDINGS
        place.holds(10)  # less than before: nothing is given back on the way
        assert admission.in_hand == 2 * SURROUNDINGS
        with pytest.raises(TryLater, match="W429"):
            place.holds(ROOM)
    assert admission.in_hand == 0


def test_nothing_is_taken_while_the_journal_does_not_keep_up():
    lag = LONGEST + 1
    admission = Admission(ROOM, lag=lambda: lag)
    assert refused(admission, "a") == "W510"
    lag = 0
    assert refused(admission, "a") is None
    assert admission.refused == {"W510": 1}


async def test_a_hub_that_stops_takes_nothing_and_waits_for_what_is_under_way():
    admission = Admission(ROOM)
    with admission.admit("a", 0):
        admission.close()
        assert refused(admission, "b") == "W503"
        waiting = asyncio.create_task(admission.emptied(timedelta(seconds=10)))
        await asyncio.sleep(0)
        assert not waiting.done()
    await asyncio.wait_for(waiting, 1)


async def test_a_hub_that_stops_does_not_wait_for_ever():
    admission = Admission(ROOM)
    with admission.admit("a", 0):
        await asyncio.wait_for(admission.emptied(timedelta(milliseconds=10)), 1)


def test_the_log_tells_of_overload_once_not_of_each_call(caplog):
    admission = Admission(ROOM)
    admission.close()
    assert {refused(admission, "a") for _ in range(100)} == {"W503"}
    assert [record.message for record in caplog.records] == ["admission.refusing"]
    assert "a" not in vars(caplog.records[0]).values()
