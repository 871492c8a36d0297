"""Counted differences as they are shown: never a value, unless somebody may see it."""

import pytest

from hub_core.mapping.trying.compare import Difference
from hub_core.mapping.trying.tally import Tally
from registry.mappings.differences import with_documents, with_values


def counted(at, before, after):
    tally = Tally()
    tally.add("one", "a/1", [Difference(at=at, before=before, after=after)])
    return tally


@pytest.mark.parametrize(
    ("at", "value", "shown"),
    [
        ("identifiers[0].value", "2850415123450", "…50"),
        ("name.family", "Popa", "P…"),
        ("birth.date", "1985-04-15", "1985-…"),
        ("unmapped person.note", "ill since May", "…"),
        ("exchange.system", "EESSI", "EESSI"),
        ("verdict", "refused", "refused"),
        ("finding M202 birth.date", "there", "there"),
    ],
)
def test_a_value_is_masked_as_its_place_asks_and_plain_when_revealed(at, value, shown):
    for reveal, expected in ((False, shown), (True, value)):
        ((field,),) = [with_values(counted(at, value, None), reveal=reveal)]
        assert field["examples"] == [{"document": "one", "at": at, "before": expected, "after": None}]


def test_a_number_of_a_person_that_a_sender_wrote_into_a_key_is_not_shown():
    (field,) = with_documents(counted("unmapped persons.2850415123450.name", "x", None))
    assert "2850415123450" not in str(field)


def test_counts_without_values_name_documents_only():
    assert with_documents(counted("name.family", "Popa", "Pop")) == [
        {"mapping": "a/1", "field": "name.family", "kind": "changed", "messages": 1, "examples": ["one"]}
    ]
