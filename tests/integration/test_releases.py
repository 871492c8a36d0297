"""Mapping releases in a real file: kept, run in shadow, promoted, rolled back, and pinned by every message."""

import asyncio
import json

import pytest

from hub_core.errors import ConfigError
from hub_core.mapping import gather, load_files
from hub_core.message import Arrival, Caller
from hub_core.places import MAPPINGS
from hub_core.settings import Settings
from hub_core.testing.builders import NOW
from registry.assemble import assemble
from registry.desk import open_desk
from registry.mappings.releases import Act, Done, Standing, standing
from registry.mappings.sets import with_file

SED = {"sed": "X001", "sedGVer": "4", "sedVer": "2", "nav": {"eessisak": [{"saksnummer": "17", "land": "RO"}]}}
COUNTRY = """
institutions:
  ap: {name: Access point}
endpoints:
  seds: {institution: ap, direction: in, adapter: eessi, service: seds, message_id: header}
access:
  ap-seds: {institution: ap, service: seds, purposes: [exchange]}
"""
ENVELOPE = "eessi/nav-envelope.yaml"
SHIPPED = (MAPPINGS / ENVELOPE).read_text(encoding="utf-8")
CHANGED = SHIPPED.replace("fields:\n", "fields:\n  exchange.request: {const: CHANGED}\n", 1)
BY = {"by": "ana", "reason": "a test"}


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home", port=0)


def one_file(text):
    return {"files": {f"/anywhere/{ENVELOPE}": text}, **BY}


async def begin(hub):
    await hub.desk.call("apply", {"files": {"country.yaml": COUNTRY}, "by": "ana"})


async def send(hub, number=1):
    body = json.dumps(SED | {"sedVer": str(number)}).encode()
    arrival = Arrival(
        endpoint="seds", caller=Caller(institution="ap", key="k"), body=body, purpose="exchange", sender_id=str(number)
    )
    return await hub.accept(arrival)


async def counted(hub, messages):
    """Return what the shadow counted, as soon as it has seen so many messages."""
    for _ in range(500):
        found = (await hub.desk.call("mapping_releases", {}))["counted"]
        if found["compared"] >= messages:
            return found
        await asyncio.sleep(0.01)
    pytest.fail(f"the shadow saw {found}")


def request(outcome):
    return json.loads(outcome.record)["exchange"].get("request")


# The history -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("acts", "led_to"),
    [
        ([], Standing()),
        ([("begin", 1)], Standing(in_force=1)),
        ([("begin", 1), ("shadow", 2)], Standing(in_force=1, shadow=2)),
        ([("begin", 1), ("shadow", 2), ("stop", 2)], Standing(in_force=1)),
        ([("begin", 1), ("shadow", 2), ("promote", 2)], Standing(in_force=2, before=1)),
        ([("begin", 1), ("promote", 2), ("promote", 3), ("rollback", 2)], Standing(in_force=2, before=1)),
        ([("begin", 1), ("promote", 2), ("promote", 3), ("rollback", 2), ("rollback", 1)], Standing(in_force=1)),
        ([("begin", 1), ("promote", 2), ("rollback", 1), ("promote", 2)], Standing(in_force=2, before=1)),
        ([("begin", 1), ("promote", 2), ("promote", 1)], Standing(in_force=1, before=2)),
    ],
)
def test_the_history_says_what_is_in_force_and_what_is_returned_to(acts, led_to):
    history = [Done(at=NOW, by="ana", act=Act(act), release=number, reason="") for act, number in acts]
    assert standing(history) == led_to


async def test_at_its_first_start_the_delivered_folder_becomes_release_1_and_stays_it(settings):
    for _ in range(2):
        async with assemble(settings) as hub:
            told = await hub.desk.call("mapping_releases", {})
            assert (told["in_force"], told["before"], told["folder_is_in_force"]) == (1, None, True)
            assert [(one["act"], one["release"], one["by"]) for one in told["history"]] == [("begin", 1, "hub")]


# Shadow, promote, roll back ----------------------------------------------------------------------------------


async def test_a_shadow_counts_what_would_change_and_changes_nothing(settings):
    async with assemble(settings) as hub:
        await begin(hub)
        answer = await hub.desk.call("mapping_shadow", one_file(CHANGED))
        assert (answer["in_force"], answer["shadow"]) == (1, 2)
        assert answer["changes"] == [{"action": "changed", "mapping": "eessi.nav.envelope/1"}]
        outcomes = [await send(hub, number) for number in range(3)]
        found = await counted(hub, 3)
        assert (found["compared"], found["different"], found["failed"], found["skipped"]) == (3, 3, 0, 0)
        field = next(one for one in found["fields"] if one["field"] == "exchange.request")
        assert (field["mapping"], field["kind"], field["messages"]) == ("eessi.nav.envelope/1", "added", 3)
        assert field["examples"] == [outcome.message_id for outcome in outcomes]
        assert [request(outcome) for outcome in outcomes] == [None] * 3
        assert "CHANGED" not in json.dumps(found)


