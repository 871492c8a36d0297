"""What the running hub shows to Prometheus, and to whom."""

import time

import pytest

from hub_core.testing.prometheus import samples, total
from hub_demo.documents import cnas_answer


def test_a_message_is_counted_from_the_door_to_the_partner(stage, web):
    before = scrape(web)
    body = cnas_answer(stage.country, stage.country.showcase[0].cnp, message_id="urn:test:counted")
    reply = stage.caller("cnas").post("/soap/cnas-answers", body, media_type="text/xml")
    assert reply.status == 200
    after = eventually(web, lambda found: total(found, "punte_attempts_total", result="sent") >= 2)
    for name, labels in (
        ("punte_messages_total", {"endpoint": "cnas-answers", "decision": "accepted"}),
        ("punte_mapped_total", {"mapping": "cnas.insured-person/1"}),
        ("punte_attempts_total", {"endpoint": "portal-inbox", "result": "sent"}),
        ("punte_attempt_seconds_count", {"endpoint": "portal-inbox"}),
    ):
        assert total(after, name, **labels) - total(before, name, **labels) == 1, name
    assert total(after, "punte_commits_total") > total(before, "punte_commits_total")


def test_a_call_turned_away_is_counted_by_its_code(web):
    before = scrape(web)
    web.request("POST", "/rest/nobody", body=b"{}", headers={"Punte-Key": "no such key"})
    counted = ("punte_turned_away_total", {"code": "A401"})
    assert total(scrape(web), counted[0], **counted[1]) == total(before, counted[0], **counted[1]) + 1


def test_every_endpoint_shows_one_state_of_its_breaker(web):
    # A registry set that was just applied reaches the gates with the next round of deliveries.
    found = eventually(web, lambda found: total(found, "punte_breaker", endpoint="portal-inbox"))
    for name in ("anpis-cases", "portal-inbox"):
        assert total(found, "punte_breaker", endpoint=name) == 1
        assert total(found, "punte_breaker", endpoint=name, state="closed") == 1


def test_the_process_and_the_store_show_that_they_are_well(web):
    found = scrape(web)
    assert total(found, "punte_store_readable") == 1
    assert total(found, "punte_registry_set") >= 1
    assert total(found, "process_resident_memory_bytes") > 1_000_000


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via"])
def test_whoever_a_proxy_speaks_for_sees_no_figures(web, header):
    status, problem = web.json("GET", "/metrics", headers={header: "somebody"})
    assert (status, problem["code"]) == (403, "W406")


def scrape(web):
    status, headers, text = web.request("GET", "/metrics")
    assert status == 200
    assert headers["content-type"].startswith("text/plain; version=0.0.4")
    return samples(text.decode())


def eventually(web, fits, patience=20):
    deadline = time.monotonic() + patience
    while not fits(found := scrape(web)):
        assert time.monotonic() < deadline, "the figures never came"
        time.sleep(0.05)
    return found
