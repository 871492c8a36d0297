"""The measurement of ``punte mapping diff`` measures what it says."""

from tests.bench.diffing import measure


def test_every_message_is_compared_in_processes_of_their_own_and_differs():
    measured = measure(240)
    assert (measured.tally.compared, measured.tally.different, measured.tally.failed) == (240, 240, 0)
    assert {field for _, field, _ in measured.tally.fields} == {"exchange.system"}
