"""What the desk says and does about deliveries that were given up or are in doubt, on a store of its own."""

from datetime import timedelta

import msgspec
import pytest

from hub_core.clock import SystemClock
from hub_core.directory import Direction, Directory, Endpoint
from hub_core.errors import ConfigError, Rejected
from hub_core.message import DeliveryState, Finding, Severity, State
from hub_core.settings import Settings
from hub_core.testing.builders import a_delivery, a_message, an_outcome
from hub_core.testing.journal.base import ended
from registry.desk import Desk
from registry.parts import Parts

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class Store:
    """A store with things that were given up, seen through its desk."""

    def __init__(self, home):
        self.parts = Parts(Settings(home=home), write=True)
        self.parts.serving = True
        self.woken = []
        self.parts.deliveries_added = lambda: self.woken.append(True)
        out = Endpoint(institution="anpis", direction=Direction.OUT, adapter="rest", service="cases")
        self.parts.in_force(Directory(number=1, endpoints={"cases": out, "portal": out}))
        self.desk = Desk(self.parts)
        self.now = SystemClock().now()

    async def call(self, verb, **arguments):
        return await self.desk.call(verb, arguments)

    async def keep(self, *endpoints, state=DeliveryState.PARKED, code="D201", at=None):
        """Keep a message whose deliveries ended like this; return its id."""
        message, at = a_message(), at or self.now
        deliveries = [a_delivery(message, endpoint=name, due_at=at) for name in endpoints or ("cases",)]
        await self.parts.journal.record(message, an_outcome(message, *deliveries, decided_at=at))
        for claimed in await self.parts.journal.claim(limit=9, lease=MINUTE, now=at):
            await self.parts.journal.settle(ended(claimed, state, at=at, code=code))
        return message.id

    async def group(self):
        """Return what must be the only group."""
        (group,) = (await self.call("parked"))["groups"]
        return group

    async def act(self, what, of, **more):
        given = {"by": "ana", "reason": "agreed by telephone", "until": (self.now + HOUR).isoformat()}
        return await self.call("parked_act", what=what, of=of, **given | more)

    def state(self, message_id):
        return self.parts.view.message(message_id).message.state

    def last(self, message_id):
        entry = self.parts.view.entries(message_id)[-1]
        return entry.step, entry.by, entry.detail


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.parts.close()


async def test_what_was_given_up_is_told_by_cause_with_its_mend(store):
    first = await store.keep()
    await store.keep()
    group = await store.group()
    assert (group["endpoint"], group["code"], group["count"], group["example"]) == ("cases", "D201", 2, first)
    assert group["why"] == "partner rejected the message"
    assert group["mend"].startswith("Read the partner's code")


async def test_a_group_lists_its_messages(store):
    ids = [await store.keep() for _ in range(3)]
    answer = await store.call("parked", of=(await store.group())["id"], limit=2)
    assert [row["message"] for row in answer["messages"]] == ids[:2]


@pytest.mark.parametrize(
    ("what", "state", "step"),
    [
        ("retry", State.DELIVERING, "retried"),
        ("reject", State.REFUSED, "rejected"),
        ("discard", State.ACCEPTED, "discarded"),
    ],
)
async def test_an_act_on_a_group_stands_in_the_history_of_each_message(store, what, state, step):
    ids = [await store.keep() for _ in range(3)]
    answer = await store.act(what, (await store.group())["id"])
    assert (answer["done"], answer["faults"]) == (3, [])
    assert (await store.call("parked"))["groups"] == []
    for message_id in ids:
        assert store.state(message_id) is state
        assert store.last(message_id) == (step, "ana", "agreed by telephone")
    assert store.woken


async def test_a_delivery_is_tried_again_under_its_own_key(store):
    message_id = await store.keep()
    (before,) = store.parts.view.deliveries(message_id)
    await store.act("retry", message_id)
    (claimed,) = await store.parts.journal.claim(limit=9, lease=MINUTE, now=store.now + HOUR)
    assert claimed.delivery.id == before.delivery.id


async def test_an_act_on_a_message_leaves_the_others_of_its_cause_alone(store):
    message_id, other = await store.keep(), await store.keep()
    assert (await store.act("discard", message_id))["done"] == 1
    assert store.state(other) is State.PARKED


async def test_an_act_on_a_message_is_for_all_that_was_given_up_of_it(store):
    message_id = await store.keep("cases", "portal")
    assert (await store.act("discard", message_id))["done"] == 2
    assert store.state(message_id) is State.ACCEPTED


async def test_an_act_goes_on_where_the_part_before_ended(store):
    for _ in range(3):
        await store.keep()
    group = (await store.group())["id"]
    first = await store.act("discard", group, limit=2)
    rest = await store.act("discard", group, limit=2, after=first["last"])
    assert (first["done"], rest["done"]) == (2, 1)


async def test_what_was_given_up_after_the_person_looked_is_left_alone(store):
    await store.keep()
    later = await store.keep(at=store.now + MINUTE)
    done = await store.act("discard", (await store.group())["id"], until=store.now.isoformat())
    assert done["done"] == 1
    assert store.state(later) is State.PARKED


