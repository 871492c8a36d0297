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
