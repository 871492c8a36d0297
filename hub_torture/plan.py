"""What happens in a run: a pure function of its seed, so that a run that failed can be repeated."""

import hashlib
import json
import random
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Final

import msgspec

#: Partners by how they behave; ``steady`` always takes what it gets.
STEADY: Final = "steady"
MOODY: Final = ("hanging", "garbage", "slow", "closing", "busy")
PARTNERS: Final = (STEADY, *MOODY)
BOTH: Final = (STEADY, "closing")  # some messages go to two partners
LINES: Final = 32  # keys whose messages stay in order, each with one sender
BURST: Final = 192  # messages without a key that are sent at once
#: Shares of all messages, but for the last two: of first attempts, and of kills.
_IN_BURSTS: Final = 0.15
_TO_MOODY: Final = 0.2
_TO_BOTH: Final = 0.05
_REPEATED: Final = 0.02
_CONTRADICTED: Final = 0.01
_BAD: Final = 0.3
_AT_PLACE: Final = 0.5
_KILLING: Final = 0.9  # of the messages; the rest flow in peace
_OF_SERVER: Final = 5  # one kill of so many takes the server
_OF_FROZEN: Final = 20  # one of so many is stopped and goes on
_BAD_ATTEMPTS: Final = 2  # of one delivery, before its partner behaves
_WORDS: Final = (
    "țară",
    "școală",
    "pâine",
    '"citat"',
    "&amp;",
    "<nod/>",
    "Łódź",
    "naïve",
    "東京",
    "line\nbreak",
    "x" * 400,
)
#: Places of the hub that traffic alone reaches; see ``hub_core.journal.failpoints``.
PLACES: Final = (
    "after-insert-before-commit",
    "after-commit-before-answer",
    "after-claim",
    "after-send-before-settle",
)


