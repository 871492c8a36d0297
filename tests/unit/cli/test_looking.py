"""What commands that look print of what the desk answers; the desk is a real HTTP server on a Unix socket."""

import base64
import json
from pathlib import Path

import pytest

from hub_core.clock import row_id

pytestmark = pytest.mark.network

ANSWERS = Path(__file__).parent / "answers"
PARKED = "019aa6f0-0000-7000-8000-000000000002"
REFUSED = "019aa6f0-0000-7000-8000-000000000001"
SCAN = b"a scan" * 100


def lines(text):
    return [line.split() for line in text.splitlines() if line.strip()]


def test_status_ends_with_1_when_something_needs_a_human(desk, punte):
    result = punte("status")
    assert result.code == 1
    assert "needs a human" in result.out
    told = [
        "Waiting for you",
        "parked 1 for anpis-cases since 2025-11-21 18:00:00 +02",
        "    D201 partner rejected the message",
        "    punte parked g3f9a1c2",
    ]
    assert "\n".join(told) in result.out


def test_status_ends_with_0_when_all_is_well(desk, punte):
    desk.answers["status"] = {
        "running": True,
        "version": "0.1.0",
        "address": "http://127.0.0.1:1",
        "started_at": None,
        "registry_set": 1,
        "messages": {"accepted": 0},
        "open": {"count": 0, "oldest": None},
        "parked": [],
        "stuck": [],
        "refusals": [],
        "needs_human": False,
        "last_message_at": None,
    }
    result = punte("status")
    assert result.code == 0
    assert "all is well" in result.out
    assert "none yet: punte send" in result.out


@pytest.mark.parametrize("needs_human", [True, False])
def test_schedule_ends_with_1_when_a_job_needs_a_human_and_not_over_what_passes_by_itself(desk, punte, needs_human):
    row = {"job": "poll vacancies", "state": "fault", "every": "5 min", "what": "", "begun_at": None, "well_at": None}
    rest = {"due_at": None, "code": "D102", "detail": "busy", "figures": {}, "needs_human": needs_human}
    desk.answers["schedule"] = [row | rest]
    assert punte("schedule").code == int(needs_human)


@pytest.mark.parametrize(
    "command",
    [
        ["status"],
        ["messages", "list"],
        ["messages", "show", PARKED],
        ["parked"],
        ["why", PARKED],
        ["doctor"],
        ["messages", "timeline", PARKED],
        ["key", "list"],
        ["apply", "--history"],
        ["route", "explain", PARKED],
        ["replay", PARKED, "--reason", "looking"],
        ["query", "person", "2850415123450", "--purpose", "benefit-application"],
        ["key", "new", "cnas-2025", "--institution", "cnas"],
        ["key", "revoke", "cnas-2025"],
        ["apply", "--rollback", "3"],
    ],
)
def test_json_is_what_the_desk_answered(desk, punte, command):
    result = punte(*command, "--json")
    verb, _ = desk.asked[-1]
    assert json.loads(result.out) == desk.answer(verb, {})[1]


def test_messages_are_listed_whole_in_a_pipe(desk, punte):
    result = punte("messages", "list")
    assert lines(result.out) == [
        ["ID", "RECEIVED", "STATE", "DOCUMENT", "PARTY", "ENDPOINT", "CODES", "CASES"],
        [PARKED, "2025-11-21", "19:22:31", "+02", "parked", "insuredResponse", "cnas", "cnas-answers", "M205", "C204", "…25"],
        [REFUSED, "2025-07-21", "19:22:31", "+03", "refused", "eessi-ap", "seds", "B103"],
    ]  # fmt: skip
    assert not any(line.endswith(" ") for line in result.out.splitlines())
    assert "\x1b" not in result.out


