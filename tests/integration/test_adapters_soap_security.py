"""WS-Security and attachments at the door and on the way out, over real HTTP."""

import base64
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from adapters.kit.multipart import Part, write_parts
from adapters.kit.parts import read_parts
from adapters.soap import ADAPTER
from adapters.soap.attachments import read_envelope
from adapters.soap.client import SoapTarget
from adapters.soap.names import SOAP_12, WSA, WSSE, XOP
from adapters.soap.security.places import Envelope
from adapters.soap.security.signing import Signer, certificates
from adapters.soap.security.tokens import Account, username_token
from adapters.soap.security.verifying import verify
from adapters.soap.wsdl import read_wsdl
from hub_core.directory import Contract, Direction, Endpoint
from hub_core.directory.credentials import Credentials, SecretReference, Security, Signed, Signing
from hub_core.directory.wording import InBand
from hub_core.errors import Rejected, TryLater
from hub_core.message import Receipt
from hub_core.playing.partner import Reply, playing
from hub_core.playing.wire import Answered, exchange, request_bytes, serving
from hub_core.ports import Sent, Target
from hub_core.testing.adapter.services import INSTITUTION, MemoryServices
from tests.unit.adapters.security.letters import AGE, Pair, envelope, pair
from tests.unit.adapters.test_soap_attachments import CONTRACT

pytestmark = pytest.mark.network

PASSWORD = "open-sesame"
ACCOUNT = Account("agency", PASSWORD, "digest")


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNTE_TEST_SECRET", PASSWORD)


def references(folder: Path, keys: Pair) -> tuple[SecretReference, SecretReference]:
    for name, content in keys._asdict().items():
        (folder / name).write_bytes(content)
    return SecretReference(file=str(folder / "key")), SecretReference(file=str(folder / "certificate"))


def hub(folder: Path) -> MemoryServices:
    """Return a hub with endpoints that want a token, a signature, or only a fresh time stamp."""
    _, certificate = references(folder, pair())
    token = Credentials(kind="username-token", user="agency", secret=SecretReference(env="PUNTE_TEST_SECRET"))
    base = {"institution": INSTITUTION, "direction": Direction.IN, "adapter": "soap", "service": "cases"}
    return MemoryServices(
        ADAPTER,
        {
            "token": Endpoint(**base, credentials=token, security=Security(form="digest")),
            "signed": Endpoint(**base, security=Security(timestamp=AGE, signed=Signed(certificate=certificate))),
            "stamped": Endpoint(**base, security=Security(timestamp=AGE)),
            "broken": Endpoint(
                **base, credentials=Credentials(kind="username-token", user="x", secret=SecretReference(env="NOBODY"))
            ),
        },
    )


class Door:
    def __init__(self, services: MemoryServices, port: int) -> None:
        self.services = services
        self._port = port

    async def send(self, name: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answered:
        told = {"content-type": "text/xml", **(headers or {})}
        return await exchange(self._port, request_bytes(f"/soap/{name}", body, told))


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    services = hub(tmp_path)
    async with serving(ADAPTER.front(services)) as port:
        yield Door(services, port)


def token(account: Account = ACCOUNT, *, nonce: bytes = b"once") -> bytes:
    return envelope(security=username_token(account, now=datetime.now(UTC), nonce=nonce))


def fault(answered: Answered) -> str:
    root = etree.fromstring(answered.body)
    assert root.find(".//{*}Fault") is not None
    return root.findtext(".//{urn:punte:problem:1}code")


async def test_who_shows_the_agreed_token_needs_no_key_of_the_hub(door: Door) -> None:
    assert (await door.send("token", token())).status == 200
    (arrival,) = door.services.arrivals
    assert (arrival.caller.institution, arrival.caller.key) == (INSTITUTION, "ws-security")


async def test_the_message_is_kept_without_what_proved_its_sender(door: Door) -> None:
    await door.send("token", token())
    kept = door.services.arrivals[0].body
    assert WSSE.encode() not in kept
    assert etree.fromstring(kept).findtext(".//{urn:m}sum") == "100"


async def test_a_large_message_is_checked_like_a_small_one(door: Door) -> None:
    large = token().replace(b"<m:sum>", b"<m:text>" + b"x" * 60_000 + b"</m:text><m:sum>")
    assert (await door.send("token", large)).status == 200
    assert fault(await door.send("token", large)) == "A414"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (token(Account("agency", "guess", "digest")), "A412"),
        (token(Account("agency", PASSWORD, "text")), "A412"),
        (envelope(security=""), "A411"),
        (b"<soap:Envelope", "B101"),
        (b"<m:pay xmlns:m='urn:m'/>", "A411"),
    ],
    ids=["wrong password", "as text", "no token", "no XML", "no envelope"],
)
async def test_without_proof_nothing_is_kept_but_a_note(door: Door, body: bytes, code: str) -> None:
    answered = await door.send("token", body, {"punte-key": door.services.key})
    assert fault(answered) == code
    assert door.services.arrivals == []
    (note,) = door.services.refusals
    assert (note.code, note.party, note.reference) == (code, None, answered.reference)
    assert PASSWORD.encode() not in answered.body


