"""What the desk does with kept messages that are to be judged and delivered again, or corrected."""

import base64
import json
from datetime import timedelta

import pytest

from hub_core.errors import ConfigError, Refused, Rejected
from hub_core.message import Arrival, Caller, DeliveryState, State
from hub_core.places import MAPPINGS
from hub_core.settings import Settings
from hub_core.testing.journal_base import ended
from registry.desk import Desk, open_desk
from registry.parts import Parts

MINUTE = timedelta(minutes=1)
COUNTRY = """
institutions:
  ap: {name: Access point}
  agency: {name: Agency}
endpoints:
  seds: {institution: ap, direction: in, adapter: eessi, service: seds, message_id: header}
  cases: {institution: agency, direction: out, adapter: rest, service: cases, url: "http://127.0.0.1:9/"}
access:
  ap-seds: {institution: ap, service: seds, purposes: [exchange]}
routes:
  all: {services: [seds], to: [cases], order_by: "cases.number"}
"""
PORTAL = COUNTRY.replace("  cases: {", "  portal: {").replace("to: [cases]", "to: [portal]")
ENVELOPE = "eessi/nav-envelope.yaml"
SHIPPED = (MAPPINGS / ENVELOPE).read_text(encoding="utf-8")
CHANGED = SHIPPED.replace("fields:\n", "fields:\n  exchange.request: {const: CHANGED}\n", 1)
SED = {"sed": "X001", "sedGVer": "4", "sedVer": "2", "nav": {"eessisak": [{"saksnummer": "17", "land": "RO"}]}}
BY = {"by": "ana", "reason": "ticket 4711"}


class Store:
    """A store that takes SEDs and delivers when a test says so."""

    def __init__(self, home):
        self.parts = Parts(Settings(home=home, port=0), write=True)
        self.desk = Desk(self.parts)
        self.sent = []

    async def apply(self, country=COUNTRY):
        await self.desk.call("apply", {"files": {"country.yaml": country}, "by": "ana"})

    async def change_mapping(self):
        files = {"files": {f"/anywhere/{ENVELOPE}": CHANGED}}
        await self.desk.call("mapping_promote", files | BY)

    async def accept(self, **more):
        caller = Caller(institution="ap", key="k")
        arrival = Arrival(endpoint="seds", caller=caller, body=json.dumps(SED | more).encode(), purpose="exchange")
        return (await self.parts.hub.accept(arrival)).message_id

    async def deliver(self, state=DeliveryState.SENT, code=None):
        """Let every open delivery end like this; remember what the partner got."""
        now = self.parts.clock.now() + MINUTE
        while claims := await self.parts.journal.claim(limit=99, lease=MINUTE, now=now):
            for claimed in claims:
                self.sent.append(claimed)
                await self.parts.journal.settle(ended(claimed, state, at=now, code=code))

    async def sent_message(self, **more):
        message_id = await self.accept(**more)
        await self.deliver()
        return message_id

    async def replay(self, **act):
        return await self.desk.call("replay", BY | act)

    async def replay_one(self, message_id, **act):
        (row,) = (await self.replay(id=message_id, **act))["messages"]
        return row

    def state(self, message_id):
        return self.parts.view.message(message_id).message.state

    def request(self):
        """Return what the last delivery says about its request."""
        return json.loads(self.sent[-1].record)["exchange"].get("request")


@pytest.fixture
async def store(tmp_path):
    store = Store(tmp_path)
    await store.apply()
    yield store
    store.parts.close()


async def test_a_message_is_delivered_again_under_a_new_key(store):
    message_id = await store.sent_message()
    row = await store.replay_one(message_id)
    assert (row["result"], row["sent"], row["changes"]) == ("done", True, [])
    await store.deliver()
    first, again = store.sent
    assert first.delivery.id != again.delivery.id
    assert first.record == again.record
    last = store.parts.view.entries(message_id)[-2]
    assert (last.step, last.by, last.detail) == ("replayed", "ana", "ticket 4711")


