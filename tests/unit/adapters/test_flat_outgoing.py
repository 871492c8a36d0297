"""Files that the flat adapter writes: names, what stands around the rows, and what no file can carry."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.flat.dropbox import Dropbox
from adapters.flat.outgoing import Outgoing, check
from hub_core.delivering.choosing import make
from hub_core.directory import Direction, Endpoint
from hub_core.directory.policy import Collect
from hub_core.document import Document
from hub_core.errors import ConfigError, Rejected
from hub_core.rows import Column, Description, Record

AT = datetime(2025, 11, 30, 22, 30, tzinfo=UTC)  # past midnight in Bucharest
LIST = Description(
    name="town/list",
    encoding="iso-8859-2",
    form="fixed",
    header=Record(
        token="H",
        columns=(
            Column(name="number", width=3, align="right", pad="0", type="integer"),
            Column(name="date", width=10, type="date", format="%d.%m.%Y"),
            Column(name="month", width=2),
        ),
    ),
    row=Record(token="D", columns=(Column(name="name", width=8, required=True),)),
    trailer=Record(
        token="T",
        columns=(Column(name="count", width=1, type="integer", equals="count"),),
    ),
)
SAYS = {"folder": "town/in", "header": {"number": "{number}", "date": "{date}"}}
TOWN = Endpoint(
    institution="town", direction=Direction.OUT, adapter="flat", service="lists", collect=Collect(every=timedelta(1))
)


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    (tmp_path / "town" / "in").mkdir(parents=True)
    monkeypatch.setenv("PUNTE_FILES", str(tmp_path))


def outgoing(**changes):
    return Outgoing("town", TOWN, Dropbox(**SAYS | changes), LIST)


def a_row(name="ŞERBAN", month="11"):
    return Document(kind="json", root={"name": name, "header": {"month": month}}, name="town/list", dialect="ROWS")


def test_a_file_has_its_number_the_day_there_and_its_count():
    whole = outgoing().whole([a_row(), a_row("POP")], number=7, at=AT)
    assert whole.body.decode("iso-8859-2").splitlines() == ["H00701.12.202511", "DŞERBAN  ", "DPOP     ", "T2"]
    assert (whole.name, whole.first_line) == ("town_20251201_000007.txt", 2)


def test_a_name_is_made_of_the_parts_that_it_names():
    whole = outgoing(name="borderou_{number}.{date}T{time}").whole([a_row()], number=12, at=AT)
    assert whole.name == "borderou_000012.20251201T003000"


@pytest.mark.parametrize("name", ["ȘERBAN-POPESCU", "Łukász Ω", ""])
def test_a_row_that_the_file_cannot_carry_is_told_by_its_column_and_without_its_value(name):
    with pytest.raises(Rejected) as refused:
        outgoing().kind(a_row(name))
    assert refused.value.code.startswith("F1")
    assert name not in refused.value.text or not name


def test_what_the_settings_say_is_no_fault_of_a_row():
    with pytest.raises(ConfigError) as refused:
        outgoing(header={"number": "{number}", "date": "today"}).kind(a_row())
    assert refused.value.where == "settings"


def test_a_count_that_is_too_long_for_its_column_is_a_fault_of_all_rows_together():
    with pytest.raises(Rejected):
        outgoing().whole([a_row()] * 10, number=1, at=AT)
    made = make(outgoing(), [a_row()] * 10, 1, AT)
    assert (made.rows, made.whole.body.count(b"\nD")) == (5, 5)


def test_rows_that_say_different_things_of_the_header_are_of_different_files():
    out = outgoing()
    assert out.kind(a_row()) == out.kind(a_row("POP"))
    assert out.kind(a_row()) != out.kind(a_row(month="12"))


async def test_the_same_file_again_changes_nothing(tmp_path):
    for _ in range(2):
        await outgoing().put("a.txt", b"rows")
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "town" / "in").iterdir()] == [("a.txt", b"rows")]


@pytest.mark.parametrize(
    ("says", "where"),
    [({"name": "list.txt"}, "settings.name"), ({"trailer": {"sum": "0"}}, "settings.trailer")],
)
def test_settings_that_cannot_be_meant_are_refused(says, where):
    with pytest.raises(ConfigError) as refused:
        check(Dropbox(folder="town/in", **says), LIST)
    assert refused.value.where == where
