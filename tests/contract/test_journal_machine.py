"""Whatever is done in whatever order, the journal stays what a few lines of plain Python say it is, on each engine."""

import asyncio
import contextlib
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from hub_core.errors import Rejected
from hub_core.journal.database import Database
from hub_core.journal.engine import Engine
from hub_core.journal.postgresql import Postgresql
from hub_core.journal.sqlite import Sqlite
from hub_core.journal.store import SqlJournal
from hub_core.message import Claimed, Delivery, DeliveryState, Outcome, State
from hub_core.testing.builders import NOW, a_delivery, a_message, a_vault, an_outcome
from hub_core.testing.journal_base import by_operator, ended
from hub_core.testing.postgresql import PostgresqlServer, schema

LEASE = timedelta(minutes=5)
ENDPOINTS = st.sampled_from(["north", "south"])
KEYS = st.sampled_from([None, "p1", "p2"])


@dataclass
class Line:
    """What the model knows of a delivery."""

    delivery: Delivery
    place: int
    state: DeliveryState = DeliveryState.READY
    attempts: int = 0
    claim: Claimed | None = None
    due: timedelta = timedelta()
    superseded: bool = False
    refused: bool = False

    @property
    def key(self) -> tuple[str, str] | None:
        key = self.delivery.order_key
        return None if key is None else (self.delivery.endpoint, key)

    @property
    def open(self) -> bool:
        return self.state in {DeliveryState.READY, DeliveryState.IN_DOUBT}


