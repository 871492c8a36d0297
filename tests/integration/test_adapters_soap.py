"""The SOAP adapter against the simulated agencies, each a process of its own, over real HTTP."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from adapters.soap import ADAPTER
from hub_core.directory import Contract, Direction, Endpoint
from hub_core.directory.credentials import Credentials, SecretReference
from hub_core.errors import ConfigError, Rejected, TryLater
from hub_core.ports import Question, Source
from hub_demo.population import Population

ROOT = Path(__file__).resolve().parents[2]
SEED, SIZE = 7, 300
PASSWORD = "open-sesame"
SHARED = ROOT.parent / "shared" / "real"

pytestmark = pytest.mark.network


class Agency(NamedTuple):
    url: str
    process: subprocess.Popen[str]


def start(agency: str, *options: str) -> Agency:
    process = subprocess.Popen(
        [sys.executable, "-m", "hub_demo.agencies", agency, "--seed", str(SEED), "--size", str(SIZE), *options],
        cwd=ROOT,
        env={"PATH": "", "LANG": "C.UTF-8", f"DEMO_{agency.upper()}_PASSWORD": PASSWORD},
        stdout=subprocess.PIPE,
        text=True,
    )
    return Agency(json.loads(process.stdout.readline())["url"], process)


def stop(agency: Agency) -> None:
    agency.process.terminate()
    agency.process.wait(timeout=10)
    agency.process.stdout.close()


@pytest.fixture(scope="module")
def agencies() -> Iterator[dict[str, Agency]]:
    started: dict[str, Agency] = {}
    try:
        for name in ("dgep", "cnas", "anpis", "anofm", "anaf"):
            started[name] = start(name)
        yield started
    finally:
        for agency in started.values():
            stop(agency)


@pytest.fixture(scope="module")
def citizen() -> str:
    return Population(SEED, SIZE).showcase[0].cnp


def question(cnp: str) -> Question:
    return Question(cnp=cnp, on=date(2025, 11, 3), request="884512", purpose="benefit-review")


CERERE = (
    "<CER><COD_INST>MM01</COD_INST><TEMEI>12</TEMEI><NR_CER>{request}/{date:%d.%m.%Y}</NR_CER><CNP>{cnp}</CNP></CER>"
)
FACTS = {
    "dgep": {
        "contract": Contract(
            wsdl="partners/dgep/EvidentaPersoane.wsdl", operation="INTEROGARE_PERS", xsd="partners/dgep/Raspuns.xsd"
        ),
        "ask": {"CERERE": CERERE},
        "credentials": "username-token",
        "root": "RASP",
    },
    "cnas": {
        "contract": Contract(
            wsdl="partners/cnas/SiuiInsuredWS.wsdl", operation="getInsured", xsd="partners/cnas/GetInsuredResponse.xsd"
        ),
        "ask": {"pid": "{cnp}", "requestDate": "{date}T00:00:00"},
        "credentials": "basic",
        "root": "insuredResponse",
    },
    "anpis": {
        "contract": Contract(wsdl="partners/anpis/Safir.wsdl", xsd="partners/anpis/SafirRaspuns.xsd"),
        "ask": {"CNP": "{cnp}"},
        "root": "SAFIR_RESP",
    },
    "anofm": {
        "contract": Contract(wsdl="partners/anofm/Someri.wsdl"),
        "ask": {"CNP": "{cnp}", "LA_DATA": "{date:%d.%m.%Y}"},
        "root": "STARE_SOMER_RASP",
    },
    "anaf": {
        "contract": Contract(wsdl="partners/anaf/Venituri.wsdl"),
        "ask": {"CNP": "{cnp}", "AN": "{year}", "LUNA_DE": "1", "LUNA_LA": "{month}"},
        "root": "VENITURI_RASP",
    },
}


def endpoint(agency: str, url: str, **changes: object) -> Endpoint:
    facts = FACTS[agency]
    credentials = None
    if kind := facts.get("credentials"):
        user = "HUBMM" if agency == "dgep" else "hubmm"
        credentials = Credentials(kind=kind, user=user, secret=SecretReference(env="PUNTE_TEST_SECRET"))
    return Endpoint(
        **{
            "institution": agency,
            "direction": Direction.ASK,
            "adapter": "soap",
            "service": "anything",
            "url": url,
            "contract": facts["contract"],
            "ask": facts["ask"],
            "credentials": credentials,
            "timeout": timedelta(seconds=10),
            **changes,
        }
    )


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUNTE_TEST_SECRET", PASSWORD)


@pytest.fixture
async def open_source() -> AsyncIterator[object]:
    opened: list[Source] = []

    def open_it(asked: Endpoint) -> Source:
        ADAPTER.check("asked", asked)
        opened.append(ADAPTER.source("asked", asked))
        return opened[-1]

    yield open_it
    for source in opened:
        await source.close()


@pytest.mark.parametrize("agency", FACTS)
async def test_every_agency_answers_with_a_document_that_its_contract_admits(agency, agencies, citizen, open_source):
    asked = endpoint(agency, agencies[agency].url)
    answer = await open_source(asked).ask(question(citizen))
    document = ADAPTER.open(answer.body)
    assert document.name == FACTS[agency]["root"]
    assert ADAPTER.validate(asked, document) == []
    assert citizen in "".join(document.root.itertext()) + "".join(
        v for e in document.root.iter() for v in e.attrib.values()
    )
    assert answer.media_type == "text/xml"


@pytest.mark.shared
async def test_the_adapter_speaks_to_the_insurance_house_by_its_real_contract(agencies, citizen, open_source, shared):
    real = Contract(wsdl=str(shared / "wsdl" / "cnas" / "SiuiInsuredWS.wsdl"), operation="getInsured")
    asked = endpoint("cnas", agencies["cnas"].url, contract=real)
    answer = await open_source(asked).ask(question(citizen))
    assert ADAPTER.open(answer.body).name == "insuredResponse"


async def test_a_wrong_password_is_the_partners_fault_told_by_its_code_only(
    agencies, citizen, open_source, monkeypatch
):
    monkeypatch.setenv("PUNTE_TEST_SECRET", "wrong")
    source = open_source(endpoint("dgep", agencies["dgep"].url))
    with pytest.raises(Rejected) as refused:
        await source.ask(question(citizen))
    assert refused.value.code == "D202"
    assert refused.value.text == "partner answered with a fault: FailedAuthentication"


async def test_a_wrong_basic_password_is_for_us_to_mend(agencies, citizen, open_source, monkeypatch):
    monkeypatch.setenv("PUNTE_TEST_SECRET", "wrong")
    source = open_source(endpoint("cnas", agencies["cnas"].url))
    with pytest.raises(ConfigError) as refused:
        await source.ask(question(citizen))
    assert refused.value.code == "D105"
    assert citizen not in str(refused.value)


async def test_an_agency_that_never_answers_is_given_up_in_time(citizen, open_source):
    agency = start("anofm", "--silent")
    try:
        source = open_source(endpoint("anofm", agency.url, timeout=timedelta(milliseconds=300)))
        with pytest.raises(TryLater) as late:
            await source.ask(question(citizen))
    finally:
        stop(agency)
    assert (late.value.code, late.value.in_doubt) == ("D103", True)


async def test_an_agency_that_is_not_there_is_not_reachable(citizen, open_source):
    source = open_source(endpoint("anofm", "http://127.0.0.1:1/"))
    with pytest.raises(TryLater) as gone:
        await source.ask(question(citizen))
    assert (gone.value.code, gone.value.in_doubt) == ("D101", False)
