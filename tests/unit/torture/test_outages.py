"""From which moment on it counts that nobody is accepted."""

import pytest

from hub_torture.outages import SERVER, Outages


@pytest.fixture
def outages():
    return Outages()


def told(outages):
    return [(one.killed, one.seconds) for one in outages.recoveries]


def test_a_hub_is_counted_from_its_death_to_the_first_message_accepted(outages):
    outages.died("hub 0", 10.0)
    outages.accepted(10.2, 11.5)
    outages.accepted(11.6, 11.7)
    assert told(outages) == [("hub 0", 1.5)]
    assert not outages.waiting


def test_what_was_on_its_way_before_the_death_proves_nothing(outages):
    outages.died("hub 0", 10.0)
    outages.accepted(9.9, 10.1)
    assert outages.waiting


def test_a_hub_that_dies_while_another_starts_begins_the_count_anew_for_both(outages):
    outages.died("hub 0", 10.0)
    outages.died("hub 1", 11.0)
    outages.accepted(11.1, 12.5)
    assert told(outages) == [("hub 0", 1.5), ("hub 1", 1.5)]


def test_a_server_is_counted_from_when_it_answers_and_its_own_time_is_told_beside(outages):
    outages.died(SERVER, 10.0)
    outages.server_answers(14.0)
    outages.accepted(13.9, 14.5)
    assert told(outages) == [(SERVER, 0.5)]
    assert outages.server == [4.0]


def test_a_hub_that_dies_while_the_server_is_away_is_counted_from_when_the_server_answers(outages):
    outages.died(SERVER, 10.0)
    outages.died("hub 0", 11.0)
    outages.server_answers(14.0)
    outages.accepted(14.1, 14.6)
    assert told(outages) == [(SERVER, 0.6), ("hub 0", 0.6)]


def test_a_hub_that_dies_after_the_server_came_back_is_counted_from_its_own_death(outages):
    outages.died(SERVER, 10.0)
    outages.server_answers(14.0)
    outages.died("hub 0", 15.0)
    outages.accepted(15.2, 17.5)
    assert told(outages) == [(SERVER, 2.5), ("hub 0", 2.5)]


def test_a_hub_that_is_sooner_than_whoever_asks_the_server_took_no_time(outages):
    outages.died(SERVER, 10.0)
    outages.accepted(11.0, 11.1)
    outages.server_answers(11.2)
    assert told(outages) == [(SERVER, 0.0)]
