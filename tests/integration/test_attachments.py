"""Large contents that come with messages: into a sealed file, out to a partner, away with their message."""

import asyncio
import base64
import contextlib
import hashlib
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from adapters.kit.parts import read_parts
from hub_core.errors import ConfigError, Rejected
from hub_core.mapping import load_files
from hub_core.playing.partner import Reply, playing
from hub_core.settings import Settings
from hub_core.testing.builders import FrozenClock
from registry.assemble import assemble
from registry.backing import back_up, restore

pytestmark = pytest.mark.network

LARGE = bytes(range(256)) * 8_000  # 2 MB
WSDL = """<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:t="urn:claims" xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:claims">
  <types><x:schema targetNamespace="urn:claims" elementFormDefault="qualified">
    <x:element name="submit"><x:complexType><x:sequence>
      <x:element name="cnp" type="x:string"/><x:element name="title" type="x:string"/>
      <x:element name="scan" type="x:base64Binary"/>
    </x:sequence></x:complexType></x:element>
  </x:schema></types>
  <message name="asked"><part name="parameters" element="t:submit"/></message>
  <portType name="Claims"><operation name="submit"><input message="t:asked"/></operation></portType>
  <binding name="ClaimsSoap" type="t:Claims"><s:binding transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="submit"><s:operation soapAction="urn:claims:submit"/>
      <input><s:body use="literal"/></input></operation></binding>
  <service name="Claims"><port name="Claims" binding="t:ClaimsSoap"><s:address location="http://claims"/></port></service>
</definitions>"""
MAPPING = """mapping: claims.submit/1
source: {xml: "{urn:claims}submit", ns: {c: "urn:claims"}}
target: Beneficiary@1
direction: both
fields:
  identifiers[scheme=ro.cnp].value: {at: c:cnp, as: cnp, need: required, why: a claim of nobody is none}
  documents[]:
    each: .
    fields:
      title: {at: c:title}
      content: {at: c:scan}
"""
COUNTRY = """
institutions:
  town: {name: Town hall}
  fund: {name: Pension fund}
endpoints:
  claims-in:
    institution: town
    direction: in
    adapter: soap
    service: claims
    contract: {wsdl: ./claims.wsdl}
    mappings: claims.submit/1
    message_id: header
    MORE
  claims-out:
    institution: fund
    direction: out
    adapter: soap
    service: claims
    url: URL
    contract: {wsdl: ./claims.wsdl}
    writes: claims.submit/1
    ask: {".": "{document}"}
    mtom: MTOM
routes:
  claims: {services: claims, to: claims-out}
access:
  town-claims: {institution: town, service: claims, purposes: [benefits], fixed_purpose: benefits}
"""


def claim(content: bytes, *, encoding="binary", boundary="b") -> tuple[str, bytes]:
    """Return the header Content-Type and the body of a claim with a scan."""
    root = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><c:submit xmlns:c="urn:claims">'
        "<c:cnp>2850415123450</c:cnp><c:title>decision</c:title>"
        '<c:scan><x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:scan"/></c:scan>'
        "</c:submit></s:Body></s:Envelope>"
    )
    written = base64.encodebytes(content) if encoding == "base64" else content
    head = f"Content-Type: application/pdf\r\nContent-Transfer-Encoding: {encoding}\r\nContent-ID: <scan>\r\n\r\n"
    body = (
        f"--{boundary}\r\nContent-Type: application/xop+xml\r\nContent-ID: <root>\r\n\r\n{root}\r\n"
        f"--{boundary}\r\n{head}"
    ).encode() + written
    return (
        f'multipart/related; type="application/xop+xml"; boundary="{boundary}"',
        body + f"\r\n--{boundary}--".encode(),
    )


async def called(hub, key, sent, *, name="1", piece=64_000):
    """Send a claim in pieces, and return status and answer."""
    content_type, body = sent
    pieces = [body[start : start + piece] for start in range(0, len(body), piece)]
    answer = []

    async def receive():
        part = pieces.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(pieces)}

    async def send(event):
        answer.append(event)

    headers = {"punte-key": key, "content-type": content_type, "idempotency-key": name}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/soap/claims-in", "headers": raw, "query_string": b""}
    await hub.front("soap")(scope, receive, send)
    return answer[0]["status"], answer[1]["body"].decode()


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home", port=0)


@pytest.fixture
async def partner():
    async with playing(Reply(202)) as partner:
        yield partner


async def until(condition):
    for _ in range(400):
        if found := condition():
            return found
        await asyncio.sleep(0.01)
    pytest.fail("it did not come to that")


def files_in(settings):
    """Return the files of attachments that lie in the folder, whole or half written."""
    return sorted(path for path in settings.attachments_folder.iterdir() if path.name != "store-id")


