"""Whatever is done in whatever order, the journal stays what a few lines of plain Python say it is, on each engine."""

import asyncio
import contextlib
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from hub_core.errors import Rejected
from hub_core.journal.database import Database
from hub_core.journal.engines.engine import Engine
from hub_core.journal.engines.postgresql import Postgresql
from hub_core.journal.engines.sqlite import Sqlite
from hub_core.journal.entries import Filter, PurgePart
from hub_core.journal.store import SqlJournal
from hub_core.message import DeliveryState, Outcome
from hub_core.outbox import Claimed, Pause
from hub_core.playing.postgresql import PostgresqlServer, schema
from hub_core.testing.builders import NOW, a_delivery, a_message, a_vault, an_outcome
from hub_core.testing.journal.base import by_operator, ended
from hub_core.testing.journal.purging import purge
from tests.contract.journal_model import ENDPOINTS, KEYS, LEASE, Line, Model


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
        message = a_message(sender_id=sender, body=body, received_at=NOW + self.now)
        due = self.now + timedelta(minutes=wait)
        deliveries = [a_delivery(message, endpoint=name, order_key=key, due_at=NOW + due) for name, key in addressed]
        outcome = an_outcome(message, *deliveries)
        first = self.model.outcomes.get(sender)
        if first is None:
            assert self.runner.run(self.journal.record(message, outcome)) is outcome
            self.model.keep(sender, outcome, body, self.now)
            for delivery in deliveries:
                self.model.add(delivery, due)
        elif self.model.bodies[sender] == body:
            assert self.runner.run(self.journal.record(message, outcome)) == self._told(sender, first)
        else:
            with pytest.raises(Rejected):
                self.runner.run(self.journal.record(message, outcome))

    def _told(self, sender: str, first: Outcome) -> Outcome:
        """Return what the sender is told again: without contents nothing of persons."""
        if sender not in self.model.purged:
            return first
        deliveries = tuple(msgspec.structs.replace(delivery, order_key=None) for delivery in first.deliveries)
        return msgspec.structs.replace(first, record=None, deliveries=deliveries)

    @rule(sender=st.sampled_from(["f1", "f2"]))
    def keep_file(self, sender: str) -> None:
        if sender in self.model.outcomes:
            return
        message = a_message(sender_id=sender, received_at=NOW + self.now)
        outcome = an_outcome(message, rows=2)
        self.runner.run(self.journal.record(message, outcome))
        self.model.keep(sender, outcome, message.body, self.now)
        self.model.files[sender] = 0
        self.model.unsplit.add(sender)

    @precondition(lambda self: self.model.unsplit)
    @rule(data=st.data())
    def go_on_with_a_file(self, data: st.DataObject) -> None:
        sender = data.draw(st.sampled_from(sorted(self.model.unsplit)))
        file, line = self.model.outcomes[sender].message_id, self.model.files[sender] + 1
        if line == 3:
            self.runner.run(self.journal.split(by_operator(file)))
            self.model.unsplit.remove(sender)
            return
        row = a_message(
            sender_id=f"{file}-{line}", correlation_id=file, line=line, body=b"row", received_at=NOW + self.now
        )
        outcome = an_outcome(row)
        self.runner.run(self.journal.record(row, outcome))
        self.model.keep(f"{file}-{line}", outcome, b"row", self.now)
        self.model.files[sender] = line

    @rule(part=st.sampled_from(["bodies", "messages"]), age=st.integers(0, 8))
    def purge(self, part: PurgePart, age: int) -> None:
        before = self.now - timedelta(minutes=age)
        old = self.model.old(before)
        expected = [sender for sender in old if part == "messages" or sender not in self.model.purged]
        assert self.journal.purgeable(part, before=NOW + before).count == len(expected)
        assert self.runner.run(purge(self.journal, part, before=NOW + before)) == len(expected)
        for sender in expected:
            if part == "messages":
                self.model.forget(sender)
            else:
                self.model.purged.add(sender)

    @rule(endpoint=ENDPOINTS, minutes=st.sampled_from([None, 1, 4]))
    def pause(self, endpoint: str, minutes: int | None) -> None:
        until = None if minutes is None else self.now + timedelta(minutes=minutes)
        instant = None if until is None else NOW + until
        self.runner.run(
            self.journal.pause(Pause(endpoint=endpoint, at=NOW + self.now, by="operator", reason="r", until=instant))
        )
        self.model.paused[endpoint] = until

    @rule(endpoint=ENDPOINTS)
    def resume(self, endpoint: str) -> None:
        held = not self.model.passes(endpoint, self.now)
        resumed = self.runner.run(self.journal.resume(endpoint, at=NOW + self.now, by="operator", reason="r"))
        assert resumed == held
        if held:
            del self.model.paused[endpoint]

    @precondition(lambda self: self.model.lines)
    @rule(data=st.data(), sent=st.booleans())
    def settle_doubt(self, data: st.DataObject, sent: bool) -> None:
        doubts = [line for line in self.model.lines.values() if line.state is DeliveryState.IN_DOUBT]
        line = data.draw(st.sampled_from(doubts or [*self.model.lines.values()]))
        entry = by_operator(line.delivery.message_id)
        entry = msgspec.structs.replace(entry, at=NOW + self.now)
        settled = self.journal.settle_doubt(line.delivery.id, entry, sent=sent)
        if line.state is not DeliveryState.IN_DOUBT or line.claim is not None:
            with pytest.raises(Rejected):
                self.runner.run(settled)
            return
        self.runner.run(settled)
        line.state, line.due = (DeliveryState.SENT if sent else DeliveryState.READY), self.now
        if sent:
            self.model.leave(line)

    @rule(target=claims, limit=st.integers(1, 4), room=st.sampled_from([None, 1, 2]))
    def claim(self, limit: int, room: int | None) -> list[Claimed]:
        rooms = None if room is None else dict.fromkeys(["north", "south"], room)
        claims = self.runner.run(self.journal.claim(limit=limit, lease=LEASE, now=NOW + self.now, rooms=rooms))
        due = {
            line.delivery.id
            for line in self.model.heads()
            if line.due <= self.now and self.model.passes(line.delivery.endpoint, self.now)
        }
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

    @rule(claims=claims, state=st.sampled_from(DeliveryState), wait=st.integers(0, 3), for_a_person=st.booleans())
    def settle(self, claims: list[Claimed], state: DeliveryState, wait: int, for_a_person: bool) -> None:
        """End attempts; ``for_a_person``: doubts wait for one, and what is parked holds its key."""
        again = state is DeliveryState.READY or (state is DeliveryState.IN_DOUBT and not for_a_person)
        due = self.now + timedelta(minutes=wait) if again else None
        keeps = for_a_person and state is DeliveryState.PARKED
        for claimed in claims:
            line = self.model.lines.get(claimed.delivery.id, Line(claimed.delivery, 0))
            settlement = ended(claimed, state, due_at=None if due is None else NOW + due, holds=keeps)
            holds = line.claim is not None and line.claim.fence == claimed.fence
            assert self.runner.run(self.journal.settle(settlement)) == holds
            if holds:
                line.claim, line.state, line.due = None, state, due
                line.holding = keeps and line.key is not None
                if not line.open and not line.holding:
                    self.model.leave(line)

    @rule(claims=claims)
    def hold_on(self, claims: list[Claimed]) -> None:
        self.runner.run(self.journal.claim(limit=0, lease=LEASE, now=NOW + self.now, held=claims))
        for claimed in claims:
            line = self.model.lines.get(claimed.delivery.id, Line(claimed.delivery, 0))
            mine = line.claim is not None and line.claim.fence == claimed.fence
            if mine and line.due is not None and line.due < self.now + LEASE * 0.75:
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
        if any(self.model.outcomes[sender].message_id == message for sender in self.model.purged):
            with pytest.raises(Rejected):
                self.runner.run(self.journal.redeliver([line.delivery], by_operator(message)))
        elif anew:
            delivery = a_delivery(
                a_message(id=message),
                endpoint=line.delivery.endpoint,
                order_key=line.delivery.order_key,
                due_at=NOW + self.now,
            )
            self.runner.run(self.journal.redeliver([delivery], by_operator(message)))
            self.model.add(delivery, self.now)
            added = self.model.lines[delivery.id]
            for other in [*self.model.lines.values()]:
                same = (other.delivery.message_id, other.delivery.endpoint) == (message, delivery.endpoint)
                doubted = other.state is DeliveryState.IN_DOUBT and other.claim is None
                if same and (other.state is DeliveryState.PARKED or doubted):
                    other.state, other.superseded = DeliveryState.PARKED, True
                    other.holding = other.holding or doubted
                    if other.holding and other.key == added.key and other.key is not None:
                        self.model.first[other.key] = added  # it takes the place of the one that held the key
                    elif other.holding:
                        self.model.leave(other)
                    other.holding = False
        else:
            self.runner.run(self.journal.redeliver([line.delivery], by_operator(message)))
            line.state, line.attempts, line.superseded, line.refused = DeliveryState.READY, 0, False, False
            line.holding = False
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
        if line.holding:
            line.holding = False
            self.model.leave(line)

    @invariant()
    def what_waits_for_a_person_is_shown(self) -> None:
        shown = {row.key for group in self.journal.parked() for row in self.journal.parked_in(group)}
        assert shown == {line.delivery.id for line in self.model.parked()}

    @invariant()
    def every_message_stands_where_its_deliveries_put_it(self) -> None:
        shown = {row.sender_id: row for row in self.journal.messages(Filter(limit=1000))}
        assert shown.keys() == self.model.outcomes.keys()
        for sender, outcome in self.model.outcomes.items():
            assert shown[sender].id == outcome.message_id
            assert shown[sender].state is self.model.state_of(outcome.message_id)

    @invariant()
    def files_tell_how_far_they_are(self) -> None:
        journal = self.journal
        unsplit = [name for name in self.model.files if name in self.model.unsplit]
        assert journal.unsplit() == [self.model.outcomes[name].message_id for name in unsplit]
        for sender, count in self.model.files.items():
            file = self.model.outcomes[sender].message_id
            rows = journal.rows(file)
            assert rows.complete == (sender not in self.model.unsplit)
            left = [line for line in range(1, count + 1) if f"{file}-{line}" in self.model.outcomes]
            assert sum(rows.states.values()) == len(left)

    @invariant()
    def bodies_are_there_until_they_are_purged(self) -> None:
        for sender, outcome in self.model.outcomes.items():
            if sender in self.model.purged:
                with pytest.raises(Rejected):
                    self.journal.body(outcome.message_id)
            else:
                assert self.journal.body(outcome.message_id)

    @invariant()
    def the_numbers_agree(self) -> None:
        counts = self.journal.counts()
        assert counts.open_deliveries == sum(line.open for line in self.model.lines.values())

    @invariant()
    def the_next_delivery_is_due_when_the_first_of_a_line_is(self) -> None:
        times = []
        for line in self.model.heads():
            until = self.model.paused.get(line.delivery.endpoint, timedelta())
            if until is not None and line.due is not None:
                times.append(max(line.due, until))
        due = min(times, default=None)
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
