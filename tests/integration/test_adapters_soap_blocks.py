"""Calls with the header blocks of a contract, and with documents in its own form, as a partner receives them."""

from pathlib import Path

import msgspec
import pytest
from lxml import etree

from adapters.soap import ADAPTER
from hub_core.directory import Contract, Direction, Endpoint
from hub_core.directory.credentials import Credentials, SecretReference
from hub_core.directory.wording import InBand
from hub_core.document import Document
from hub_core.errors import Rejected
from hub_core.playing.partner import Reply, playing
from hub_core.ports import Sent
from tests.unit.adapters.test_soap_request import SESSION

pytestmark = pytest.mark.network
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
ANSWER = (
    f'<s:Envelope xmlns:s="{SOAP}"><s:Header><r:Result xmlns:r="urn:r"><r:code>{{}}</r:code><r:id>N-7</r:id></r:Result>'
    '</s:Header><s:Body><t:taken xmlns:t="urn:t"/></s:Body></s:Envelope>'
)
SENT = Sent(key="k-1", message_id="m-1", correlation_id="c-1", party="", service="s", record=b"{}")


def answered(code: str) -> Reply:
    return Reply(body=ANSWER.format(code).encode(), headers={"Content-Type": "text/xml"})


@pytest.fixture
def partner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    (tmp_path / "session.wsdl").write_text(SESSION, encoding="utf-8")
    monkeypatch.setenv("AGENCY_TOKEN", "t-123")
    return Endpoint(
        institution="agency",
        direction=Direction.OUT,
        adapter="soap",
        service="s",
        contract=Contract(wsdl=str(tmp_path / "session.wsdl"), operation="ask"),
        ask={"": "{message}"},
        header={"Session/User": "{user}", "Session/Token": "{secret}", "Year": "2025"},
        credentials=Credentials(kind="block", user="hub", secret=SecretReference(env="AGENCY_TOKEN")),
        in_band=InBand(status="soap:Header/Result/code", done=("0",), reference="soap:Header/Result/id"),
    )


async def sent(endpoint: Endpoint, reply: Reply, message: Sent = SENT) -> tuple[str | None, etree._Element]:
    """Send a message; return the partner's own number for it, and the envelope that they got."""
    async with playing(reply) as server:
        known = msgspec.structs.replace(endpoint, url=server.url)
        ADAPTER.check("partner", known)
        target = ADAPTER.target("partner", known)
        try:
            receipt = await target.send(message)
        finally:
            await target.close()
    return receipt.reference, etree.fromstring(server.received[0].body)


async def test_a_partner_gets_the_header_blocks_of_its_contract_and_answers_in_its_own(partner: Endpoint) -> None:
    reference, envelope = await sent(partner, answered("0"))
    header = envelope.find(f"{{{SOAP}}}Header")
    assert header is not None
    assert [part.text for part in header.find("{urn:t}Session")] == ["hub", "t-123"]
    assert header.findtext("{urn:t}Year") == "2025"
    assert reference == "N-7"


async def test_what_the_header_of_an_answer_refuses_is_refused(partner: Endpoint) -> None:
    with pytest.raises(Rejected) as refused:
        await sent(partner, answered("9"))
    assert refused.value.code == "D206"
    assert "t-123" not in repr(refused.value)


async def test_a_document_that_a_mapping_wrote_arrives_in_the_soap_encoding(partner: Endpoint) -> None:
    body = b'<t:days xmlns:t="urn:t"><who>a</who><on><item>2025-01-02</item></on></t:days>'
    written = Document(kind="xml", root=etree.fromstring(body), name="days", body=body)
    endpoint = msgspec.structs.replace(
        partner,
        contract=msgspec.structs.replace(partner.contract, operation="days"),
        ask={".": "{document}"},
        writes="agency.days/1",
        header={},
        credentials=None,
    )
    _, envelope = await sent(endpoint, answered("0"), msgspec.structs.replace(SENT, document=written))
    days = envelope[-1][0]
    assert days.get(f"{{{SOAP}}}encodingStyle") == "http://schemas.xmlsoap.org/soap/encoding/"
    assert days.find("on").get("{http://schemas.xmlsoap.org/soap/encoding/}arrayType") == "xsd:date[1]"
    assert days.find("on")[0].text == "2025-01-02"
