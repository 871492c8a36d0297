"""What commands that change something ask of the desk, and what they print."""

import json

import pytest

from cli.desk import WRITING
from registry.desk.desk import VERBS

pytestmark = pytest.mark.network

MESSAGE = "019aa6f0-0000-7000-8000-000000000002"


def test_a_set_is_sent_with_its_files_and_its_folder(desk, punte, tmp_path):
    folder = tmp_path / "registry"
    folder.mkdir()
    (folder / "a.yaml").write_text("institutions: {cnas: {name: Casa Națională}}\n", encoding="utf-8")
    (folder / "notes.txt").write_text("not a registry file", encoding="utf-8")
    result = punte("apply", folder, "--note", "first")
    verb, arguments = desk.asked[-1]
    assert (verb, result.code) == ("apply", 0)
    assert arguments.pop("by")
    assert arguments == {
        "files": {"a.yaml": "institutions: {cnas: {name: Casa Națională}}\n"},
        "folder": str(folder),
        "note": "first",
    }
    assert "registry set 4 is in force" in result.out


def test_a_plan_shows_every_change_and_applies_nothing(desk, punte, tmp_path):
    (tmp_path / "a.yaml").write_text("{}\n")
    result = punte("apply", tmp_path, "--plan")
    assert [verb for verb, _ in desk.asked] == ["plan"]
    assert "+ endpoints: seds" in result.out
    assert '    when[0].equals: "a" -> nothing' in result.out
    assert "- access: old" in result.out
    assert "nothing was applied" in result.out
    assert "endpoints.yaml:3:3: warning: R201" in result.err


def test_a_faulty_set_names_every_place_and_mend(desk, punte, tmp_path):
    (tmp_path / "a.yaml").write_text("{}\n")
    fault = {"code": "R105", "severity": "error", "text": "there is no institution 'cnsa'", "rule": "a.yaml:3:5", "line": 3, "help": "write 'cnas' instead"}  # fmt: skip
    other = fault | {"code": "R102", "text": "there is no field 'dirction'", "rule": "a.yaml:9:1"}
    desk.errors["apply"] = {"code": "R105", "text": fault["text"], "where": "a.yaml:3:5", "mend": fault["help"], "findings": [fault, other]}  # fmt: skip
    result = punte("apply", tmp_path)
    assert result.code == 1
    assert result.err.splitlines() == [
        "a.yaml:3:5: R105 there is no institution 'cnsa'",
        "    write 'cnas' instead",
        "a.yaml:9:1: R102 there is no field 'dirction'",
        "    write 'cnas' instead",
        "error: 2 faults; nothing was changed",
    ]


def test_a_file_that_is_not_utf8_is_named_with_its_line(desk, punte, tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"institutions:\n  cnas: {name: \xff}\n")
    result = punte("apply", tmp_path)
    assert result.code == 1
    assert "a.yaml:2:16" in result.err
    assert desk.asked == []


@pytest.mark.parametrize(
    "arguments", [[], ["--history", "--rollback", "3"], ["--plan"], ["--plan", "--history"], ["/nonexistent"]]
)
def test_apply_does_one_thing_at_a_time(desk, punte, arguments):
    assert punte("apply", *arguments).code == 2
    assert desk.asked == []


def test_a_rollback_names_set_and_reason(desk, punte):
    punte("apply", "--rollback", "3", "--note", "it was better")
    verb, arguments = desk.asked[-1]
    assert verb == "rollback"
    assert (arguments["number"], arguments["reason"]) == (3, "it was better")


def test_a_new_key_is_alone_on_standard_output_in_a_pipe(desk, punte):
    result = punte("key", "new", "cnas-2025", "--institution", "cnas")
    assert result.out == "punte_SECRET\n"


def test_an_incomplete_query_ends_with_1_and_names_who_is_missing(desk, punte):
    result = punte("query", "person", "2850415123450", "--purpose", "benefit-application")
    assert result.code == 1
    assert "incomplete: no answer from anaf; this does not mean no" in result.out
    lines = [line.split() for line in result.out.splitlines()]
    assert ["≠", "birth.date", "1985-…", "1986-…"] in lines
    assert ["≠", "birth.date", "1985-…", "dgep"] in lines
    assert ["insured.state", "…", "(insured@1)", "cnas"] in lines
    assert "not known there" in result.out
    assert "019aa6f0-0000-7000-8000-000000000009 FIELD" in result.err


