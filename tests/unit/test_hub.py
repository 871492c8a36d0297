"""The flow of one message, with a real journal, the real adapters and mappings, and a directory of the test."""

import asyncio
import json
import weakref
from itertools import accumulate

import msgspec
import pytest

from adapters.kit.load import load_adapters
from hub_core.accepting import hub as flow
from hub_core.accepting.hub import Hub
from hub_core.clock import new_id
from hub_core.directory import Access, Condition, Direction, Directory, Endpoint, Institution, Route
from hub_core.errors import Refused, Rejected
from hub_core.journal.database import Database
from hub_core.journal.store import SqlJournal
from hub_core.journal.whole import message_of
from hub_core.mapping import load
from hub_core.message import Arrival, Caller, State
from hub_core.places import MAPPINGS
from hub_core.reading import MAX_FINDINGS
from hub_core.testing.builders import FrozenClock, a_vault

CALLER = Caller(institution="ap", key="k")
SED = {"sed": "X001", "sedGVer": "4", "sedVer": "2", "nav": {"eessisak": [{"saksnummer": "17", "land": "RO"}]}}


def a_directory(**changes):
    facts = {
        "number": 7,
        "institutions": {"ap": Institution(name="Access point"), "cases": Institution(name="Cases")},
        "endpoints": {
            "seds": Endpoint(
                institution="ap", direction=Direction.IN, adapter="eessi", service="seds", message_id="header"
            ),
            "records": Endpoint(institution="ap", direction=Direction.IN, adapter="rest", service="seds"),
            "cases": Endpoint(institution="cases", direction=Direction.OUT, adapter="rest", service="cases"),
        },
        "routes": {
            "all-seds": Route(
                when=(Condition(at="exchange.system", equals="EESSI"),), to=("cases",), order_by="cases.number"
            )
        },
        "access": {"a": Access(institution="ap", service="seds", purposes=("exchange",))},
    }
    return Directory(**facts | changes)


@pytest.fixture(scope="module")
def mappings():
    return load([MAPPINGS])


@pytest.fixture
def scene(tmp_path, mappings):
    with Database(tmp_path / "journal.sqlite3") as database:
        yield Scene(SqlJournal(database, a_vault()), mappings)


class Scene:
    def __init__(self, journal, mappings):
        self.journal = journal
        self.woken = 0
        self.directory = a_directory()
        self.adapters = load_adapters()
        self.hub = Hub(
            directory=lambda: self.directory,
            mappings=lambda: mappings,
            adapters=self.adapters,
            journal=journal,
            clock=FrozenClock(),
            new_id=new_id,
            wake=self.wake,
        )

    def wake(self):
        self.woken += 1

    async def arrive(self, body=SED, **facts):
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        made_up = {"endpoint": "seds", "caller": CALLER, "body": text, "purpose": "exchange"}
        return await self.hub.accept(Arrival(**made_up | facts))


async def test_a_message_is_kept_with_its_decision_before_anybody_is_told(scene):
    outcome = await scene.arrive()
    kept = scene.journal.message(outcome.message_id)
    assert kept.message.state is State.DELIVERING
    assert kept.message.registry_set == 7
    assert json.loads(scene.journal.body(outcome.message_id)) == SED
    assert [row.delivery.order_key for row in scene.journal.deliveries(outcome.message_id)] == ["17"]
    assert scene.woken == 1


async def test_the_same_message_again_gets_the_first_decision_and_wakes_nobody(scene):
    first = await scene.arrive(sender_id="1")
    again = await scene.arrive(sender_id="1")
    assert again == first
    assert scene.woken == 1


async def test_the_same_id_with_other_content_is_refused_and_the_first_stands(scene):
    first = await scene.arrive(sender_id="1")
    with pytest.raises(Rejected, match="J409"):
        await scene.arrive(SED | {"sedVer": "3"}, sender_id="1")
    assert scene.journal.message(first.message_id).outcome == first


async def test_without_a_declared_id_each_arrival_is_a_new_message(scene):
    body = {"beneficiary": {"name": {"family": "Popa"}}}
    first, second = [await scene.arrive(body, endpoint="records", sender_id="1") for _ in range(2)]
    assert first.message_id != second.message_id


async def test_the_document_is_gone_while_its_message_waits_for_the_disk(scene, monkeypatch):
    class Tree(dict):
        """A document that can be watched."""

    def watched(body, in_band=None):
        opened = as_ever(body, in_band)
        tree = Tree(opened.root)
        seen.append(weakref.ref(tree))
        return msgspec.structs.replace(opened, root=tree)

    async def record(message, outcome):
        alive.append(seen[0]() is not None)
        return await write(message, outcome)

    seen, alive, write = [], [], scene.journal.record
    as_ever = scene.adapters["eessi"].open
    monkeypatch.setattr(scene.adapters["eessi"], "open", watched)
    monkeypatch.setattr(scene.journal, "record", record)
    await scene.arrive()
    assert alive == [False]