async def test_it_is_read_with_the_mapping_that_decided_unless_another_is_asked_for(store):
    message_id = await store.sent_message()
    await store.change_mapping()
    pinned = await store.replay_one(message_id, dry_run=True)
    assert (pinned["before"], pinned["changes"]) == (pinned["now"], [])
    current = await store.replay_one(message_id, dry_run=True, mapping="current")
    assert current["before"] != current["now"]
    (change,) = current["changes"]
    assert (change["at"], change["kind"], change["after"]) == ("exchange.request", "added", "CHANGED")


async def test_the_partner_gets_what_the_mapping_in_force_makes_of_it(store):
    message_id = await store.sent_message()
    await store.change_mapping()
    await store.replay_one(message_id, mapping="current")
    await store.deliver()
    assert store.request() == "CHANGED"
    outcome = (await store.desk.call("message", {"id": message_id}))["outcome"]
    assert outcome["replayed_with"] not in {None, outcome["mapping"]}


async def test_what_is_refused_again_goes_nowhere_and_says_why(store):
    message_id = await store.sent_message(sed=None)
    assert store.state(message_id) is State.REFUSED
    row = await store.replay_one(message_id)
    assert (row["result"], row["code"], row["sent"]) == ("refused", "V301", False)
    assert store.parts.view.entries(message_id)[-1].step == "refused"


async def test_the_same_replay_twice_does_nothing_new(store):
    message_id = await store.sent_message()
    await store.replay_one(message_id)
    await store.deliver()
    assert (await store.replay_one(message_id))["result"] == "before"
    assert (await store.replay_one(message_id, reason="they lost it again"))["result"] == "done"


async def test_what_is_in_doubt_is_left_alone_unless_it_is_asked_for(store):
    message_id = await store.accept()
    await store.deliver(DeliveryState.IN_DOUBT, "D104")
    assert (await store.replay_one(message_id))["code"] == "J417"
    assert (await store.replay_one(message_id, also_in_doubt=True))["result"] == "done"


async def test_what_is_on_its_way_is_left_alone(store):
    row = await store.replay_one(await store.accept())
    assert (row["result"], row["code"]) == ("held", "J416")


@pytest.mark.parametrize(("hop", "endpoint"), [("received", "portal"), ("mapped", "portal"), ("routed", "cases")])
async def test_it_begins_behind_the_step_that_is_named(store, hop, endpoint):
    message_id = await store.sent_message()
    await store.apply(PORTAL)
    row = await store.replay_one(message_id, hop=hop)
    assert [delivery["endpoint"] for delivery in row["deliveries"]] == [endpoint]


async def test_from_deliver_the_partner_sees_the_same_key(store):
    message_id = await store.sent_message()
    await store.replay_one(message_id, hop="deliver")
    await store.deliver()
    first, again = store.sent
    assert first.delivery.id == again.delivery.id


async def test_a_later_hop_carries_what_was_decided_last(store):
    message_id = await store.sent_message()
    await store.change_mapping()
    await store.replay_one(message_id, mapping="current")
    await store.deliver()
    await store.replay_one(message_id, hop="routed")
    await store.deliver()
    assert store.request() == "CHANGED"


async def test_all_that_fit_a_filter_are_replayed_in_their_order(store):
    ids = [await store.sent_message(sedVer=str(number)) for number in range(4)]
    refused = await store.sent_message(sed=None)
    wanted = {"party": "ap", "after": ""}
    assert await store.desk.call("how_many", {"party": "ap"}) == {"count": 5}
    first = await store.replay(filter=wanted | {"limit": 3})
    rest = await store.replay(filter=wanted | {"limit": 3, "after": first["last"]})
    told = [(row["message"], row["result"]) for row in first["messages"] + rest["messages"]]
    assert told == [(message_id, "done") for message_id in ids] + [(refused, "refused")]
    store.sent.clear()
    await store.deliver()
    assert [claimed.delivery.message_id for claimed in store.sent] == ids


async def test_a_replay_that_broke_off_goes_on(store):
    ids = [await store.sent_message(sedVer=str(number)) for number in range(3)]
    await store.replay(filter={"after": "", "limit": 2})
    await store.deliver()
    results = [row["result"] for row in (await store.replay(filter={"after": ""}))["messages"]]
    assert results == ["before", "before", "done"]
    assert len(ids) == len(results)


