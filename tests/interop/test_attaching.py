"""Contents that travel as parts of their own (MTOM)."""

import base64

import pytest
from lxml import etree

from tests.interop.calls import asked, endpoint, question
from tests.interop.cells import WRAPPED, of_shapes
from tests.interop.hub import CONTENT
from tests.interop.stacks import ANSWERS, CALLS, MTOM

pytestmark = [pytest.mark.network, pytest.mark.timeout(60)]


@of_shapes(CALLS, only=WRAPPED, about=MTOM)
def test_what_a_stack_sends_as_a_part_of_its_own_is_kept_where_it_belongs(stack, shape, client, running_hub) -> None:
    proof = {"basic": ["any", running_hub.key]}
    found = client(stack).call(running_hub.wsdl("wrapped"), shape, {}, "Attach", content=encoded(CONTENT), **proof)
    assert found["answer"] == {"AttachResult": encoded(CONTENT)}
    kept = etree.fromstring(running_hub.last()["body"].encode())
    assert kept.findtext(".//{http://tempuri.org/}content") == encoded(CONTENT)


@of_shapes(ANSWERS, only=WRAPPED, about=MTOM)
async def test_a_stack_reads_what_the_hub_sends_as_a_part_of_its_own(stack, shape, server, contracts) -> None:
    ask = {"content": encoded(CONTENT)}
    called = endpoint(server(stack), contracts, shape, "Attach", ask=ask, mtom=True)
    answer = etree.fromstring(await asked(called, question()))
    assert answer.findtext(".//{http://tempuri.org/}AttachResult") == encoded(CONTENT[::-1])


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()
