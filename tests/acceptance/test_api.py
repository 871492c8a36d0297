"""The HTTP API: its examples, its document, and its behaviour under generated requests."""

import json
from typing import Any

import pytest
import schemathesis
from conftest import Http
from schemathesis.checks import CHECKS

from hub_demo.story import Stage
from hub_web.api.examples import EXAMPLES, Example

CALLER = {"send": None, "messages": "eessi-ap", "message": "eessi-ap", "query": "mmftss"}


def institution(example: Example) -> str:
    return "mmftss" if "portal" in example.path else CALLER.get(example.operation) or "eessi-ap"


@pytest.fixture
def sent(http: Http, stage: Stage) -> str:
    """Return the id of a message that the access point sent."""
    headers = {"Punte-Key": stage.keys["eessi-ap"], "Punte-Purpose": "sed-exchange", "Idempotency-Key": "api-sent"}
    _, receipt = http.json("POST", "/eessi/seds", body=b'{"sed": "X001", "nav": {}}', headers=headers)
    return str(receipt["id"])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_an_example_answers_as_it_says(example: Example, http: Http, stage: Stage, sent: str) -> None:
    headers = dict(example.headers)
    if example.authenticated:
        headers["Punte-Key"] = stage.keys[institution(example)]
    body = example.text().replace("{cnp}", stage.country.showcase[0].cnp) if example.body is not None else ""
    path = example.path.replace("{id}", sent)
    status, answered, answer = http.request(example.method, path, body=body.encode(), headers=headers)
    assert status == example.status, answer
    if example.code is not None:
        assert json.loads(answer)["code"] == example.code
        assert answered["punte-reference"]


def test_the_reference_page_shows_every_operation_and_loads_nothing_from_elsewhere(http: Http) -> None:
    _, document = http.json("GET", "/openapi.json")
    assert document["openapi"].startswith("3.1")
    status, headers, page = http.request("GET", "/docs")
    assert status == 200
    for methods in document["paths"].values():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page.decode()
    assert "default-src 'none'" in headers["content-security-policy"]
    assert b"http://" not in page
    assert b"https://" not in page


def test_every_code_has_its_place_on_the_page_of_codes(http: Http) -> None:
    _, _, page = http.request("GET", "/docs/codes")
    assert b'id="A401"' in page


def test_another_institution_does_not_see_the_message(http: Http, stage: Stage, sent: str) -> None:
    status, problem = http.json("GET", f"/api/v1/messages/{sent}", headers={"Punte-Key": stage.keys["mmftss"]})
    assert (status, problem["code"]) == (404, "J404")


def test_the_sender_sees_state_findings_and_deliveries(http: Http, stage: Stage, sent: str) -> None:
    status, shown = http.json("GET", f"/api/v1/messages/{sent}", headers={"Punte-Key": stage.keys["eessi-ap"]})
    assert status == 200
    assert shown["state"] in {"accepted", "delivering", "delivered"}
    assert shown["endpoint"] == "seds"


def test_generated_requests_find_no_defect(stage: Stage) -> None:
    schema = schemathesis.openapi.from_url(f"{stage.address}/openapi.json")
    checks = [check for name, check in ((c.__name__, c) for c in CHECKS.get_all()) if name != "ignored_auth"]
    failures: list[Any] = []

    for operation in schema.get_all_operations():
        run_operation(operation.ok(), stage, checks, failures)
    assert failures == []


def run_operation(operation: Any, stage: Stage, checks: list[Any], failures: list[Any]) -> None:
    from hypothesis import HealthCheck, Phase, given, settings

    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        response = case.call(headers={"Punte-Key": stage.keys["eessi-ap"], "Punte-Purpose": "sed-exchange"})
        assert response.status_code < 500, f"{case.method} {case.path}: {response.status_code}"
        try:
            case.validate_response(response, checks=checks)
        except* Exception as group:  # noqa: BLE001  every kind of failed check is collected
            failures.append(f"{case.method} {case.path} -> {response.status_code}: {group.exceptions!r}"[:2000])

    run()
