"""Reading documents without a hub, with the shipped mappings: whatever the file is, there is one line for it."""

import json
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub_core.codes import CODES
from hub_core.places import MAPPINGS
from registry.offline.reading import open_reader

FLAT = {".csv", ".txt"}  # a file of rows does not say which description it keeps
FIXTURES = sorted(path for path in MAPPINGS.glob("*/fixtures/*") if path.suffix not in FLAT)
DAY = date(2025, 11, 21)
KEYS = ["file", "mapping", "record", "findings", "unmapped"]


@pytest.fixture(scope="module")
def reader():
    return open_reader()


@pytest.fixture
def files(tmp_path):
    """Write files and return their folder."""

    def write(**bodies):
        for name, body in bodies.items():
            (tmp_path / name).write_bytes(body if isinstance(body, bytes) else body.encode())
        return tmp_path

    return write


def read_lines(place, *arguments, code=0):
    return [json.loads(line) for line in place.punte("read", *arguments, "--json", code=code).out.splitlines()]


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_every_document_beside_a_mapping_is_recognised(reader, path):
    reading = reader.read_file(path, on=DAY)
    assert reading.mapping is not None or reading.record is not None


def test_one_line_per_file_in_the_order_given(place):
    given = [FIXTURES[-1], FIXTURES[0], FIXTURES[3]]
    lines = read_lines(place, *given)
    assert [line["file"] for line in lines] == [str(path) for path in given]
    assert all(list(line) == KEYS for line in lines)
    assert all(line["record"] for line in lines)


def test_a_folder_is_walked(place):
    assert [line["file"] for line in read_lines(place, MAPPINGS / "cnas", code=None)] == [
        str(path) for path in sorted((MAPPINGS / "cnas").rglob("*")) if path.is_file()
    ]


def test_values_are_plain_in_json_and_masked_on_the_screen(place):
    path = MAPPINGS / "cnas" / "fixtures" / "insured.xml"
    (line,) = read_lines(place, path)
    number = line["record"]["identifiers"][0]["value"]
    assert number in path.read_text()
    assert number not in place.punte("read", path).out
    assert number in place.punte("read", path, "--reveal").out


def test_many_files_are_a_table(place):
    out = place.punte("read", MAPPINGS / "eessi" / "fixtures").out.splitlines()
    assert out[0].split() == ["FILE", "RESULT", "MAPPING", "FINDINGS", "UNMAPPED"]
    assert len(out) == 1 + len(list((MAPPINGS / "eessi" / "fixtures").iterdir()))


BAD = {
    "empty": (b"", "B109"),
    "blank": (b" \n\t", "B109"),
    "text": (b"Subject: hello", "V301"),
    "table.tsv": (b"file\tpath\n", "V301"),
    "binary": (bytes(range(256)) * 40, "V301"),
    "other.json": (b'{"documents": [], "subject": {}}', "V301"),
    "list.json": (b"[1, 2]", "V301"),
    "broken.json": (b'{\n "sed": "P2000",\n}', "B103"),
    "twice.json": (b'{"sed": "P2000", "sed": "P2000"}', "B104"),
    "deep.json": (b"[" * 100_000, "B107"),
    "record.json": (b'{"name": {"family": 5}}', "C101"),
    "broken.xml": (b"<a>\n<b></a>", "B101"),
    "bomb.xml": (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "B102"),
    "other.xml": (b"<a/>", "V302"),
    "large.json": (b'{"a": "' + b"x" * 10_000_001 + b'"}', "B413"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_a_finding_with_a_code_and_never_a_crash(reader, files, name):
    body, code = BAD[name]
    reading = reader.read_file(files(**{name: body}) / name, on=DAY)
    assert reading.record is None
    assert code in [finding.code for finding in reading.findings]


def test_broken_documents_are_refused_with_line_and_column(place, files):
    folder = files(**{"a.json": b'{\n "sed": "P2000",\n}', "b.xml": b"<a>\n<b></a>"})
    lines = read_lines(place, folder / "a.json", folder / "b.xml", code=1)
    assert [line["record"] for line in lines] == [None, None]
    assert all(finding.get("line") or "line" in finding["text"] for line in lines for finding in line["findings"])


def test_a_bad_file_does_not_stop_the_others(place, files):
    folder = files(bad=b"\x00\x01", good=(MAPPINGS / "cnas" / "fixtures" / "insured.xml").read_bytes())
    lines = read_lines(place, folder / "bad", folder / "missing", folder / "good", code=1)
    assert [bool(line["record"]) for line in lines] == [False, False, True]
    assert lines[1]["findings"][0]["code"] == "W304"


def test_a_pipe_and_a_device_are_refused_at_once(reader, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        assert [finding.code for finding in reader.read_file(path, on=DAY).findings] == ["W304"]


def test_a_name_that_is_no_utf8_is_still_one_line_of_json(place, tmp_path):
    name = os.fsdecode(b"a\xff\n.json")
    (tmp_path / name).write_bytes(b"{}")
    (line,) = read_lines(place, tmp_path, code=1)
    assert line["file"].endswith("a\\udcff\n.json")


@pytest.mark.parametrize("prefix", [b"", b"{", b'{"sed": ', b"<", b'<?xml version="1.0"?>', b"<a>", b"\xff\xfe<", b"["])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rest=st.binary(max_size=200))
def test_any_bytes_give_a_record_or_a_documented_code(reader, prefix, rest):
    reading = reader.read(prefix + rest, name="x", on=DAY)
    assert reading.record is not None or reading.findings
    assert all(finding.code in CODES for finding in reading.findings)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_damage_to_a_good_document_gives_a_record_or_a_documented_code(reader, data):
    body = bytearray(data.draw(st.sampled_from(FIXTURES)).read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    reading = reader.read(bytes(body), name="x", on=DAY)
    assert reading.record is not None or reading.findings
    assert all(finding.code in CODES for finding in reading.findings)


def test_a_day_decides_which_faults_are_found(place, record_file):
    (line,) = read_lines(place, record_file, "--on", "1980-01-01")
    assert "C302" in [finding["code"] for finding in line["findings"]]


@pytest.mark.shared
def test_the_real_documents_are_read_and_whatever_else_lies_there_is_told_apart(reader, shared):
    expected = json.loads((Path(__file__).parents[1] / "seds" / "refused.json").read_text())
    root = shared / "eessi"
    for name, place in expected["unparseable"].items():
        (finding,) = reader.read_file(root / name, on=DAY).findings
        assert finding.code == "B103"
        assert finding.line in {place["line"], place["comma"]["line"]}
    for name in expected["not a SED"]:
        assert [finding.code for finding in reader.read_file(root / name, on=DAY).findings] == ["V301"], name
    refused = [
        path.name for path in sorted((root / "sed").rglob("*.json")) if reader.read_file(path, on=DAY).record is None
    ]
    assert refused == []