async def test_what_fails_again_stays_parked_and_is_named(store):
    message = a_message()
    defect = Finding(code="D302", severity=Severity.ERROR, text="unexpected failure")
    await store.parts.journal.record(message, an_outcome(message, state=State.PARKED, findings=(defect,)))
    answer = await store.act("retry", (await store.group())["id"])
    assert (answer["done"], [fault["message"] for fault in answer["faults"]]) == (0, [message.id])
    assert store.state(message.id) is State.PARKED


async def test_nothing_parked_under_a_name_is_said(store):
    delivered = await store.keep(state=DeliveryState.SENT, code=None)
    for name in ("g0000000", delivered):
        with pytest.raises(Rejected) as refused:
            await store.call("parked", of=name)
        assert refused.value.code == "J414"


async def test_an_act_without_a_reason_is_refused(store):
    message_id = await store.keep()
    for refused in (store.act("retry", message_id, reason=" "), store.call("settle", id="x", sent=True, by="a")):
        with pytest.raises(ConfigError) as raised:
            await refused
        assert raised.value.code == "W400"
    assert store.state(message_id) is State.PARKED


async def test_status_and_doctor_lead_to_what_was_given_up(store):
    await store.keep()
    status = await store.call("status")
    (group,) = status["parked"]
    (stuck,) = status["stuck"]
    assert status["needs_human"] is True
    assert (stuck["what"], stuck["where"], stuck["count"]) == ("parked", "cases", 1)
    assert stuck["command"] == f"punte parked {group['id']}"
    (check,) = (check for check in await store.call("doctor") if check["check"] == "deliveries")
    assert (check["ok"], check["mend"]) == (False, "punte parked")


async def test_a_doubt_is_told_once_however_long_it_waits(store):
    await store.keep(state=DeliveryState.IN_DOUBT, code="D104", at=store.now - HOUR)
    (stuck,) = (await store.call("status"))["stuck"]
    assert (stuck["what"], stuck["count"], stuck["since"]) == ("in doubt", 1, msgspec.to_builtins(store.now - HOUR))


async def test_a_human_is_needed_before_the_disk_is_full(store, monkeypatch):
    monkeypatch.setattr("registry.doctor.health.SCARCE_BYTES", 10**18)
    status = await store.call("status")
    assert ([it["what"] for it in status["stuck"]], status["needs_human"]) == (["disk"], True)


@pytest.mark.parametrize(("sent", "state"), [(True, State.DELIVERED), (False, State.DELIVERING)])
async def test_a_person_settles_a_doubt(store, sent, state):
    message_id = await store.keep(state=DeliveryState.IN_DOUBT, code="D104")
    answer = await store.call("settle", id=message_id, sent=sent, by="ana", reason="asked them")
    assert (answer["state"], answer["endpoint"]) == (state, "cases")
    word = "sent" if sent else "not sent"
    assert store.last(message_id) == ("settled", "ana", f"{word}; asked them")


async def test_of_several_partners_in_doubt_one_is_named(store):
    message_id = await store.keep("cases", "portal", state=DeliveryState.IN_DOUBT, code="D104")
    with pytest.raises(ConfigError) as refused:
        await store.call("settle", id=message_id, sent=True, by="ana", reason="asked them")
    assert "cases, portal" in refused.value.text
    await store.call("settle", id=message_id, sent=True, by="ana", reason="asked them", endpoint="portal")
    states = {row.delivery.endpoint: row.state for row in store.parts.view.deliveries(message_id)}
    assert states == {"cases": DeliveryState.IN_DOUBT, "portal": DeliveryState.SENT}


async def test_what_is_not_in_doubt_is_not_settled(store):
    message_id = await store.keep()
    with pytest.raises(Rejected) as refused:
        await store.call("settle", id=message_id, sent=True, by="ana", reason="asked them")
    assert refused.value.code == "J413"


async def test_what_is_in_doubt_is_listed_with_its_partner_page_by_page(store):
    first = await store.keep("cases", "portal", state=DeliveryState.IN_DOUBT, code="D104")
    await store.keep()
    second = await store.keep(state=DeliveryState.IN_DOUBT, code="D104")
    page = await store.call("doubts", filter={"after": "", "limit": 1})
    assert [(it["message"], it["endpoint"]) for it in page["doubts"]] == [(first, "cases"), (first, "portal")]
    rest = await store.call("doubts", filter={"after": page["last"], "limit": 1})
    assert [(it["message"], it["endpoint"]) for it in rest["doubts"]] == [(second, "cases")]
    assert (await store.call("doubts", filter={"after": rest["last"]}))["last"] is None
    portal = (await store.call("doubts", endpoint="portal"))["doubts"]
    assert [it["message"] for it in portal] == [first]


async def test_a_named_message_that_is_not_in_doubt_is_said_before_anything_is_done(store):
    doubt = await store.keep(state=DeliveryState.IN_DOUBT, code="D104")
    with pytest.raises(Rejected) as refused:
        await store.call("doubts", ids=[doubt, await store.keep()])
    assert refused.value.code == "J413"