def test_filters_of_a_list_reach_the_desk(desk, punte):
    punte(
        "messages", "list", "--state", "parked", "--party", "cnas", "--endpoint", "e", "--code", "m201",
        "--since", "2025-11-21", "--until", "2025-11-21T09:30+00:00", "--sender-id", "s", "--case", "12", "--limit", "5",
    )  # fmt: skip
    assert desk.asked == [
        (
            "messages",
            {
                "state": "parked",
                "party": "cnas",
                "endpoint": "e",
                "code": "M201",
                "since": "2025-11-21T00:00:00+02:00",
                "until": "2025-11-21T11:30:00+02:00",
                "sender_id": "s",
                "case": "12",
                "limit": 5,
            },
        )
    ]


@pytest.mark.parametrize("time", ["yesterday", "2025-13-01", "12x", "m", "99999999d"])
def test_a_time_that_is_none_is_wrong_usage(desk, punte, time):
    result = punte("messages", "list", "--since", time)
    assert result.code == 2
    assert desk.asked == []


def test_a_message_says_how_its_answers_stand(desk, punte):
    answer = {"id": "a-1", "received_at": "2025-11-21T09:00:00+00:00", "party": "itm", "document": "contract-result"}
    kept = json.loads(punte("messages", "show", PARKED, "--json").out)
    desk.answers["message"] = kept | {
        "conversation": [answer | {"state": "refused", "codes": ["M301"], "answers": True}]
    }
    shown = punte("messages", "show", PARKED).out
    assert "answers       refused 1" in shown
    assert "begun by this message" in shown
    assert "M301   contract-result, answers this message" in shown


def test_a_long_conversation_says_where_the_rest_is(desk, punte):
    other = {"received_at": "2025-11-21T09:00:00+00:00", "party": "itm", "document": "x", "correlation_id": "c-1"}
    kept = json.loads(punte("messages", "show", PARKED, "--json").out)
    others = [other | {"id": f"a-{number}", "state": "accepted", "codes": [], "answers": True} for number in range(50)]
    desk.answers["message"] = kept | {"conversation": others}
    assert "punte messages list --conversation c-1" in punte("messages", "show", PARKED).err


def test_a_conversation_is_listed_by_the_message_that_began_it_and_not_together_with_rows(desk, punte):
    punte("messages", "list", "--conversation", PARKED)
    assert desk.asked[-1] == ("messages", {"correlation_id": PARKED, "limit": 50})
    assert punte("messages", "list", "--conversation", PARKED, "--rows-of", PARKED).code == 2


def test_an_unknown_state_is_wrong_usage(desk, punte):
    assert punte("messages", "list", "--state", "lost").code == 2


def test_an_empty_list_says_what_to_do_next(desk, punte):
    desk.answers["messages"] = []
    assert "punte send" in punte("messages", "list").err
    assert "no message fits these filters" in punte("messages", "list", "--state", "parked").err


def test_a_full_page_says_how_to_see_the_next(desk, punte):
    assert f"--before {REFUSED}" in punte("messages", "list", "--limit", "2").err


def test_a_message_is_shown_with_everything_that_is_known(desk, punte):
    out = punte("messages", "show", PARKED).out
    for part in (
        "parked",
        "cnas.insured-person/1@ab12",
        "anpis-cases",
        "D201",
        "1.0 s",
        "HTTP 400",
        "REG-7",
        "C204",
        "insured/@cid",
    ):
        assert part in out
    assert ["birth.date", "1985-…"] in lines(out)
    assert ["insurance[0].period", "2023-…", "to", "open"] in lines(out)


@pytest.mark.parametrize("command", [["messages", "show"], ["why"]])
def test_revealing_needs_a_reason(desk, punte, command):
    assert punte(*command, PARKED, "--reveal").code == 2
    assert punte(*command, PARKED, "--reveal", "--reason", " ").code == 2
    assert desk.asked == []


def test_revealing_says_who_and_why(desk, punte):
    assert punte("messages", "show", PARKED, "--reveal", "--reason", "complaint 12").code == 0
    (_, arguments) = desk.asked[-1]
    assert arguments.pop("by")
    assert arguments == {"id": PARKED, "reveal": True, "reason": "complaint 12"}


