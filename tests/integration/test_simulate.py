"""``punte simulate`` as a process, and what it says over HTTP."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest
from lxml import etree

from adapters.soap.wire import envelope
from hub_core.contract.wsdl import read_contract
from hub_core.playing.wire import exchange, request_bytes, serving
from hub_simulator import Simulator
from hub_simulator.served import app_of

pytestmark = pytest.mark.network

WSDL = Path(__file__).parents[1] / "unit" / "simulator" / "Registru.wsdl"
ASK = envelope("1.1", b'<Cerere xmlns="urn:example:registru"><Numar>0042</Numar></Cerere>')
HEADERS = {"content-type": "text/xml", "soapaction": '"urn:cauta"'}


@pytest.fixture
async def port():
    simulator = Simulator(read_contract(WSDL))
    async with serving(app_of(simulator, "http://127.0.0.1:1", lambda _: None)) as number:
        yield number


async def test_the_contract_of_a_port_is_one_document_that_can_be_read(port, tmp_path):
    answered = await exchange(port, request_bytes("/Nou?wsdl", method="GET"))
    (tmp_path / "again.wsdl").write_bytes(answered.body)
    again = read_contract(tmp_path / "again.wsdl")
    ((one,),) = (service.ports for service in again.services)
    assert (one.soap, one.address, len(one.operations)) == ("1.2", "http://127.0.0.1:1/Nou", 2)


async def test_what_was_sent_can_be_read_by_its_number(port):
    answered = await exchange(port, request_bytes("/Vechi", ASK, HEADERS))
    sent = await exchange(port, request_bytes(f"/sent/{answered.headers['simulated']}", method="GET"))
    name = "{urn:example:registru}Nume"
    assert etree.fromstring(sent.body).findtext(name) == etree.fromstring(answered.body).findtext(f".//{name}")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/sent/99", 404), ("GET", "/other", 404), ("POST", "/other", 404), ("PUT", "/Vechi", 405)],
)
async def test_what_is_not_there_is_said_in_http(port, method, path, status):
    assert (await exchange(port, request_bytes(path, method=method))).status == status


async def test_the_command_tells_when_it_is_ready_each_call_and_ends_when_told():
    command = [sys.executable, "-m", "cli", "simulate", str(WSDL), "--json"]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=WSDL.parents[3])
    ready = json.loads(await process.stdout.readline())
    answered = await exchange(int(ready["url"].rpartition(":")[2]), request_bytes("/Vechi", ASK, HEADERS))
    told = json.loads(await process.stdout.readline())
    process.send_signal(signal.SIGINT)
    assert await process.wait() == 0
    assert {one["operation"] for one in ready["operations"]} == {"Cauta", "Anunta", "Aduna"}
    assert all(one["wsdl"] == f"{one['address']}?wsdl" for one in ready["operations"])
    assert (answered.status, told["operation"], told["outcome"]) == (200, "Cauta", "answered")


async def test_the_command_prints_where_a_port_is_called_and_where_its_contract_lies():
    command = [sys.executable, "-m", "cli", "simulate", str(WSDL)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=WSDL.parents[3])
    line = ""
    async for printed in process.stdout:
        line = printed.decode()
        if line.startswith("Vechi "):
            break
    process.send_signal(signal.SIGINT)
    await process.wait()
    port, address, contract = line.split()
    assert (port, contract) == ("Vechi", f"{address}?wsdl")
