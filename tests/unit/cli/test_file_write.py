"""What ``punte file write`` asks of the desk, and what it prints."""

import json

import pytest

pytestmark = pytest.mark.network

NOW = ("file", "write", "town", "--reason", "the month ends", "--yes")


def writes(desk):
    return [arguments for verb, arguments in desk.asked if verb == "file_write"]


def test_a_dry_run_says_how_many_wait_and_what_fits_into_no_file(desk, punte):
    result = punte("file", "write", "town", "--dry-run")
    assert result.code == 1
    assert [line.rstrip() for line in result.out.splitlines()] == [
        "messages   1,204, the oldest since 2025-11-21 11:12:00 +02",
        "endpoint   collecting, until 2025-11-21 16:00:00 +02",
        "next file  town_20251121_000007.csv, rows: 1,201",
        "MESSAGES  CODE  FITS INTO NO FILE",
        "       3  F116  the column is blank (name)",
    ]
    assert desk.asked == [("file_draft", {"name": "town"})]


def test_a_dry_run_for_programs_is_the_desks_answer(desk, punte):
    desk.answers["file_draft"] = desk.answer("file_draft", {})[1] | {"unfit": []}
    result = punte("file", "write", "town", "--dry-run", "--json")
    assert result.code == 0
    assert json.loads(result.out) == desk.answers["file_draft"]


def test_a_file_is_written_with_who_and_why(desk, punte):
    result = punte(*NOW)
    assert result.code == 0
    (act,) = writes(desk)
    assert act.pop("by")
    assert act == {"name": "town", "reason": "the month ends"}
    assert result.out.index("1,204, the oldest") < result.out.index("town_20251121_000007.csv  1,204")


def test_what_is_in_no_file_needs_a_person(desk, punte):
    answer = desk.answer("file_write", {})[1]
    desk.answers["file_write"] = answer | {"file": answer["file"] | {"lines": 1201}, "waiting": 0}
    result = punte(*NOW)
    assert result.code == 1
    assert "3 are in no file: punte parked" in result.err


def test_a_file_that_another_process_still_has_to_put_is_not_counted_twice(desk, punte):
    answer = desk.answer("file_write", {})[1]
    desk.answers["file_write"] = answer | {"file": answer["file"] | {"lines": 1000, "written_at": None}}
    result = punte(*NOW, "--json")
    assert (result.code, json.loads(result.out)["rows"]) == (1, 1000)


def test_nothing_that_waits_is_no_fault(desk, punte):
    nothing = {"waiting": 0, "oldest": None, "name": None, "rows": 0, "unfit": []}
    desk.answers["file_draft"] = desk.answer("file_draft", {})[1] | nothing
    result = punte(*NOW)
    assert (result.code, result.out, writes(desk)) == (0, "", [])
    assert "nothing waits at town" in result.err


def test_a_person_is_asked_and_a_reason_is_needed(desk, punte):
    assert punte("file", "write", "town", "--reason", "the month ends").code == 2  # nobody sits there
    assert punte("file", "write", "town", "--yes").code == 2
    assert writes(desk) == []
