"""One person, five agencies: the demo's registry set, the real adapters, real HTTP, real mappings."""

import asyncio
import threading
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
import uvicorn

import hub_demo
from adapters.kit.load import load_adapters
from hub_core.asking.query import Taken, ask
from hub_core.directory import Direction
from hub_core.ports import Question
from hub_demo.agencies import GUARDED, NAMES, open_agency
from hub_demo.agencies.server import AgencyApp, Quirks, listen, url_of
from hub_demo.population import Population
from hub_demo.stage import FOLDERS
from registry.sets.reading import read_set
from registry.sets.references import followed
from tests.shipped import SHIPPED

pytestmark = pytest.mark.network
COUNTRY = Path(hub_demo.__file__).parent / "country"
ON = date(2025, 11, 3)
PASSWORD = "demo"


@pytest.fixture(scope="module")
def population():
    return Population(size=2000)


@pytest.fixture(scope="module")
def mappings():
    return SHIPPED


class Served:
    """An agency behind a real server in a thread of its own."""

    def __init__(self, name, population, quirks=None):
        agency = open_agency(name, population, PASSWORD if name in GUARDED else "")
        self.listener = listen(0)
        self.url = url_of(self.listener, agency.path)
        app = AgencyApp(agency, self.url, quirks or Quirks())
        config = uvicorn.Config(
            app, lifespan="off", log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=1
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listener]}, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.should_exit = True
        self.thread.join(10)
        self.listener.close()


@pytest.fixture(scope="module")
def agencies(population):
    served = {name: Served(name, population) for name in NAMES}
    yield {name: it.url for name, it in served.items()}
    for it in served.values():
        it.stop()


@pytest.fixture
def environ(agencies, monkeypatch, tmp_path):
    settings = {f"DEMO_{name.upper()}_URL": url for name, url in agencies.items()}
    settings |= {f"DEMO_{name}_URL": "http://127.0.0.1:1/" for name in ("ANPIS_CASES", "ITM", "PORTAL_INBOX")}
    settings |= {f"DEMO_{name.upper()}_PASSWORD": PASSWORD for name in GUARDED}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    for folder in FOLDERS:
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("PUNTE_FILES", str(tmp_path))
    return settings


class Country:
    """What a hub would put together for a query."""

    def __init__(self, environ, mappings):
        self.environ = environ
        self.mappings = mappings
        self.adapters = load_adapters()
        known = [mapping.id for mapping in mappings.all]
        self.read = read_set(COUNTRY, adapters=self.adapters, mappings=known, environ=environ)
        self.directory = self.read.directory
        self.alarms = []

    async def ask(self, cnp, *, deadline=None):
        query = self.directory.queries["person"]
        if deadline:
            query = msgspec.structs.replace(query, deadline=deadline)
        endpoints = {name: followed(self.directory.endpoints[name], self.environ) for name in query.sources}
        sources = {name: self.adapters[it.adapter].source(name, it) for name, it in endpoints.items()}
        try:
            return await ask(
                query,
                Question(cnp=cnp, on=ON, request="17", purpose="benefit-review"),
                sources,
                institutions={name: it.institution for name, it in endpoints.items()},
                take=self.take,
                alarm=lambda name, error: self.alarms.append((name, error)),
            )
        finally:
            await asyncio.gather(*(source.close() for source in sources.values()))

    async def take(self, name, answer):
        endpoint = self.directory.endpoints[name]
        document = self.adapters[endpoint.adapter].open(answer.body)
        mapping = self.mappings.find(document, endpoint.mappings)
        return Taken(reading=mapping.read(document, on=ON), message_id=f"answer-of-{name}")


@pytest.fixture
def country(environ, mappings):
    return Country(environ, mappings)


def test_the_demo_set_is_right_for_the_real_adapters(country):
    assert country.read.warnings == ()
    assert {it.direction for it in country.directory.endpoints.values()} == set(Direction)


async def test_five_agencies_answer_about_one_person_and_there_is_one_view(country, population):
    result = await country.ask(shown(population, None).cnp)
    assert verdicts(result) == dict.fromkeys(country.directory.queries["person"].sources, "record")
    assert result.complete
    assert result.merged.findings == ()
    origins = {origin.source for origin in result.merged.origins.values()}
    assert origins == set(country.directory.queries["person"].sources)
    assert country.alarms == []


@pytest.mark.parametrize(
    ("kind", "at", "text"),
    [
        ("dead-but-paid", "benefits", "anpis-rights contradicts dgep-person, by which the person is dead"),
        ("other-family-name", "name", "anofm-status contradicts dgep-person"),
        ("birth-date-differs", "birth.date", "anpis-rights contradicts dgep-person"),
    ],
)
async def test_contradictions_planted_between_the_agencies_are_named(country, population, kind, at, text):
    result = await country.ask(shown(population, kind).cnp)
    assert [(finding.at, finding.text) for finding in result.merged.findings] == [(at, text)]


async def test_a_person_that_one_agency_does_not_know_is_known_to_the_others(country, population):
    result = await country.ask(shown(population, "insured-without-job").cnp)
    assert verdicts(result)["anofm-status"] == "none"
    assert verdicts(result)["dgep-person"] == "record"


async def test_an_agency_that_files_under_a_former_number_is_marked(country, population):
    result = await country.ask(shown(population, "number-changed").cnp)
    answers = {answer.endpoint: answer for answer in result.answers}
    assert "Q108" in [finding.code for finding in answers["anpis-rights"].findings]


async def test_a_silent_agency_is_late_and_one_that_is_gone_is_unreachable(country, population):
    silent = Served("anofm", population, Quirks(silent=True))
    country.environ |= {"DEMO_ANOFM_URL": silent.url, "DEMO_CNAS_URL": "http://127.0.0.1:1/"}
    try:
        result = await country.ask(shown(population, None).cnp, deadline=timedelta(seconds=1))
    finally:
        silent.stop()
    assert verdicts(result)["anofm-status"] == "late"
    assert verdicts(result)["cnas-insured"] == "unreachable"
    assert verdicts(result)["dgep-person"] == "record"
    assert not result.complete


async def test_an_agency_that_fails_in_its_own_way_is_named(country, population):
    broken = Served("dgep", population, Quirks(fault_rate=1.0))
    country.environ |= {"DEMO_DGEP_URL": broken.url}
    try:
        result = await country.ask(shown(population, None).cnp)
    finally:
        broken.stop()
    assert verdicts(result)["dgep-person"] == "failed"
    assert result.merged.origins["name"].source == "anpis-rights"


def shown(population, kind):
    return next(person for person in population.showcase if person.kind == kind)


def verdicts(result):
    return {answer.endpoint: str(answer.verdict) for answer in result.answers}
