"""Hostile documents and contracts touch nothing: no connection is made, no file is read."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.soap import ADAPTER
from hub_core.directory import Contract, Direction, Endpoint
from hub_core.errors import ConfigError, Rejected
from hub_core.playing.wire import exchange, request_bytes, serving
from hub_core.testing.adapter.services import INSTITUTION, MemoryServices

pytestmark = pytest.mark.network
SECRET = "canary-7f3a"

# Shapes of the published collections of attacks on XML parsers; {url} and {file} lead to the canaries.
ATTACKS = {
    "external entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "{file}">]><a>&x;</a>',
    "entity over the net": '<!DOCTYPE a [<!ENTITY x SYSTEM "{url}">]><a>&x;</a>',
    "external document type": '<!DOCTYPE a SYSTEM "{url}"><a/>',
    "public document type": '<!DOCTYPE a PUBLIC "-//X//Y" "{url}"><a/>',
    "parameter entity": '<!DOCTYPE a [<!ENTITY % x SYSTEM "{url}"> %x;]><a/>',
    "entity in an attribute": '<!DOCTYPE a [<!ENTITY x SYSTEM "{file}">]><a b="&x;"/>',
    "unparsed entity": '<!DOCTYPE a [<!NOTATION n SYSTEM "{url}"><!ENTITY x SYSTEM "{url}" NDATA n>]><a/>',
    "inclusion": '<a xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="{file}" parse="text"/></a>',
    "schema location": '<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:noNamespaceSchemaLocation="{url}"/>',
    "style sheet": '<?xml-stylesheet href="{url}" type="text/xsl"?><a/>',
    "document type inside a text": '<a>&lt;!DOCTYPE a [&lt;!ENTITY x SYSTEM "{file}"&gt;]&gt;&lt;a&gt;&amp;x;&lt;/a&gt;</a>',
    "callback": (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:w="http://www.w3.org/2005/08/addressing">'
        "<s:Header><w:ReplyTo><w:Address>{url}</w:Address></w:ReplyTo></s:Header><s:Body><a/></s:Body></s:Envelope>"
    ),
}


@contextlib.asynccontextmanager
async def canary() -> AsyncIterator[tuple[str, list[bool]]]:
    """Listen; give the address, and a list that grows with every connection."""
    touched: list[bool] = []

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        touched.append(True)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x", touched
    finally:
        server.close()
        await server.wait_closed()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "canary.txt"
    path.write_text(SECRET, encoding="utf-8")
    return path


@pytest.mark.parametrize("what", ATTACKS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
async def test_a_hostile_document_reaches_neither_net_nor_files(what: str, encoding: str, file: Path) -> None:
    endpoint = Endpoint(institution=INSTITUTION, direction=Direction.IN, adapter="soap", service="s")
    services = MemoryServices(ADAPTER, {"here": endpoint})
    async with canary() as (url, touched), serving(ADAPTER.front(services)) as port:
        body = ATTACKS[what].format(url=url, file=file.as_uri()).encode(encoding)
        headers = {"punte-key": services.key, "content-type": "text/xml"}
        answered = await exchange(port, request_bytes("/soap/here", body, headers))
        with contextlib.suppress(Rejected):
            document = ADAPTER.open(body)
            assert SECRET not in "".join(document.root.itertext())
    assert SECRET.encode() not in answered.body
    assert touched == []


@pytest.mark.parametrize(
    "inside",
    [
        '<include xmlns="http://www.w3.org/2001/XMLSchema" schemaLocation="{url}"/>',
        '<import xmlns="http://www.w3.org/2001/XMLSchema" namespace="urn:x" schemaLocation="{url}"/>',
        '<redefine xmlns="http://www.w3.org/2001/XMLSchema" schemaLocation="{url}"/>',
    ],
)
async def test_a_hostile_contract_reaches_no_net(inside: str, tmp_path: Path) -> None:
    schema = '<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t">{}</schema>'
    wsdl = (
        '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:t"><types>{}</types></definitions>'
    )
    async with canary() as (url, touched):
        own = schema.format(inside.format(url=url))
        for field, text in {"xsd": own, "wsdl": wsdl.format(own)}.items():
            (tmp_path / field).write_text(text, encoding="utf-8")
            contract = Contract(**{field: str(tmp_path / field)})
            endpoint = Endpoint(institution="i", direction=Direction.IN, adapter="soap", service="s", contract=contract)
            with pytest.raises(ConfigError) as refused:
                await asyncio.to_thread(ADAPTER.check, "here", endpoint)
            assert refused.value.where == f"contract.{field}"
    assert touched == []
