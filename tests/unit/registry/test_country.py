"""The registry set of the demo holds together: with the mappings that there are, and with what the agencies expect."""

import re
from pathlib import Path

import pytest

import hub_demo
from adapters.kit.load import load_adapters
from hub_core.canonical import Beneficiary
from hub_core.canonical.benefit import Benefit
from hub_core.canonical.case import CaseReference, Exchange
from hub_core.canonical.person import Death
from hub_core.canonical.values import Period
from hub_core.canonical.work import Employment, Insurance, JobSeeking
from hub_core.directory.routing import select
from hub_core.places import MAPPINGS, SCHEMAS
from hub_core.testing.records import a_cnp, a_code
from hub_demo.stage import FOLDERS
from registry.sets.draft import draft_of
from registry.sets.reading import gather, read_set

COUNTRY = Path(hub_demo.__file__).parent / "country"
URLS = {"DGEP", "CNAS", "ANPIS", "ANOFM", "ANAF", "ITM", "ANPIS_CASES", "PORTAL_INBOX"}

PAID = {"benefits": (Benefit(scheme=a_code("ISJ")),)}


@pytest.fixture(scope="module")
def country():
    return draft_of(gather(COUNTRY), folder=COUNTRY).directory()


def the_mappings():
    heads = (path.read_text(encoding="utf-8") for path in MAPPINGS.rglob("*.yaml"))
    return [found[1] for head in heads if (found := re.search(r"^mapping: *(\S+)", head, re.MULTILINE))]


def test_the_set_is_read_without_fault_or_warning(tmp_path, monkeypatch):
    for name in FOLDERS:
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("PUNTE_FILES", str(tmp_path))
    environ = {f"DEMO_{name}_URL": "http://127.0.0.1:1/" for name in URLS}
    read = read_set(COUNTRY, adapters=load_adapters(), mappings=the_mappings(), environ=environ)
    assert read.warnings == ()


def test_every_contract_is_a_file_of_ours(country):
    files = {
        file
        for endpoint in country.endpoints.values()
        if endpoint.contract
        for file in (endpoint.contract.wsdl, endpoint.contract.xsd, endpoint.contract.rows)
        if file
    }
    assert files
    assert [file for file in sorted(files) if not (SCHEMAS / file).is_file()] == []


def test_the_query_asks_all_five_agencies(country):
    query = country.queries["person"]
    assert [country.endpoints[name].institution for name in query.sources] == ["dgep", "cnas", "anpis", "anofm", "anaf"]
    assert query.precedence["*"] == query.sources


@pytest.mark.parametrize(
    ("service", "facts", "targets"),
    [
        ("insured-status", {"insured": Insurance(state=a_code("insured"))}, {"anpis-cases", "portal-inbox"}),
        ("insured-status", {"vital_status": a_code("deceased"), "death": Death(date="2025")}, {"anpis-cases"}),
        ("sed-exchange", {"exchange": Exchange(system="EESSI", type="P2000")}, {"portal-inbox"}),
        ("sed-exchange", {"exchange": Exchange(system="EESSI", type="F001")}, {"anpis-cases"}),
        ("sed-exchange", {"exchange": Exchange(system="EESSI", type="X009")}, set()),
        ("job-seeker-lists", PAID, {"anpis-cases"}),
        ("job-seeker-lists", {"job_seeking": (JobSeeking(status=a_code("without-benefit")),)}, set()),
        ("pension-payments", {"benefits": (Benefit(scheme=a_code("PLV")),)}, {"anpis-cases"}),
        ("case-file", {"identifiers": (a_cnp(),)}, {"anpis-cases"}),
        ("inclusion-aid-lists", {"benefits": (Benefit(scheme=a_code("VMI-AI")),)}, {"anpis-cases"}),
        ("unemployment-register", PAID | {"job_seeking": (JobSeeking(county="CJ"),)}, {"contracts-asked"}),
        (
            "unemployment-register",
            PAID | {"job_seeking": (JobSeeking(county="IS"),)},
            {"contracts-asked", "unemployed-of-iasi"},
        ),
        ("unemployment-register", {"job_seeking": (JobSeeking(status=a_code("without-benefit"), county="IS"),)}, set()),
        ("employment-contracts", {"employments": (Employment(period=Period(start="2025-08-01")),)}, {"anpis-cases"}),
        ("employment-contracts", {"identifiers": (a_cnp(),)}, set()),
    ],
)
def test_messages_go_where_the_story_says(country, service, facts, targets):
    record = Beneficiary(cases=(CaseReference(number="7"),), **facts)
    assert {choice.endpoint for choice in select(country, service, record)} == targets


def test_only_callers_that_cannot_send_a_purpose_have_one_fixed(country):
    fixed = [right.service for right in country.access.values() if right.fixed_purpose]
    fetched = [endpoint.service for endpoint in country.endpoints.values() if endpoint.poll]
    assert sorted(fixed) == sorted(["insured-status", *fetched])


def test_addresses_and_secrets_come_from_the_environment(country):
    outward = [it for it in country.endpoints.values() if it.url]
    assert {it.url for it in outward} == {f"env:DEMO_{name}_URL" for name in URLS}
    secrets = {it.credentials.secret.env for it in outward if it.credentials}
    assert secrets == {"DEMO_DGEP_PASSWORD", "DEMO_CNAS_PASSWORD", "DEMO_ITM_PASSWORD"}
