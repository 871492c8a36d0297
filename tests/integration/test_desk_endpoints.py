"""What the desk says and does about outbound endpoints, on a store of its own."""

import re
from datetime import timedelta

import pytest

from hub_core.accepting.admission import Admission
from hub_core.clock import SystemClock
from hub_core.directory import Direction, Directory, Endpoint, Institution
from hub_core.directory.policy import Collect, OpeningHours
from hub_core.errors import ConfigError
from hub_core.filed import Closed
from hub_core.message import DeliveryState
from hub_core.outbox import Pause
from hub_core.settings import Settings
from hub_core.testing.builders import a_delivery, a_message, an_outcome
from hub_core.testing.journal.base import ended
from registry.desk import Desk
from registry.figures import figures
from registry.parts import Parts

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
INSTITUTIONS = {"anpis": Institution(name="ANPIS")}


def out(**facts):
    given = {"institution": "anpis", "direction": Direction.OUT, "adapter": "rest", "service": "cases"}
    return Endpoint(**given | facts)


class Store:
    """A store with three outbound endpoints, seen through its desk."""

    def __init__(self, home):
        self.parts = Parts(Settings(home=home), write=True)
        self.parts.serving = True
        self.woken = []
        self.parts.deliveries_added = lambda: self.woken.append(True)
        closed = out(opening=OpeningHours(hours=(_not_now(),), zone="UTC"))
        inbound = out(direction=Direction.IN)
        self.parts.in_force(
            Directory(
                number=1, institutions=INSTITUTIONS, endpoints={"cases": out(), "office": closed, "door": inbound}
            )
        )
        self.desk = Desk(self.parts)

    async def call(self, verb, **arguments):
        return await self.desk.call(verb, arguments)

    async def row(self, name):
        return next(row for row in await self.call("endpoints") if row["endpoint"] == name)

    async def keep(self, endpoint, *, age=timedelta()):
        message = a_message()
        at = SystemClock().now() - age
        delivery = a_delivery(message, endpoint=endpoint, due_at=at)
        await self.parts.journal.record(message, an_outcome(message, delivery, decided_at=at))


LISTS = """
institutions: {town: {name: Town hall}, agency: {name: Agency}}
endpoints:
  lists:
    institution: town
    direction: in
    adapter: flat
    service: lists
    contract: {rows: partners/town-hall/borderou.rows.yaml}
    mappings: town-hall.borderou/1
  cases: {institution: agency, direction: out, adapter: rest, service: cases, url: "http://127.0.0.1:9/",
    credentials: {kind: bearer, secret: {env: CASES_TOKEN}}}
routes:
  all: {services: [lists], to: [cases]}
access:
  town-lists: {institution: town, service: lists, purposes: [aid], fixed_purpose: aid}
"""


def _not_now():
    """Return hours that begin in two days."""
    return f"{SystemClock().now() + timedelta(days=2):%a}".lower() + " 10:00-11:00"


@pytest.fixture
async def lists(tmp_path, monkeypatch):
    """Return the desk of a hub that takes lists."""
    monkeypatch.setenv("CASES_TOKEN", "hidden-token")
    parts = Parts(Settings(home=tmp_path), write=True)
    desk = Desk(parts)
    await desk.call("apply", {"files": {"country.yaml": LISTS}, "by": "ana"})
    yield desk
    parts.close()


async def test_an_inbound_endpoint_is_shown_with_its_mapping_rights_and_routes(lists):
    shown = await lists.call("endpoint", {"name": "lists"})
    assert shown.keys() == {"registered"}
    told = shown["registered"]
    assert (told["direction"], told["institution_name"]) == ("in", "Town hall")
    assert told["fields"]["contract.rows"] == "partners/town-hall/borderou.rows.yaml"
    assert re.fullmatch(r"town-hall\.borderou/1@[0-9a-f]{12}", told["fields"]["mappings"][0])
    assert [right["institution"] for right in told["rights"]] == ["town"]
    assert [(route["route"], route["to"]) for route in told["routes"]] == [("all", ("cases",))]


