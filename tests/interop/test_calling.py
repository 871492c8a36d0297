"""Foreign clients call the hub where it stands for an agency, and a simulated partner."""

import time

import pytest
from lxml import etree

from tests.interop.cells import WRAPPED, of_shapes
from tests.interop.hub import ANSWERED, MEMBER
from tests.interop.shapes import MEMBERS, PERSON, leaves, natives, plain, said, unordered
from tests.interop.stacks import CALLS, FAULT, ONE_WAY, PATIENCE

pytestmark = [pytest.mark.network, pytest.mark.timeout(60)]


@of_shapes(CALLS)
def test_a_stack_reads_the_contract_of_a_simulated_partner_calls_it_and_reads_all_of_its_answer(
    stack, shape, client, partners
) -> None:
    found = client(stack).call(partners.wsdl(shape), shape, shape.arguments)
    sent = partners.simulators[shape.file].sent[-1]
    assert sent.why == ""
    assert said(etree.fromstring(sent.request)) == said(shape.document("request"))
    assert unordered(natives(found["answer"])) == unordered(leaves(shape.document("answer")))


@of_shapes(CALLS)
def test_a_stack_reads_the_contract_of_the_hub_calls_it_as_the_agency_and_reads_its_answer(
    stack, shape, client, running_hub
) -> None:
    basic = ["any", running_hub.key]
    found = client(stack).call(running_hub.wsdl(shape.folder), shape, shape.arguments, basic=basic)
    assert "answer" in found, found
    expected = [*ANSWERED.values(), *MEMBER.values()]
    assert unordered(natives(found["answer"])) == unordered(plain(one.format(state="accepted")) for one in expected)
    record = running_hub.last()["record"]
    assert record["name"]["full"] == PERSON["name"]
    assert record["birth"]["date"] == PERSON["born"]
    assert [child["name"]["full"] for child in record["children"]] == [member["name"] for member in MEMBERS]


@of_shapes(CALLS, about=FAULT)
def test_a_stack_reads_the_fault_of_a_partner_as_its_contract_declares_it(stack, shape, client, partners) -> None:
    wanted = {"simulate-fault": "Refusal"}
    found = client(stack).call(partners.wsdl(shape), shape, shape.arguments, headers=wanted)
    sent = partners.simulators[shape.file].sent[-1]
    assert sent.outcome == "fault", sent.why
    detail = next(etree.fromstring(sent.answer).iter("detail", "{*}Detail"))
    assert unordered(natives(found["fault"]["detail"])) == unordered(leaves(detail))


@of_shapes(CALLS, about=FAULT)
def test_a_stack_reads_why_the_hub_refuses_its_call(stack, shape, client, running_hub) -> None:
    found = client(stack).call(running_hub.wsdl(shape.folder), shape, shape.arguments)
    assert "A401" in found["fault"]["text"]
    assert found["fault"]["detail"]["problem"]["code"] == "A401"


@of_shapes(CALLS, only=WRAPPED, about=ONE_WAY)
def test_a_one_way_message_of_a_stack_is_taken_by_the_hub(stack, shape, client, running_hub) -> None:
    text = {"text": f"Întreținere, {stack}, {shape.name}"}
    found = client(stack).call(running_hub.wsdl("wrapped"), shape, text, "Notify", basic=["any", running_hub.key])
    assert found == {"answer": None}
    deadline = time.monotonic() + PATIENCE  # a client may go on before the hub has answered
    while text["text"] not in running_hub.last()["body"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