async def test_a_shadow_goes_on_after_a_restart_until_it_is_stopped(settings):
    async with assemble(settings) as hub:
        await begin(hub)
        await hub.desk.call("mapping_shadow", one_file(CHANGED))
    async with assemble(settings) as hub:
        await send(hub)
        assert (await counted(hub, 1))["different"] == 1
        stopped = await hub.desk.call("mapping_shadow_stop", BY)
        assert (stopped["shadow"], stopped["counted"]["different"]) == (None, 1)
        assert (await hub.desk.call("mapping_releases", {}))["counted"] is None


async def test_promoting_and_rolling_back_take_effect_with_the_next_message(settings):
    async with assemble(settings) as hub:
        await begin(hub)
        before = await send(hub, 1)
        await hub.desk.call("mapping_shadow", one_file(CHANGED))
        assert (await hub.desk.call("mapping_promote", BY))["in_force"] == 2
        during = await send(hub, 2)
        assert (await hub.desk.call("mapping_rollback", BY))["in_force"] == 1
        after = await send(hub, 3)
        assert [request(one) for one in (before, during, after)] == [None, "CHANGED", None]
        assert before.mapping == after.mapping != during.mapping
        told = await hub.desk.call("mapping_releases", {})
        assert [(one["act"], one["release"], one["by"], one["reason"]) for one in told["history"][:3]] == [
            ("rollback", 1, "ana", "a test"), ("promote", 2, "ana", "a test"), ("shadow", 2, "ana", "a test"),
        ]  # fmt: skip


async def test_without_a_hub_the_store_is_changed_and_the_next_hub_reads_by_it(settings):
    desk = open_desk(settings, write=True)
    assert (await desk.call("mapping_promote", one_file(CHANGED)))["in_force"] == 2
    desk.close()
    async with assemble(settings) as hub:
        await begin(hub)
        assert request(await send(hub)) == "CHANGED"
        assert (await hub.desk.call("mapping_releases", {}))["folder_is_in_force"] is False


async def test_a_new_mapping_comes_in_force_with_its_own_code_list_and_nothing_goes_out(settings):
    source = "source: {json: JSON, document: own}\ntarget: Beneficiary@1\ncodes: {sex: own-sex@1}\n"
    files = {"own/person.yaml": f"mapping: own.person/1\n{source}fields:\n  sex: {{at: sex, codes: sex}}\n"}
    codes = "list: own-sex@1\nof: sex@1\ntitle: Sex\nsource: made for tests\ncodes: {male: {in: [X]}}\n"
    beside = {"codes/own-sex@1.yaml": codes, "codes/sex@1.yaml": "taken only where nothing in force has the name"}
    async with assemble(settings) as hub:
        done = await hub.desk.call("mapping_promote", {"files": files, "beside": beside, **BY})
        assert done["changes"] == [{"action": "added", "mapping": "own.person/1"}]
        assert (await hub.desk.call("mapping_releases", {}))["folder_is_in_force"] is True
        assert await released(hub) == ("release 2 is in force", "")


async def test_the_doctor_names_what_was_delivered_and_is_not_in_force(settings):
    async with assemble(settings) as hub:
        await hub.desk.call("mapping_promote", one_file(CHANGED))
        text, mend = await released(hub)
        assert text == f"release 2 is in force; delivered with another text: {ENVELOPE}"
        assert f"punte mapping diff in-force {MAPPINGS}" in mend
        assert "--whole" not in mend


async def released(hub):
    """Return what the doctor says of the release in force."""
    (check,) = (one for one in await hub.desk.call("doctor", {}) if one["check"] == "mapping release")
    return check["text"], check["mend"]


async def test_files_that_were_kept_before_are_the_release_they_were(settings):
    async with assemble(settings) as hub:
        shipped = {name: body.decode() for name, body in gather([MAPPINGS]).items()}
        assert (await hub.desk.call("mapping_promote", one_file(CHANGED)))["in_force"] == 2
        assert (await hub.desk.call("mapping_promote", {"files": shipped, "whole": True, **BY}))["in_force"] == 1


@pytest.mark.parametrize(
    ("verb", "arguments", "code"),
    [
        ("mapping_promote", {}, "R305"),
        ("mapping_rollback", {}, "R305"),
        ("mapping_shadow_stop", {}, "R305"),
        ("mapping_promote", {"release": 1}, "R305"),
        ("mapping_shadow", {"release": 9}, "R304"),
        ("mapping_promote", one_file("mapping: x"), "M103"),
        ("mapping_promote", {"files": {"none.yaml": "blocks: {}"}, "whole": True}, "R306"),
    ],
)
async def test_what_cannot_be_done_says_so_and_changes_nothing(settings, verb, arguments, code):
    async with assemble(settings) as hub:
        country = COUNTRY.replace("message_id: header", "message_id: header, mappings: [eessi.nav.envelope/1]")
        await hub.desk.call("apply", {"files": {"country.yaml": country}, "by": "ana"})
        with pytest.raises(ConfigError) as refused:
            await hub.desk.call(verb, {**BY, **arguments})
        assert refused.value.code == code
        assert len((await hub.desk.call("mapping_releases", {}))["history"]) == 1