async def test_an_outbound_endpoint_is_shown_with_where_its_secret_lies_and_not_what_it_is(lists):
    shown = await lists.call("endpoint", {"name": "cases"})
    assert shown["registered"]["fields"]["credentials.secret.env"] == "CASES_TOKEN"
    assert "hidden-token" not in repr(shown)
    assert shown["endpoint"]["state"] == "flowing"


@pytest.mark.parametrize(
    ("verb", "name", "mend"), [("endpoint", "list", "see punte endpoint list"), ("endpoint_pause", "lists", "see")]
)
async def test_an_endpoint_that_is_not_there_or_cannot_be_paused_says_what_to_write(lists, verb, name, mend):
    more = {} if verb == "endpoint" else {"by": "ana", "reason": "a test"}
    with pytest.raises(ConfigError) as fault:
        await lists.call(verb, {"name": name, **more})
    assert (fault.value.code, fault.value.mend[: len(mend)]) == ("R105", mend)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.parts.close()


async def test_outbound_endpoints_are_listed_with_what_waits(store):
    await store.keep("cases")
    await store.keep("forgotten")
    rows = await store.call("endpoints")
    assert [(row["endpoint"], row["state"], row["waiting"]) for row in rows] == [
        ("cases", "flowing", 1),
        ("forgotten", "gone", 1),
        ("office", "closed", 0),
    ]


async def test_a_pause_says_who_when_why_and_till_when(store):
    until = SystemClock().now() + 10 * MINUTE
    shown = await store.call("endpoint_pause", name="cases", by="ana", reason="their move", until=until.isoformat())
    row = shown["endpoint"]
    assert (row["state"], row["by"], row["why"]) == ("paused", "ana", "their move")
    (pause,) = shown["pauses"]
    assert (pause["by"], pause["reason"], pause["resumed_at"]) == ("ana", "their move", None)
    assert store.woken


async def test_a_resumed_endpoint_flows_and_remembers_both_acts(store):
    await store.call("endpoint_pause", name="cases", by="ana", reason="their move")
    shown = await store.call("endpoint_resume", name="cases", by="ion", reason="moved")
    assert (shown["pause_ended"], shown["breaker_closed"]) == (True, False)
    assert shown["endpoint"]["state"] == "flowing"
    assert (shown["pauses"][0]["resumed_by"], shown["pauses"][0]["resumed_reason"]) == ("ion", "moved")


async def test_an_endpoint_that_flows_is_left_as_it_is(store):
    shown = await store.call("endpoint_resume", name="cases", by="ion", reason="to be sure")
    assert (shown["pause_ended"], shown["breaker_closed"], shown["pauses"]) == (False, False, [])
    assert shown["endpoint"]["state"] == "flowing"


@pytest.mark.parametrize(
    ("verb", "arguments", "code"),
    [
        ("endpoint_pause", {"name": "door", "reason": "x"}, "R105"),
        ("endpoint_pause", {"name": "nowhere", "reason": "x"}, "R105"),
        ("endpoint_pause", {"name": "cases", "reason": " "}, "W400"),
        ("endpoint_pause", {"name": "cases", "reason": "x", "until": "2020-01-01T00:00:00Z"}, "W400"),
        ("endpoint_pause", {"name": "cases", "reason": "x", "untill": "2020-01-01T00:00:00Z"}, "W400"),
        ("endpoint_resume", {"name": "cases", "reason": ""}, "W400"),
    ],
)
async def test_an_act_that_makes_no_sense_is_refused(store, verb, arguments, code):
    with pytest.raises(ConfigError) as refused:
        await store.call(verb, by="ana", **arguments)
    assert refused.value.code == code
    assert (await store.row("cases"))["state"] == "flowing"


@pytest.mark.parametrize(("endpoint", "needed"), [("cases", True), ("office", False)])
async def test_a_human_is_needed_for_what_waits_long_though_nothing_holds_it_back(store, endpoint, needed):
    await store.keep(endpoint, age=timedelta(hours=1))
    status = await store.call("status")
    assert status["needs_human"] is needed
    assert [(it["what"], it["where"]) for it in status["stuck"]] == [("late", endpoint)] * needed
    assert endpoint in [row["endpoint"] for row in status["endpoints"]]