def test_control_sequences_of_a_message_are_shown_and_not_obeyed(desk, punte):
    answer = desk.answer("message", {})[1]
    answer["record"]["name"]["family"] = "\x1b[2Jgone\u202e"
    answer["body"] = "line one\n\x1b]0;title\x07"
    desk.answers["message"] = answer
    out = punte("messages", "show", PARKED, "--reveal", "--reason", "test").out
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "\\x1b[2Jgone\\u202e" in out
    assert "line one\n\\x1b]0;title\\x07" in out


def test_why_shows_path_line_and_rule(desk, punte):
    out = punte("why", PARKED).out
    assert ["birth.date", "1985-…", "1985-…", "insured/birthDate", "7", 'date("%d.%m.%Y")', "cnas/insured-person.yaml:12"] in lines(out)  # fmt: skip
    assert "replay shows what differs" in out


def test_why_of_a_query_leads_to_the_message_of_the_source(desk, punte):
    desk.answers["why"] = desk.answer("why_query", {})[1]
    out = punte("why", PARKED, "birth.date").out
    assert ["birth.date", "dgep", "019aa6f0-0000-7000-8000-00000000000a"] in lines(out)
    assert "dgep: birth.date" in out


def test_why_of_a_field_that_is_not_there_says_where_to_look(desk, punte):
    desk.answers["why"] = {"message": PARKED, "mapping": None, "pinned": None, "values": [], "hops": []}
    assert f"punte messages show {PARKED}" in punte("why", PARKED, "death").err


def test_a_route_is_explained_with_its_conditions(desk, punte):
    out = punte("route", "explain", PARKED).out
    assert "yes to-anpis -> anpis-cases" in out
    assert "fails  death is present (nothing there)" in out


def test_without_routes_the_explanation_says_so(desk, punte):
    desk.answers["route_explain"] = []
    assert "no routes are registered" in punte("route", "explain", PARKED).err


def test_the_doctor_ends_with_1_when_something_must_be_mended(desk, punte):
    result = punte("doctor")
    assert result.code == 1
    assert "FAIL" in result.out
    assert "chmod 600 punte.sqlite3" in result.out


def test_sets_are_listed_with_the_one_in_force(desk, punte):
    out = punte("apply", "--history").out
    contract = ["partners/town/list.rows.yaml", "3f9a2c1be7aa", "->", "77ab01239c00"]
    assert ["4", "in", "force", "2025-11-21", "19:00:00", "+02", "ana", "first", "exchange", *contract] in lines(out)


def test_keys_are_listed_without_the_keys(desk, punte):
    out = punte("key", "list").out
    assert ["cnas-2025", "cnas", "2025-11-21", "19:00:00", "+02", "-"] in lines(out)


def test_tail_begins_with_the_newest_and_goes_on_from_there(desk, punte, monkeypatch):
    looks = []

    def stop_at_the_second(_):
        looks.append(None)
        if len(looks) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", stop_at_the_second)
    result = punte("messages", "tail", "--last", "1", "--json", "--state", "parked")
    assert result.code == 130
    assert json.loads(result.out.splitlines()[0])["id"] == PARKED
    assert desk.asked == [
        ("messages", {"state": "parked", "limit": 1}),
        ("messages", {"state": "parked", "after": PARKED, "limit": 1000}),
    ]


# files and their rows ----------------------------------------------------------------------------------------


def message(**changes):
    answer = json.loads((ANSWERS / "message.json").read_text(encoding="utf-8"))
    answer["message"] |= changes.pop("message", {})
    return answer | changes


def test_a_file_tells_how_its_rows_stand_and_how_many_are_to_come(desk, punte):
    states = {"delivered": 1200, "refused": 1}
    desk.answers["message"] = message(rows={"expected": 1500, "states": states, "complete": False})
    out = punte("messages", "show", PARKED).out
    assert ["rows", "1,500:", "1,200", "delivered,", "1", "refused,", "299", "to", "come"] in lines(out)


