"""Compares the books: a pure function of the plan and of the evidence, one verdict per promise.

Each promise counts what it looked at, and yields what breaks it; one that nothing breaks was kept.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from hub_core.message import State
from hub_torture.evidence import Evidence, Taken
from hub_torture.plan import Kind, Plan, digest_of

_EXAMPLES: Final = 5
_CONFLICT: Final = 409


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with one promise.

    Attributes:
        promise: in words.
        checked: how many things were looked at.
        broken: how many of them break it.
        examples: some of those.
    """

    promise: str
    checked: int
    broken: int = 0
    examples: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """Nothing breaks it."""
        return not self.broken


Promise = Callable[[Plan, Evidence], tuple[int, Iterator[str]]]


def check(plan: Plan, evidence: Evidence) -> list[Verdict]:
    """Return a verdict for every promise that the books can tell about."""
    return [verdict(promise, *look(plan, evidence)) for promise, look in PROMISES.items()]


def verdict(promise: str, checked: int, faults: Iterator[str]) -> Verdict:
    """Return the verdict that faults make."""
    broken = [*faults]
    return Verdict(promise=promise, checked=checked, broken=len(broken), examples=tuple(broken[:_EXAMPLES]))


def _nothing_lost(plan: Plan, evidence: Evidence) -> tuple[int, Iterator[str]]:
    got = {(taken.partner, taken.number) for taken in evidence.taken}

    def faults() -> Iterator[str]:
        for number in sorted(evidence.acked):
            if State.PARKED in {kept.state for kept in evidence.kept.get(number, ())}:
                continue
            for partner in plan.letter(number).to:
                if (partner, number) not in got:
                    yield f"message {number} was acknowledged, and never reached {partner}"

    return len(evidence.acked), faults()


def _nothing_invented(_: Plan, evidence: Evidence) -> tuple[int, Iterator[str]]:
    def faults() -> Iterator[str]:
        for taken in evidence.taken:
            if taken.number not in evidence.intents:
                yield f"{taken.partner} got message {taken.number}, which nobody sent"
            elif taken.number in evidence.refused:
                yield f"{taken.partner} got message {taken.number}, which was refused"

    return len(evidence.taken), faults()


def _one_effect(_: Plan, evidence: Evidence) -> tuple[int, Iterator[str]]:
    keys: dict[tuple[str, int], set[str]] = defaultdict(set)
    for taken in evidence.taken:
        keys[taken.partner, taken.number].add(taken.key)

    def faults() -> Iterator[str]:
        for (partner, number), known in keys.items():
            if len(known) > 1:
                yield f"message {number} came to {partner} under {len(known)} idempotency keys"

    return len(keys), faults()


def _in_order(_: Plan, evidence: Evidence) -> tuple[int, Iterator[str]]:
    ordered = [taken for taken in evidence.taken if taken.effect and taken.line is not None]

    def faults() -> Iterator[str]:
        last: dict[tuple[str, str | None], Taken] = {}
        for taken in ordered:
            before = last.get((taken.partner, taken.line))
            if before is not None and before.place >= taken.place:
                yield f"{taken.partner}: message {taken.number} came after {before.number} of the same key"
            last[taken.partner, taken.line] = taken

    return len(ordered), faults()


def _unchanged(plan: Plan, evidence: Evidence) -> tuple[int, Iterator[str]]:
    def faults() -> Iterator[str]:
        for taken in evidence.taken:
            if taken.digest != digest_of(plan.letter(taken.number)):
                yield f"{taken.partner} got another content than that of message {taken.number}"

    return len(evidence.taken), faults()


def _same_answer(_: Plan, evidence: Evidence) -> tuple[int, Iterator[str]]:
    def faults() -> Iterator[str]:
        for number, receipts in evidence.acked.items():
            if len(receipts) > 1:
                yield f"message {number} was acknowledged under {len(receipts)} references"
        for number, status in evidence.again:
            yield f"message {number} was acknowledged, and answered with {status} when it was repeated"
        for number, status in evidence.conflicts.items():
            if status != _CONFLICT:
                yield f"other content under the number {number} was answered with {status}"

    return len(evidence.acked) + len(evidence.conflicts), faults()


def _accounted(_: Plan, evidence: Evidence) -> tuple[int, Iterator[str]]:
    def faults() -> Iterator[str]:
        for number, receipts in evidence.acked.items():
            kept = evidence.kept.get(number, [])
            if len(kept) != 1:
                yield f"message {number} was acknowledged and stands {len(kept)} times in the journal"
            elif kept[0].id not in receipts:
                yield f"message {number} stands in the journal under another reference than was acknowledged"
            elif kept[0].state not in {State.DELIVERED, State.PARKED}:
                yield f"message {number} ended as {kept[0].state}"
        if evidence.open_deliveries:
            yield f"{evidence.open_deliveries} deliveries are neither sent nor parked"

    return len(evidence.acked), faults()


def _all_answered(plan: Plan, evidence: Evidence) -> tuple[int, Iterator[str]]:
    def faults() -> Iterator[str]:
        for number in range(plan.messages):
            broken = plan.letter(number).kind is Kind.BROKEN
            if number not in (evidence.refused if broken else evidence.acked):
                yield f"message {number} was never {'refused' if broken else 'accepted'}"

    return plan.messages, faults()


def _parked_for_a_reason(plan: Plan, evidence: Evidence) -> tuple[int, Iterator[str]]:
    def faults() -> Iterator[str]:
        for number in evidence.acked:
            unwanted = plan.letter(number).kind is Kind.UNWANTED
            states = {kept.state for kept in evidence.kept.get(number, ())}
            if unwanted != (State.PARKED in states):
                yield f"message {number} was {'not parked' if unwanted else 'parked'}"

    return len(evidence.acked), faults()


PROMISES: Final[dict[str, Promise]] = {
    "nothing acknowledged is lost": _nothing_lost,
    "nothing arrives that was not accepted": _nothing_invented,
    "one effect per message and partner": _one_effect,
    "in order per key": _in_order,
    "contents arrive unchanged": _unchanged,
    "a repetition gets the first answer": _same_answer,
    "every accepted message ends as delivered or parked": _accounted,
    "every message is answered": _all_answered,
    "parked is what a partner refused, nothing else": _parked_for_a_reason,
}
