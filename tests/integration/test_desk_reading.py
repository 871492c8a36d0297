"""What somebody sees who looks at messages; however long they look, messages are taken in meanwhile."""

import asyncio
import threading

import pytest

from hub_core.message import DeliveryState
from tests.integration.seds_kept import BY

DEADLINE = 10  # seconds; only a failing test gets near it


@pytest.mark.parametrize(
    ("verb", "arguments", "read"),
    [
        ("messages", {}, "messages"),
        ("status", {}, "counts"),
        ("parked", {}, "parked"),
        ("message", {"id": "kept"}, "deliveries"),
        ("timeline", {"id": "kept"}, "entries"),
        ("why", {"id": "kept"}, "body"),
    ],
)
async def test_a_read_that_takes_long_holds_up_no_message(seds, monkeypatch, verb, arguments, read):
    kept = await seds.accept()
    begun, go_on = threading.Event(), threading.Event()
    reading = getattr(seds.parts.view, read)

    def slow(*given, **named):
        begun.set()
        assert go_on.wait(DEADLINE)
        return reading(*given, **named)

    monkeypatch.setattr(seds.parts.view, read, slow)
    looking = asyncio.create_task(seds.desk.call(verb, dict.fromkeys(arguments, kept)))
    assert await asyncio.to_thread(begun.wait, DEADLINE)
    async with asyncio.timeout(DEADLINE / 2):
        await seds.accept(sedVer="3")
    assert not looking.done()
    go_on.set()
    assert await looking


async def test_leaves_that_no_rule_names_are_kept_with_the_record_alone_and_shown_masked(seds):
    kept = await seds.accept(remarks={"2850415123450": "Cluj"})
    assert seds.parts.view.message(kept).outcome.unmapped == ()
    shown = await seds.desk.call("message", {"id": kept})
    assert {"path": "remarks.…50", "value": "…"} in shown["unmapped"]
    revealed = await seds.desk.call("message", {"id": kept, "reveal": True, **BY})
    assert {"path": "remarks.2850415123450", "value": "Cluj"} in revealed["unmapped"]


async def test_a_partners_receipt_is_shown_without_numbers_of_persons(seds):
    kept = await seds.accept()
    await seds.deliver(reference="case 12 of 2850415123450")
    shown, revealed = [
        (await seds.desk.call("message", {"id": kept, **more}))["deliveries"][0]["reference"]
        for more in ({}, {"reveal": True, **BY})
    ]
    assert shown.startswith("case 12 of ")
    assert "2850415123450" not in shown
    assert revealed == "case 12 of 2850415123450"


async def test_what_a_partner_said_to_each_attempt_is_shown_without_numbers_of_persons(seds):
    kept = await seds.accept()
    await seds.deliver(DeliveryState.PARKED, "D201", detail="nobody has 2850415123450")
    shown, revealed = [
        [it["detail"] for it in (await seds.desk.call("message", {"id": kept, **more}))["deliveries"][0]["attempts"]]
        for more in ({}, {"reveal": True, **BY})
    ]
    assert shown == ["nobody has …50"]
    assert revealed == ["nobody has 2850415123450"]
