"""The three clients of the benchmark ask the same and are answered."""

import pytest

from tests.bench import calling

pytestmark = pytest.mark.network


def test_each_client_is_answered_and_their_times_stand_side_by_side():
    best = calling.calls(rounds=1)
    assert set(best) == {calling.HUB, calling.BY_HAND, calling.ZEEP}
    assert all(taken > 0 for taken in best.values())
    assert [goal.at_most or goal.at_least for goal in calling.goals(best)] == [1.3, 2]