async def begin(hub, folder, url, *, mtom=True, more=""):
    (folder / "claims.wsdl").write_text(WSDL)
    hub.desk._parts.mapping_sets.use(load_files({"claims/submit.yaml": MAPPING.encode()}))
    text = COUNTRY.replace("URL", url).replace("MTOM", str(mtom).lower()).replace("MORE", more)
    await hub.desk.call("apply", {"files": {"country.yaml": text}, "folder": str(folder), "by": "ana"})
    await hub.begin()
    return (await hub.desk.call("key_new", {"name": "town", "institution": "town", "by": "ana"}))["key"]


async def test_a_large_content_comes_in_lies_sealed_and_goes_out_as_a_part(tmp_path, settings, partner):
    async with assemble(settings) as hub:
        key = await begin(hub, tmp_path, partner.url)
        status, answer = await called(hub, key, claim(LARGE))
        assert status == 202, answer
        (file,) = files_in(settings)
        sealed = file.read_bytes()
        assert (hashlib.sha256(sealed).hexdigest(), LARGE[:64] in sealed) == (file.name, False)
        got = await until(lambda: partner.received and partner.received[0])
    root, (scan,) = read_parts(got.headers["content-type"], got.body)
    assert (scan.media_type, scan.content == LARGE) == ("application/pdf", True)
    assert b"cid:1@punte" in root
    assert b"punte/attached" not in root


async def test_a_partner_without_parts_gets_it_inside_of_the_envelope(tmp_path, settings, partner):
    async with assemble(settings) as hub:
        key = await begin(hub, tmp_path, partner.url, mtom=False)
        await called(hub, key, claim(LARGE, encoding="base64"))
        got = await until(lambda: partner.received and partner.received[0])
    assert base64.b64encode(LARGE) in got.body
    assert int(got.headers["content-length"]) == len(got.body)


async def test_a_claim_that_comes_again_is_the_same_and_leaves_no_second_file(tmp_path, settings, partner):
    async with assemble(settings) as hub:
        key = await begin(hub, tmp_path, partner.url)
        await called(hub, key, claim(LARGE))
        first = files_in(settings)
        assert (await called(hub, key, claim(LARGE, boundary="other")))[0] == 202
        assert files_in(settings) == first
        status, answer = await called(hub, key, claim(LARGE[1:]))
        assert (status, "J409" in answer, files_in(settings)) == (500, True, first)
        assert len(await hub.desk.call("messages", {})) == 1


REFUSED = {
    "cut off": (claim(LARGE)[1][:-10], "B112"),
    "includes nothing": (claim(LARGE)[1].replace(b"cid:scan", b"cid:none"), "B112"),
    "no XML": (claim(LARGE)[1].replace(b"</c:cnp>", b"<"), "B101"),
    "no base64": (claim(b"%" * 2_000_000)[1].replace(b"binary", b"base64"), "B112"),
}


async def test_what_is_refused_leaves_no_file(tmp_path, settings, partner):
    async with assemble(settings) as hub:
        key = await begin(hub, tmp_path, partner.url)
        for why, (sent, code) in REFUSED.items():
            status, answer = await called(hub, key, (claim(LARGE)[0], sent))
            assert (status, code in answer, files_in(settings)) == (500, True, []), why


async def test_a_caller_who_leaves_leaves_no_file(tmp_path, settings, partner):
    async with assemble(settings) as hub:
        key = await begin(hub, tmp_path, partner.url)
        content_type, body = claim(LARGE)
        events = [{"type": "http.request", "body": body[:1_900_000], "more_body": True}, {"type": "http.disconnect"}]

        async def receive():
            return events.pop(0)

        headers = [(b"punte-key", key.encode()), (b"content-type", content_type.encode())]
        scope = {"type": "http", "method": "POST", "path": "/soap/claims-in", "headers": headers, "query_string": b""}
        await hub.front("soap")(scope, receive, None)
        assert files_in(settings) == []


async def test_without_room_the_caller_is_asked_to_come_again(tmp_path, settings, partner, monkeypatch):
    monkeypatch.setattr("hub_core.attachments.folder.RESERVE", 1 << 60)
    async with assemble(settings) as hub:
        key = await begin(hub, tmp_path, partner.url)
        status, answer = await called(hub, key, claim(LARGE))
        assert (status, "J503" in answer, files_in(settings)) == (503, True, [])
        assert (await called(hub, key, claim(b"small")))[0] == 202


async def test_more_than_the_endpoint_takes_is_refused_before_it_is_read(tmp_path, settings, partner):
    async with assemble(settings) as hub:
        key = await begin(hub, tmp_path, partner.url, more="max_attachment_bytes: 1500000")
        status, answer = await called(hub, key, claim(LARGE))
        assert (status, "B413" in answer, files_in(settings)) == (413, True, [])


