"""What commands about parked deliveries ask of the desk, and what they print."""

import io
import json
import sys

import pytest

from cli.commands.parked import PART

pytestmark = pytest.mark.network

GROUP = "g3f9a1c2"
MESSAGE = "019aa6f0-0000-7000-8000-000000000002"
OTHER = "019aa6f0-0000-7000-8000-000000000003"


class Terminal(io.StringIO):
    """A person at the keyboard."""

    def isatty(self):
        return True


def acts(desk):
    return [arguments for verb, arguments in desk.asked if verb == "parked_act"]


def test_causes_are_a_table_with_what_mends_each(desk, punte):
    result = punte("parked")
    assert result.code == 0
    row = result.out.splitlines()[1]
    assert row.split()[:4] == [GROUP, "10,000", "anpis-cases", "D201"]
    assert "2025-11-21 18:00:00 +02" in row
    assert "D201 partner rejected the message. Read the partner's reason" in result.out
    assert "punte retry GROUP --reason TEXT" in result.err


def test_nothing_parked_is_said_and_ends_with_0(desk, punte):
    desk.answers["parked"] = {"at": "2025-11-21T17:20:00Z", "groups": []}
    result = punte("parked")
    assert (result.code, result.out) == (0, "")
    assert "nothing is parked" in result.err


def test_a_group_lists_its_messages(desk, punte):
    result = punte("parked", GROUP, "--limit", "1")
    assert desk.asked == [("parked", {"of": GROUP, "limit": 1})]
    assert f"{MESSAGE}  2025-11-21 18:00:00 +02" in result.out
    assert "and 9,999 more" in result.err


@pytest.mark.parametrize("what", ["retry", "reject", "discard"])
def test_an_act_names_group_reason_operator_and_what_the_person_saw(desk, punte, what):
    result = punte(what, GROUP, "--reason", "agreed by telephone", "--yes")
    assert result.code == 0
    (act,) = acts(desk)
    assert act.pop("by")
    assert act == {
        "what": what,
        "of": GROUP,
        "reason": "agreed by telephone",
        "until": "2025-11-21T17:20:00Z",
        "after": "",
        "limit": PART,
    }
    assert result.out.splitlines()[-1].startswith("3 ")