async def test_a_fault_comes_in_the_version_of_the_caller(door: Door) -> None:
    old = await door.send("token", envelope(security=""))
    new = await door.send("token", envelope(security="", soap=SOAP_12), {"content-type": "application/soap+xml"})
    assert (old.status, etree.fromstring(old.body).findtext(".//faultcode")) == (500, "wsse:InvalidSecurity")
    assert (new.status, etree.fromstring(new.body).tag) == (400, f"{{{SOAP_12}}}Envelope")


async def test_who_signs_with_the_pinned_key_is_let_in_and_nobody_else(door: Door) -> None:
    good = Signer(*pair()).sign(envelope(at=datetime.now(UTC)))
    assert (await door.send("signed", good)).status == 200
    stranger = Signer(*pair("stranger")).sign(envelope(at=datetime.now(UTC)))
    assert fault(await door.send("signed", stranger)) == "A415"
    assert fault(await door.send("signed", good.replace(b"100", b"900"))) == "A415"
    assert fault(await door.send("signed", Signer(*pair()).sign(envelope(security="")))) == "A411"
    late = envelope(at=datetime.now(UTC) - timedelta(minutes=7))
    assert fault(await door.send("signed", Signer(*pair()).sign(late))) == "A413"
    assert len(door.services.arrivals) == 1


async def test_a_time_stamp_alone_names_nobody_so_the_key_is_asked_for(door: Door) -> None:
    fresh = envelope(at=datetime.now(UTC))
    assert (await door.send("stamped", fresh)).status == 401
    assert (await door.send("stamped", fresh, {"punte-key": door.services.key})).status == 200


async def test_where_the_secret_is_missing_nobody_gets_in_and_no_file_is_named(door: Door) -> None:
    answered = await door.send("broken", token(), {"punte-key": door.services.key})
    assert answered.status == 503
    assert b"NOBODY" not in answered.body


async def test_an_endpoint_that_is_not_there_is_told_only_to_callers_with_a_key(door: Door) -> None:
    assert (await door.send("nowhere", token())).status == 401
    assert (await door.send("nowhere", token(), {"punte-key": door.services.key})).status == 404


# -- on the way out ------------------------------------------------------------------------------------------------

SENT = Sent(key="k-1", message_id="m-1", correlation_id="m-1", party="p", service="cases", record=b'{"a":1}')
ANSWER = "<d:done xmlns:d='urn:d'/>"


def target(url: str, folder: Path, *, proven: bool = False, in_band: InBand | None = None) -> Target:
    key, certificate = references(folder, pair())
    endpoint = Endpoint(
        institution="p",
        direction=Direction.OUT,
        adapter="soap",
        service="cases",
        url=url,
        contract=Contract(wsdl="partners/anpis/Safir.wsdl"),
        ask={"CNP": "{message}"},
        credentials=Credentials(kind="username-token", user="agency", secret=SecretReference(env="PUNTE_TEST_SECRET")),
        security=Security(
            form="digest",
            timestamp=AGE,
            sign=Signing(key=key, certificate=certificate),
            signed=Signed(certificate=certificate) if proven else None,
        ),
        wsa=True,
        in_band=in_band,
    )
    return ADAPTER.target("partner", endpoint)


async def sent_to(script: Reply, folder: Path, *, proven: bool = False) -> etree._Element:
    async with playing(script) as partner:
        line = target(partner.url, folder, proven=proven)
        try:
            await line.send(SENT)
        finally:
            await line.close()
    return etree.fromstring(partner.received[0].body)


def answer(keys: Pair | None = None) -> Reply:
    body = envelope(ANSWER, at=datetime.now(UTC))
    return Reply(body=Signer(*keys).sign(body) if keys else body, headers={"Content-Type": "text/xml"})


async def test_a_request_carries_token_time_stamp_addresses_and_a_signature_that_holds(tmp_path: Path) -> None:
    root = await sent_to(answer(), tmp_path)
    assert root.findtext(f".//{{{WSA}}}MessageID") == "urn:uuid:k-1"
    assert [root.find(f".//{{{WSA}}}{name}") is not None for name in ("To", "Action", "ReplyTo")] == [True] * 3
    read = Envelope(root)
    stamp = read.security.find("{*}Timestamp")
    trusted = certificates(pair().certificate)
    verify(read, stamp, trusted=trusted, algorithms=("rsa-sha256",), now=datetime.now(UTC))
    assert PASSWORD not in etree.tostring(root).decode()


async def test_an_answer_counts_only_if_the_partner_signed_it(tmp_path: Path) -> None:
    await sent_to(answer(pair()), tmp_path, proven=True)
    for keys in (None, pair("stranger")):
        with pytest.raises(Rejected) as refused:
            await sent_to(answer(keys), tmp_path, proven=True)
        assert refused.value.code == "D205"