async def test_where_many_differ_is_told_on_request(store):
    await store.sent_message()
    await store.change_mapping()
    act = {"filter": {"after": ""}, "mapping": "current", "dry_run": True}
    (row,) = (await store.replay(**act))["messages"]
    assert (row["differs"], row["changes"]) == (1, [])
    (row,) = (await store.replay(**act, diff=True))["messages"]
    assert [change["field"] for change in row["changes"]] == ["exchange.request"]


async def test_a_dry_run_works_on_a_store_that_is_only_read_and_changes_nothing(store):
    message_id = await store.sent_message()
    before = store.parts.view.entries(message_id)
    reader = open_desk(store.parts.settings)
    try:
        answer = await reader.call("replay", {"id": message_id, "dry_run": True, "by": "ana"})
    finally:
        reader.close()
    assert answer["messages"][0]["result"] == "done"
    assert store.parts.view.entries(message_id) == before
    assert len(store.parts.view.deliveries(message_id)) == 1


async def test_what_was_parked_by_a_defect_is_delivered_with_what_it_now_says(store, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("hub_core.accepting.judging.select", lambda *_: 1 / 0)
        message_id = await store.accept()
    assert store.state(message_id) is State.PARKED
    until = store.parts.clock.now().isoformat()
    done = await store.desk.call("parked_act", {"what": "retry", "of": message_id, "until": until, **BY})
    assert (done["done"], done["faults"]) == (1, [])
    await store.deliver()
    assert json.loads(store.sent[-1].record)["cases"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"id": "x", "filter": {}},
        {"id": "x", "reason": " "},
        {"id": "x", "hop": "mapped", "mapping": "current"},
        {"id": "x", "hop": "sent"},
    ],
)
async def test_what_makes_no_sense_is_refused(store, wrong):
    with pytest.raises(ConfigError) as raised:
        await store.replay(**wrong)
    assert raised.value.code == "W400"


async def test_an_unknown_message_is_refused(store):
    with pytest.raises(Rejected) as raised:
        await store.replay(id="nobody")
    assert raised.value.code == "J404"


# Corrected copies -----------------------------------------------------------------------------------------------


def copied(**more):
    return base64.b64encode(json.dumps(SED | more).encode()).decode()


async def test_a_corrected_copy_takes_the_place_of_a_refused_message_and_both_show_it(store):
    first = await store.accept(sed=None)
    answer = await store.desk.call("repair", {"id": first, "body": copied(), **BY})
    assert (answer["kept"], answer["copy_state"], answer["state"]) == (True, State.DELIVERING, State.REFUSED)
    shown = await store.desk.call("message", {"id": first})
    assert shown["repaired_by"] == answer["copy"]
    assert (shown["entries"][-1]["step"], shown["entries"][-1]["by"]) == ("repaired", "ana")
    copy = await store.desk.call("message", {"id": answer["copy"]})
    assert (copy["message"]["repairs"], copy["message"]["party"], copy["repaired_by"]) == (first, "ap", None)
    await store.deliver()
    assert [claimed.delivery.message_id for claimed in store.sent] == [answer["copy"]]


async def test_what_was_repaired_is_not_replayed_but_its_copy_is(store):
    first = await store.accept(sed=None)
    copy = (await store.desk.call("repair", {"id": first, "body": copied(), **BY}))["copy"]
    await store.deliver()
    rows = (await store.replay(filter={"after": ""}))["messages"]
    assert [(row["message"], row["result"], row["code"]) for row in rows] == [
        (first, "failed", "J418"),
        (copy, "done", None),
    ]


async def test_a_copy_that_is_refused_too_is_not_kept(store):
    first = await store.accept(sed=None)
    answer = await store.desk.call("repair", {"id": first, "body": copied(sed=None), **BY})
    assert (answer["kept"], answer["copy"], answer["findings"][0]["code"]) == (False, None, "V301")
    assert len(store.parts.view.messages()) == 1