class Kind(StrEnum):
    """``BROKEN`` must be refused by the hub; ``UNWANTED`` is refused by the partner and must be parked."""

    PLAIN = "plain"
    BROKEN = "broken"
    UNWANTED = "unwanted"


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One message to be sent.

    Attributes:
        number: the sender's own id.
        line: its order key; ``None``: it has none and goes out in a burst.
        place: in its line.
        to: partners that must get it.
        copies: how often it is sent again after it was answered, all at once.
        conflict: afterwards other content is sent under its number.
    """

    number: int
    line: int | None
    place: int
    kind: Kind = Kind.PLAIN
    to: tuple[str, ...] = (STEADY,)
    copies: int = 0
    conflict: bool = False


class Kill(msgspec.Struct, frozen=True, kw_only=True):
    """A process dies.

    Attributes:
        after: so many messages were answered.
        node: number of the hub; ``None``: the database server.
        failpoint: where in the hub it dies by itself, unless it did not get there in time.
        frozen: it does not die: it is stopped until another hub has taken over its work, and goes on then.
    """

    after: int
    node: int | None
    failpoint: str | None = None
    frozen: bool = False


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A run.

    Attributes:
        messages: how many are sent.
        kills: how many processes die.
        nodes: hubs on one database.
        server: the database is a server, which dies, too.
    """

    messages: int
    kills: int
    seed: int = 0
    nodes: int = 1
    server: bool = False

    def letters(self, line: int) -> Iterator[Letter]:
        """Yield what one sender sends, in order."""
        return (self.letter(number) for number in range(line, self.ordered, LINES))

    def bursts(self) -> list[list[Letter]]:
        """Return what is sent at once, whatever the hub can bear."""
        free = [self.letter(number) for number in range(self.ordered, self.messages)]
        return [free[at : at + BURST] for at in range(0, len(free), BURST)]

    @property
    def ordered(self) -> int:
        """How many messages have a key; the others come in bursts."""
        return self.messages - int(self.messages * _IN_BURSTS)

    def letter(self, number: int) -> Letter:
        """Return a message by its number."""
        draw = self._chance("letter", number)
        ordered = number < self.ordered
        kind = draw.choices([*Kind], [97, 2, 1])[0]
        to: tuple[str, ...] = (draw.choice(MOODY),) if draw.random() < _TO_MOODY else (STEADY,)
        if draw.random() < _TO_BOTH:
            to = BOTH
        return Letter(
            number=number,
            line=number % LINES if ordered else None,
            place=number // LINES if ordered else number,
            kind=kind,
            to=to,
            copies=draw.choice([1, 4]) if draw.random() < _REPEATED else 0,
            conflict=kind is Kind.PLAIN and draw.random() < _CONTRADICTED,
        )

    def act(self, partner: str, letter: Letter, attempt: int) -> str:
        """Return what a partner does with an attempt, 1 for the first: ``take``, ``refuse`` or something worse."""
        if letter.kind is Kind.UNWANTED:
            return "refuse"
        if partner == STEADY or attempt > _BAD_ATTEMPTS:
            return "take"
        draw = self._chance(partner, letter.number * 10 + attempt)
        return draw.choice(_MOODS[partner]) if draw.random() < _BAD else "take"

    @property
    def killings(self) -> list[Kill]:
        """Return who dies when, in order."""
        draw = self._chance("kills", 0)
        moments = sorted(draw.randrange(int(self.messages * _KILLING)) for _ in range(self.kills))
        return [self._kill(at, moment, draw) for at, moment in enumerate(moments)]

    def failpoints(self, node: int) -> list[str | None]:
        """Return for each death of a hub the failpoint where it comes, unless it comes before."""
        return [kill.failpoint for kill in self.killings if kill.node == node and not kill.frozen]

    def _kill(self, at: int, after: int, draw: random.Random) -> Kill:
        if self.server and at % _OF_SERVER == 1:
            return Kill(after=after, node=None)
        if self.nodes > 1 and at % _OF_FROZEN == _OF_FROZEN // 2:
            return Kill(after=after, node=draw.randrange(self.nodes), frozen=True)
        failpoint = f"{draw.choice(PLACES)}:{draw.randint(1, 300)}" if draw.random() < _AT_PLACE else None
        return Kill(after=after, node=draw.randrange(self.nodes), failpoint=failpoint)

    def _chance(self, what: str, number: int) -> random.Random:
        return random.Random(f"{self.seed}:{what}:{number}")  # noqa: S311 - a schedule, no secret


def body(letter: Letter, *, other: bool = False) -> bytes:
    """Return the bytes of a message; with ``other`` those of another one under its number."""
    record = _record(letter, other=other)
    text = json.dumps({"beneficiary": record}, ensure_ascii=False).encode()
    if letter.kind is not Kind.BROKEN:
        return text
    return (text[: len(text) // 2], b'{"beneficiary": {"nobody": 1}}', b"[" * 5000, b"\xff\xfe")[letter.number % 4]


def digest(record: dict[str, Any]) -> str:
    """Return what two equal records have in common."""
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def digest_of(letter: Letter) -> str:
    """Return the digest of the record that a message holds."""
    return digest(_record(letter))


def _record(letter: Letter, *, other: bool = False) -> dict[str, Any]:
    draw = random.Random(letter.number)  # noqa: S311 - any content will do
    text = " ".join(draw.choices(_WORDS, k=draw.randint(1, 8)))
    record: dict[str, Any] = {
        "identifiers": [{"scheme": "source", "value": str(letter.number)}],
        "notes": [{"text": f"{text} other" if other else text, "about": str(letter.place)}],
        "exchange": {"system": "TORTURE", "type": "-".join(letter.to)},
    }
    if letter.line is not None:
        record["cases"] = [{"number": str(letter.line)}]
    return record


_MOODS: Final = {
    "hanging": ("hang", "take-and-hang"),
    "garbage": ("garbage", "take-and-garbage"),
    "slow": ("drip", "take-and-drip"),
    "closing": ("vanish", "take-and-vanish", "reset", "take-and-reset"),
    "busy": ("busy", "fail"),
}
