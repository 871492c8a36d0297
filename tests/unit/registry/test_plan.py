import pytest

from hub_core.directory import Contract, Direction, Directory, Endpoint, Institution
from hub_core.directory.credentials import Credentials, SecretReference
from registry.sets.plan import Action, Change, FieldChange, plan

CNAS = Institution(name="CNAS")


def an_endpoint(**changes):
    fields = {"institution": "cnas", "direction": Direction.IN, "adapter": "soap", "service": "insured"}
    return Endpoint(**(fields | changes))


def test_two_equal_sets_have_no_changes():
    directory = Directory(institutions={"cnas": CNAS}, endpoints={"a": an_endpoint()})
    assert plan(directory, directory) == []


def test_the_number_of_a_set_is_no_change():
    assert plan(Directory(number=1), Directory(number=2)) == []


@pytest.mark.parametrize(("old", "new", "action"), [({}, {"cnas": CNAS}, "added"), ({"cnas": CNAS}, {}, "removed")])
def test_what_comes_and_goes_is_told_with_its_fields(old, new, action):
    (change,) = plan(Directory(institutions=old), Directory(institutions=new))
    before, after = (None, "CNAS") if new else ("CNAS", None)
    assert change == Change(
        action=Action(action),
        kind="institutions",
        name="cnas",
        fields=(FieldChange(at="name", before=before, after=after),),
    )


def test_a_change_is_told_field_by_field():
    old = an_endpoint(contract=Contract(wsdl="a.wsdl", operation="x"), mappings=("a/1",))
    new = an_endpoint(contract=Contract(wsdl="b.wsdl", operation="x"), mappings=("a/1", "b/1"))
    (change,) = plan(Directory(endpoints={"e": old}), Directory(endpoints={"e": new}))
    assert change.fields == (
        FieldChange(at="contract.wsdl", before="a.wsdl", after="b.wsdl"),
        FieldChange(at="mappings", before=("a/1",), after=("a/1", "b/1")),
    )


def test_a_secret_is_told_as_its_reference():
    secret = Credentials(kind="bearer", secret=SecretReference(env="TOKEN"))
    (change,) = plan(
        Directory(endpoints={"e": an_endpoint()}), Directory(endpoints={"e": an_endpoint(credentials=secret)})
    )
    assert FieldChange(at="credentials.secret.env", before=None, after="TOKEN") in change.fields


def test_changes_come_by_kind_and_name():
    new = Directory(endpoints={"b": an_endpoint(), "a": an_endpoint()}, institutions={"cnas": CNAS})
    assert [(change.kind, change.name) for change in plan(Directory(), new)] == [
        ("institutions", "cnas"),
        ("endpoints", "a"),
        ("endpoints", "b"),
    ]
