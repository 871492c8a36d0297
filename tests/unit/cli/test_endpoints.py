"""What commands about endpoints ask of the desk, and what they print."""

import json
from datetime import UTC, datetime, timedelta

import pytest

pytestmark = pytest.mark.network


def test_endpoints_are_a_table_of_what_waits_and_why(desk, punte):
    result = punte("endpoint", "list")
    assert result.code == 0
    assert [line.rstrip() for line in result.out.splitlines()] == [
        "ENDPOINT      INSTITUTION  STATE    UNTIL                    WHY   BY  UNDER WAY  WAITING  OLDEST                   IN DOUBT  PARKED",
        "anpis-cases   anpis        broken   2025-11-21 19:30:00 +02  D103                   1,204  2025-11-21 19:20:00 +02         2",
        "portal-inbox  portal       flowing                                             1        1  2025-11-21 19:22:00 +02",
    ]


def test_no_endpoints_say_what_to_do(desk, punte):
    desk.answers["endpoints"] = []
    result = punte("endpoint", "list")
    assert (result.code, result.out) == (0, "")
    assert "punte apply" in result.err


def test_an_endpoint_is_shown_with_its_pauses(desk, punte):
    result = punte("endpoint", "show", "anpis-cases")
    assert desk.asked[-1] == ("endpoint", {"name": "anpis-cases"})
    assert "2025-11-21 19:19:00 +02  ana  their database moves  2025-11-21 20:00:00 +02  -" in result.out
    assert "ana: they are back" in result.out


def shown(result):
    return [line.rstrip() for line in result.out.splitlines()]


def test_an_endpoint_is_shown_with_what_is_registered_and_what_leads_to_it(desk, punte):
    lines = shown(punte("endpoint", "show", "anpis-cases"))
    assert lines[: lines.index("What flows")] == [
        "endpoint     anpis-cases",
        "direction    out: the hub delivers",
        "institution  anpis, Payments",
        "adapter      rest",
        "service      cases",
        "",
        "Registered by set 4",
        "FIELD                   VALUE",
        "url                     env:ANPIS_URL",
        "credentials.secret.env  ANPIS_PASSWORD",
        "timeout                 5 s",
        "concurrency             2",
        "",
        "Routes that lead here",
        "ROUTE   SERVICES  TO",
        "deaths  all       anpis-cases",
        "",
    ]


def test_an_inbound_endpoint_is_shown_with_who_may_send_and_what_came_last(desk, punte):
    job = {"state": "fault", "every": "1 min", "begun_at": "2025-11-21T17:20:00Z", "code": "D108", "detail": "2 shut"}
    last = {"id": "019aa6f0-0000-7000-8000-000000000001", "received_at": "2025-11-21T17:19:00Z", "state": "accepted"}
    right = {"institution": "town", "service": "lists", "purposes": ["heating"], "fixed_purpose": "heating"}
    inbound = {"direction": "in", "rights": [right], "routes": [], "fetched": job, "last": last}
    desk.answers["endpoint"] = {"registered": desk.answer("endpoint", {})[1]["registered"] | inbound}
    result = punte("endpoint", "show", "town")
    lines = shown(result)
    assert "fetched       every 1 min, last 2025-11-21 19:20:00 +02, fault: D108 2 shut" in lines
    assert f"last message  {last['id']}, 2025-11-21 19:19:00 +02, accepted" in lines
    assert "town         lists    heating   heating" in lines
    assert "none: add one below routes:, then punte apply" in result.err
    assert "What flows" not in lines


