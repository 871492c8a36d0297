"""What an operator sees without revealing: structure, not values."""

import datetime as dt
import json
import re
import string
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.canonical import Beneficiary, Unmapped
from hub_core.canonical.benefit import BankAccount, Benefit
from hub_core.canonical.case import CaseReference, Exchange, Note
from hub_core.canonical.household import Relative
from hub_core.canonical.person import Address, Birth, Identifier, Name
from hub_core.canonical.values import Code, Country, Gap, Period
from hub_core.security.masking import DOTS, mask_at, mask_text, masked
from hub_core.testing.strategies import records as any_records

LETTERS = "aăâbcdeéfghiîjklmnoprsștțuvxz"
SECRET = "qx"  # in no field name, list name, scheme or country: what holds it was a personal value

words = st.text(LETTERS, min_size=1, max_size=12).map(lambda text: text.capitalize() + SECRET)
numbers = st.text(string.digits, min_size=13, max_size=13)
days = st.dates(min_value=dt.date(1880, 1, 1), max_value=dt.date(2099, 12, 31))


@st.composite
def names(draw: Any) -> Name:
    return Name(family=draw(words), given=draw(words), middle=draw(words), full=f"{draw(words)} {draw(words)}")


@st.composite
def persons(draw: Any, kind: type = Relative, **more: Any) -> Any:
    return kind(
        identifiers=(Identifier(scheme="ro.cnp", value=draw(numbers), country="RO"),),
        name=draw(names()),
        former_names=(draw(names()),),
        birth=Birth(date=draw(days).isoformat()),
        sex=Code(list="sex@1", code="female", text=draw(words)),
        addresses=(Address(street=draw(words), full=draw(words), postal_code=draw(numbers)[:6], country="RO"),),
        emails=(f"{draw(words)}@example.org",),
        **more,
    )


@st.composite
def records(draw: Any) -> Beneficiary:
    return draw(
        persons(
            Beneficiary,
            spouse=draw(persons()),
            children=tuple(draw(st.lists(persons(), max_size=2))),
            benefits=(
                Benefit(
                    scheme=Code(list="ben@1", code="state-child-allowance", text=draw(words)),
                    decision=f"{draw(numbers)}/{draw(days):%d.%m.%Y}",
                    period=Period(start=draw(days)),
                    holder=Identifier(value=draw(numbers)),
                ),
            ),
            bank_accounts=(BankAccount(iban="RO49AAAA" + draw(numbers), holder=draw(words)),),
            cases=(CaseReference(number=draw(numbers)),),
            notes=(Note(text=f"{draw(words)} {draw(numbers)} {draw(days)}"),),
            exchange=Exchange(system="EESSI", type="P2000", dialect="NAV", version="4.2"),
            gaps=(Gap(at="birth.place", why="unknown", text=draw(words)),),
            unmapped=(
                Unmapped(path="nav.bruker.x", value=draw(words)),
                Unmapped(path="nav.y", value=draw(numbers)),
                Unmapped(path="nav.z", value=draw(days).isoformat()),
            ),
        )
    )


def as_json(record: Beneficiary) -> dict[str, Any]:
    return msgspec.json.decode(msgspec.json.encode(record))


