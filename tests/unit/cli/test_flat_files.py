"""Flat files are read row by row, and written whole."""

import io
import json
import sys
from types import SimpleNamespace

import pytest

from hub_core.places import MAPPINGS

MONTHLY = MAPPINGS / "anofm" / "fixtures" / "monthly.csv"
PAYMENTS = MAPPINGS / "cnpp" / "fixtures" / "payments.txt"
SET = {"cnpp.payments/1": ("--set", "header.date=20251103"), "anofm.monthly/1": ()}


@pytest.fixture(autouse=True)
def _a_cache_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize(("file", "name"), [(MONTHLY, "anofm.monthly/1"), (PAYMENTS, "cnpp.payments/1")])
def test_a_file_that_is_read_is_written_again_byte_for_byte(file, name, punte, tmp_path):
    (tmp_path / "records.jsonl").write_text(punte("read", file, "--json").out)
    done = punte("write", "--as", name, tmp_path / "records.jsonl", "--out", tmp_path / "file", *SET[name])
    assert (done.code, "carries the whole record" in done.err) == (0, True)
    assert (tmp_path / "file").read_bytes() == file.read_bytes()


def test_records_come_from_several_files_and_from_standard_input(punte, tmp_path, monkeypatch):
    first, second = punte("read", MONTHLY, "--json").out.splitlines()
    (tmp_path / "first.json").write_text(first)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(second.encode())))
    done = punte("write", "--as", "anofm.monthly/1", tmp_path / "first.json", "-", "--out", tmp_path / "file")
    assert done.code == 0
    assert (tmp_path / "file").read_bytes() == MONTHLY.read_bytes()


def test_each_row_is_a_document_and_a_bad_one_is_told_with_its_line(punte, tmp_path):
    bad = MONTHLY.read_bytes().replace(b";BV;", b";Brasov;")
    (tmp_path / "list.csv").write_bytes(bad)
    done = punte("read", tmp_path / "list.csv", "--json")
    good, refused = lines(done.out)
    assert (done.code, good["file"], refused["file"]) == (1, f"{tmp_path}/list.csv:2", f"{tmp_path}/list.csv:3")
    assert good["record"]["name"]["family"] == "IONESCU-POPA"
    (finding,) = refused["findings"]
    assert (finding["code"], finding["line"], finding["source"]) == ("F106", 3, "county")


def test_a_file_that_was_cut_is_told_where_its_mapping_is_named(punte, tmp_path):
    (tmp_path / "list.txt").write_bytes(PAYMENTS.read_bytes().rpartition(b"T000")[0])
    (unknown,) = lines(punte("read", tmp_path / "list.txt", "--json").out)
    assert [one["code"] for one in unknown["findings"]] == ["V301"]
    (named,) = lines(punte("read", tmp_path / "list.txt", "--json", "--as", "cnpp.payments/1").out)
    assert [one["code"] for one in named["findings"]] == ["F110"]


def test_a_record_that_the_row_cannot_carry_is_told_with_its_line_and_no_file_is_written(punte, tmp_path):
    (tmp_path / "records.jsonl").write_text(punte("read", MONTHLY, "--json").out)
    done = punte("write", "--as", "cnpp.payments/1", tmp_path / "records.jsonl", "--json")
    answer = json.loads(done.out)
    assert (done.code, answer["document"]) == (1, None)
    assert {(one["code"], one["line"], one.get("source")) for one in answer["findings"]} >= {("F105", 3, "amount")}


def test_several_records_are_no_document_of_another_kind(punte, tmp_path):
    (tmp_path / "records.jsonl").write_text(punte("read", MONTHLY, "--json").out)
    done = punte("write", "--as", "dgep.person/1", tmp_path / "records.jsonl")
    assert (done.code, "M113 a document holds one record" in done.err) == (1, True)


