"""What the desk does with kept messages that are to be judged and delivered again."""

import json

import pytest

from hub_core.errors import ConfigError, Rejected
from hub_core.message import DeliveryState, State
from registry.desk import open_desk
from tests.integration.seds_kept import BY, PORTAL


async def test_a_message_is_delivered_again_under_a_new_key(seds):
    message_id = await seds.sent_message()
    row = await seds.replay_one(message_id)
    assert (row["result"], row["sent"], row["changes"]) == ("done", True, [])
    await seds.deliver()
    first, again = seds.sent
    assert first.delivery.id != again.delivery.id
    assert first.record == again.record
    last = seds.parts.view.entries(message_id)[-2]
    assert (last.step, last.by, last.detail) == ("replayed", "ana", "ticket 4711")


async def test_it_is_read_with_the_mapping_that_decided_unless_another_is_asked_for(seds):
    message_id = await seds.sent_message()
    await seds.change_mapping()
    pinned = await seds.replay_one(message_id, dry_run=True)
    assert (pinned["before"], pinned["changes"]) == (pinned["now"], [])
    current = await seds.replay_one(message_id, dry_run=True, mapping="current")
    assert current["before"] != current["now"]
    (change,) = current["changes"]
    assert (change["at"], change["kind"], change["after"]) == ("exchange.request", "added", "CHANGED")


async def test_the_partner_gets_what_the_mapping_in_force_makes_of_it(seds):
    message_id = await seds.sent_message()
    await seds.change_mapping()
    await seds.replay_one(message_id, mapping="current")
    await seds.deliver()
    assert seds.request() == "CHANGED"
    outcome = (await seds.desk.call("message", {"id": message_id}))["outcome"]
    assert outcome["replayed_with"] not in {None, outcome["mapping"]}


async def test_what_is_refused_again_goes_nowhere_and_says_why(seds):
    message_id = await seds.sent_message(sed=None)
    assert seds.state(message_id) is State.REFUSED
    row = await seds.replay_one(message_id)
    assert (row["result"], row["code"], row["sent"]) == ("refused", "V301", False)
    assert seds.parts.view.entries(message_id)[-1].step == "refused"


async def test_the_same_replay_twice_does_nothing_new(seds):
    message_id = await seds.sent_message()
    await seds.replay_one(message_id)
    await seds.deliver()
    assert (await seds.replay_one(message_id))["result"] == "before"
    assert (await seds.replay_one(message_id, reason="they lost it again"))["result"] == "done"


async def test_what_is_in_doubt_is_left_alone_unless_it_is_asked_for(seds):
    message_id = await seds.accept()
    await seds.deliver(DeliveryState.IN_DOUBT, "D104")
    assert (await seds.replay_one(message_id))["code"] == "J417"
    assert (await seds.replay_one(message_id, also_in_doubt=True))["result"] == "done"


async def test_what_is_on_its_way_is_left_alone(seds):
    row = await seds.replay_one(await seds.accept())
    assert (row["result"], row["code"]) == ("held", "J416")


@pytest.mark.parametrize(("hop", "endpoint"), [("received", "portal"), ("mapped", "portal"), ("routed", "cases")])
async def test_it_begins_behind_the_step_that_is_named(seds, hop, endpoint):
    message_id = await seds.sent_message()
    await seds.apply(PORTAL)
    row = await seds.replay_one(message_id, hop=hop)
    assert [delivery["endpoint"] for delivery in row["deliveries"]] == [endpoint]


async def test_from_deliver_the_partner_sees_the_same_key(seds):
    message_id = await seds.sent_message()
    await seds.replay_one(message_id, hop="deliver")
    await seds.deliver()
    first, again = seds.sent
    assert first.delivery.id == again.delivery.id


async def test_a_later_hop_carries_what_was_decided_last(seds):
    message_id = await seds.sent_message()
    await seds.change_mapping()
    await seds.replay_one(message_id, mapping="current")
    await seds.deliver()
    await seds.replay_one(message_id, hop="routed")
    await seds.deliver()
    assert seds.request() == "CHANGED"


async def test_all_that_fit_a_filter_are_replayed_in_their_order(seds):
    ids = [await seds.sent_message(sedVer=str(number)) for number in range(4)]
    refused = await seds.sent_message(sed=None)
    wanted = {"party": "ap", "after": ""}
    assert await seds.desk.call("how_many", {"party": "ap"}) == {"count": 5}
    first = await seds.replay(filter=wanted | {"limit": 3})
    rest = await seds.replay(filter=wanted | {"limit": 3, "after": first["last"]})
    told = [(row["message"], row["result"]) for row in first["messages"] + rest["messages"]]
    assert told == [(message_id, "done") for message_id in ids] + [(refused, "refused")]
    seds.sent.clear()
    await seds.deliver()
    assert [claimed.delivery.message_id for claimed in seds.sent] == ids


async def test_a_replay_that_broke_off_goes_on(seds):
    ids = [await seds.sent_message(sedVer=str(number)) for number in range(3)]
    await seds.replay(filter={"after": "", "limit": 2})
    await seds.deliver()
    results = [row["result"] for row in (await seds.replay(filter={"after": ""}))["messages"]]
    assert results == ["before", "before", "done"]
    assert len(ids) == len(results)


async def test_where_many_differ_is_told_on_request(seds):
    await seds.sent_message()
    await seds.change_mapping()
    act = {"filter": {"after": ""}, "mapping": "current", "dry_run": True}
    (row,) = (await seds.replay(**act))["messages"]
    assert (row["differs"], row["changes"]) == (1, [])
    (row,) = (await seds.replay(**act, diff=True))["messages"]
    assert [change["field"] for change in row["changes"]] == ["exchange.request"]


async def test_a_dry_run_works_on_a_store_that_is_only_read_and_changes_nothing(seds):
    message_id = await seds.sent_message()
    before = seds.parts.view.entries(message_id)
    reader = open_desk(seds.parts.settings)
    try:
        answer = await reader.call("replay", {"id": message_id, "dry_run": True, "by": "ana"})
    finally:
        reader.close()
    assert answer["messages"][0]["result"] == "done"
    assert seds.parts.view.entries(message_id) == before
    assert len(seds.parts.view.deliveries(message_id)) == 1


async def test_what_was_parked_by_a_defect_is_delivered_with_what_it_now_says(seds, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("hub_core.accepting.judging.select", lambda *_: 1 / 0)
        message_id = await seds.accept()
    assert seds.state(message_id) is State.PARKED
    until = seds.parts.clock.now().isoformat()
    done = await seds.desk.call("parked_act", {"what": "retry", "of": message_id, "until": until, **BY})
    assert (done["done"], done["faults"]) == (1, [])
    await seds.deliver()
    assert json.loads(seds.sent[-1].record)["cases"]


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
async def test_what_makes_no_sense_is_refused(seds, wrong):
    with pytest.raises(ConfigError) as raised:
        await seds.replay(**wrong)
    assert raised.value.code == "W400"


async def test_an_unknown_message_is_refused(seds):
    with pytest.raises(Rejected) as raised:
        await seds.replay(id="nobody")
    assert raised.value.code == "J404"
