import pytest

from hub_core.directory import Access, Directory
from hub_core.directory.access import allow
from hub_core.errors import Refused
from hub_core.message import Caller

CNAS = Caller(institution="cnas", key="cnas-1")


def a_directory(**rights):
    defaults = {"institution": "cnas", "service": "insured-status", "purposes": ("insurance-record",)}
    return Directory(access={name: Access(**(defaults | right)) for name, right in rights.items()})


def refusal(directory, purpose, service="insured-status"):
    with pytest.raises(Refused) as caught:
        allow(directory, CNAS, service, purpose)
    return caught.value


def test_a_purpose_that_the_right_names_is_the_purpose_of_the_call():
    assert allow(a_directory(right={}), CNAS, "insured-status", "insurance-record") == "insurance-record"


def test_a_caller_without_a_right_is_refused():
    assert refusal(a_directory(right={"institution": "anpis"}), "insurance-record").code == "A403"


def test_a_right_to_another_service_is_no_right():
    assert refusal(a_directory(right={}), "insurance-record", service="person-query").code == "A403"


@pytest.mark.parametrize("purpose", [None, "", "  "])
def test_a_call_without_purpose_is_refused(purpose):
    assert refusal(a_directory(right={}), purpose).code == "A405"


def test_a_caller_that_cannot_send_a_purpose_has_it_fixed():
    directory = a_directory(right={"fixed_purpose": "insurance-record"})
    assert allow(directory, CNAS, "insured-status", None) == "insurance-record"


def test_a_purpose_that_no_right_names_is_refused_even_where_one_is_fixed():
    directory = a_directory(right={"fixed_purpose": "insurance-record"})
    assert refusal(directory, "marketing").code == "A406"


def test_any_of_several_rights_is_enough():
    directory = a_directory(one={}, other={"purposes": ("statistics",)})
    assert allow(directory, CNAS, "insured-status", "statistics") == "statistics"


def test_a_refusal_never_repeats_what_was_sent():
    assert "2850415123450" not in str(refusal(a_directory(right={}), "about 2850415123450"))
