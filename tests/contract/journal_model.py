"""What a journal is to its users: a few lines of plain Python to hold it against."""

from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import strategies as st

from hub_core.message import Delivery, DeliveryState, Outcome, State
from hub_core.outbox import Claimed

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
    due: timedelta | None = timedelta()
    superseded: bool = False
    refused: bool = False
    holding: bool = False

    @property
    def key(self) -> tuple[str, str] | None:
        key = self.delivery.order_key
        return None if key is None else (self.delivery.endpoint, key)

    @property
    def open(self) -> bool:
        return self.state in {DeliveryState.READY, DeliveryState.IN_DOUBT}


@dataclass
class Model:
    """The journal in plain Python.

    Attributes:
        first: of each key the delivery that others wait for: the oldest open one, or a parked one that holds the key.
        paused: endpoints to the end of their pause; ``None``: until somebody resumes them.
        files: senders of files, to how many of their two rows are messages.
        unsplit: those of them whose rows are not all messages.
        purged: senders of messages without contents.
    """

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)
    received: dict[str, timedelta] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    first: dict[tuple[str, str], Line] = field(default_factory=dict)
    paused: dict[str, timedelta | None] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    unsplit: set[str] = field(default_factory=set)
    purged: set[str] = field(default_factory=set)
    places: int = 0

    def keep(self, sender: str, outcome: Outcome, body: bytes, at: timedelta) -> None:
        self.outcomes[sender], self.bodies[sender], self.received[sender] = outcome, body, at

    def old(self, before: timedelta) -> list[str]:
        """Return the senders of what may be purged."""
        closed = {State.ACCEPTED, State.DELIVERED, State.REFUSED}
        return [
            sender
            for sender, outcome in self.outcomes.items()
            if self.received[sender] < before
            and sender not in self.unsplit
            and self.state_of(outcome.message_id) in closed
        ]

    def forget(self, sender: str) -> None:
        message = self.outcomes.pop(sender).message_id
        self.lines = {name: line for name, line in self.lines.items() if line.delivery.message_id != message}
        self.files.pop(sender, None)
        self.purged.discard(sender)

    def passes(self, endpoint: str, now: timedelta) -> bool:
        """Say whether something may be taken of an endpoint."""
        until = self.paused.get(endpoint, timedelta())
        return until is not None and until <= now

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
        """Return what may be given out once it is due; what waits for a person never is."""
        unkeyed = [line for line in self.lines.values() if line.key is None]
        return [line for line in (*unkeyed, *self.first.values()) if line.open and line.due is not None]

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