@pytest.mark.parametrize(("room", "open_at_once"), [(1_000_000, 5), (2.5, 2), (0, 1)])
async def test_messages_of_one_turn_go_side_by_side_as_far_as_there_is_room_for_their_documents(
    scene, monkeypatch, room, open_at_once
):
    steps, eessi = [], scene.adapters["eessi"]
    as_opened, as_validated = eessi.open, eessi.validate
    monkeypatch.setattr(flow, "SIDE_BY_SIDE", room * len(json.dumps(SED)))
    monkeypatch.setattr(eessi, "open", lambda *given: steps.append(1) or as_opened(*given))
    monkeypatch.setattr(eessi, "validate", lambda *given: steps.append(-1) or as_validated(*given))
    outcomes = await asyncio.gather(*(scene.arrive(sender_id=f"{number}") for number in range(5)))
    assert max(accumulate(steps)) == open_at_once
    assert {outcome.state for outcome in outcomes} == {State.DELIVERING}


async def test_a_canonical_record_needs_no_mapping(scene):
    outcome = await scene.arrive({"beneficiary": {"name": {"family": "Popa"}}}, endpoint="records")
    assert (outcome.state, outcome.mapping, outcome.document) == (State.ACCEPTED, None, "beneficiary")
    assert [finding.code for finding in outcome.findings] == ["R301"]


async def test_a_faulty_canonical_record_is_refused_with_every_fault(scene):
    outcome = await scene.arrive({"beneficiary": {"name": {"family": 5}, "nonsense": 1}}, endpoint="records")
    assert outcome.state is State.REFUSED
    assert {finding.code for finding in outcome.findings} == {"C101"}
    assert len(outcome.findings) == 2


async def test_what_cannot_be_opened_is_kept_and_refused(scene):
    outcome = await scene.arrive(b'{"sed": "X001",}')
    assert (outcome.state, [finding.code for finding in outcome.findings]) == (State.REFUSED, ["B103"])
    assert scene.journal.body(outcome.message_id) == b'{"sed": "X001",}'


async def test_a_caller_without_a_right_leaves_a_note_without_a_body(scene):
    with pytest.raises(Refused, match="A405") as refused:
        await scene.arrive(purpose=None)
    (note,) = scene.journal.refusals()
    assert (note.code, note.party, note.reference) == ("A405", "ap", refused.value.reference)
    assert scene.journal.messages() == []


async def test_an_endpoint_that_was_just_removed_takes_nothing(scene):
    scene.directory = a_directory(endpoints={})
    with pytest.raises(Refused, match="A404"):
        await scene.arrive()


@pytest.mark.parametrize("where", ["mapping.compiled.CompiledMapping.read", "accepting.judging.select"])
async def test_a_defect_of_ours_parks_the_message_instead_of_losing_it(scene, monkeypatch, where):
    monkeypatch.setattr(f"hub_core.{where}", lambda *_, **__: 1 / 0)
    outcome = await scene.arrive()
    assert (outcome.state, [finding.code for finding in outcome.findings]) == (State.PARKED, ["D302"])
    assert scene.journal.body(outcome.message_id)


async def test_an_answer_is_decided_but_no_route_sees_it(scene):
    outcome = await scene.arrive()
    message = message_of(scene.journal, outcome.message_id)
    answered, reading = scene.hub.judge_answer(message, scene.directory)
    assert reading.record is not None
    assert (answered.state, answered.deliveries) == (State.ACCEPTED, ())


async def test_an_answer_that_is_parked_holds_no_record_for_whoever_asked(scene, monkeypatch):
    outcome = await scene.arrive()
    message = message_of(scene.journal, outcome.message_id)
    monkeypatch.setattr("hub_core.accepting.judging.persons_in", lambda _: 1 / 0)
    answered, reading = scene.hub.judge_answer(message, scene.directory)
    assert (answered.state, reading.record) == (State.PARKED, None)


@pytest.mark.parametrize("own_id", ["x" * 256, "1\u202e2", "1\r\n2"])
async def test_an_id_that_cannot_be_printed_or_is_too_long_refuses_the_message_and_is_not_cut(scene, own_id):
    scene.directory = a_directory(
        endpoints={
            "seds": Endpoint(
                institution="ap", direction=Direction.IN, adapter="eessi", service="seds", message_id="nav.id"
            )
        }
    )
    outcome = await scene.arrive({"sed": "X001", "nav": {"id": own_id}})
    assert (outcome.state, [finding.code for finding in outcome.findings]) == (State.REFUSED, ["B110"])
    assert scene.journal.message(outcome.message_id).message.sender_id is None


async def test_of_very_many_findings_the_first_are_kept_and_the_rest_counted(scene):
    numbers = [{"scheme": "ro.cnp", "value": f"{number:013}"} for number in range(1000)]
    outcome = await scene.arrive({"beneficiary": {"identifiers": numbers}}, endpoint="records")
    assert [finding.code for finding in outcome.findings].index("J201") == MAX_FINDINGS
    assert len(outcome.findings) <= MAX_FINDINGS + 2
