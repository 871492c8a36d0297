"""What the command replay asks of the desk, and what it prints."""

import io
import json
import sys
from contextlib import contextmanager

import pytest

from cli.commands.replay import PART
from hub_core.clock import row_id

pytestmark = pytest.mark.network

MESSAGE = "019aa6f0-0000-7000-8000-000000000002"
DONE = {"message": MESSAGE, "result": "done", "code": None, "text": "", "differs": 0, "changes": []}
HELD = {"message": MESSAGE, "result": "held", "code": "J417", "text": "in doubt", "differs": 0, "changes": []}
CHANGE = {"at": "sex.code", "field": "sex.code", "kind": "changed", "before": "…", "after": "…"}


class Terminal(io.StringIO):
    """A person at the keyboard."""

    def isatty(self):
        return True


def part(*rows):
    return {"replay": "r7f3a2c1", "messages": list(rows), "last": MESSAGE}


def lines(out):
    return [line.split() for line in out.splitlines()]


@pytest.fixture
def many(desk):
    """Return a desk with three messages that fit."""
    desk.answers |= {"how_many": {"count": 3}, "replay": part(DONE, DONE, HELD)}
    return desk


def test_one_message_shows_what_differs_and_where_it_goes(desk, punte):
    result = punte("replay", MESSAGE, "--reason", "they lost it")
    assert result.code == 0
    assert "It is delivered again to: anpis-cases (route to-anpis)" in result.out
    assert ["sex.code", "-", "…"] in lines(result.out)


def test_one_message_that_is_left_alone_says_why_and_ends_with_1(desk, punte):
    row = json.loads(json.dumps(desk.answer("replay", {})[1]["messages"][0]))
    desk.answers["replay"] = part(row | HELD)
    result = punte("replay", MESSAGE, "--reason", "they lost it")
    assert result.code == 1
    assert "It is left alone" in result.out
    assert "J417 in doubt. Settle it first" in result.out


def test_it_asks_for_what_was_written(many, punte):
    options = ["--from", "routed", "--also-in-doubt", "--diff", "--reason", "ticket 4711", "--yes"]
    filters = ["--filter", "code=m201", "--filter", "state=refused", "--filter", "since=2025-11-21"]
    punte("replay", *filters, *options)
    verb, act = many.asked[-1]
    assert verb == "replay"
    assert act.pop("by")
    wanted = act.pop("filter")
    assert wanted.pop("until")
    assert wanted == {
        "code": "M201",
        "state": "refused",
        "since": "2025-11-21T00:00:00+02:00",
        "after": "",
        "limit": PART,
    }
    assert act == {
        "hop": "routed",
        "mapping": "pinned",
        "dry_run": False,
        "diff": True,
        "also_in_doubt": True,
        "reason": "ticket 4711",
    }


def test_many_are_counted_by_what_became_of_them(many, punte):
    result = punte("replay", "--filter", "state=refused", "--reason", "x", "--yes")
    assert result.code == 1
    assert ["2", "replayed", MESSAGE] in lines(result.out)
    assert ["1", "left", "alone", "J417", "in", "doubt", MESSAGE] in lines(result.out)
    assert "replay r7f3a2c1; 0 of 3 records differ" in result.err


def test_what_was_replayed_before_is_no_failure(many, punte):
    many.answers["replay"] = part(DONE | {"result": "before", "code": "J415", "text": "in this replay already"})
    result = punte("replay", "--filter", "party=cnas", "--reason", "x", "--yes")
    assert result.code == 0
    assert "replayed before" in result.out


def test_fields_that_differ_are_counted_with_an_example(many, punte):
    changed = DONE | {"differs": 1, "changes": [CHANGE]}
    many.answers["replay"] = part(changed, changed, DONE)
    result = punte("replay", "--filter", "state=refused", "--diff", "--reason", "x", "--yes")
    assert ["2", "sex.code", "changed", "…", "…", MESSAGE] in lines(result.out)