def strings(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [text for item in node.values() for text in strings(item)]
    if isinstance(node, list):
        return [text for item in node for text in strings(item)]
    return [node] if isinstance(node, str) else []


@given(records())
def test_no_name_number_or_date_survives(record):
    before = as_json(record)
    after = json.dumps(masked(before), ensure_ascii=False)
    assert SECRET not in after
    for text in strings(before):
        if any(character.isdigit() for character in text) and len(text) >= 6:
            assert text not in after


def shape(node: Any) -> Any:
    if isinstance(node, dict):
        return {name: shape(item) for name, item in node.items()}
    return [shape(item) for item in node] if isinstance(node, list) else None


SHOWN = re.compile(r"|.…|…([A-Za-z0-9]{2})?|…\w\w|[0-9]{4}(-…)?", re.DOTALL)
STAYS = {"list", "scheme", "country", "currency", "why", "at", "path", "code"}


def values(node: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value with the name of the field that holds it; what exchange holds may stay."""
    if isinstance(node, dict):
        for field, item in node.items():
            yield from () if field == "exchange" else values(item, field)
    elif isinstance(node, list):
        for item in node:
            yield from values(item, name)
    else:
        yield name, node


@given(any_records())
def test_whatever_the_model_admits_every_value_is_dots_or_the_end_of_a_number_or_a_year(record):
    for name, value in values(masked(as_json(record))):
        assert value is None or name in STAYS or SHOWN.fullmatch(value)


@given(any_records())
def test_the_structure_of_any_record_stays(record):
    assert shape(masked(as_json(record))) == shape(as_json(record))


@given(records())
def test_the_structure_stays(record):
    assert shape(masked(as_json(record))) == shape(as_json(record))


@given(records())
def test_masking_twice_is_masking_once(record):
    once = masked(as_json(record))
    assert SECRET not in json.dumps(masked(once))


def test_words_that_say_what_a_value_is_about_stay():
    record = {
        "identifiers": [{"scheme": "ro.cnp", "value": "2850415123450", "country": "RO"}],
        "sex": {"list": "sex@1", "code": "female"},
        "benefits": [{"scheme": {"list": "ro-benefit@1", "code": "HIV", "text": "Ajutor"}}],
        "insurance": [{"period": {"start": "2023-02-01", "open": {"list": "period-end@1", "code": "open"}}}],
        "incomes": [{"net": {"amount": "5850.00", "currency": "RON"}}],
        "exchange": {"system": "EESSI", "type": "P2000", "dialect": "NAV", "version": "4.2"},
        "gaps": [{"at": "birth.place", "why": "withheld"}],
        "unmapped": [{"path": "nav.bruker.kontakt", "value": "Oslo"}],
    }
    assert masked(record) == {
        "identifiers": [{"scheme": "ro.cnp", "value": "…50", "country": "RO"}],
        "sex": {"list": "sex@1", "code": DOTS},
        "insurance": [{"period": {"start": "2023-…", "open": {"list": "period-end@1", "code": "open"}}}],
        "benefits": [{"scheme": {"list": "ro-benefit@1", "code": DOTS, "text": DOTS}}],
        "incomes": [{"net": {"amount": DOTS, "currency": "RON"}}],
        "exchange": {"system": "EESSI", "type": "P2000", "dialect": "NAV", "version": "4.2"},
        "gaps": [{"at": "birth.place", "why": "withheld"}],
        "unmapped": [{"path": "nav.bruker.kontakt", "value": DOTS}],
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("scheme", "2850415123450"),
        ("country", "Popescu"),
        ("currency", "2850415123450"),
        ("list", "2850415123450"),
    ],
)
def test_a_sender_cannot_smuggle_a_value_through_a_field_that_stays(field, value):
    assert value not in json.dumps(masked({"x": {field: value}}))


def test_an_identifier_in_exchange_or_in_a_path_is_masked():
    record = {
        "exchange": {"system": "EESSI", "request": "2850415123450", "type": ["P2000"]},
        "unmapped": [{"path": "persons.2850415123450.name", "value": "x"}],
    }
    assert "2850415123450" not in json.dumps(masked(record))


def test_the_id_of_a_message_in_exchange_stays_whatever_its_digits():
    record = {"exchange": {"request": "01a205b4-c95e-7324-8962-025743a4bf12"}}
    assert masked(record) == record


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("  ", ""),
        ("1985", "1985"),
        ("1985-04", "1985-…"),
        ("15.04.1985", "1985-…"),
        ("19850415", "1985-…"),
        ("04.1985", "1985-…"),
        ("2020-01-01T10:00:00Z", "2020-…"),
        ("2850415123450", "…50"),
        ("285 0415 123450", "…50"),
        ("12345", DOTS),
        ("Maria Elena", DOTS),
        ("12345/ab", "…ab"),
    ],
)
def test_a_text_of_which_nothing_is_known_shows_at_most_a_year_or_an_end(text, shown):
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    ("path", "value", "shown"),
    [
        ("name.family", "Ionescu", "I…"),
        ("children[0].name.normal.key", "ELENA IONESCU", "E…"),
        ("name.family", "5151", DOTS),
        ("identifiers[0].value", "2850415123450", "…50"),
        ("identifiers[0].value", "1985", DOTS),
        ("addresses[0].number", "10", DOTS),
        ("birth.date", "1985-04-15", "1985-…"),
        ("exchange.type", "P2000", "P2000"),
        ("exchange.request", "popescu@example.org!", DOTS),
        ("spouse", {"name": {"given": "Ana"}}, {"name": {"given": "A…"}}),
        ("households[0].size", 4, DOTS),
        ("unmapped[0].value", "Ionescu", DOTS),
        ("death", None, None),
    ],
)
def test_a_value_is_masked_by_its_canonical_path(path, value, shown):
    assert mask_at(path, value) == shown


@pytest.mark.parametrize(("kind", "value"), [(Country, "RO"), (Country, "CSHH"), (str, "RON")])
def test_countries_and_currencies_of_the_model_stay(kind, value):
    field = "currency" if kind is str else "country"
    assert masked({"x": [{field: msgspec.convert(value, kind)}]}) == {"x": [{field: value}]}


def test_a_country_with_a_line_break_is_no_country():
    assert masked({"country": "RO\n"}) == {"country": DOTS}
