"""How the hub answers in SOAP: with the statuses and codes of each version."""

from datetime import timedelta

import pytest
from lxml import etree

from adapters.kit.reply import Trouble
from adapters.soap import answers
from hub_core.message import Finding, Outcome, Severity, State
from hub_core.testing.builders import NOW

SOAP = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}


def trouble(code: str = "V201", status: int = 422, **facts: object) -> Trouble:
    return Trouble(**{"code": code, "text": "an <element> & more", "reference": "r-1", "status": status, **facts})


def fault_code(body: bytes, version: str) -> str:
    root = etree.fromstring(body)
    path = "faultcode" if version == "1.1" else f".//{{{SOAP['1.2']}}}Code/{{{SOAP['1.2']}}}Value"
    return root.find(f".//{{{SOAP[version]}}}Fault").findtext(path)


@pytest.mark.parametrize(
    ("code", "status", "version", "http", "fault"),
    [
        ("V201", 422, "1.1", 500, "soap:Client"),
        ("V201", 422, "1.2", 400, "soap:Sender"),
        ("W500", 500, "1.1", 500, "soap:Server"),
        ("W500", 500, "1.2", 500, "soap:Receiver"),
        ("J503", 503, "1.1", 503, "soap:Server"),
        ("J503", 503, "1.2", 503, "soap:Receiver"),
        ("A401", 401, "1.1", 401, "soap:Client"),
        ("A404", 404, "1.1", 404, "soap:Client"),
        ("B413", 413, "1.2", 413, "soap:Sender"),
        ("V103", 400, "1.1", 500, "soap:MustUnderstand"),
        ("V103", 400, "1.2", 400, "soap:MustUnderstand"),
        ("V104", 400, "1.1", 500, "soap:VersionMismatch"),
    ],
)
def test_a_fault_says_whose_it_is(code: str, status: int, version: str, http: int, fault: str) -> None:
    reply = answers.fault(trouble(code, status), version)
    assert (reply.status, fault_code(reply.body, version)) == (http, fault)


def test_a_fault_carries_code_reference_and_findings() -> None:
    finding = Finding(code="V201", severity=Severity.ERROR, text="a < b", source='x["1"]', line=3)
    reply = answers.fault(trouble(findings=(finding,)), "1.1")
    (problem,) = etree.fromstring(reply.body).iter("{urn:punte:problem:1}problem")
    assert problem.findtext("{*}code") == "V201"
    assert problem.findtext("{*}reference") == "r-1"
    (told,) = problem.iter("{*}finding")
    assert (told.text, dict(told.attrib)) == (
        "a < b",
        {"code": "V201", "severity": "error", "source": 'x["1"]', "line": "3"},
    )


def test_a_fault_that_may_pass_says_when_to_come_again() -> None:
    reply = answers.fault(trouble("J503", 503, after=timedelta(milliseconds=1500)), "1.1")
    assert ("retry-after", "2") in reply.headers


@pytest.mark.parametrize("version", SOAP)
def test_a_receipt_is_an_envelope_of_the_callers_version_with_status_200(version: str) -> None:
    outcome = Outcome(message_id="m-1", state=State.ACCEPTED, decided_at=NOW)
    reply = answers.receipt(outcome, version)
    root = etree.fromstring(reply.body)
    assert (reply.status, root.tag) == (200, f"{{{SOAP[version]}}}Envelope")
    (receipt,) = root.iter("{urn:punte:receipt:1}receipt")
    assert [child.text for child in receipt] == ["m-1", "accepted", "0"]


@pytest.mark.parametrize(
    ("media_type", "body", "version"),
    [
        ("text/xml; charset=utf-8", b"", "1.1"),
        ("application/soap+xml", b"", "1.2"),
        ("", f'<e xmlns="{SOAP["1.2"]}"/>'.encode(), "1.2"),
        ("application/xml", f'<e xmlns="{SOAP["1.1"]}"/>'.encode(), "1.1"),
        ("", b"", "1.1"),
    ],
)
def test_the_version_is_told_by_media_type_else_by_the_envelope(media_type: str, body: bytes, version: str) -> None:
    assert answers.version_of({"content-type": media_type}, body) == version
