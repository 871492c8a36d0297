"""What the desk tells of one message in the order of time."""

import base64
import json
from datetime import timedelta

from hub_core.course import Course, Hold
from hub_core.message import DeliveryState
from hub_core.testing.journal.base import ended
from tests.integration.seds_kept import COUNTRY, MINUTE, SED


async def timeline(seds, message_id):
    return await seds.desk.call("timeline", {"id": message_id})


async def test_steps_attempts_and_acts_stand_in_one_line_of_time(seds):
    message_id = await seds.accept()
    await seds.deliver(DeliveryState.PARKED, "D201")
    await seds.replay_one(message_id)
    told = (await timeline(seds, message_id))["steps"]
    assert [(step["step"], step["by"]) for step in told if step["step"] != "parked"] == [
        ("received", "hub"),
        ("decided", "hub"),
        ("replayed", "ana"),
    ]
    (attempt,) = [step for step in told if step["step"] == "parked"]
    assert (attempt["endpoint"], attempt["attempt"], attempt["code"], attempt["took"]) == ("cases", 1, "D201", 0.0)
    assert [step["at"] for step in told] == sorted(step["at"] for step in told)
    assert next(step for step in told if step["step"] == "replayed")["replay"].startswith("r")


async def test_a_number_of_a_person_in_somebodys_words_is_masked(seds):
    message_id = await seds.sent_message()
    await seds.replay_one(message_id, reason="asked for by 2850415123450")
    assert "2850415123450" not in json.dumps(await timeline(seds, message_id))


async def test_the_id_of_a_message_in_it_stays_whole_whatever_its_digits(seds):
    message_id, other = await seds.sent_message(), "01a205b4-c95e-7324-8962-025743a4bf12"
    await seds.replay_one(message_id, reason=f"as {other} was")
    assert f"as {other} was" in [step["detail"] for step in (await timeline(seds, message_id))["steps"]]


async def test_a_pause_that_held_it_back_is_told_with_who_and_why(seds):
    message_id = await seds.accept()
    await seds.desk.call("endpoint_pause", {"name": "cases", "by": "bogdan", "reason": "maintenance"})
    told = await timeline(seds, message_id)
    assert [(step["step"], step["by"], step["detail"]) for step in told["steps"]][-1] == (
        "paused",
        "bogdan",
        "maintenance",
    )
    assert told["now"][0]["waits"] == "cases is paused"
    await seds.desk.call("endpoint_resume", {"name": "cases", "by": "ana", "reason": "they are back"})
    assert (await timeline(seds, message_id))["steps"][-1]["step"] == "resumed"


async def test_a_pause_after_it_was_sent_is_not_its(seds):
    message_id = await seds.accept()
    now = seds.parts.clock.now()
    (claimed,) = await seds.parts.journal.claim(limit=1, lease=MINUTE, now=now)
    await seds.parts.journal.settle(ended(claimed, DeliveryState.SENT, at=now))
    await seds.desk.call("endpoint_pause", {"name": "cases", "by": "bogdan", "reason": "maintenance"})
    assert "paused" not in [step["step"] for step in (await timeline(seds, message_id))["steps"]]


async def test_it_says_what_a_message_waits_for(seds):
    first, second = await seds.accept(), await seds.accept(sedVer="3")
    (waits,) = (await timeline(seds, second))["now"]
    assert (waits["waits"], waits["command"]) == (
        "stands behind another message of its order key",
        f"punte messages timeline {first}",
    )
    (claimed,) = await seds.parts.journal.claim(limit=1, lease=MINUTE, now=seds.parts.clock.now())
    assert (await timeline(seds, first))["now"][0]["waits"] == "is being sent"
    await seds.parts.journal.settle(ended(claimed, DeliveryState.IN_DOUBT, at=seds.parts.clock.now(), code="D104"))
    assert (await timeline(seds, first))["now"][0]["command"].startswith(f"punte messages settle {first}")


