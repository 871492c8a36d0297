"""All maps of the benchmark give the same record, findings and unmapped leaves."""

from datetime import date

import pytest

from tests.bench.documents import NAMESPACE, documents
from tests.bench.yardsticks.cnas import NotReadError
from tests.bench.yardsticks.one_pass import read
from tests.bench.yardsticks.opening import inner
from tests.bench.yardsticks.xpath_map import read_as_text, read_precompiled

ON = date(2026, 1, 31)
PERSON = 'pid="2850415123450" cid="40285041512345000017"'


def a_document(person: str = f'{PERSON} state="1"', rows: str = "") -> str:
    return f'<insuredResponse xmlns="{NAMESPACE}"><insured {person}>{rows}</insured></insuredResponse>'


def categories(*rows: str) -> str:
    return a_document(rows=f"<categories>{''.join(f'<category {row}/>' for row in rows)}</categories>")


def states(*rows: str) -> str:
    return a_document(rows=f"<states>{''.join(f'<state {row}/>' for row in rows)}</states>")


CORNERS = {
    "nothing but the state": a_document(),
    "not insured": a_document(f'{PERSON} state="2"'),
    "deceased": a_document(f'{PERSON} state="3"'),
    "no cid": a_document('pid="2850415123450" state="1"'),
    "no pid": a_document('state="1"'),
    "wrong check digit": a_document('pid="2850415123451" state="1"'),
    "thirteen zeros": a_document('pid="0000000000000" state="1"'),
    "NIF": a_document('pid="9000000001236" state="1"'),
    "serial 000": a_document('pid="1850415120006" state="1"'),
    "resident": a_document('pid="7200515123454" state="1"'),
    "unknown category": categories('code="ALTA"'),
    "blank category": categories('code=" " validFrom="2020-01-01"', 'code=""'),
    "category with blanks": categories('code=" SOMER "'),
    "dates that mean nothing": categories('code="PFA" validFrom="1900-01-01" validTo="9999-12-31"'),
    "an end that means nothing": categories('code="PFA" validFrom="2020-01-01" validTo="9999-12-31"'),
    "no end": categories('code="PFA" validFrom="2020-01-01"'),
    "no start, an end": categories('code="PFA" validTo="2020-01-01"'),
    "dates with zones": categories('code="PFA" validFrom="2020-01-01Z" validTo="2021-01-01+02:00"'),
    "ends before it starts": categories('code="PFA"', 'code="PFA" validFrom="2020-01-02" validTo="2020-01-01"'),
    "one state": states('code="DIABET"'),
    "two states": states('code="DIABET"', 'validFrom="2020-01-01" code="DIABET"'),
    "empty lists": a_document(rows="<categories/><states/>"),
}


@pytest.mark.parametrize("document", documents(40, seed=7))
def test_maps_agree_on_documents_of_the_benchmark(document):
    one, compiled, text = (apply(inner(document.encode()), on=ON) for apply in (read, read_precompiled, read_as_text))
    assert one == compiled == text
    assert one.record is not None


@pytest.mark.parametrize("name", CORNERS)
def test_maps_agree_in_the_corners(name):
    root = inner(CORNERS[name].encode())
    assert read(root, on=ON) == read_precompiled(root, on=ON) == read_as_text(root, on=ON)


@pytest.mark.parametrize("apply", [read, read_precompiled, read_as_text])
@pytest.mark.parametrize("day", ["12020-01-01", "-2020-01-01"])
def test_a_year_outside_the_calendar_is_refused(apply, day):
    root = inner(categories(f'code="PFA" validFrom="{day}"').encode())
    with pytest.raises(NotReadError):
        apply(root, on=ON)


def test_documents_of_the_benchmark_show_what_maps_have_to_do():
    read_all = [read(inner(document.encode()), on=ON) for document in documents(40)]
    assert {finding["code"] for one in read_all for finding in one.findings} == {"M205", "C202", "C301"}
    assert all(len(one.unmapped) >= 20 for one in read_all)
    assert any("code" not in item["kind"] for one in read_all for item in one.record["insurance"])


def test_the_same_seed_gives_the_same_documents():
    assert documents(3, seed=5) == documents(3, seed=5) != documents(3, seed=6)
