"""Every operation of the real contracts: a request is made, sent over a socket, answered, validated and read back."""

import os
from collections import Counter
from itertools import cycle
from pathlib import Path
from xml.etree.ElementTree import canonicalize

import pytest
from lxml import etree

from adapters.soap.names import MEDIA_TYPES, XSI
from hub_core.contract.wsdl import read_contract
from hub_core.playing.wire import exchange, request_bytes, serving
from hub_core.samples import NoSample
from hub_simulator import Quirks, Simulator
from hub_simulator.served import app_of

REAL = Path(__file__).resolve().parents[3] / "shared" / "real" / "wsdl"
SEEDS = int(os.environ.get("SIMULATED_SEEDS", "1"))  # requests of each operation; more of them in a long run
LEFT_OUT = 0.01  # of the operations, at most
AGENCIES = sorted({path.relative_to(REAL).parts[:2] for path in REAL.rglob("*.wsdl")}) if REAL.is_dir() else []
ROOTS = sorted({REAL / "cnas" if parts[0] == "cnas" else REAL.joinpath(*parts) for parts in AGENCIES})


def said(document: bytes) -> str:
    """Return what a document says, whatever its prefixes are called."""
    return canonicalize(document, rewrite_prefixes=True, qname_aware_attrs=[f"{{{XSI}}}type"])


def headers_of(operation) -> dict[str, str]:
    if operation.soap == "1.2":
        return {"content-type": f'{MEDIA_TYPES["1.2"]}; action="{operation.action}"'}
    return {"content-type": MEDIA_TYPES["1.1"], "soapaction": f'"{operation.action}"'}


def contracts_of(root: Path) -> list[Path]:
    return sorted(root.rglob("*.wsdl"))


async def ask(simulator: Simulator, name: str, operation, number: int, port: int) -> str:
    """Make one request, send it and hold everything against everything; return what came of it."""
    contract = simulator.contract
    request = simulator.answers.request(operation, number)
    envelope = simulator.wire.write(operation, operation.input, request)
    answered = await exchange(port, request_bytes(f"/{name}", envelope, headers_of(operation)))
    sent = simulator.sent[-1]
    assert sent.outcome != "refused", f"{operation.name}: {sent.why}"
    assert said(sent.request) == said(etree.tostring(request))
    if operation.output is None:
        assert (answered.status, answered.body) == (202, b"")
        return "one-way"
    body = etree.fromstring(answered.body).find("{*}Body")
    answer = simulator.wire.read(operation, operation.output, body)
    assert contract.schemas.xsd().faults(answer) == []
    assert said(etree.tostring(answer)) == said(sent.answer)
    return f"{operation.style}/{operation.use}"


@pytest.mark.shared
@pytest.mark.network
@pytest.mark.timeout(900)
@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.name)
async def test_what_a_real_contract_allows_comes_back_as_it_was_sent(root: Path, record_property) -> None:
    counted: Counter[str] = Counter()
    for sparse, path in zip(cycle((True, False)), contracts_of(root), strict=False):
        simulator = Simulator(read_contract(path, root), quirks=Quirks(sparse=sparse))
        async with serving(app_of(simulator, "http://127.0.0.1", lambda _: None)) as port:
            for name, one in simulator.ports.items():
                for operation in one.operations:
                    try:
                        outcomes = [await ask(simulator, name, operation, number, port) for number in range(SEEDS)]
                        counted[outcomes[-1]] += 1
                    except NoSample:
                        counted["left out"] += 1
    record_property("statistics", dict(counted))
    assert counted["left out"] <= LEFT_OUT * counted.total()
