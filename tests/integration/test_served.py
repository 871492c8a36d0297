"""A client of an agency calls the hub: its question goes to the real agency, its answer is in the agency's words."""

from xml.sax.saxutils import escape

import pytest

from hub_core.places import MAPPINGS
from hub_core.playing.partner import Keep, Reply, playing
from hub_core.settings import Settings
from hub_core.validation import parse_xml
from registry.assemble import assemble

pytestmark = pytest.mark.network
CNAS = "http://webservices.utils.svapnt.siveco.ro"
CNP = "2850415123450"
COUNTRY = """
institutions:
  cnas: {name: Insurance house}
  town: {name: Town hall}
endpoints:
  cnas-insured:
    institution: cnas
    direction: ask
    adapter: soap
    service: insured
    url: URL
    contract: {wsdl: partners/cnas/SiuiInsuredWS.wsdl, operation: getInsured, xsd: partners/cnas/GetInsuredResponse.xsd}
    mappings: cnas.insured-person/1
    ask: {pid: "{cnp}", requestDate: "{date}T00:00:00"}
    timeout: 1s
  insured-as-before:
    institution: town
    direction: in
    adapter: soap
    service: insured
    contract: {wsdl: partners/cnas/SiuiInsuredWS.wsdl}
    answers:
      getInsured:
        query: insured
        person: pid
        on: requestDate
        writes: cnas.insured-person/1
        fill: {getInsuredReturn: "{document}"}
queries:
  insured: {service: insured-query, sources: cnas-insured, deadline: 30s}
access:
  town-asks: {institution: town, service: insured-query, purposes: [benefits], fixed_purpose: benefits}
"""


def envelope(content: str) -> bytes:
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    return f'<s:Envelope xmlns:s="{soap}"><s:Body>{content}</s:Body></s:Envelope>'.encode()


def of_the_agency(inner: str) -> Reply:
    content = f'<n:getInsuredResponse xmlns:n="{CNAS}"><getInsuredReturn>{escape(inner)}</getInsuredReturn></n:getInsuredResponse>'
    return Reply(200, envelope(content), {"Content-Type": "text/xml"})


KNOWN = of_the_agency((MAPPINGS / "cnas/fixtures/insured.xml").read_text(encoding="utf-8"))
UNKNOWN = of_the_agency(
    f'<insuredResponse xmlns="http://www.cnas.ro/siui/2.0"><insured pid="{CNP}" state="0"/></insuredResponse>'
)
QUESTION = envelope(
    f'<w:getInsured xmlns:w="{CNAS}"><pid>{CNP}</pid><requestDate>2025-11-03T00:00:00</requestDate></w:getInsured>'
)


async def called(hub, key, body):
    """Call the endpoint as a client does, and return status and what stands in the Body."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": body}

    async def send(event):
        sent.append(event)

    headers = [(b"punte-key", key.encode()), (b"content-type", b"text/xml")]
    scope = {"type": "http", "method": "POST", "path": "/soap/insured-as-before", "headers": headers}
    await hub.front("soap")(scope, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"])[b"punte-reference"].decode(), parse_xml(sent[1]["body"])[-1][0]


async def asked(tmp_path, act, body=QUESTION, institution="town"):
    async with playing(act) as partner, assemble(Settings(home=tmp_path / "home", port=0)) as hub:
        await hub.desk.call("apply", {"files": {"c.yaml": COUNTRY.replace("URL", partner.url)}, "by": "ana"})
        made = await hub.desk.call("key_new", {"name": "k", "institution": institution, "by": "ana"})
        status, reference, content = await called(hub, made["key"], body)
        entries = (
            [entry.step for entry in hub._parts.view.entries(reference)] if hub._parts.view.message(reference) else []
        )
    return status, content, entries, partner.received


async def test_the_answer_of_the_agency_comes_back_in_its_own_contract_and_both_are_kept(tmp_path) -> None:
    status, content, entries, received = await asked(tmp_path, KNOWN)
    assert (status, content.tag) == (200, f"{{{CNAS}}}getInsuredResponse")
    inner = parse_xml(content.findtext("getInsuredReturn").encode())
    original = parse_xml((MAPPINGS / "cnas/fixtures/insured.xml").read_bytes())
    assert [(one.tag, dict(one.attrib)) for one in inner.iter("{*}insured", "{*}category")] == [
        (one.tag, dict(one.attrib)) for one in original.iter("{*}insured", "{*}category")
    ]
    assert len(received) == 1
    assert CNP.encode() in received[0].body
    assert "answered" in entries


@pytest.mark.parametrize(("act", "code"), [(UNKNOWN, "Q104"), (Keep(), "Q103")])
async def test_no_answer_is_a_fault_that_says_whether_to_come_again(tmp_path, act, code) -> None:
    status, content, _, _ = await asked(tmp_path, act)
    assert content.findtext(".//{urn:punte:problem:1}code") == code
    assert status == (503 if code == "Q103" else 500)


async def test_who_has_no_right_to_the_query_asks_nobody(tmp_path) -> None:
    _, content, _, received = await asked(tmp_path, KNOWN, institution="cnas")
    assert content.findtext(".//{urn:punte:problem:1}code") == "A403"
    assert received == []