# What a message was read with --------------------------------------------------------------------------------


async def test_why_and_a_pinned_replay_use_the_mapping_that_decided_then(settings):
    async with assemble(settings) as hub:
        await begin(hub)
        await hub.desk.call("mapping_promote", one_file(CHANGED))
        sent = await send(hub)
        await hub.desk.call("mapping_rollback", BY)
        why = await hub.desk.call("why", {"id": sent.message_id, "field": "exchange.request"})
        assert why["mapping"] == why["pinned"] == sent.mapping
        line = CHANGED.splitlines().index("  exchange.request: {const: CHANGED}") + 1
        assert [value["rule"] for value in why["values"]] == [f"{ENVELOPE}:{line}"]
        replay = {"id": sent.message_id, "dry_run": True, **BY}
        (current,) = (await hub.desk.call("replay", replay | {"mapping": "current"}))["messages"]
        assert current["now"] != sent.mapping
        (pinned,) = (await hub.desk.call("replay", replay))["messages"]
        assert (pinned["now"], pinned["changes"]) == (sent.mapping, [])


async def test_why_names_line_and_time_of_a_message_that_came_as_json(settings):
    async with assemble(settings) as hub:
        await begin(hub)
        sent = await send(hub)
        why = await hub.desk.call("why", {"id": sent.message_id, "field": "cases"})
        number = next(value for value in why["values"] if value["at"] == "cases[0].number")
        assert (number["source"], number["line"], number["raw"]) == ("nav.eessisak[0].saksnummer", 1, "…")
        assert [hop["step"] for hop in why["hops"]] == ["received", "decided"]
        assert [hop["seconds"] >= 0 for hop in why["hops"]] == [True, True]


async def test_under_live_load_every_message_is_read_by_exactly_one_release(settings):
    """Two releases differ in two mapping files and a block: no record shows a part of one and a part of the other."""
    old, new = (marked(word) for word in ("old", "new"))
    hashes = {word: versions(files) for word, files in (("old", old), ("new", new))}
    async with assemble(settings) as hub:
        await begin(hub)
        await hub.desk.call("mapping_promote", {"files": old, **BY})
        outcomes: list = []
        stop = asyncio.Event()

        async def load(start):
            number = start
            while not stop.is_set():
                outcomes.append(await send(hub, number))
                number += 4

        senders = [asyncio.create_task(load(start)) for start in range(4)]
        for _ in range(3):
            await asyncio.sleep(0.1)
            await hub.desk.call("mapping_promote", {"files": new, **BY})
            await asyncio.sleep(0.1)
            await hub.desk.call("mapping_rollback", BY)
        stop.set()
        await asyncio.gather(*senders)
    seen = set()
    for outcome in outcomes:
        record = json.loads(outcome.record)
        words = {note["text"] for note in record["notes"]} | {record["exchange"]["request"]}
        assert len(words) == 1, words
        (word,) = words
        assert outcome.mapping in hashes[word]
        seen.add(word)
    assert seen == {"old", "new"}
    assert len(outcomes) > 50


def marked(word):
    """Return shipped files whose mapping of NAV documents, and a block that it uses, write a word into the record."""
    files = {name: body.decode() for name, body in gather([MAPPINGS]).items()}
    files[ENVELOPE] = SHIPPED.replace(
        "fields:\n",
        f'fields:\n  exchange.request: {{const: {word}}}\n  notes[]: {{each: ".", use: marked}}\n',
        1,
    ).replace("blocks_from: [", "blocks_from: [marked.yaml, ", 1)
    files["marked.yaml"] = f"blocks: {{marked: {{text: {{const: {word}}}, about: {{at: sed}}}}}}\n"
    return files


def versions(files):
    return {one.version for one in load_files({name: text.encode() for name, text in files.items()}).all}


# A single file -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        ("/ana/mappings/b/x.yaml", b"mapping: z/1", "b/x.yaml"),
        ("/new/copy.yaml", b"# mine\nmapping: a/1  # of a", "a/x.yaml"),
        ("/new/copy.yaml", b"mapping: c/1", "copy.yaml"),
        ("/new/sex@1.yaml", b"list: sex@1", "codes/sex@1.yaml"),
        ("/new/x.yaml", b"blocks: {}", "x.yaml"),
        ("new/c.yaml", b"mapping: c/1", "new/c.yaml"),
    ],
)
def test_a_single_file_takes_the_place_that_it_is_meant_for(path, body, place):
    files = {"a/x.yaml": b"mapping: a/1", "b/x.yaml": b"mapping: b/1", "codes/sex@1.yaml": b"list: sex@1"}
    assert with_file(files, path, body) == {**files, place: body}