def test_a_value_of_no_part_of_the_file_is_wrong_usage(punte, tmp_path):
    (tmp_path / "records.jsonl").write_text(punte("read", MONTHLY, "--json").out)
    assert punte("write", "--as", "anofm.monthly/1", tmp_path / "records.jsonl", "--set", "row.cnp=1").code == 2


SHORTENED = MONTHLY.read_bytes().replace(b"2850415123450", b"2,85042E+12")


def test_a_file_is_checked_before_it_is_sent(punte):
    done = punte("file", "check", MONTHLY)
    assert done.code == 0
    assert "2: 2 would be taken, 0 refused" in done.out
    assert "not UTF-8; read as cp1250" in done.out


def test_each_faulty_row_is_told_with_its_line_and_the_mend_and_no_value(punte, tmp_path):
    (tmp_path / "list.csv").write_bytes(SHORTENED.replace(b";01", b";77"))
    done = punte("file", "check", tmp_path / "list.csv", "--as", "anofm.monthly/1")
    first, second = done.out.splitlines()[-2:]
    assert (done.code, "2: 0 would be taken, 2 refused" in done.out) == (1, True)
    assert first.split()[:3] == ["2", "cnp", "F119"]
    assert "Format the column as text" in first
    assert second.split()[:3] == ["3", "reason", "M204"]
    assert "E+12" not in done.out


def test_each_checked_file_is_a_line_of_json(punte, tmp_path):
    (tmp_path / "list.csv").write_bytes(SHORTENED)
    (tmp_path / "other").write_bytes(b"nothing known")
    done = punte("file", "check", tmp_path / "list.csv", tmp_path / "other", "--json")
    known, unknown = lines(done.out)
    assert (known["result"], known["rows"], known["refused_rows"]) == ("taken", 2, 1)
    assert [(one["line"], one["code"], bool(one["help"])) for one in known["faults"]] == [(2, "F119", True)]
    assert (unknown["result"], unknown["findings"][0]["code"], unknown["description"]) == ("refused", "V301", "")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (PAYMENTS.read_bytes().rpartition(b"T000")[0], "F110"),
        (PAYMENTS.read_bytes().decode("iso-8859-16").encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04", "F124"),
    ],
)
def test_a_file_that_would_be_refused_as_a_whole_is_told_as_one(punte, tmp_path, body, told):
    (tmp_path / "list").write_bytes(body)
    done = punte("file", "check", tmp_path / "list", "--as", "cnpp.payments/1")
    assert (done.code, told in done.out, "would be taken" in done.out) == (1, True, False)


def test_a_mapping_of_other_documents_cannot_check_files_of_rows(punte):
    assert punte("file", "check", MONTHLY, "--as", "cnas.insured-person/1").code == 2


def test_a_list_in_json_lines_is_read_by_its_content(punte, tmp_path):
    schemas, mappings = tmp_path / "schemas", tmp_path / "mappings"
    (schemas / "partners/x").mkdir(parents=True)
    mappings.mkdir()
    (schemas / "partners/x/list.rows.yaml").write_text(
        "encoding: utf-8\nform: json-lines\nrow: {columns: [{name: cnp, path: person/cnp}]}\n"
    )
    (mappings / "list.yaml").write_text(
        'mapping: x.list/1\nsource: {rows: "partners/x/list.rows.yaml"}\ntarget: Beneficiary@1\n'
        "fields:\n  identifiers[scheme=ro.cnp].value: {at: cnp, as: cnp, need: required}\n"
    )
    (tmp_path / "list").write_text('{"person": {"cnp": "2850415123450"}}\n{"person": {"cnp": "1900101123457"}}\n')
    options = ("--root", mappings, "--schemas", schemas)
    first, second = lines(punte("read", tmp_path / "list", "--json", *options).out)
    assert (first["file"], second["record"]["identifiers"][0]["value"]) == (f"{tmp_path}/list:1", "1900101123457")
    assert punte("file", "check", tmp_path / "list", *options).code == 0
