"""Hostile requests at every door: each is answered plainly, gives nothing away and stops nobody."""

import base64
import contextlib
import json
from typing import Any

import pytest

from hub_core.codes import CODES
from hub_demo.stage import Stage
from registry.parts import Parts
from tests.acceptance.attacks.calling import CNP, EESSI, INSURED, OWN, PORTAL, QUERY, SEND, SOAP, raw, told


@pytest.mark.parametrize(
    "framing",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: 4\r\nContent-Length: 60\r\n\r\n{}",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: +2\r\n\r\n{}",
        b"X: a\0b\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_a_request_of_doubtful_length_ends_the_connection_and_smuggles_nothing(stage: Stage, framing: bytes) -> None:
    head = f"POST {EESSI} HTTP/1.1\r\nHost: x\r\nPunte-Key: {stage.keys['eessi-ap']}\r\n".encode()
    answer = raw(stage, head + framing + b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_two_keys_in_one_request_are_no_key(stage: Stage) -> None:
    head = f"POST {EESSI} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nPunte-Key: punte_wrong\r\n"
    answer = raw(stage, f"{head}Punte-Key: {stage.keys['eessi-ap']}\r\nContent-Length: 2\r\n\r\n{{}}".encode())
    assert b'"code":"W400"' in answer


@pytest.mark.parametrize(
    ("address", "answered"),
    [
        ("/soap%2fcnas-answers", b"W404"),
        ("/soap/cnas%2Danswers", b"W404"),
        ("/%73oap/cnas-answers", b"W404"),
        ("//soap/cnas-answers", b"W404"),
        ("/soap//cnas-answers", b"W404"),
        ("/api/v1/endpoints/cnas%2Danswers/messages", b"W404"),
    ],
)
def test_an_address_has_one_way_to_be_written(web: Any, stage: Stage, address: str, answered: bytes) -> None:
    headers = {"Punte-Key": stage.keys["cnas"], "Content-Type": "text/xml"}
    status, told, answer = web.request("POST", address, body=b"<x/>", headers=headers)
    assert (status, answered in answer) == (404, True)
    assert told["punte-reference"] in answer.decode()


def test_a_made_up_host_is_never_repeated(web: Any) -> None:
    status, headers, body = web.request("GET", f"{OWN}/", headers={"Host": "elsewhere.test"})
    assert (status, headers.get("location")) == (404, None)
    assert b"elsewhere" not in body


def test_a_question_is_bounded_and_nobody_unknown_has_it_read(stage: Stage) -> None:
    head = f"POST {QUERY} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 100000000\r\n"
    assert b'"code":"A401"' in raw(stage, f"{head}\r\n".encode())
    assert b'"code":"B413"' in raw(stage, f"{head}Punte-Key: {stage.keys['mmftss']}\r\n\r\n".encode())
    chunked = head.replace("Content-Length: 100000000", "Transfer-Encoding: chunked")
    key = f"Punte-Key: {stage.keys['mmftss']}\r\n\r\n"
    assert b'"code":"B413"' in raw(stage, f"{chunked}{key}1388\r\n{' ' * 5000}\r\n".encode())


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (f'{{"cnp": "{CNP}", "c\\u006ep": "1850415123450"}}'.encode(), "B104"),
        (f'{{"cnp": "{CNP}"}}'.encode("utf-16"), "B106"),
        (b"", "B109"),
        (b'{"cnp": ' + b"[" * 1500 + b"]" * 1500 + b"}", "B107"),
    ],
)
def test_a_question_is_read_as_strictly_as_a_message(web: Any, stage: Stage, body: bytes, code: str) -> None:
    headers = {"Punte-Key": stage.keys["mmftss"], "Punte-Purpose": "benefit-application"}
    headers["Content-Type"] = "application/json"
    status, problem = web.json("POST", QUERY, body=body, headers=headers)
    assert (status, problem["code"]) == (CODES[code].status, code)


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"cnp": "1", CNP: 1}, {"body.cnp", "body.(a name not in the schema)"}),
        ({"cnp": {CNP: 1}, "on": {CNP: 1}}, {"body.cnp", "body.on"}),
        ([CNP], {"body"}),
    ],
)
def test_a_problem_names_fields_and_never_what_the_caller_made_up(
    web: Any, stage: Stage, body: object, places: set[str]
) -> None:
    headers = {"Punte-Key": stage.keys["mmftss"], "Content-Type": "application/json"}
    status, problem = web.json("POST", QUERY, body=json.dumps(body).encode(), headers=headers)
    assert (status, problem["code"]) == (422, "W400")
    assert {finding["at"] for finding in problem["findings"]} == places
    assert CNP not in json.dumps(problem)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Content-Type: text/plain", "B108"),
        ("Content-Encoding: gzip", "B414"),
        ("Punte-Key: punte_wrong", "W400"),
        ("Punte-Purpose: a\r\nPunte-Purpose: b", "W400"),
        (f"Punte-Purpose: {'a' * 201}", "W400"),
        ("Authorization: Basic eDp5\r\nSec-Fetch-Site: cross-site", "W403"),
        ("Authorization: Basic eDp5\r\nOrigin: https://elsewhere.test", "W403"),
    ],
)
@pytest.mark.parametrize("path", [SOAP, SEND, QUERY])
def test_every_door_reads_headers_the_same_way(stage: Stage, path: str, header: str, code: str) -> None:
    key = stage.keys["mmftss" if path == QUERY else "cnas"]
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nPunte-Key: {key}\r\n{header}\r\n"
    answer = raw(stage, f"{head}Content-Length: 4\r\n\r\n<x/>".encode())
    assert code.encode() in answer
    assert b"punte-reference: " in answer