@dataclass
class Model:
    """The journal in plain Python."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    first: dict[tuple[str, str], Line] = field(default_factory=dict)
    places: int = 0

    def add(self, delivery: Delivery, due: timedelta) -> None:
        self.places += 1
        line = self.lines[delivery.id] = Line(delivery, self.places, due=due)
        self.join(line)

    def join(self, line: Line) -> None:
        """Let a delivery be the first of its key, if none is."""
        if line.key is not None:
            self.first.setdefault(line.key, line)

    def leave(self, line: Line) -> None:
        """Let the oldest open one of a key be the first after one that was settled for good."""
        if line.key is not None and self.first.get(line.key) is line:
            del self.first[line.key]
            waiting = [other for other in self.lines.values() if other.open and other.key == line.key]
            if waiting:
                self.first[line.key] = min(waiting, key=lambda other: other.place)

    def heads(self) -> list[Line]:
        """Return what may be given out once it is due."""
        return [line for line in self.lines.values() if line.open and line.key is None] + [*self.first.values()]

    def parked(self) -> list[Line]:
        """Return what waits for a person."""
        return [line for line in self.lines.values() if line.state is DeliveryState.PARKED and not line.superseded]

    def state_of(self, message: str) -> State:
        mine = [line for line in self.lines.values() if line.delivery.message_id == message]
        if any(line.state is DeliveryState.PARKED and not line.superseded for line in mine):
            return State.PARKED
        if any(line.open for line in mine):
            return State.DELIVERING
        if any(line.state is DeliveryState.SENT for line in mine):
            return State.DELIVERED
        return State.REFUSED if any(line.refused for line in mine) else State.ACCEPTED


class JournalMachine(RuleBasedStateMachine):
    """Does to a journal and to the model the same."""

    engines: list[Engine]
    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = contextlib.ExitStack()
        self.journals = [SqlJournal(self.stack.enter_context(Database(engine)), a_vault()) for engine in self.engines()]
        self.turn = 0
        self.now = timedelta()
        self.model = Model()

    def teardown(self) -> None:
        self.stack.close()
        self.runner.close()

    @property
    def journal(self) -> SqlJournal:
        """The node whose turn it is."""
        self.turn += 1
        return self.journals[self.turn % len(self.journals)]

    @rule(
        sender=st.sampled_from(["1", "2", "3", "4", "5", "6"]),
        body=st.sampled_from([b"a", b"b"]),
        addressed=st.lists(st.tuples(ENDPOINTS, KEYS), max_size=3),
        wait=st.integers(0, 2),
    )
    def keep(self, sender: str, body: bytes, addressed: list[tuple[str, str | None]], wait: int) -> None:
        message = a_message(sender_id=sender, body=body)
        due = self.now + timedelta(minutes=wait)
        deliveries = [a_delivery(message, endpoint=name, order_key=key, due_at=NOW + due) for name, key in addressed]
        outcome = an_outcome(message, *deliveries)
        first = self.model.outcomes.get(sender)
        if first is None:
            assert self.runner.run(self.journal.record(message, outcome)) is outcome
            self.model.outcomes[sender], self.model.bodies[sender] = outcome, body
            for delivery in deliveries:
                self.model.add(delivery, due)
        elif self.model.bodies[sender] == body:
            assert self.runner.run(self.journal.record(message, outcome)) == first
        else:
            with pytest.raises(Rejected):
                self.runner.run(self.journal.record(message, outcome))

    @rule(target=claims, limit=st.integers(1, 4), room=st.sampled_from([None, 1, 2]))
    def claim(self, limit: int, room: int | None) -> list[Claimed]:
        rooms = None if room is None else dict.fromkeys(["north", "south"], room)
        claims = self.runner.run(self.journal.claim(limit=limit, lease=LEASE, now=NOW + self.now, rooms=rooms))
        due = {line.delivery.id for line in self.model.heads() if line.due <= self.now}
        places: defaultdict[str, int] = defaultdict(int)
        for claimed in claims:
            line = self.model.lines[claimed.delivery.id]
            assert claimed.delivery.id in due
            assert line.claim is None or claimed.fence > line.claim.fence
            if line.claim is not None and line.due == line.claim.lease_until - NOW:
                line.state = DeliveryState.IN_DOUBT
            line.attempts += 1
            assert claimed.attempt == line.attempts
            line.claim, line.due = claimed, self.now + LEASE
            places[claimed.delivery.endpoint] += 1
        most = [sum(1 for one in due if self.model.lines[one].delivery.endpoint == name) for name in ("north", "south")]
        possible = sum(count if room is None else min(count, room) for count in most)
        assert len(claims) == min(limit, possible)
        assert room is None or max(places.values(), default=0) <= room
        return claims

    @rule(claims=claims, state=st.sampled_from(DeliveryState), wait=st.integers(0, 3))
    def settle(self, claims: list[Claimed], state: DeliveryState, wait: int) -> None:
        for claimed in claims:
            line = self.model.lines[claimed.delivery.id]
            again = state in {DeliveryState.READY, DeliveryState.IN_DOUBT}
            due = self.now + timedelta(minutes=wait)
            settlement = ended(claimed, state, due_at=NOW + due if again else None)
            holds = line.claim is not None and line.claim.fence == claimed.fence
            assert self.runner.run(self.journal.settle(settlement)) == holds
            if holds:
                line.claim, line.state = None, state
                line.due = due if again else line.due
                if not again:
                    self.model.leave(line)

    @rule(claims=claims)
    def hold_on(self, claims: list[Claimed]) -> None:
        self.runner.run(self.journal.claim(limit=0, lease=LEASE, now=NOW + self.now, held=claims))
        for claimed in claims:
            line = self.model.lines[claimed.delivery.id]
            if line.claim is not None and line.claim.fence == claimed.fence and line.due < self.now + LEASE * 0.75:
                line.due = self.now + LEASE

    @rule(minutes=st.integers(1, 6))
    def time_goes_by(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: any(line.state is DeliveryState.PARKED for line in self.model.lines.values()))
    @rule(data=st.data(), anew=st.booleans())
    def redeliver(self, data: st.DataObject, anew: bool) -> None:
        parked = [line for line in self.model.lines.values() if line.state is DeliveryState.PARKED]
        line = data.draw(st.sampled_from(parked))
        message = line.delivery.message_id
        if anew:
            delivery = a_delivery(
                a_message(id=message),
                endpoint=line.delivery.endpoint,
                order_key=line.delivery.order_key,
                due_at=NOW + self.now,
            )
            self.runner.run(self.journal.redeliver([delivery], by_operator(message)))
            for other in self.model.lines.values():
                same = (other.delivery.message_id, other.delivery.endpoint) == (message, delivery.endpoint)
                if same and other.state is DeliveryState.PARKED:
                    other.superseded = True
            self.model.add(delivery, self.now)
        else:
            self.runner.run(self.journal.redeliver([line.delivery], by_operator(message)))
            line.state, line.attempts, line.superseded, line.refused = DeliveryState.READY, 0, False, False
            line.due = line.delivery.due_at - NOW
            self.model.join(line)

    @precondition(lambda self: self.model.parked())
    @rule(data=st.data(), refused=st.booleans())
    def close(self, data: st.DataObject, refused: bool) -> None:
        line = data.draw(st.sampled_from(self.model.parked()))
        (row,) = (
            row
            for group in self.journal.parked(line.delivery.message_id)
            for row in self.journal.parked_in(group, message_id=line.delivery.message_id)
            if row.key == line.delivery.id
        )
        self.runner.run(self.journal.close_parked(row, by_operator(row.message_id), refused=refused))
        line.superseded, line.refused = True, refused

    @invariant()
    def what_waits_for_a_person_is_shown(self) -> None:
        shown = {row.key for group in self.journal.parked() for row in self.journal.parked_in(group)}
        assert shown == {line.delivery.id for line in self.model.parked()}

    @invariant()
    def every_message_stands_where_its_deliveries_put_it(self) -> None:
        shown = {row.sender_id: row for row in self.journal.messages()}
        assert shown.keys() == self.model.outcomes.keys()
        for sender, outcome in self.model.outcomes.items():
            assert shown[sender].id == outcome.message_id
            assert shown[sender].state is self.model.state_of(outcome.message_id)

    @invariant()
    def the_numbers_agree(self) -> None:
        counts = self.journal.counts()
        assert counts.open_deliveries == sum(line.open for line in self.model.lines.values())

    @invariant()
    def the_next_delivery_is_due_when_the_first_of_a_line_is(self) -> None:
        due = min((line.due for line in self.model.heads()), default=None)
        assert self.runner.run(self.journal.next_due()) == (None if due is None else NOW + due)


def run(engines: object, *, examples: int, steps: int) -> None:
    machine = type("Machine", (JournalMachine,), {"engines": engines})
    run_state_machine_as_test(machine, settings=settings(max_examples=examples, stateful_step_count=steps))


def test_on_sqlite() -> None:
    with tempfile.TemporaryDirectory() as folder:
        run(staticmethod(lambda: [Sqlite(Path(folder) / uuid.uuid4().hex)]), examples=40, steps=40)


def test_on_postgresql_with_two_nodes(postgresql: PostgresqlServer) -> None:
    def nodes() -> Iterator[Engine]:
        address = schema(postgresql, f"s{uuid.uuid4().hex}")
        return iter([Postgresql(address), Postgresql(address)])

    run(staticmethod(nodes), examples=10, steps=30)
