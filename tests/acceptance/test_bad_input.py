"""Bad input: a clear error in the caller's own protocol, with a stable code and a reference; nothing else disturbed."""

import gzip
import http.client
import json
import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree

from hub_core.codes import CODES
from hub_demo.documents import cnas_answer
from hub_demo.stage import Stage

SOAP, EESSI = "/soap/cnas-answers", "/eessi/seds"
LIMIT = 1_000_000  # bytes; of the endpoint cnas-answers
CNP = "2850415123458"
BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><lolz>&c;</lolz>"""


def good(number: str = CNP, message_id: str = "urn:bad:0") -> bytes:
    inner = (
        f'<insuredResponse xmlns="http://www.cnas.ro/siui/2.0"><insured pid="{number}" state="1"/></insuredResponse>'
    )
    text = inner.replace("<", "&lt;").replace(">", "&gt;")
    return (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        f'xmlns:wsa="http://www.w3.org/2005/08/addressing"><soapenv:Header><wsa:MessageID>{message_id}</wsa:MessageID>'
        '</soapenv:Header><soapenv:Body><r:getInsuredResponse xmlns:r="http://webservices.utils.svapnt.siveco.ro">'
        f"<getInsuredReturn>{text}</getInsuredReturn></r:getInsuredResponse></soapenv:Body></soapenv:Envelope>"
    ).encode()


XML_FAULTS: dict[str, tuple[bytes, str]] = {
    "breaks off": (good()[:300], "B101"),
    "is no XML": (b"hello", "B101"),
    "has a DOCTYPE": (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "B102"),
    "is an entity bomb": (BOMB, "B102"),
    "declares a wrong encoding": ('<?xml version="1.0" encoding="UTF-8"?><x>é</x>'.encode("latin-1"), "B106"),
    "nests too deep": (b"<a>" * 5000 + b"</a>" * 5000, "B107"),
    "is empty": (b"", "B109"),
    "has two elements in its body": (good().replace(b"<soapenv:Body>", b"<soapenv:Body><x/>"), "V101"),
    "breaks the XSD": (good(message_id="urn:bad:1").replace(b"state=", b"stat="), "V201"),
    "has a code outside its enumeration": (good(message_id="urn:bad:2").replace(b'state="1"', b'state="77"'), "V201"),
}  # fmt: skip
JSON_FAULTS: dict[str, tuple[bytes, str]] = {
    "breaks off": (b'{"sed": "P2000",', "B103"),
    "is no JSON": (b"hello", "V301"),
    "names a key twice": (b'{"sed": "P2000", "sed": "P2100", "nav": {}}', "B104"),
    "holds a number out of range": (b'{"sed": "P2000", "nav": {"x": 123456789012345678901}}', "B105"),
    "is not UTF-8": (b'{"sed": "P2000", "nav": {"x": "\xe9"}}', "B106"),
    "nests too deep": (b'{"sed":"P2000","nav":' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}", "B107"),
    "is empty": (b"", "B109"),
    "is no SED": (b'{"hello": "world"}', "V301"),
}


def soap_code(body: bytes) -> str:
    root = etree.fromstring(body)
    assert root.tag.endswith("}Envelope")
    (fault,) = root.iter("{*}Fault")
    return next(element.text for element in fault.iter("{*}code") if element.text)


def still_working(web: Any, stage: Stage) -> None:
    body = cnas_answer(stage.country, stage.country.showcase[0].cnp, message_id="urn:bad:still-working")
    assert stage.caller("cnas").post(SOAP, body, media_type="text/xml").status == 200


@pytest.mark.parametrize("what", XML_FAULTS)
def test_xml_that(what: str, web: Any, stage: Stage) -> None:
    body, code = XML_FAULTS[what]
    headers = {"Punte-Key": stage.keys["cnas"], "Content-Type": "text/xml"}
    status, answered, answer = web.request("POST", SOAP, body=body, headers=headers)
    assert soap_code(answer) == code
    assert status in (400, 422, 500)
    assert answered["punte-reference"]
    assert CNP.encode() not in answer
    still_working(web, stage)


@pytest.mark.parametrize("what", JSON_FAULTS)
def test_json_that(what: str, web: Any, stage: Stage) -> None:
    body, code = JSON_FAULTS[what]
    headers = {"Punte-Key": stage.keys["eessi-ap"], "Content-Type": "application/json", "Punte-Purpose": "sed-exchange"}
    status, answered, answer = web.request("POST", EESSI, body=body, headers=headers)
    problem = json.loads(answer)
    assert problem["code"] == code
    assert status == problem["status"] == CODES[code].status
    assert answered["content-type"].startswith("application/problem+json")
    assert answered["punte-reference"] == problem["reference"]


def test_a_body_over_the_limit_is_refused_before_it_is_read(stage: Stage) -> None:
    parts = urlsplit(stage.address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as connection:
        head = (
            f"POST {SOAP} HTTP/1.1\r\nHost: x\r\nPunte-Key: {stage.keys['cnas']}\r\nContent-Length: {LIMIT + 1}\r\n\r\n"
        )
        connection.sendall(head.encode())  # and not one byte of the body
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert (answer.status, soap_code(answer.read())) == (413, "B413")


def test_a_compressed_body_is_refused(web: Any, stage: Stage) -> None:
    headers = {"Punte-Key": stage.keys["cnas"], "Content-Type": "text/xml", "Content-Encoding": "gzip"}
    status, _, answer = web.request("POST", SOAP, body=gzip.compress(good()), headers=headers)
    assert (status, soap_code(answer)) == (415, "B414")


@pytest.mark.parametrize("key", [{}, {"Punte-Key": "punte_wrong"}, {"Authorization": "Basic bm9ib2R5Om5vdGhpbmc="}])
@pytest.mark.parametrize("path", [SOAP, EESSI, "/rest/portal", "/api/v1/messages"])
def test_a_caller_without_a_good_key_gets_401_with_a_reference(web: Any, path: str, key: dict[str, str]) -> None:
    method = "GET" if path.endswith("messages") else "POST"
    status, answered, answer = web.request(method, path, body=good() if method == "POST" else b"", headers=key)
    assert status == 401
    assert answered["punte-reference"]
    assert "Basic" in answered["www-authenticate"]
    assert b"A401" in answer


@pytest.mark.parametrize(
    ("path", "code"), [("/soap/no-such", "A404"), ("/eessi/no-such", "A404"), ("/soap/seds", "A404")]
)
def test_an_unknown_service_is_named_as_such(web: Any, stage: Stage, path: str, code: str) -> None:
    status, _, answer = web.request("POST", path, body=good(), headers={"Punte-Key": stage.keys["cnas"]})
    assert status == 404
    assert code.encode() in answer


@pytest.mark.parametrize(
    ("who", "purpose", "code"),
    [("eessi-ap", None, "A405"), ("eessi-ap", "curiosity", "A406"), ("cnas", "sed-exchange", "A403")],
)
def test_who_may_not_is_told_why(web: Any, stage: Stage, who: str, purpose: str | None, code: str) -> None:
    headers = {"Punte-Key": stage.keys[who]} | ({"Punte-Purpose": purpose} if purpose else {})
    status, problem = web.json("POST", EESSI, body=b'{"sed": "P2000", "nav": {}}', headers=headers)
    assert (status, problem["code"]) == (403, code)


def test_the_same_id_with_other_content_is_a_conflict_and_the_first_one_stands(web: Any, stage: Stage) -> None:
    headers = {"Punte-Key": stage.keys["eessi-ap"], "Punte-Purpose": "sed-exchange", "Idempotency-Key": "conflict-1"}
    first: dict[str, Any]
    status, first = web.json("POST", EESSI, body=b'{"sed": "X001", "nav": {"a": "1"}}', headers=headers)
    assert status == 202
    status, problem = web.json("POST", EESSI, body=b'{"sed": "X001", "nav": {"a": "2"}}', headers=headers)
    assert (status, problem["code"]) == (409, "J409")
    status, again = web.json("POST", EESSI, body=b'{"sed": "X001", "nav": {"a": "1"}}', headers=headers)
    assert (status, again) == (202, first)


def test_an_invalid_message_of_a_known_caller_is_kept_with_its_findings(web: Any, stage: Stage) -> None:
    headers = {"Punte-Key": stage.keys["eessi-ap"], "Punte-Purpose": "sed-exchange"}
    _, problem = web.json("POST", EESSI, body=b'{"hello": "world"}', headers=headers)
    kept = stage.desk.call("message", {"id": problem["reference"], "reveal": True, "reason": "test", "by": "test"})
    assert kept["outcome"]["state"] == "refused"
    assert kept["body"] == '{"hello": "world"}'
    assert [finding["code"] for finding in kept["findings"]] == ["V301"]
