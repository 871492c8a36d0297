"""The HTTP API: its examples, its document, and its behaviour under generated requests."""

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS

from hub_demo.documents import old_age_claim
from hub_demo.stage import Stage
from hub_web.api.examples import EXAMPLES, Example

CALLER = {"send": None, "messages": "eessi-ap", "message": "eessi-ap", "query": "mmftss"}


def institution(example: Example) -> str:
    return "mmftss" if "portal" in example.path else CALLER.get(example.operation) or "eessi-ap"


@pytest.fixture
def sent(web: Any, stage: Stage) -> str:
    """Return the id of a message that the access point sent."""
    headers = {"Punte-Key": stage.keys["eessi-ap"], "Punte-Purpose": "sed-exchange", "Idempotency-Key": "api-sent"}
    _, receipt = web.json("POST", "/eessi/seds", body=b'{"sed": "X001", "nav": {}}', headers=headers)
    return str(receipt["id"])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_an_example_answers_as_it_says(example: Example, web: Any, stage: Stage, sent: str) -> None:
    headers = dict(example.headers)
    if example.authenticated:
        headers["Punte-Key"] = stage.keys[institution(example)]
    body = example.text().replace("{cnp}", stage.country.showcase[0].cnp) if example.body is not None else ""
    path = example.path.replace("{id}", sent)
    status, answered, answer = web.request(example.method, path, body=body.encode(), headers=headers)
    assert status == example.status, answer
    if example.code is not None:
        assert json.loads(answer)["code"] == example.code
        assert answered["punte-reference"]


def test_the_reference_page_shows_every_operation_and_loads_nothing_from_elsewhere(web: Any) -> None:
    _, document = web.json("GET", "/openapi.json")
    assert document["openapi"].startswith("3.1")
    status, headers, page = web.request("GET", "/docs")
    assert status == 200
    for methods in document["paths"].values():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page.decode()
    assert "default-src 'none'" in headers["content-security-policy"]
    assert b"http://" not in page
    assert b"https://" not in page


def test_every_code_has_its_place_on_the_page_of_codes(web: Any) -> None:
    _, _, page = web.request("GET", "/docs/codes")
    assert b'id="A401"' in page


def test_another_institution_does_not_see_the_message(web: Any, stage: Stage, sent: str) -> None:
    status, problem = web.json("GET", f"/api/v1/messages/{sent}", headers={"Punte-Key": stage.keys["mmftss"]})
    assert (status, problem["code"]) == (404, "J404")


def test_messages_are_found_by_the_person_they_name_each_institution_its_own(web: Any, stage: Stage) -> None:
    person = stage.country.people[stage.country.showcase[0].cnp]
    headers = {"Punte-Key": stage.keys["eessi-ap"], "Punte-Purpose": "sed-exchange", "Idempotency-Key": "api-person"}
    claim = old_age_claim(stage.country, person)
    _, receipt = web.json("POST", "/eessi/seds", body=claim, headers=headers)
    for key, cnp, found in (("eessi-ap", person.cnp, True), ("cnas", person.cnp, False), ("eessi-ap", "1" * 13, False)):
        asked = {"Punte-Key": stage.keys[key], "Punte-Person": f"ro.cnp:{cnp}"}
        _, rows = web.json("GET", "/api/v1/messages", headers=asked)
        assert (receipt["id"] in {row["id"] for row in rows}) is found


def test_the_sender_sees_state_findings_and_deliveries(web: Any, stage: Stage, sent: str) -> None:
    status, shown = web.json("GET", f"/api/v1/messages/{sent}", headers={"Punte-Key": stage.keys["eessi-ap"]})
    assert status == 200
    assert shown["state"] in {"accepted", "delivering", "delivered"}
    assert shown["endpoint"] == "seds"


# Whether a document is a SED cannot be said in OpenAPI: `send` may refuse what its schema allows.
NOT_JUDGED = {"ignored_auth": None, "positive_data_acceptance": "send"}


def test_generated_requests_find_no_defect(stage: Stage) -> None:
    schema = schemathesis.openapi.from_url(f"{stage.address}/openapi.json")
    failures: list[str] = []
    for result in schema.get_all_operations():
        operation = result.ok()
        name = operation.definition.raw["operationId"]
        checks = [check for check in CHECKS.get_all() if NOT_JUDGED.get(check.__name__, "") not in (None, name)]
        run_operation(operation, stage, checks, failures)
    assert "\n".join(failures) == ""


def run_operation(operation: Any, stage: Stage, checks: list[Any], failures: list[str]) -> None:
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
        try:
            case.validate_response(response, checks=checks)
        except* Exception as group:  # noqa: BLE001  every kind of failed check is collected
            failures.append(f"{case.method} {case.path} -> {response.status_code}: {group.exceptions!r}")

    run()
