"""Attacks by strangers and by partners with a key: each is answered plainly, gives nothing away and stops nobody."""

import base64
import contextlib
import http.server
import json
import os
import re
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from hub_core.codes import CODES
from hub_demo.stage import Stage
from registry.parts import Parts

SOAP, EESSI, PORTAL, OWN = "/soap/cnas-answers", "/eessi/seds", "/rest/portal", "/api/v1/messages"
SEND, QUERY = "/api/v1/endpoints/cnas-answers/messages", "/api/v1/queries/person"
CNP = "2850415123458"
MANY = 12  # callers at once
ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
INSURED = '<insuredResponse xmlns="http://www.cnas.ro/siui/2.0"><insured pid="{cnp}" state="1"/></insuredResponse>'
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

Answer = tuple[int, dict[str, str], bytes]
Post = Callable[..., Answer]


def told(inner: str, message_id: str) -> bytes:
    """Return an answer of the insurance house that carries a document as text."""
    text = inner.replace("&", "&amp;").replace("<", "&lt;")
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
        f'xmlns:wsa="http://www.w3.org/2005/08/addressing"><s:Header><wsa:MessageID>{message_id}</wsa:MessageID>'
        '</s:Header><s:Body><r:getInsuredResponse xmlns:r="http://webservices.utils.svapnt.siveco.ro">'
        f"<getInsuredReturn>{text}</getInsuredReturn></r:getInsuredResponse></s:Body></s:Envelope>"
    ).encode()


@pytest.fixture
def soap(web: Any, stage: Stage) -> Post:
    def post(body: bytes) -> Answer:
        headers = {"Punte-Key": stage.keys["cnas"], "Content-Type": "text/xml"}
        answer: Answer = web.request("POST", SOAP, body=body, headers=headers)
        return answer

    return post


@pytest.fixture
def portal(web: Any, stage: Stage) -> Post:
    def post(record: dict[str, Any], key: str) -> Answer:
        headers = {"Punte-Key": stage.keys["mmftss"], "Punte-Purpose": "benefit-application", "Idempotency-Key": key}
        headers["Content-Type"] = "application/json"
        answer: Answer = web.request("POST", PORTAL, body=json.dumps(record).encode(), headers=headers)
        return answer

    return post


def record(family: str) -> dict[str, Any]:
    return {"beneficiary": {"identifiers": [{"scheme": "ro.cnp", "value": CNP}], "name": {"family": family}}}


def raw(stage: Stage, request: bytes) -> bytes:
    """Send bytes as they are and return all that comes back until the hub closes."""
    parts = urlsplit(stage.address)
    answer = bytearray()
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as connection:
        connection.sendall(request)
        while chunk := connection.recv(65536):
            answer += chunk
    return bytes(answer)


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """A web server that nobody may ask for anything: its address, and what it was asked for."""
    asked: list[str] = []

    class Canary(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Canary) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", asked
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("encoding", "code"),
    [
        ("utf-8", "B102"),
        ("utf-8-sig", "B102"),
        ("utf-16", "B102"),
        ("iso8859-2", "B102"),
        ("utf-16-le", "B106"),
        ("utf-16-be", "B106"),
        ("utf-32", "B106"),
        ("utf-7", "B106"),
        ("cp037", "B106"),
    ],
)
def test_no_encoding_hides_a_document_type(soap: Post, encoding: str, code: str) -> None:
    named = {"utf-8-sig": "UTF-8", "iso8859-2": "ISO-8859-2"}.get(encoding, encoding)
    text = f'<?xml version="1.0" encoding="{named}"?>{ENTITY}'
    body = text.replace("<!", "+ADwAIQ-").encode() if encoding == "utf-7" else text.encode(encoding)
    status, _, answer = soap(body)
    assert (status, f"<p:code>{code}</p:code>".encode() in answer) == (500, True)
    assert b"root:" not in answer


def test_a_document_type_inside_the_text_of_the_body_is_refused_too(soap: Post) -> None:
    _, _, answer = soap(told(ENTITY, "urn:attack:inner-dtd"))
    assert b"<p:code>B102</p:code>" in answer


def test_what_a_document_points_to_is_never_fetched(soap: Post, canary: tuple[str, list[str]]) -> None:
    address, asked = canary
    place = f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.cnas.ro/siui/2.0 {address}"'
    inner = INSURED.format(cnp=CNP).replace("<insuredResponse ", f"<insuredResponse {place} ")
    include = f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{address}"/></insuredResponse>'
    style = f'<?xml-stylesheet href="{address}style.xsl"?>'.encode()
    assert soap(style + told(inner, "urn:attack:place"))[0] == 200
    assert b"V201" in soap(told(inner.replace("</insuredResponse>", include), "urn:attack:include"))[2]
    assert b"B102" in soap(f'<!DOCTYPE x SYSTEM "{address}x.dtd"><x/>'.encode())[2]
    assert asked == []


