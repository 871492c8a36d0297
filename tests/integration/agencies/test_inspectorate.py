"""The labour inspectorate of the synthetic country: a receipt for each question, answers that wait to be committed."""

import uuid
from collections.abc import Callable, Iterator

import pytest
import requests
from lxml import etree

from hub_demo.agencies.itm import NAMESPACE, NOTHING
from tests.integration.agencies.calling import PARTNERS, PASSWORDS, running

SZABO = "5020101012345"  # of the showcase: two contracts, one of them since August 2025
SCHEMA = etree.XMLSchema(etree.parse(str(PARTNERS / "itm" / "Reges.xsd")))

Call = Callable[..., requests.Response]


@pytest.fixture(scope="module")
def call() -> Iterator[Call]:
    with running("itm", size=100) as server, requests.Session() as session:

        def send(step: str, body: str = "", **headers: str) -> requests.Response:
            shown = {"Authorization": f"Bearer {PASSWORDS['itm']}", "Content-Type": "application/xml"} | headers
            return session.post(f"{server.url}{step}", body.encode(), headers=shown, timeout=10)

        yield send


def question(number: str = SZABO, since: str = "2025-06-15") -> str:
    return f'<Interogare xmlns="{NAMESPACE}"><Cnp>{number}</Cnp><DeLa>{since}</DeLa></Interogare>'


def said(answer: requests.Response, name: str) -> str | None:
    """Return the text of an element, after the whole was held against the contract."""
    root = etree.fromstring(answer.content)
    SCHEMA.assertValid(root)
    return root.findtext(f".//{{{NAMESPACE}}}{name}")


def handed_in(call: Call, body: str, key: str = "") -> str | None:
    answer = call("Interogare", body, **{"Idempotency-Key": key or str(uuid.uuid4())})
    assert answer.status_code == 200
    return said(answer, "ResponseId")


def drained(call: Call) -> list[requests.Response]:
    """Read and commit what waits, head by head."""
    answers = []
    while (head := call("Status/PollMessage")).status_code == 200:
        found = said(head, "MessageId")
        answers.append(call(f"Status/ReadMessage?id={found}"))
        assert call(f"Status/CommitRead?id={found}").status_code == 200
    assert head.status_code == 204
    return answers


def test_several_answers_come_to_one_receipt(call):
    receipt = handed_in(call, question(since="2020-01-01"))
    answers = drained(call)
    assert {said(answer, "ResponseId") for answer in answers} == {receipt}
    assert [said(answer, "DataInceput") for answer in answers] == [None, "2023-03-01", "2025-08-01"]
    assert {said(answer, "RelatedResultsExpected") for answer in answers} == {"2"}


def test_contracts_that_ended_before_the_day_are_left_out(call):
    handed_in(call, question(since="2025-06-15"))
    assert [said(answer, "DataInceput") for answer in drained(call)] == [None, "2025-08-01"]


def test_the_same_key_again_has_no_second_effect(call):
    key = str(uuid.uuid4())
    assert handed_in(call, question(), key) == handed_in(call, question(), key)
    assert len(drained(call)) == 2


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(question("5020101012346"), id="a wrong check digit"),
        pytest.param(question(since="15.06.2025"), id="a day that is none"),
        pytest.param(question(since="2025-06-15Z"), id="a day with a zone"),
        pytest.param(question()[:40], id="broken off"),
        pytest.param(f'<!DOCTYPE x [<!ENTITY a "b">]>{question()}', id="a document type"),
        pytest.param(f'<MessageHead xmlns="{NAMESPACE}"><MessageId>{uuid.UUID(int=1)}</MessageId></MessageHead>', id="no question"),
    ],
)  # fmt: skip
def test_what_is_no_question_is_answered_well_with_a_receipt_of_zeros(call, body):
    assert handed_in(call, body) == NOTHING
    assert drained(call) == []


def test_what_stands_at_the_head_stays_until_it_is_committed(call):
    handed_in(call, question())
    first, second = call("Status/PollMessage"), call("Status/PollMessage")
    assert said(first, "MessageId") == said(second, "MessageId")
    assert call(f"Status/CommitRead?id={uuid.UUID(int=1)}").status_code == 404
    assert len(drained(call)) == 2


def test_whoever_shows_no_token_is_turned_away(call):
    assert call("Status/PollMessage", Authorization="Bearer another").status_code == 401
