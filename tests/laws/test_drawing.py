"""What failing cases look like: small enough to be read."""

from hypothesis import find, settings

from hub_core.testing.mapping.documents import DrawnDocuments
from hub_core.testing.strategies import records
from tests.laws.leaves import leaves
from tests.shipped import SHIPPED

CALM = settings(deadline=None, derandomize=True, database=None, max_examples=2000)
(P2000,) = [one for one in SHIPPED.all if one.id == "eessi.nav.p2000/1"]


def test_a_document_with_a_fault_holds_little_else() -> None:
    way = ("nav", "bruker", "person", "sivilstand", "status")
    drawn = DrawnDocuments(P2000)
    found = find(drawn.strategy(), lambda one: any(names == way for names, _ in leaves(one)), settings=CALM)
    said = list(leaves(found))
    assert way in [names for names, _ in said]
    assert len(said) <= 3


def test_a_record_with_a_fault_holds_little_else() -> None:
    found = find(
        records(), lambda one: any(amount.since for one in one.benefits for amount in one.amounts), settings=CALM
    )
    assert [name for name in found.__struct_fields__ if getattr(found, name)] == ["benefits"]
