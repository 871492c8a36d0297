"""What a written document says is compared with its record, whatever the order, and gaps once each."""

from hub_core.canonical import Beneficiary
from hub_core.canonical.values import Gap
from hub_core.mapping.writing.compare import differences


def told(one: Beneficiary, other: Beneficiary) -> list[tuple[str, bool]]:
    return [(found.at, found.added) for found in differences(one, other, "", None, "")]


def test_a_text_that_nothing_reads_at_two_places_is_one_gap():
    first, again = (Gap(at=f"addresses[{number}].country", why="unknown", text="XQ") for number in (0, 1))
    twice, once = Beneficiary(gaps=(first, again)), Beneficiary(gaps=(first,))
    assert told(twice, once) == []
    assert told(once, twice) == []


def test_another_gap_is_told():
    first, other = (Gap(at="addresses[0].country", why="unknown", text=text) for text in ("XQ", "XR"))
    assert told(Beneficiary(gaps=(first, other)), Beneficiary(gaps=(first,))) == [("gaps[1]", False)]