def test_a_person_sees_the_count_first_and_may_say_no(desk, punte, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    result = punte("discard", GROUP, "--reason", "x")
    assert "10,000 are closed without delivery. Go on? [y/N]" in result.err
    assert "nothing was changed" in result.err
    assert (result.code, acts(desk)) == (1, [])


def test_a_person_may_say_yes(desk, punte, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert punte("discard", GROUP, "--reason", "x").code == 0
    assert len(acts(desk)) == 1


def test_where_nobody_can_be_asked_nothing_is_done(desk, punte, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    result = punte("discard", GROUP, "--reason", "x")
    assert (result.code, acts(desk)) == (2, [])
    assert "--yes" in result.err


def test_several_groups_are_one_command(desk, punte):
    punte("retry", GROUP, MESSAGE, GROUP, "--reason", "x", "--yes")
    assert [act["of"] for act in acts(desk)] == [GROUP, MESSAGE]


def test_many_are_done_in_parts(desk, punte):
    parts = iter([{"done": PART, "faults": [], "last": "k500"}, {"done": 2, "faults": [], "last": "k502"}])
    answer = desk.answer
    desk.answer = lambda verb, arguments: (
        (desk.asked.append((verb, arguments)), (200, next(parts)))[1]
        if verb == "parked_act"
        else answer(verb, arguments)
    )
    result = punte("retry", GROUP, "--reason", "x", "--yes", "--json")
    assert [act["after"] for act in acts(desk)] == ["", "k500"]
    assert json.loads(result.out) == {"done": PART + 2, "faults": []}


def test_what_could_not_be_done_is_named_and_ends_with_1(desk, punte):
    fault = {"message": MESSAGE, "code": "J412", "text": "the delivery is not parked"}
    desk.answers["parked_act"] = {"done": 0, "faults": [fault], "last": "k1"}
    result = punte("retry", GROUP, "--reason", "x", "--yes")
    assert result.code == 1
    assert f"{MESSAGE}  J412  the delivery is not parked" in result.out
    assert "0 tried again, 1 could not be and stay parked" in result.out


@pytest.mark.parametrize("arguments", [["retry"], ["retry", GROUP], ["retry", GROUP, "--reason", " ", "--yes"]])
def test_an_act_needs_a_group_and_a_reason(desk, punte, arguments):
    assert punte(*arguments).code == 2
    assert desk.asked == []


def test_an_unknown_group_is_said(desk, punte):
    desk.errors["parked"] = {"code": "J414", "text": "nothing is parked under this name", "where": "g0"}
    result = punte("discard", "g0", "--reason", "x", "--yes")
    assert (result.code, acts(desk)) == (1, [])
    assert "punte parked" in result.err


@pytest.mark.parametrize(("option", "sent"), [("--sent", True), ("--not-sent", False)])
def test_a_doubt_is_settled(desk, punte, option, sent):
    result = punte("messages", "settle", MESSAGE, option, "--reason", "asked them")
    verb, arguments = desk.asked[-1]
    assert (verb, arguments["sent"], arguments["reason"]) == ("settle", sent, "asked them")
    assert "the message is delivered" in result.out


@pytest.mark.parametrize("arguments", [["--sent"], ["--reason", "x"]])
def test_a_doubt_is_not_settled_without_a_word_and_a_reason(desk, punte, arguments):
    assert punte("messages", "settle", MESSAGE, *arguments).code == 2
    assert desk.asked == []


def test_settling_answers_as_json(desk, punte):
    result = punte("messages", "settle", MESSAGE, "--sent", "--reason", "x", "--json")
    assert json.loads(result.out)["state"] == "delivered"


def settled(desk):
    return [(arguments["id"], arguments["reason"]) for verb, arguments in desk.asked if verb == "settle"]


def test_several_doubts_are_settled_with_one_reason(desk, punte):
    result = punte("messages", "settle", MESSAGE, OTHER, "--not-sent", "--reason", "not there", "--yes")
    assert desk.asked[0] == ("doubts", {"ids": [MESSAGE, OTHER]})
    assert settled(desk) == [(MESSAGE, "not there"), (OTHER, "not there")]
    assert result.out.splitlines()[-1] == "2 are sent again"


def test_a_person_sees_how_many_doubts_there_are_first_and_may_say_no(desk, punte, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    result = punte("messages", "settle", "--endpoint", "anpis-cases", "--sent", "--reason", "they have them")
    assert "2 are settled as sent. Go on? [y/N]" in result.err
    assert f"{MESSAGE}  anpis-cases  2025-11-21 18:00:00 +02" in result.out
    assert (result.code, settled(desk)) == (1, [])


def test_doubts_are_found_by_the_filter_of_a_replay(desk, punte):
    result = punte("messages", "settle", "--filter", "party=cnas", "--sent", "--reason", "x", "--yes", "--json")
    verb, arguments = desk.asked[0]
    assert (verb, arguments["filter"]["party"], arguments["filter"]["after"]) == ("doubts", "cnas", "")
    assert json.loads(result.out) == {"done": 2, "faults": []}


def test_what_cannot_be_settled_is_named(desk, punte):
    desk.errors["settle"] = {"code": "J413", "text": "no delivery of it is in doubt"}
    result = punte("messages", "settle", MESSAGE, OTHER, "--sent", "--reason", "x", "--yes")
    assert result.code == 1
    assert result.out.splitlines()[-1] == "0 are settled as sent, 2 could not be and stay as they are"


def test_where_nothing_is_in_doubt_nobody_is_asked(desk, punte):
    desk.answers["doubts"] = {"doubts": [], "last": None}
    result = punte("messages", "settle", "--endpoint", "anpis-cases", "--sent", "--reason", "x")
    assert (result.code, settled(desk)) == (0, [])
    assert "nothing of it is in doubt" in result.err


@pytest.mark.parametrize("which", [[], [MESSAGE, "--filter", "party=cnas"]])
def test_doubts_are_named_one_way(desk, punte, which):
    assert punte("messages", "settle", *which, "--sent", "--reason", "x").code == 2
    assert desk.asked == []
