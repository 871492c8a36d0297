import msgspec
import pytest

from hub_core.canonical import Beneficiary
from hub_core.canonical.case import CaseReference
from hub_core.canonical.work import Insurance
from hub_core.directory import Condition, Directory, Route
from hub_core.directory.routing import Choice, explain, select
from hub_core.testing.records import a_cnp, a_code

CNP = "2850415123450"
INSURED = Beneficiary(identifiers=(a_cnp(CNP),), insured=Insurance(state=a_code("insured")))
IS_INSURED = Condition(at="insured.state", equals="insured")


def routes(**named):
    return Directory(routes={name: Route(**({"to": ("anpis",)} | route)) for name, route in named.items()})


def targets(directory, record=INSURED, service="insured-status"):
    return [(choice.route, choice.endpoint) for choice in select(directory, service, record)]


def test_a_route_without_conditions_takes_everything():
    assert targets(routes(all={})) == [("all", "anpis")]


def test_a_route_looks_only_at_its_services():
    assert targets(routes(seds={"services": ("sed-exchange",)})) == []


@pytest.mark.parametrize(
    ("service", "chosen"),
    [("insured-status", ["some", "all", "both"]), ("seds", ["all", "both", "seds"]), ("other", ["all"])],
)
def test_routes_of_a_service_and_of_all_services_keep_the_order_of_the_registry(service, chosen):
    directory = routes(
        some={"services": ("insured-status",), "to": ("a",)},
        all={"to": ("b",)},
        both={"services": ("seds", "insured-status"), "to": ("c",)},
        seds={"services": ("seds",), "to": ("d",)},
    )
    assert [route for route, _ in targets(directory, service=service)] == chosen


@pytest.mark.parametrize(
    ("condition", "chosen"),
    [
        (IS_INSURED, True),
        (Condition(at="insured.state", equals="not-insured"), False),
        (Condition(at="insured.state", one_of=("not-insured", "insured")), True),
        (Condition(at="cases.number", present=True), False),
        (Condition(at="cases.number", present=False), True),
        (Condition(at="insured", present=True), True),
    ],
)
def test_a_condition_asks_for_a_canonical_value(condition, chosen):
    assert bool(targets(routes(one={"when": (condition,)}))) is chosen


def test_all_conditions_must_hold():
    assert targets(routes(one={"when": (IS_INSURED, Condition(at="vital_status", equals="deceased"))})) == []


def test_a_path_into_a_list_asks_for_any_element():
    record = Beneficiary(cases=(CaseReference(country="RO"), CaseReference(country="HU")))
    assert targets(routes(one={"when": (Condition(at="cases.country", equals="HU"),)}), record)


def test_a_message_fans_out_to_every_endpoint_of_every_route_in_their_order():
    directory = routes(first={"to": ("b", "a")}, second={"to": ("c",)})
    assert targets(directory) == [("first", "b"), ("first", "a"), ("second", "c")]


def test_an_endpoint_gets_a_message_once_by_the_first_route_that_names_it():
    assert targets(routes(first={}, second={"to": ("anpis", "portal")})) == [("first", "anpis"), ("second", "portal")]


def test_a_route_names_the_value_that_keeps_messages_in_order():
    directory = routes(one={"order_by": "identifiers[scheme=ro.cnp].value"})
    assert select(directory, "insured-status", INSURED) == [Choice(route="one", endpoint="anpis", order_key=CNP)]


def test_without_that_value_messages_go_in_any_order():
    assert select(routes(one={"order_by": "cases.number"}), "insured-status", INSURED)[0].order_key is None


def test_explaining_says_the_same_as_selecting():
    directory = routes(first={"when": (IS_INSURED,)}, second={}, third={"services": ("seds",), "to": ("portal",)})
    chosen = [
        (verdict.route, endpoint)
        for verdict in explain(directory, "insured-status", INSURED)
        for endpoint in verdict.to
    ]
    assert chosen == targets(directory)


@pytest.mark.parametrize(
    ("route", "why"),
    [
        ({"when": (IS_INSURED,)}, "all conditions hold"),
        ({"services": ("seds",)}, "does not look at the service insured-status"),
        (
            {"when": (Condition(at="vital_status", equals="deceased"),)},
            "vital_status equals deceased: nothing stands there",
        ),
        ({"when": (Condition(at="insured.state", equals="no"),)}, "insured.state equals no: 1 value stands there"),
        ({"when": (Condition(at="insured", present=False),)}, "insured is absent: 1 value stands there"),
    ],
)
def test_a_verdict_says_why(route, why):
    (verdict,) = explain(routes(one=route), "insured-status", INSURED)
    assert verdict.why == why


def test_a_verdict_on_a_second_route_to_the_same_endpoint_names_the_first():
    second = explain(routes(first={}, second={}), "insured-status", INSURED)[1]
    assert not second.chosen
    assert second.why == "all conditions hold; anpis already gets it by the route first"


def test_a_verdict_holds_no_value_of_the_record_unless_revealed():
    directory = routes(
        one={"when": (Condition(at="identifiers.value", present=True),), "order_by": "identifiers.value"}
    )
    assert CNP not in msgspec.json.encode(explain(directory, "insured-status", INSURED)).decode()
    (revealed,) = explain(directory, "insured-status", INSURED, reveal=True)
    assert revealed.conditions[0].values == (CNP,)
