"""What happens in a run follows from its seed, and everything that may happen does."""

import json

import pytest

from hub_torture.nodes import Node
from hub_torture.plan import BOTH, LINES, PARTNERS, Kind, Plan, body, digest, digest_of

PLAN = Plan(messages=2000, kills=60, seed=3, nodes=2, server=True)


def letters(plan):
    return [plan.letter(number) for number in range(plan.messages)]


def test_the_same_seed_gives_the_same_run():
    again = Plan(messages=2000, kills=60, seed=3, nodes=2, server=True)
    assert (letters(PLAN), PLAN.killings) == (letters(again), again.killings)


def test_another_seed_gives_another_run():
    other = Plan(messages=2000, kills=60, seed=4, nodes=2, server=True)
    assert letters(PLAN) != letters(other)
    assert PLAN.killings != other.killings


def test_every_message_is_sent_once_by_a_line_or_in_a_burst():
    sent = [letter for line in range(LINES) for letter in PLAN.letters(line)]
    sent += [letter for burst in PLAN.bursts() for letter in burst]
    assert sorted(letter.number for letter in sent) == list(range(PLAN.messages))


def test_places_in_a_line_grow():
    places = [letter.place for letter in PLAN.letters(7)]
    assert places == sorted(set(places))


def test_everything_that_may_happen_does():
    made = letters(PLAN)
    assert {letter.kind for letter in made} == {*Kind}
    assert {letter.to for letter in made} == {*((name,) for name in PARTNERS), BOTH}
    assert {letter.copies for letter in made} == {0, 1, 4}
    assert any(letter.conflict for letter in made)
    acts = {PLAN.act(partner, letter, 1) for letter in made for partner in letter.to}
    assert acts >= {"take", "refuse", "hang", "take-and-hang", "garbage", "drip", "vanish", "take-and-reset", "busy"}


def test_a_partner_behaves_in_the_end():
    assert {PLAN.act(partner, letter, 3) for letter in letters(PLAN) for partner in letter.to} == {"take", "refuse"}


def test_kills_are_of_every_kind_and_in_order():
    kills = PLAN.killings
    assert [kill.after for kill in kills] == sorted(kill.after for kill in kills)
    assert len(kills) == 60
    assert {kill.node for kill in kills} == {None, 0, 1}
    assert {kill.frozen for kill in kills} == {True, False}
    assert any(kill.failpoint for kill in kills)


@pytest.mark.parametrize("kind", [Kind.PLAIN, Kind.UNWANTED])
def test_what_is_sent_holds_the_record_whose_digest_is_known(kind):
    letter = next(letter for letter in letters(PLAN) if letter.kind is kind)
    assert digest(json.loads(body(letter))["beneficiary"]) == digest_of(letter)
    assert body(letter, other=True) != body(letter)


def test_a_hub_under_torture_has_none_of_the_settings_around_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PUNTE_STORE", "postgresql://punte@production/punte")
    node = Node(0, tmp_path, {"PUNTE_KEYRING": "keyring.json"})
    assert {name for name in node.environment if name.startswith("PUNTE_")} == {
        "PUNTE_HOME",
        "PUNTE_KEYRING",
        "PUNTE_LOG_LEVEL",
        "PUNTE_PORT",
    }
