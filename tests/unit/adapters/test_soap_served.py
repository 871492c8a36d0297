"""Endpoints that stand for their agency: which operation a call means, answers in its words."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from adapters.soap import ADAPTER
from hub_core.directory import Contract, Endpoint
from hub_core.directory.wording import Answer
from hub_core.errors import ConfigError
from hub_core.testing.adapter.services import INSTITUTION
from hub_core.validation import parse_xml
from tests.unit.adapters.soap_service import (
    CLOSE,
    CNAS,
    CNP,
    MAPPING,
    OPEN,
    SIUI,
    SOAP_11,
    SOAP_12,
    WSDL,
    country,
    endpoint,
    get_insured,
    insured,
    say,
)


@pytest.fixture
def cases(tmp_path: Path) -> Endpoint:
    (tmp_path / "cases.wsdl").write_text(WSDL, encoding="utf-8")
    return endpoint(contract=Contract(wsdl=str(tmp_path / "cases.wsdl")))


@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12])
async def test_a_client_of_the_agency_is_answered_in_its_contract_and_in_its_version(soap: str) -> None:
    hub = country(SIUI, insured())
    said = await say(hub, get_insured(), soap=soap)
    assert (said.status, said.headers["punte-reference"]) == (200, "r-1")
    assert parse_xml(said.body).tag == f"{{{soap}}}Envelope"
    assert said.content.tag == f"{{{CNAS}}}getInsuredResponse"
    inner = parse_xml(said.content.findtext("getInsuredReturn").encode())
    assert inner[0].get("pid") == CNP
    (asked,) = hub.asked
    assert (asked.cnp, asked.on, asked.query, asked.caller.institution) == (
        CNP,
        date(2025, 11, 3),
        "insured",
        INSTITUTION,
    )
    assert hub.arrivals == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (get_insured(day="yesterday"), "V201"),
        (f'<w:getInsured xmlns:w="{CNAS}"/>', "V201"),
    ],
)
async def test_a_question_that_is_not_as_the_contract_says_asks_nobody(content: str, code: str) -> None:
    hub = country(SIUI, insured())
    said = await say(hub, content)
    assert (said.status, said.code) == (500, code)
    assert hub.asked == ()


async def test_a_person_whom_nobody_knows_is_a_fault_and_no_empty_answer() -> None:
    said = await say(country(SIUI), get_insured())
    assert (said.status, said.code, said.content.tag) == (500, "Q104", f"{{{SOAP_11}}}Fault")


async def test_a_header_that_must_be_understood_and_is_not_asks_nobody() -> None:
    hub = country(SIUI, insured())
    header = '<s:Header><x:Deal xmlns:x="urn:x" s:mustUnderstand="1"/></s:Header>'
    assert (await say(hub, get_insured(), header=header)).code == "V103"
    assert hub.asked == ()


async def test_an_answer_that_would_not_be_valid_is_not_given(cases: Endpoint) -> None:
    answers = {"Open": Answer(query="cases", person="n", writes=MAPPING.id)}
    hub = country(msgspec.structs.replace(cases, answers=answers), insured())
    said = await say(hub, OPEN, action="urn:open")
    assert (said.status, said.code, said.headers["punte-reference"]) == (500, "V107", "r-1")


@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12])
@pytest.mark.parametrize(
    ("content", "action", "taken"),
    [
        (OPEN, "urn:open", True),
        (OPEN, "Open", True),
        (OPEN, "", True),
        (OPEN, "urn:close", False),
        (CLOSE, "urn:close", True),
        (CLOSE, "urn:open", False),
        (CLOSE, "urn:elsewhere", False),
    ],
)
async def test_an_action_and_a_body_mean_one_operation(
    cases: Endpoint, content: str, action: str, taken: bool, soap: str
) -> None:
    hub = country(cases)
    said = await say(hub, content, action=action, soap=soap)
    assert (said.code, len(hub.arrivals)) == (("", 1) if taken else ("V102", 0))


async def test_a_message_that_wants_no_answer_gets_none_and_is_kept(cases: Endpoint) -> None:
    hub = country(cases)
    said = await say(hub, '<t:note xmlns:t="urn:case">n</t:note>', action="urn:note")
    assert (said.status, said.body, len(hub.arrivals)) == (202, b"", 1)


async def test_a_receipt_is_worded_by_the_contract_where_the_endpoint_says_how(cases: Endpoint) -> None:
    answers = {"Open": Answer(fill={"number": "{message}", "open": "true"})}
    where = msgspec.structs.replace(cases, answers=answers)
    ADAPTER.check("here", where)
    hub = country(where)
    said = await say(hub, OPEN)
    assert said.content.tag == "{urn:case}opened"
    assert said.content.findtext("number") == said.headers["punte-reference"]
    assert len(hub.arrivals) == 1
    assert (await say(hub, CLOSE)).content.tag == "{urn:punte:receipt:1}receipt"


@pytest.mark.parametrize(
    ("answers", "code", "where"),
    [
        ({"Shut": Answer()}, "V102", "contract.operation"),
        ({"Note": Answer()}, "V107", "answers.Note"),
        ({"Open": Answer(fill={"number": "{message}"})}, "R103", "answers.Open.fill"),
        ({"Open": Answer(fill={"number": "{document}", "open": "1"})}, "R104", "answers.Open.fill.number"),
        ({"Open": Answer(fill={"number": "1", "open": "1", "more": "1"})}, "R104", "answers.Open.fill.more"),
    ],
)
def test_answers_that_do_not_fit_the_contract_are_refused_at_registration(
    cases: Endpoint, answers: dict[str, Answer], code: str, where: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        ADAPTER.check("here", msgspec.structs.replace(cases, answers=answers))
    assert (refused.value.code, refused.value.where) == (code, where)
