"""The books of a run are compared; a hub that loses, doubles or reorders is found out."""

import msgspec
import pytest

from hub_core.message import State
from hub_torture.checker import check
from hub_torture.evidence import Evidence, Kept, Taken
from hub_torture.plan import Kind, Plan, digest_of

PLAN = Plan(messages=400, kills=0, seed=5)
LETTERS = [PLAN.letter(number) for number in range(PLAN.messages)]
GOOD = [letter for letter in LETTERS if letter.kind is Kind.PLAIN]


def taken(letter, partner, **facts):
    told = {"key": f"k-{letter.number}-{partner}", "place": letter.place, "digest": digest_of(letter), "effect": True}
    told["line"] = None if letter.line is None else str(letter.line)
    return Taken(partner=partner, number=letter.number, **{**told, **facts})


def books(**changes):
    """Return what a hub leaves that keeps every promise, but for some changes."""
    accepted = {letter.number: letter for letter in LETTERS if letter.kind is not Kind.BROKEN}
    states = {Kind.PLAIN: State.DELIVERED, Kind.UNWANTED: State.PARKED}
    honest = Evidence(
        intents=frozenset(range(PLAN.messages)),
        acked={number: {f"m-{number}"} for number in accepted},
        refused={letter.number: 400 for letter in LETTERS if letter.kind is Kind.BROKEN},
        again=[],
        conflicts={letter.number: 409 for letter in GOOD if letter.conflict},
        taken=[taken(letter, partner) for letter in GOOD for partner in letter.to],
        kept={number: [Kept(f"m-{number}", states[letter.kind])] for number, letter in accepted.items()},
        open_deliveries=0,
    )
    return msgspec.structs.replace(honest, **changes)


def broken(evidence):
    return {verdict.promise for verdict in check(PLAN, evidence) if not verdict.kept}


HONEST = books()
ONE = GOOD[40]
LATER = next(letter for letter in GOOD if letter.line == ONE.line and letter.place > ONE.place and letter.to == ONE.to)
AT = next(at for at, it in enumerate(HONEST.taken) if it.number == ONE.number)
LATER_AT = next(at for at, it in enumerate(HONEST.taken) if it.number == LATER.number)


def with_taken(change):
    changed = list(HONEST.taken)
    change(changed)
    return books(taken=changed)


def swapped(lines):
    lines[AT], lines[LATER_AT] = lines[LATER_AT], lines[AT]


def replaced(**facts):
    def change(lines):
        lines[AT] = msgspec.structs.replace(lines[AT], **facts)

    return with_taken(change)


def without(mapping, number):
    return {key: value for key, value in mapping.items() if key != number}


REFUSED = next(letter for letter in LETTERS if letter.kind is Kind.BROKEN)
UNWANTED = next(letter for letter in LETTERS if letter.kind is Kind.UNWANTED)
CONFLICT = next(letter for letter in GOOD if letter.conflict)
LOST = "nothing acknowledged is lost"
INVENTED = "nothing arrives that was not accepted"
DOUBLED = "one effect per message and partner"
ORDER = "in order per key"
CONTENT = "contents arrive unchanged"
ANSWER = "a repetition gets the first answer"
ENDED = "every accepted message ends as delivered or parked"
ANSWERED = "every message is answered"
PARKED = "parked is what a partner refused, nothing else"


def test_a_hub_that_keeps_every_promise_is_not_blamed():
    assert broken(HONEST) == set()


def test_a_delivery_that_is_repeated_under_its_key_breaks_nothing():
    assert broken(with_taken(lambda it: it.append(msgspec.structs.replace(it[AT], effect=False)))) == set()


@pytest.mark.parametrize(
    ("evidence", "promises"),
    [
        pytest.param(with_taken(lambda it: it.pop(AT)), {LOST}, id="a delivery is lost"),
        pytest.param(with_taken(swapped), {ORDER}, id="two of one key change places"),
        pytest.param(
            with_taken(lambda it: it.append(taken(ONE, ONE.to[0], key="another"))),
            {DOUBLED, ORDER},
            id="an effect twice",
        ),
        pytest.param(replaced(digest="0" * 64), {CONTENT}, id="a content changes"),
        pytest.param(books(intents=HONEST.intents - {ONE.number}), {INVENTED}, id="something comes from nobody"),
        pytest.param(
            with_taken(lambda it: it.append(taken(REFUSED, "steady", line=None))), {INVENTED}, id="the refused arrives"
        ),
        pytest.param(books(kept=without(HONEST.kept, ONE.number)), {ENDED}, id="the journal forgets one"),
        pytest.param(
            books(kept={**HONEST.kept, ONE.number: HONEST.kept[ONE.number] * 2}),
            {ENDED},
            id="the journal has one twice",
        ),
        pytest.param(
            books(kept={**HONEST.kept, ONE.number: [Kept("other", State.DELIVERED)]}), {ENDED}, id="another reference"
        ),
        pytest.param(
            books(kept={**HONEST.kept, ONE.number: [Kept(f"m-{ONE.number}", State.DELIVERING)]}),
            {ENDED},
            id="one is open",
        ),
        pytest.param(books(open_deliveries=1), {ENDED}, id="a delivery is open"),
        pytest.param(
            books(kept={**HONEST.kept, ONE.number: [Kept(f"m-{ONE.number}", State.PARKED)]}),
            {PARKED},
            id="parked for nothing",
        ),
        pytest.param(
            books(kept={**HONEST.kept, UNWANTED.number: [Kept(f"m-{UNWANTED.number}", State.DELIVERED)]}),
            {LOST, PARKED},
            id="the unwanted counts as delivered",
        ),
        pytest.param(
            books(acked={**HONEST.acked, ONE.number: {f"m-{ONE.number}", "m-0"}}), {ANSWER}, id="two references"
        ),
        pytest.param(books(again=[(ONE.number, 409)]), {ANSWER}, id="a repetition is refused"),
        pytest.param(
            books(conflicts={CONFLICT.number: 202}), {ANSWER}, id="other content is taken under the same number"
        ),
        pytest.param(
            books(refused=without(HONEST.refused, REFUSED.number)), {ANSWERED}, id="the broken is not refused"
        ),
        pytest.param(books(acked=without(HONEST.acked, ONE.number)), {ANSWERED}, id="one is never answered"),
    ],
)
def test_a_hub_that_breaks_a_promise_is_found_out(evidence, promises):
    assert broken(evidence) == promises


def test_a_verdict_names_examples_and_counts_all():
    evidence = books(taken=[])
    verdict = next(one for one in check(PLAN, evidence) if one.promise == LOST)
    assert verdict.broken > len(verdict.examples) == 5
    assert verdict.examples[0].startswith("message 0 was acknowledged")