def test_without_a_diff_it_says_how_to_see_where(many, punte):
    many.answers["replay"] = part(DONE | {"differs": 1})
    assert "--diff shows where" in punte("replay", "--filter", "state=refused", "--reason", "x", "--yes").err


def test_nothing_fits_is_said(many, punte):
    many.answers |= {"how_many": {"count": 0}, "replay": {"replay": "r7f3a2c1", "messages": [], "last": None}}
    result = punte("replay", "--filter", "code=M201", "--reason", "x")
    assert (result.code, result.out) == (0, "")
    assert "no message fits this filter" in result.err


def test_a_person_sees_the_count_first_and_may_say_no(many, punte, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    result = punte("replay", "--filter", "state=refused", "--reason", "x")
    assert "3 are judged again and delivered under new keys. Go on? [y/N]" in result.err
    assert (result.code, [verb for verb, _ in many.asked]) == (1, ["how_many"])


def test_it_goes_on_part_by_part(many, punte):
    many.answers |= {"how_many": {"count": PART}, "replay": part(*[DONE] * PART)}
    answers = iter([part(*[DONE] * PART), part(DONE)])
    answer = many.answer
    many.answer = lambda verb, given: (200, next(answers)) if verb == "replay" else answer(verb, given)
    assert [f"{PART + 1}", "replayed", MESSAGE] in lines(
        punte("replay", "--filter", "state=refused", "--reason", "x", "--yes").out
    )


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [MESSAGE],
        [MESSAGE, "--reason", " "],
        [MESSAGE, "--filter", "state=parked", "--reason", "x"],
        ["--filter", "state", "--reason", "x"],
        ["--filter", "state=lost", "--reason", "x"],
        ["--filter", "person=1", "--reason", "x"],
        ["--filter", "party=a", "--filter", "party=b", "--reason", "x"],
        ["--filter", "since=yesterday", "--reason", "x"],
        ["--filter", "state=parked", "--from", "sent", "--reason", "x"],
        ["--filter", "state=parked", "--reason", "x"],
    ],
)
def test_what_makes_no_sense_is_wrong_usage(many, punte, arguments):
    assert punte("replay", *arguments).code == 2


def test_a_dry_run_never_asks_the_hub(desk, punte):
    result = punte("replay", MESSAGE, "--dry-run")
    assert result.code == 3
    assert "J103" in result.err
    assert desk.asked == []


def test_names_and_values_of_filters_are_offered(desk):
    from cli.completion import filters

    assert filters("s") == ["state=", "since="]
    assert filters("state=pa") == ["state=parked"]
    assert "code=M201" in filters("code=M20")
    assert filters("since=") == []


@pytest.mark.parametrize(
    ("more", "told"), [((), "It is refused"), (("--dry-run",), "It would be refused")], ids=["real", "dry run"]
)
def test_what_is_refused_is_not_compared_with_anything(desk, punte, monkeypatch, more, told):
    refused = {"result": "refused", "code": "V301", "text": "not a SED", "state": "refused", "changes": []}
    row = json.loads(json.dumps(desk.answer("replay", {})[1]["messages"][0])) | refused

    @contextmanager
    def beside():
        yield lambda *_, **__: part(row)

    monkeypatch.setattr("cli.desk.beside_the_hub", beside)
    desk.answers["replay"] = part(row)
    result = punte("replay", MESSAGE, *(more or ("--reason", "they lost it")))
    assert result.code == 1
    assert f"{told}\nV301 not a SED. Send a SED" in result.out
    assert "differs" not in result.out
    assert "the same as before" not in result.err


def test_a_row_of_a_file_is_named_by_its_line(desk, punte):
    punte("replay", f"{MESSAGE}:12", "--reason", "they lost it")
    assert desk.asked[-1][1]["id"] == row_id(MESSAGE, 12)