async def test_an_envelope_around_nothing_is_a_receipt_unless_it_must_be_signed(tmp_path: Path) -> None:
    nothing = Reply(body=envelope(""), headers={"Content-Type": "text/xml"})
    await sent_to(nothing, tmp_path)
    with pytest.raises(Rejected, match="D205"):
        await sent_to(nothing, tmp_path, proven=True)


async def test_what_a_partner_says_in_its_answer_counts_like_a_status_of_http(tmp_path: Path) -> None:
    says = InBand(status="code", done=("0",), retry=("9",), reference="number")

    async def told(code: str) -> Receipt:
        body = envelope(f"<d:done xmlns:d='urn:d'><code>{code}</code><number>N-1</number></d:done>")
        async with playing(Reply(body=body, headers={"Content-Type": "text/xml"})) as partner:
            line = target(partner.url, tmp_path, in_band=says)
            try:
                return await line.send(SENT)
            finally:
                await line.close()

    assert (await told("0")).reference == "N-1"
    for code, kind, meant in (("9", TryLater, "D102"), ("4", Rejected, "D206")):
        with pytest.raises(kind) as caught:
            await told(code)
        assert caught.value.code == meant


async def test_two_requests_never_carry_the_same_nonce(tmp_path: Path) -> None:
    first, second = [await sent_to(answer(), tmp_path) for _ in range(2)]
    assert first.findtext(".//{*}Nonce") != second.findtext(".//{*}Nonce")


# -- attachments ---------------------------------------------------------------------------------------------------


async def test_what_came_in_parts_is_kept_as_one_envelope(door: Door) -> None:
    inside = f"<m:pay xmlns:m='urn:m'><m:scan><x:Include xmlns:x='{XOP}' href='cid:a'/></m:scan></m:pay>"
    told, body = write_parts(
        Part(id="r", media_type="application/xop+xml", content=envelope(inside, at=datetime.now(UTC))),
        [Part(id="a", media_type="image/tiff", content=b"scan"), Part(id="b", media_type="a/b", content=b"beside")],
        {"type": "application/xop+xml"},
    )
    answered = await door.send("stamped", body, {"content-type": told, "punte-key": door.services.key})
    assert answered.status == 200
    (arrival,) = door.services.arrivals
    kept = etree.fromstring(arrival.body)
    assert (arrival.media_type, kept.findtext(".//{urn:m}scan")) == ("application/xml", "c2Nhbg==")
    assert kept.findtext(".//{*}attachment") == "YmVzaWRl"


async def test_what_stands_beside_a_signed_envelope_is_not_signed_and_refused(door: Door) -> None:
    root = Part(id="r", media_type="text/xml", content=Signer(*pair()).sign(envelope(at=datetime.now(UTC))))
    told, body = write_parts(root, [Part(id="b", media_type="a/b", content=b"beside")], {})
    assert fault(await door.send("signed", body, {"content-type": told})) == "A416"
    assert door.services.arrivals == []


async def test_parts_that_cannot_be_read_are_a_fault(door: Door) -> None:
    told = {"content-type": "multipart/related; boundary=b", "punte-key": door.services.key}
    assert fault(await door.send("stamped", b"--c", told)) == "B112"


async def test_an_answer_in_parts_is_read_like_any_other(tmp_path: Path) -> None:
    root = Part(id="r", media_type="application/xop+xml", content=answer(pair()).body)
    told, body = write_parts(root, [Part(id="a", media_type="a/b", content=b"x")], {})
    await sent_to(Reply(body=body, headers={"Content-Type": told}), tmp_path, proven=True)


async def test_binary_content_leaves_as_a_part_and_is_signed_as_if_it_stood_inside(tmp_path: Path) -> None:
    (tmp_path / "put.wsdl").write_text(CONTRACT)
    key, certificate = references(tmp_path, pair())
    content = bytes(range(256)) * 300  # large enough to be signed outside of the event loop
    async with playing(answer()) as partner:
        endpoint = Endpoint(
            institution="p",
            direction=Direction.OUT,
            adapter="soap",
            service="scans",
            url=partner.url,
            ask={"scan": base64.b64encode(content).decode(), "named": "", "short": "", "note": "{message}"},
            security=Security(timestamp=AGE, sign=Signing(key=key, certificate=certificate)),
            mtom=True,
        )
        line = SoapTarget("partner", endpoint, read_wsdl(tmp_path / "put.wsdl").operation("put"))
        try:
            await line.send(SENT)
        finally:
            await line.close()
    (received,) = partner.received
    _, (part,) = read_parts(received.headers["content-type"], received.body)
    assert (part.content, received.headers["soapaction"]) == (content, '"urn:put"')
    whole, _ = read_envelope(received.headers["content-type"], received.body)
    read = Envelope(whole)
    trusted = certificates(pair().certificate)
    stamp = read.security.find("{*}Timestamp")
    verify(read, stamp, trusted=trusted, algorithms=("rsa-sha256",), now=datetime.now(UTC))