async def attempted(seds, course):
    """Accept a message and let its delivery be sent, with what is known of the attempt."""
    message_id = await seds.accept()
    now = seds.parts.clock.now() + MINUTE
    (claimed,) = await seds.parts.journal.claim(limit=1, lease=MINUTE, now=now)
    await seds.parts.journal.settle(ended(claimed, DeliveryState.SENT, at=now, course=course))
    return (await timeline(seds, message_id))["steps"]


async def test_an_attempt_tells_what_its_phases_took(seds):
    phases = {"connect": 3, "TLS": 12, "first byte": 45, "answer": 1}
    assert (await attempted(seds, Course(phases)))[-1]["phases"] == phases


async def test_what_held_an_attempt_back_stands_before_it_from_the_decision_on(seds):
    now = seds.parts.clock.now()
    opened, mended = now + timedelta(seconds=20), now + timedelta(seconds=30)
    held = (Hold("closed", now - MINUTE, opened), Hold("breaker", opened, mended, "D101"))
    steps = await attempted(seds, Course(held=held))
    assert [step["step"] for step in steps] == ["received", "decided", "held", "held", "sent"]
    closed, broken = steps[2:4]
    assert (closed["at"], closed["detail"], closed["endpoint"]) == (steps[1]["at"], "endpoint closed", "cases")
    assert (broken["detail"], broken["code"]) == ("endpoint left alone after failures", "D101")
    assert (closed["until"], broken["until"]) == tuple(at.isoformat().replace("+00:00", "Z") for at in (opened, mended))


async def test_it_says_that_the_endpoint_is_closed_and_until_when(seds):
    message_id = await seds.accept()
    never = 'url: "http://127.0.0.1:9/", opening: {hours: ["mon 08:00-08:01"], holidays: [%s]}'
    today = seds.parts.clock.now().date()
    days = ", ".join(f'"{today + timedelta(days=number)}"' for number in range(-1, 2))
    await seds.apply(COUNTRY.replace('url: "http://127.0.0.1:9/"', never % days))
    (waits,) = (await timeline(seds, message_id))["now"]
    assert (waits["waits"], waits["command"]) == ("cases is closed", "")
    assert waits["at"] > seds.parts.clock.now().isoformat()


async def test_what_was_sent_waits_for_nothing(seds):
    assert (await timeline(seds, await seds.sent_message()))["now"] == []


async def test_an_act_on_a_delivery_names_its_partner(seds):
    message_id = await seds.accept()
    now = seds.parts.clock.now()
    (claimed,) = await seds.parts.journal.claim(limit=1, lease=MINUTE, now=now)
    await seds.parts.journal.settle(ended(claimed, DeliveryState.IN_DOUBT, at=now, code="D104"))
    await seds.desk.call("settle", {"id": message_id, "sent": False, "by": "ana", "reason": "not there"})
    await seds.deliver(DeliveryState.PARKED, "D201")
    acted = {"of": message_id, "by": "ana", "reason": "mended", "until": now + timedelta(days=1)}
    for what in ("retry", "discard"):
        await seds.desk.call("parked_act", {"what": what, **acted})
        await seds.deliver(DeliveryState.PARKED, "D201")
    acts = [step for step in (await timeline(seds, message_id))["steps"] if step["by"] == "ana"]
    assert [(step["step"], step["endpoint"]) for step in acts] == [
        ("settled", "cases"),
        ("retried", "cases"),
        ("discarded", "cases"),
    ]


async def test_a_repaired_message_names_its_copy_and_the_copy_names_it(seds):
    first = await seds.accept(sed=None)
    body = base64.b64encode(json.dumps(SED).encode()).decode()
    copy = (await seds.desk.call("repair", {"id": first, "body": body, "by": "ana", "reason": "as agreed"}))["copy"]
    assert (await timeline(seds, first))["steps"][-1]["detail"] == (f"as agreed; the corrected copy is message {copy}")
    assert (await timeline(seds, copy))["steps"][0]["detail"] == f"corrected copy of message {first}"