async def test_the_same_copy_again_changes_nothing_and_another_is_refused(store):
    first = await store.accept(sed=None)
    again = [await store.desk.call("repair", {"id": first, "body": copied(), **BY}) for _ in range(2)]
    assert again[0]["copy"] == again[1]["copy"]
    assert len(store.parts.view.messages()) == 2
    with pytest.raises(Rejected) as raised:
        await store.desk.call("repair", {"id": first, "body": copied(sedVer="9"), **BY})
    assert raised.value.code == "J418"


async def test_a_copy_is_admitted_like_any_message_of_its_sender(store):
    first = await store.accept(sed=None)
    await store.apply(COUNTRY.replace("purposes: [exchange]", "purposes: [other]"))
    with pytest.raises(Refused):
        await store.desk.call("repair", {"id": first, "body": copied(), **BY})


async def test_a_repair_needs_a_reason(store):
    with pytest.raises(ConfigError):
        await store.desk.call("repair", {"id": "x", "body": "", "by": "ana", "reason": " "})


# The timeline ---------------------------------------------------------------------------------------------------


async def timeline(store, message_id):
    return await store.desk.call("timeline", {"id": message_id})


async def test_steps_attempts_and_acts_stand_in_one_line_of_time(store):
    message_id = await store.accept()
    await store.deliver(DeliveryState.PARKED, "D201")
    await store.replay_one(message_id)
    told = (await timeline(store, message_id))["steps"]
    assert [(step["step"], step["by"]) for step in told if step["step"] != "parked"] == [
        ("received", "hub"),
        ("decided", "hub"),
        ("replayed", "ana"),
    ]
    (attempt,) = [step for step in told if step["step"] == "parked"]
    assert (attempt["endpoint"], attempt["attempt"], attempt["code"], attempt["took"]) == ("cases", 1, "D201", 0.0)
    assert [step["at"] for step in told] == sorted(step["at"] for step in told)
    assert next(step for step in told if step["step"] == "replayed")["replay"].startswith("r")


async def test_a_number_of_a_person_in_somebodys_words_is_masked(store):
    message_id = await store.sent_message()
    await store.replay_one(message_id, reason="asked for by 2850415123450")
    assert "2850415123450" not in json.dumps(await timeline(store, message_id))


async def test_a_pause_that_held_it_back_is_told_with_who_and_why(store):
    message_id = await store.accept()
    await store.desk.call("endpoint_pause", {"name": "cases", "by": "bogdan", "reason": "maintenance"})
    told = await timeline(store, message_id)
    assert [(step["step"], step["by"], step["detail"]) for step in told["steps"]][-1] == (
        "paused",
        "bogdan",
        "maintenance",
    )
    assert told["now"][0]["waits"] == "cases is paused"
    await store.desk.call("endpoint_resume", {"name": "cases", "by": "ana", "reason": "they are back"})
    assert (await timeline(store, message_id))["steps"][-1]["step"] == "resumed"


async def test_a_pause_after_it_was_sent_is_not_its(store):
    message_id = await store.accept()
    now = store.parts.clock.now()
    (claimed,) = await store.parts.journal.claim(limit=1, lease=MINUTE, now=now)
    await store.parts.journal.settle(ended(claimed, DeliveryState.SENT, at=now))
    await store.desk.call("endpoint_pause", {"name": "cases", "by": "bogdan", "reason": "maintenance"})
    assert "paused" not in [step["step"] for step in (await timeline(store, message_id))["steps"]]


async def test_it_says_what_a_message_waits_for(store):
    first, second = await store.accept(), await store.accept(sedVer="3")
    (waits,) = (await timeline(store, second))["now"]
    assert (waits["waits"], waits["command"]) == (
        "stands behind another message of its order key",
        f"punte messages timeline {first}",
    )
    (claimed,) = await store.parts.journal.claim(limit=1, lease=MINUTE, now=store.parts.clock.now())
    assert (await timeline(store, first))["now"][0]["waits"] == "is being sent"
    await store.parts.journal.settle(ended(claimed, DeliveryState.IN_DOUBT, at=store.parts.clock.now(), code="D104"))
    assert (await timeline(store, first))["now"][0]["command"].startswith(f"punte messages settle {first}")


async def test_what_was_sent_waits_for_nothing(store):
    assert (await timeline(store, await store.sent_message()))["now"] == []
