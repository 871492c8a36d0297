"""The hub as a process, seen from outside: messages in, kept, delivered, asked about, killed and recovered."""

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from hub_core.testing.prometheus import Samples, samples, total
from hub_demo.documents import cnas_answer, old_age_claim
from hub_demo.stage import Stage

JSON, XML = "application/json", "text/xml"
SED = {"Punte-Purpose": "sed-exchange"}


def settled(stage: Stage, message_id: str, patience: float = 30) -> dict[str, Any]:
    """Wait until nothing of a message is open, and return it."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        shown: dict[str, Any] = stage.desk.call("message", {"id": message_id})
        if shown["outcome"]["state"] != "delivering":
            return shown
        time.sleep(0.02)
    pytest.fail("the message is still being delivered")


def send_cnas(stage: Stage, message_id: str, person: int = 0) -> str:
    body = cnas_answer(stage.country, stage.country.showcase[person].cnp, message_id=message_id)
    reply = stage.caller("cnas").post("/soap/cnas-answers", body, media_type=XML)
    assert reply.status == 200, reply.body
    return reply.reference


def test_a_cnas_answer_is_kept_mapped_and_delivered_to_both_partners(stage: Stage) -> None:
    shown = settled(stage, send_cnas(stage, "urn:test:1"))
    assert shown["outcome"]["state"] == "delivered"
    assert shown["outcome"]["mapping"].startswith("cnas.insured-person/1@")
    assert {d["endpoint"] for d in shown["deliveries"]} == {"anpis-cases", "portal-inbox"}
    assert len([line for line in stage.effects(shown["message"]["id"]) if line["effect"]]) == 2


def test_the_same_message_again_has_no_second_effect_and_gets_the_same_reference(stage: Stage) -> None:
    first = send_cnas(stage, "urn:test:again")
    settled(stage, first)
    second = send_cnas(stage, "urn:test:again")
    assert second == first
    assert len([line for line in stage.effects(first) if line["effect"]]) == 2


def test_a_sed_becomes_a_record_with_its_persons_and_cases(stage: Stage) -> None:
    person = stage.country.people[stage.country.showcase[0].cnp]
    reply = stage.caller("eessi-ap").post(
        "/eessi/seds", old_age_claim(stage.country, person), media_type=JSON, headers=SED
    )
    assert reply.status == 202
    shown = stage.desk.call("message", {"id": reply.reference, "reveal": True, "reason": "test", "by": "test"})
    record = shown["record"]
    assert record["name"]["family"] == person.family.upper()
    assert record["birth"]["date"] == person.born.isoformat()
    assert record["spouse"]["identifiers"][0]["value"] == person.spouse
    assert [case["number"] for case in record["cases"]] == ["0081234", "65 150485 P 003"]


def test_nothing_personal_is_shown_without_a_reason(stage: Stage) -> None:
    cnp = stage.country.showcase[0].cnp
    reference = send_cnas(stage, "urn:test:masked")
    shown = json.dumps(stage.desk.call("message", {"id": reference}))
    assert cnp not in shown


def test_revealing_leaves_an_entry_with_who_and_why(stage: Stage) -> None:
    reference = send_cnas(stage, "urn:test:revealed")
    stage.desk.call("message", {"id": reference, "reveal": True, "reason": "complaint 12", "by": "ana"})
    entries = stage.desk.call("message", {"id": reference})["entries"]
    assert [(e["by"], e["detail"]) for e in entries if e["step"] == "revealed"] == [("ana", "complaint 12")]


def test_five_sources_answer_side_by_side_with_one_merged_view(stage: Stage) -> None:
    cnp = stage.country.showcase[0].cnp
    question = json.dumps({"cnp": cnp}).encode()
    headers = {"Punte-Purpose": "benefit-application"}
    reply = stage.caller("mmftss").post("/api/v1/queries/person", question, media_type=JSON, headers=headers)
    result = json.loads(reply.body)
    assert reply.status == 200
    assert [s["verdict"] for s in result["sources"]] == ["record"] * 5, result["sources"]
    assert result["complete"] is True
    assert result["merged"]["name"]["family"]
    assert {origin["source"] for origin in result["origins"].values()} <= {s["endpoint"] for s in result["sources"]}


def test_why_leads_from_each_merged_value_to_the_message_of_its_source(stage: Stage) -> None:
    cnp = stage.country.showcase[0].cnp
    headers = {"Punte-Purpose": "benefit-application"}
    reply = stage.caller("mmftss").post(
        "/api/v1/queries/person", json.dumps({"cnp": cnp}).encode(), media_type=JSON, headers=headers
    )
    result = json.loads(reply.body)
    why = stage.desk.call("why", {"id": result["id"]})
    explained = {value["merged"] for value in why["values"]}
    assert explained == set(result["origins"])
    answers = {source["message_id"] for source in result["sources"]}
    assert {value["message"] for value in why["values"]} <= answers
    assert all(re.fullmatch(r".+\.yaml:\d+", value["rule"]) for value in why["values"])


def test_killed_between_answer_and_delivery_the_message_is_delivered_once(stage: Stage) -> None:
    stage.processes.stop("anpis-cases")
    reference = send_cnas(stage, "urn:test:killed", person=1)
    stage.processes.kill("hub")
    port = stage.environment["DEMO_ANPIS_CASES_URL"].rstrip("/").rpartition(":")[2]
    ledger = str(stage.demo / "anpis-cases.jsonl")
    stage.processes.launch("anpis-cases", ["hub_demo.partner", "anpis-cases", "--ledger", ledger, "--port", port])
    stage.processes.announced("anpis-cases")
    stage.start_hub()
    assert settled(stage, reference)["outcome"]["state"] == "delivered"
    effects = [line for line in stage.effects(reference) if line["effect"]]
    assert sorted(line["partner"] for line in effects) == ["anpis-cases", "portal-inbox"]


def test_a_message_is_counted_from_the_door_to_the_partner(stage: Stage, web: Any) -> None:
    before = scrape(web)
    settled(stage, send_cnas(stage, "urn:test:counted"))
    after = scrape(web)
    for name, labels in (
        ("punte_messages_total", {"endpoint": "cnas-answers", "decision": "accepted"}),
        ("punte_mapped_total", {"mapping": "cnas.insured-person/1"}),
        ("punte_attempts_total", {"endpoint": "portal-inbox", "result": "sent"}),
        ("punte_attempt_seconds_count", {"endpoint": "portal-inbox"}),
    ):
        assert total(after, name, **labels) - total(before, name, **labels) >= 1, name
    assert total(after, "punte_commits_total") > total(before, "punte_commits_total")


def test_a_call_turned_away_is_counted_by_its_code(web: Any) -> None:
    before = scrape(web)
    web.request("POST", "/rest/nobody", body=b"{}", headers={"Punte-Key": "no such key"})
    counted = ("punte_turned_away_total", {"code": "A401"})
    assert total(scrape(web), counted[0], **counted[1]) == total(before, counted[0], **counted[1]) + 1


def test_every_endpoint_shows_one_state_of_its_breaker(web: Any) -> None:
    # A registry set that was just applied reaches the gates with the next round of deliveries.
    found = eventually(web, lambda found: total(found, "punte_breaker", endpoint="portal-inbox"))
    for name in ("anpis-cases", "portal-inbox"):
        assert total(found, "punte_breaker", endpoint=name) == 1
        assert total(found, "punte_breaker", endpoint=name, state="closed") == 1


def test_the_process_and_the_store_show_that_they_are_well(web: Any) -> None:
    found = scrape(web)
    assert total(found, "punte_store_readable") == 1
    assert total(found, "punte_registry_set") >= 1
    assert total(found, "process_resident_memory_bytes") > 1_000_000


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via"])
def test_whoever_a_proxy_speaks_for_sees_no_figures(web: Any, header: str) -> None:
    status, problem = web.json("GET", "/metrics", headers={header: "somebody"})
    assert (status, problem["code"]) == (403, "W406")


def scrape(web: Any) -> Samples:
    status, headers, text = web.request("GET", "/metrics")
    assert status == 200
    assert headers["content-type"].startswith("text/plain; version=0.0.4")
    return samples(text.decode())


def eventually(web: Any, fits: Callable[[Samples], float], patience: float = 20) -> Samples:
    deadline = time.monotonic() + patience
    while not fits(found := scrape(web)):
        assert time.monotonic() < deadline, "the figures never came"
        time.sleep(0.05)
    return found