async def test_files_go_with_the_bodies_of_their_messages(tmp_path, settings, partner):
    async with assemble(msgspec.structs.replace(settings, keep_bodies=1)) as hub:
        key = await begin(hub, tmp_path, partner.url)
        await called(hub, key, claim(LARGE))
        (row,) = await hub.desk.call("messages", {})
        parts = hub.desk._parts
        await until(lambda: parts.view.message(row["id"]).message.state == "delivered")
        shown = await hub.desk.call("message", {"id": row["id"]})
        fact = {"number": 1, "size": len(LARGE), "media_type": "application/pdf", "name": "scan"}
        assert shown["attachments"] == [fact]
        parts.__dict__["clock"] = FrozenClock(parts.clock.now() + timedelta(days=2))
        await hub.desk.call("purge", {"part": "bodies", "by": "ana"})
        assert (parts.view.attachments(row["id"]), files_in(settings)) == ((), [])


async def test_a_corrected_copy_goes_out_with_the_content_of_the_first(tmp_path, settings):
    async with playing(Reply(400), Reply(202)) as partner, assemble(settings) as hub:
        key = await begin(hub, tmp_path, partner.url)
        await called(hub, key, claim(LARGE))
        (row,) = await hub.desk.call("messages", {})
        parts = hub.desk._parts
        await until(lambda: parts.view.message(row["id"]).message.state == "parked")
        body = parts.view.body(row["id"]).replace(b"decision", b"final decision")
        mended = {"id": row["id"], "body": base64.b64encode(body).decode(), "by": "ana", "reason": "the title"}
        copy = (await hub.desk.call("repair", mended))["copy"]
        await until(lambda: parts.view.message(copy).message.state == "delivered")
        assert parts.view.attachments(copy) == parts.view.attachments(row["id"])
        assert len(files_in(settings)) == 1
    got = partner.received[1]
    root, (scan,) = read_parts(got.headers["content-type"], got.body)
    assert (b"final decision" in root, scan.content == LARGE) == (True, True)


async def test_an_operator_gets_a_content_for_a_reason_and_the_message_says_so(tmp_path, settings, partner):
    async with assemble(settings) as hub:
        key = await begin(hub, tmp_path, partner.url)
        await called(hub, key, claim(LARGE * 3))
        (row,) = await hub.desk.call("messages", {})
        wanted = {"id": row["id"], "number": 1, "by": "ana"}
        with pytest.raises(ConfigError) as raised:
            await hub.desk.call("attachment", wanted | {"piece": 1, "reason": "court order"})
        assert raised.value.code == "W400"
        with pytest.raises(ConfigError):
            await hub.desk.call("attachment", wanted | {"reason": " "})
        pieces = [
            await hub.desk.call("attachment", wanted | {"piece": number, "reason": "court order"})
            for number in range(2)
        ]
        assert b"".join(base64.b64decode(one["content"]) for one in pieces) == LARGE * 3
        assert {one["pieces"] for one in pieces} == {2}
        entries = (await hub.desk.call("message", {"id": row["id"]}))["entries"]
        assert [(one["by"], one["detail"]) for one in entries if one["step"] == "revealed"] == [("ana", "court order")]
        with pytest.raises(Rejected):
            await hub.desk.call("attachment", wanted | {"number": 2, "reason": "court order"})


@contextlib.contextmanager
def silent(_what, _steps):
    yield lambda _: None


async def test_a_backup_takes_attachments_along_and_brings_them_back(tmp_path, settings, partner):
    keyring = tmp_path / "keyring.json"
    settings = msgspec.structs.replace(settings, keyring=keyring)
    async with assemble(settings) as hub:
        key = await begin(hub, tmp_path, partner.url)
        await called(hub, key, claim(LARGE))
        (row,) = await hub.desk.call("messages", {})
        made = back_up(settings, tmp_path / "copy", with_keys=False, steps=silent, environ={})
    assert (made.attachments, made.missing) == (1, 0)
    elsewhere = msgspec.structs.replace(settings, home=tmp_path / "elsewhere")
    put = restore(elsewhere, made.file, replace=False, with_keys=False, steps=silent, environ={})
    assert (put.attachments, put.missing) == (1, 0)
    async with assemble(elsewhere) as hub:
        parts = hub.desk._parts
        (attachment,) = parts.view.attachments(row["id"])
        assert b"".join(parts.attachments.chunks(attachment)) == LARGE
        assert parts.attachments.is_the_stores


async def test_a_backup_with_a_damaged_attachment_is_none(tmp_path, settings, partner):
    async with assemble(settings) as hub:
        key = await begin(hub, tmp_path, partner.url)
        await called(hub, key, claim(LARGE))
        (file,) = files_in(settings)
        for damage in (lambda: file.write_bytes(b"other"), file.unlink):
            damage()
            with pytest.raises(ConfigError) as raised:
                back_up(settings, tmp_path / "copy", with_keys=False, steps=silent, environ={})
            assert (raised.value.code, (tmp_path / "copy").exists()) == ("J120", False)


def test_a_scan_of_sixty_megabytes_comes_in_and_goes_out_in_a_few_of_memory(tmp_path):
    command = [sys.executable, Path(__file__).with_name("attachment_child.py"), tmp_path, "60"]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])}
    ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    told = json.loads(ended.stdout)
    assert told["bytes"] == told["meant"] > 59_000_000
    assert told["grown"] < 30