@pytest.mark.parametrize(
    ("what", "inner"),
    [
        ("attributes", "<insuredResponse " + " ".join(f'a{n}="1"' for n in range(70_000)) + "/>"),
        ("namespaces", "<x " + " ".join(f'xmlns:a{n}="u:{n}"' for n in range(30_000)) + "/>"),
        ("elements", "<x>" + "<a/>" * 130_000 + "</x>"),
        ("levels", "<a>" * 5_000 + "</a>" * 5_000),
        ("blanks", "<x/>" + " " * 900_000),
        ("blank lines", "\n" * 900_000 + "<x/>"),
    ],
)
def test_a_flood_within_the_size_limit_is_answered_at_once(soap: Post, web: Any, what: str, inner: str) -> None:
    status, _, answer = soap(told(inner, f"urn:attack:{what.replace(' ', '-')}"))
    assert status == 500
    assert re.search(rb"<p:code>(B107|V201)</p:code>", answer)
    assert web.request("GET", "/health/ready")[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        f"<x{CNP}/>",
        f'<x a{CNP}="1"/>',
        f"<p{CNP}:x/>",
        f'<x xmlns="urn:{CNP}"/>',
        f"<x{CNP}></y{CNP}>",
        f"<x>&n{CNP};</x>",
        f'<?xml version="1.0" encoding="n{CNP}"?><x/>',
        told(f"<Popescu{CNP}/>", "urn:attack:names-1").decode(),
        told(INSURED.format(cnp=CNP).replace("state=", f"Popescu{CNP}="), "urn:attack:names-2").decode(),
    ],
)
def test_names_that_a_sender_made_up_are_never_repeated(soap: Post, stage: Stage, body: str) -> None:
    status, _, answer = soap(body.encode())
    assert status == 500
    assert CNP.encode() not in answer
    assert b"Popescu" not in answer
    log = (stage.demo / "hub.log").read_text(encoding="utf-8")
    assert CNP not in log
    assert "Traceback" not in log


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"sed": "X001", "s\\u0065d": "P2000", "nav": {}}', "B104"),
        (b'{"sed": "X001", "nav": {"x": ' + b"9" * 900_000 + b"}}", "B105"),
        (b'{"sed": "X001", "nav": {"x": 1e400}}', "B105"),
        (b'{"sed": "X001", "nav": {"x": NaN}}', "B103"),
        (b'{"sed": "X001", "nav": {"x": "\\ud800"}}', "B103"),
        (b'{"sed": "X001", "nav": {}}{"sed": "X001", "nav": {}}', "B103"),
        (b'{"sed": "' + b"\\\\" * 450_000, "B103"),
        (b'{"__proto__": {"sed": "X001", "nav": {}}}', "V301"),
    ],
)
def test_json_that_two_readers_could_read_differently_is_refused(
    web: Any, stage: Stage, body: bytes, code: str
) -> None:
    headers = {"Punte-Key": stage.keys["eessi-ap"], "Content-Type": "application/json", "Punte-Purpose": "sed-exchange"}
    status, problem = web.json("POST", EESSI, body=body, headers=headers)
    assert (status, problem["code"]) == (CODES[code].status, code)


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
    assert log.stat().st_size == before


def test_a_message_of_somebody_else_looks_like_one_that_never_was(web: Any, stage: Stage, portal: Post) -> None:
    foreign = json.loads(portal(record("STRAIN"), "attack-foreign")[2])["id"]
    unknown = foreign[:-1] + ("0" if foreign[-1] != "0" else "1")
    headers = {"Punte-Key": stage.keys["cnas"]}
    answers = [web.json("GET", f"{OWN}/{message_id}", headers=headers) for message_id in (foreign, unknown)]
    for _, problem in answers:
        problem.pop("reference")
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    _, listed = web.json("GET", f"{OWN}?limit=200", headers=headers)
    assert foreign not in {message["id"] for message in listed}


@pytest.mark.parametrize("attempt", ["'", "x' OR '1'='1' --", "x'; DROP TABLE message; --", "%", "\0"])
def test_a_filter_is_a_value_and_never_a_command(web: Any, stage: Stage, attempt: str, portal: Post) -> None:
    portal(record("LISTAT"), "attack-listed")
    headers = {"Punte-Key": stage.keys["mmftss"]}
    assert web.json("GET", f"{OWN}?before={quote(attempt)}", headers=headers) == (200, [])
    assert web.request("GET", f"{OWN}?state={quote(attempt)}", headers=headers)[0] == 422
    assert web.json("GET", OWN, headers=headers)[1]


def test_one_message_sent_by_many_at_once_has_one_effect(portal: Post) -> None:
    with ThreadPoolExecutor(MANY) as pool:
        answers = list(pool.map(lambda _: portal(record("ODATA"), "attack-once"), range(MANY)))
    assert {status for status, _, _ in answers} == {202}
    assert len({json.loads(body)["id"] for _, _, body in answers}) == 1


def test_of_many_contents_under_one_id_only_one_is_kept(portal: Post) -> None:
    with ThreadPoolExecutor(MANY) as pool:
        answers = list(pool.map(lambda n: portal(record(f"NUME{n}"), "attack-race"), range(MANY)))
    assert sorted(status for status, _, _ in answers) == [202] + [409] * (MANY - 1)


def test_a_revealed_name_cannot_command_the_terminal(stage: Stage, portal: Post) -> None:
    evil = "A\x1b[2J\x1b]0;pwned\x07B\u202eC\x9b31mD\rE\x7f[bold red]F[/]\u2028\x00"
    message_id = json.loads(portal(record(evil), "attack-terminal")[2])["id"]
    shown = subprocess.run(
        [sys.executable, "-m", "cli", "messages", "show", message_id, "--reveal", "--reason", "test"],
        env=os.environ | {"PUNTE_HOME": str(stage.settings.home), "COLUMNS": "200"},
        capture_output=True,
        timeout=30,
        check=True,
    ).stdout.decode()
    assert "[bold red]F[/]" in shown
    assert not CONTROL.search(shown)


def test_only_the_owner_of_the_hub_reaches_its_control_socket_and_no_key_lies_in_its_files(stage: Stage) -> None:
    home = stage.settings.home
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE(stage.settings.control.stat().st_mode) == 0o600
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert not [name for name, key in stage.keys.items() if key.encode() in kept]