async def test_nobody_is_needed_for_what_an_operator_holds_back(store):
    await store.keep("cases", age=timedelta(hours=1))
    await store.call("endpoint_pause", name="cases", by="ana", reason="their move")
    assert (await store.call("status"))["needs_human"] is False


async def test_a_human_is_needed_for_a_doubt_that_waits_for_one(store):
    await store.keep("cases")
    now = SystemClock().now()
    (claimed,) = await store.parts.journal.claim(limit=1, lease=MINUTE, now=now)
    await store.parts.journal.settle(ended(claimed, DeliveryState.IN_DOUBT, at=now, code="D104"))
    status = await store.call("status")
    (stuck,) = status["stuck"]
    assert (stuck["what"], stuck["where"], stuck["count"]) == ("in doubt", "cases", 1)
    assert [(row["endpoint"], row["in_doubt"]) for row in status["endpoints"]] == [("cases", 1), ("office", 0)]


@pytest.mark.parametrize(
    ("age", "state", "late"),
    [(10 * MINUTE, "collecting", False), (65 * MINUTE, "flowing", False), (80 * MINUTE, "flowing", True)],
)
async def test_what_waits_for_a_file_is_late_only_once_the_file_was_due(store, age, state, late):
    files = out(adapter="flat", collect=Collect(every=60 * MINUTE), settings={"folder": "town/in"})
    store.parts.in_force(Directory(number=1, institutions=INSTITUTIONS, endpoints={"town": files}))
    await store.keep("town", age=age)
    row = await store.row("town")
    assert (row["state"], row["late"]) == (state, late)
    (seconds,) = re.findall(r'punte_oldest_seconds{endpoint="town"} (\S+)', figures(store.parts, Admission()).decode())
    assert (float(seconds) > 15 * 60) is late


async def test_an_endpoint_says_where_its_files_go_and_which_were_written(store):
    files = out(adapter="flat", collect=Collect(every=MINUTE), settings={"folder": "town/in"})
    store.parts.in_force(Directory(number=1, institutions=INSTITUTIONS, endpoints={"town": files}))
    assert (await store.call("endpoint", name="town"))["files"] == []
    message = a_message()
    delivery = a_delivery(message, endpoint="town")
    await store.parts.journal.record(message, an_outcome(message, delivery))
    now = SystemClock().now()
    closed = Closed(
        endpoint="town", number=1, name="a.csv", body=b"x", delivery_ids=(delivery.id,), first_line=1, at=now
    )
    await store.parts.journal.close_file(closed)
    shown = await store.call("endpoint", name="town")
    assert shown["folder"] == "town/in"
    assert [(it["name"], it["lines"], it["written_at"]) for it in shown["files"]] == [("a.csv", 1, None)]


@pytest.mark.parametrize(
    ("age", "until", "waits", "told"),
    [
        (25 * HOUR, None, True, True),
        (23 * HOUR, None, True, False),
        (25 * HOUR, None, False, False),
        (25 * HOUR, 26 * HOUR, True, False),
    ],
)
async def test_a_pause_of_more_than_a_day_without_an_end_that_holds_something_back_is_told(
    store, age, until, waits, told
):
    at = SystemClock().now() - age
    pause = Pause(endpoint="cases", at=at, by="ana", reason="ticket 4711", until=until and at + until)
    await store.parts.journal.pause(pause)
    if waits:
        await store.keep("cases")
    stuck = (await store.call("status"))["stuck"]
    assert [(it["what"], it["where"], it["count"], it["why"]) for it in stuck] == [
        ("paused", "cases", 1, "no end was named by ana: ticket 4711")
    ] * told


async def test_the_last_failure_is_told_with_when_its_masked_words_and_its_message(store):
    assert (await store.call("endpoint", name="cases"))["failure"] is None
    await store.keep("cases")
    at = SystemClock().now()
    (claimed,) = await store.parts.journal.claim(limit=9, lease=MINUTE, now=at)
    failed = ended(claimed, DeliveryState.READY, at=at, code="D201", detail="1850101123459 unknown", due_at=at + MINUTE)
    await store.parts.journal.settle(failed)
    told = (await store.call("endpoint", name="cases"))["failure"]
    assert told.pop("at")
    assert told == {"message": claimed.delivery.message_id, "code": "D201", "text": "…59 unknown"}