@pytest.mark.parametrize("own_id", ["", "a b", "a" * 256])
@pytest.mark.parametrize("path", [PORTAL, "/api/v1/endpoints/portal/messages"])
def test_a_doubtful_id_is_no_id_at_any_door(web: Any, stage: Stage, path: str, own_id: str) -> None:
    headers = {"Punte-Key": stage.keys["mmftss"], "Idempotency-Key": own_id}
    status, problem = web.json("POST", path, body=b"{}", headers=headers)
    assert (status, problem["code"]) == (422, "W400")


def test_what_a_browser_sends_for_a_page_of_another_site_is_refused(stage: Stage, web: Any) -> None:
    basic = base64.b64encode(f"soap:{stage.keys['cnas']}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Origin": "https://elsewhere.test"}
    for path in (SOAP, SEND):
        status, _, answer = web.request("POST", path, body=told(INSURED.format(cnp=CNP), "urn:a:x"), headers=headers)
        assert b"W403" in answer
        assert status in {403, 500}


def test_a_refusal_at_the_api_is_kept_once_under_its_reference_and_without_the_address_that_was_asked(
    stage: Stage, web: Any
) -> None:
    _, problem = web.json("GET", f"{OWN}/{CNP}-but-no-message", headers={"Punte-Key": "punte_wrong"})
    with contextlib.closing(Parts(stage.settings, write=False)) as parts:
        kept = [refusal for refusal in parts.view.refusals() if refusal.reference == problem["reference"]]
    assert [(refusal.code, refusal.endpoint) for refusal in kept] == [("A401", f"{OWN}/{{message_id}}")]


@pytest.mark.parametrize("path", ["/health/live", OWN, "/docs", "/soap/cnas-answers", "/nowhere"])
def test_no_answer_may_be_kept_or_taken_for_something_else(stage: Stage, web: Any, path: str) -> None:
    _, headers, _ = web.request("GET", path, headers={"Punte-Key": stage.keys["cnas"]})
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


def test_bad_requests_write_no_lines_into_the_log(stage: Stage) -> None:
    log = stage.demo / "hub.log"
    before = log.stat().st_size
    for _ in range(20):
        assert b'"code":"B111"' in raw(stage, b"HELO x\r\n\r\n")
    with log.open("rb") as lines:
        lines.seek(before)
        told_of = {json.loads(line)["event"] for line in lines}
    assert told_of <= {"schedule.ran"}  # what the hub does by itself meanwhile
