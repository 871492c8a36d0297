"""Log lines: one line each, whatever is told, and nothing of a person."""

import json
import logging
import re

import pytest

from hub_core.observe import JsonLines
from hub_core.trace import Trace, following

CNP = "2850415123450"
REFERENCE = "01938f3c-1111-7234-8123-123456789012"


def line(name="punte.test", event="a.thing", **facts):
    record = logging.makeLogRecord({"name": name, "levelname": "INFO", "msg": event, "created": 0.0, **facts})
    return JsonLines().format(record)


@pytest.mark.parametrize(
    "hostile", ["two\nlines", '"}\n{"event": "forged"}', "\x1b[2J", "\x7f", "\x9b31m", "\u202egnp", "\u2028", "\ud800"]
)
def test_a_value_can_neither_forge_a_line_nor_steer_a_terminal(hostile):
    written = line(detail=hostile)
    assert written.isascii()
    assert written.isprintable()
    assert json.loads(written)["detail"] == hostile


@pytest.mark.parametrize(
    "number", [CNP, f"CNP {CNP}!", "285 041 512 3450", "285-041-512-3450", "RO49 1234 5678 9012 3456"]
)
def test_what_looks_like_the_number_of_a_person_is_not_written(number):
    written = line(detail=number)
    assert not re.search(r"\d\d\d", json.loads(written)["detail"])


def test_a_reference_is_written_as_it_is_whatever_its_digits():
    assert json.loads(line(reference=REFERENCE))["reference"] == REFERENCE


def test_of_an_exception_only_its_kind_and_place_are_told():
    try:
        int(f"cannot read {CNP}")
    except ValueError as error:
        written = line(exc_info=(ValueError, error, error.__traceback__))
    told = json.loads(written)
    assert told["error"] == "ValueError"
    assert told["place"].startswith(f"{__file__}:")
    assert "cannot read" not in written


def test_of_a_library_only_the_place_is_told():
    written = line(
        name="asyncio", event=f"Task exception was never retrieved: ValueError('{CNP}, Ionescu')", pathname="/x.py"
    )
    told = json.loads(written)
    assert (told["event"], told["library"]) == ("library.spoke", "asyncio")
    assert told["place"].startswith("/x.py:")
    assert "Ionescu" not in written


def test_a_fact_without_end_is_cut():
    assert len(line(detail="x" * 100_000)) < 1_000


def test_a_line_tells_the_trace_that_the_work_belongs_to():
    with following(Trace("0af7651916cd43dd8448eb211c80319c")):
        assert json.loads(line())["trace"] == "0af7651916cd43dd8448eb211c80319c"
    assert "trace" not in json.loads(line())