def test_a_row_names_its_line_and_its_file(desk, punte):
    desk.answers["message"] = message(message={"line": 7, "correlation_id": REFUSED})
    assert ["row", "line", "7", "of", "file", REFUSED] in lines(punte("messages", "show", PARKED).out)


def test_a_list_names_the_line_of_a_row(desk, punte):
    (row, *_) = json.loads((ANSWERS / "messages.json").read_text(encoding="utf-8"))
    desk.answers["messages"] = [row | {"document": "anofm/monthly", "line": 7}]
    assert "anofm/monthly:7" in punte("messages", "list").out


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        (["--rows-of", REFUSED], {"correlation_id": REFUSED, "rows": True}),
        (["--no-rows"], {"correlation_id": None, "rows": False}),
        (["--rows"], {"correlation_id": None, "rows": True}),
        ([], {"correlation_id": None, "rows": None}),
    ],
)
def test_rows_can_be_listed_alone_or_left_out(desk, punte, options, asked):
    assert punte("messages", "list", *options).code == 0
    ((verb, arguments),) = desk.asked
    assert verb == "messages"
    assert {name: arguments.get(name) for name in asked} == asked


def test_a_timeline_says_when_who_why_and_what_it_waits_for(desk, punte):
    out = lines(punte("messages", "timeline", PARKED).out)
    assert [
        "2025-11-21",
        "19:23:46",
        "+02",
        "1",
        "min",
        "15",
        "s",
        "parked",
        "anpis-cases",
        "1",
        "1.00",
        "s",
        "D201",
        "HTTP",
        "400",
    ] in out
    assert [
        "2025-11-21",
        "21:24:46",
        "+02",
        "2",
        "h",
        "1",
        "min",
        "replayed",
        "ana:",
        "ticket",
        "4711",
        "(replay",
        "r7f3a2c1)",
    ] in out
    assert ["anpis-cases", "is", "sent", "when", "due", "2025-11-21", "21:24:46", "+02"] in out


def test_attachments_are_listed_without_their_content(desk, punte):
    fact = {"number": 1, "size": 2_048_000, "media_type": "application/pdf", "name": "scan"}
    desk.answers["message"] = json.loads((ANSWERS / "message.json").read_text()) | {"attachments": [fact]}
    assert ["1", "2,048,000", "application/pdf", "scan"] in lines(punte("messages", "show", PARKED).out)


def test_an_attachment_is_written_into_a_file_of_ones_own(desk, punte, tmp_path):
    desk.answers["attachment"] = {"content": base64.b64encode(SCAN).decode(), "size": 2 * len(SCAN), "pieces": 2}
    file = tmp_path / "scan.pdf"
    ended = punte("messages", "attachment", PARKED, "1", "--to", file, "--reason", "court order")
    assert (ended.code, file.read_bytes(), file.stat().st_mode & 0o077) == (0, SCAN * 2, 0)
    assert [(asked["piece"], asked["reason"]) for verb, asked in desk.asked if verb == "attachment"] == [
        (0, "court order"),
        (1, "court order"),
    ]


def test_a_file_that_is_there_is_not_overwritten(desk, punte, tmp_path):
    desk.answers["attachment"] = {"content": "", "size": 0, "pieces": 1}
    file = tmp_path / "scan.pdf"
    file.write_text("mine")
    ended = punte("messages", "attachment", PARKED, "1", "--to", file, "--reason", "court order")
    assert ("W304" in ended.err, file.read_text()) == (True, "mine")
    assert ended.code != 0


@pytest.mark.parametrize("command", [("why",), ("messages", "show"), ("messages", "timeline")], ids=" ".join)
def test_a_row_of_a_file_is_named_by_its_line(desk, punte, command):
    assert punte(*command, f"{REFUSED}:12").code == 0
    assert desk.asked[-1][1]["id"] == row_id(REFUSED, 12)


@pytest.mark.parametrize("text", ["borderou.csv:3", f"{REFUSED}:0", f"{REFUSED}:last"])
def test_what_is_no_line_of_a_file_is_wrong_usage(desk, punte, text):
    assert punte("why", text).code == 2
    assert desk.asked == []