def test_an_endpoint_of_files_is_shown_with_its_folder_and_its_last_files(desk, punte):
    closed = {"endpoint": "town", "closed_at": "2025-11-21T14:00:00Z"}
    files = [
        closed | {"number": 2, "name": "town_20251121_000002.csv", "lines": 1_204, "written_at": None},
        closed
        | {"number": 1, "name": "town_20251121_000001.csv", "lines": 9, "written_at": "2025-11-21T14:00:01Z"}
        | {"answer": "1 of 9 rows refused", "early": {"by": "ana", "reason": "the month ends"}},
    ]
    desk.answers["endpoint"] = desk.answer("endpoint", {})[1] | {"folder": "town/in", "files": files}
    lines = shown(punte("endpoint", "show", "town"))
    at = lines.index("Files into town/in, the newest first")
    assert lines[at + 1 : at + 4] == [
        "NUMBER  FILE                       ROWS  CLOSED                   WRITTEN                  ANSWER               EARLY BY  WHY",
        "     2  town_20251121_000002.csv  1,204  2025-11-21 16:00:00 +02  not yet",
        "     1  town_20251121_000001.csv      9  2025-11-21 16:00:00 +02  2025-11-21 16:00:01 +02  1 of 9 rows refused  ana       the month ends",
    ]


def test_a_pause_names_endpoint_reason_end_and_operator(desk, punte):
    punte("endpoint", "pause", "anpis-cases", "--reason", "their database moves", "--until", "2h")
    verb, arguments = desk.asked[-1]
    assert verb == "endpoint_pause"
    assert (arguments["name"], arguments["reason"]) == ("anpis-cases", "their database moves")
    assert arguments["by"]
    ahead = datetime.fromisoformat(arguments["until"]) - datetime.now(UTC)
    assert timedelta(hours=1, minutes=59) < ahead <= timedelta(hours=2)


def test_a_pause_without_end_lasts_till_somebody_resumes(desk, punte):
    punte("endpoint", "pause", "anpis-cases", "--reason", "their database moves")
    assert "until" not in desk.asked[-1][1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["pause", "anpis-cases"],
        ["resume", "anpis-cases"],
        ["pause", "--reason", "x"],
        ["pause", "anpis-cases", "--reason", "x", "--until", "soon"],
    ],
)
def test_an_act_needs_an_endpoint_a_reason_and_a_time_that_is_one(desk, punte, arguments):
    assert punte("endpoint", *arguments).code == 2
    assert desk.asked == []


def test_a_resume_says_what_it_ended(desk, punte):
    result = punte("endpoint", "resume", "anpis-cases", "--reason", "moved")
    assert desk.asked[-1][0] == "endpoint_resume"
    assert "the pause ended; it is no longer left alone" in result.err


def test_a_resume_of_what_flows_says_that_there_was_nothing_to_do(desk, punte):
    answer = json.loads(punte("endpoint", "resume", "anpis-cases", "--reason", "moved", "--json").out)
    desk.answers["endpoint_resume"] = answer | {"pause_ended": False, "breaker_closed": False}
    result = punte("endpoint", "resume", "anpis-cases", "--reason", "to be sure")
    assert (result.code, "nothing to resume" in result.err) == (0, True)


@pytest.mark.parametrize("arguments", [["list"], ["show", "x"], ["pause", "x", "--reason", "y"]])
def test_every_answer_is_there_as_json(desk, punte, arguments):
    assert json.loads(punte("endpoint", *arguments, "--json").out)


def test_the_status_shows_what_does_not_flow(desk, punte):
    status = json.loads(punte("status", "--json").out)
    (broken, _) = json.loads(punte("endpoint", "list", "--json").out)
    desk.answers["status"] = status | {"endpoints": [broken]}
    result = punte("status")
    assert "anpis-cases  anpis        broken" in result.out
    assert "punte endpoint list" in result.err


def test_the_last_failure_leads_to_its_message(desk, punte):
    answer = desk.answer("endpoint", {})[1]
    failure = {"message": "m1", "at": "2025-11-21T17:20:00Z", "code": "D101", "text": "its certificate expired"}
    desk.answers["endpoint"] = answer | {"failure": failure}
    result = punte("endpoint", "show", "anpis-cases")
    assert "D101 its certificate expired" in result.out
    assert "2025-11-21 19:20:00 +02" in result.out
    assert "punte messages timeline m1" in result.err