def test_a_query_reads_the_cnp_from_standard_input(desk, punte, monkeypatch):
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("2850415123450\n"))
    punte("query", "person", "-", "--purpose", "p", "--as", "ministry", "--on", "2025-11-01")
    _, arguments = desk.asked[-1]
    assert arguments.pop("by")
    assert arguments == {
        "name": "person",
        "cnp": "2850415123450",
        "purpose": "p",
        "institution": "ministry",
        "on": "2025-11-01",
    }


def test_a_person_whom_nobody_knows_is_no_failure(desk, punte):
    answer = desk.answer("query", {})[1]
    answer |= {"merged": None, "origins": {}, "findings": [], "complete": True}
    for source in answer["sources"]:
        source |= {"record": None, "verdict": "none", "findings": []}
    desk.answers["query"] = answer
    result = punte("query", "person", "2850415123450", "--purpose", "p")
    assert result.code == 0
    assert "no source knows this person" in result.err


def test_an_error_of_the_desk_is_one_line_and_its_mend(desk, punte):
    desk.errors["message"] = {"code": "J404", "text": "no message of this id is kept"}
    result = punte("messages", "show", "x")
    assert result.code == 1
    assert result.err.splitlines() == [
        "error: J404 no message of this id is kept",
        "  Check the message id. Callers of the hub see their own messages only.",
    ]


def test_with_json_an_error_is_json_too(desk, punte):
    desk.errors["message"] = {"code": "J404", "text": "no message of this id is kept", "mend": "look again"}
    result = punte("messages", "show", "x", "--json")
    assert result.code == 1
    assert json.loads(result.out)["error"]["code"] == "J404"
    assert result.err == ""


def test_a_hub_that_does_not_answer_sensibly_is_not_reachable(desk, punte):
    desk.errors["status"] = {"code": "J503", "text": "the journal is not available"}
    assert punte("status").code == 3


def test_a_corrected_copy_is_handed_in_and_both_are_named(desk, punte, tmp_path):
    corrected = tmp_path / "corrected.xml"
    corrected.write_bytes(b"<mended/>")
    result = punte("messages", "repair", MESSAGE, "--with", corrected, "--reason", "wrong date")
    assert result.code == 0
    _, act = desk.asked[-1]
    assert act.pop("by")
    assert act == {"id": MESSAGE, "body": "PG1lbmRlZC8+", "reason": "wrong date"}
    assert f"{MESSAGE}, now accepted" in result.out
    assert "019aa6f0-0000-7abc-8abc-000000000002, delivering" in result.out


def test_a_corrected_copy_that_is_refused_too_ends_with_1(desk, punte, tmp_path):
    corrected = tmp_path / "corrected.xml"
    corrected.write_bytes(b"<no")
    finding = {"code": "B101", "severity": "error", "text": "breaks off"}
    desk.answers["repair"] = desk.answer("repair", {})[1] | {"kept": False, "copy": None, "findings": [finding]}
    result = punte("messages", "repair", MESSAGE, "--with", corrected, "--reason", "wrong date")
    assert result.code == 1
    assert "nothing was kept or changed" in result.out
    assert "B101" in result.out


@pytest.mark.parametrize("code", ["J503", "W503"])
@pytest.mark.parametrize(
    ("command", "look", "again"),
    [
        (["endpoint", "pause", "cases", "--reason", "x"], "punte endpoint show cases", "repeating it does no harm"),
        (["key", "new", "cnas-2", "--institution", "cnas"], "punte key list", "repeat it only if it was not"),
    ],
)
def test_an_act_whose_end_is_not_known_says_so_and_how_to_look(desk, punte, code, command, look, again):
    desk.errors["_".join(command[:2])] = {"code": code, "text": "no answer came"}
    result = punte(*command)
    assert result.code == 3
    assert "it is not known whether this was done: no answer came" in result.err
    assert f"{look}; {again}" in " ".join(result.err.split())


def test_an_act_that_was_refused_is_not_in_doubt(desk, punte):
    desk.errors["endpoint_pause"] = {"code": "R105", "text": "there is no endpoint of this name"}
    assert "not known whether" not in punte("endpoint", "pause", "cases", "--reason", "x").err


@pytest.mark.parametrize("verb", sorted(WRITING))
def test_what_shows_whether_an_act_was_done_is_a_command_and_knows_what_it_needs(verb):
    _, kind = VERBS[verb]
    assert WRITING[verb].format_map(dict.fromkeys(kind.__struct_fields__, "x")).startswith("punte ")
