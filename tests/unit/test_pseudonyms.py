"""Pseudonyms: other texts of the same form, the same always the same, check digits as right as they were."""

import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.canonical.identifiers import cnp, cui, iban, siruta
from hub_core.canonical.names import normal_name
from hub_core.pseudonyms import Pseudonyms
from hub_core.pseudonyms.days import FIRST, LAST
from hub_demo import identifiers as country

ONE = Pseudonyms(b"a secret")
ROMANIAN = "abcdefghijklmnopqrstuvwxyzăâîșțşţ"
NORWEGIAN = "abcdefghijklmnopqrstuvwxyzæøå"
DAYS = st.dates(date(1900, 1, 1), date(2030, 12, 31))
WORDS = st.text(ROMANIAN + NORWEGIAN + ROMANIAN.upper(), min_size=2, max_size=20)


def form(text):
    """Return the kind of each character: what has to stay."""
    return [("A" if one.isupper() else "a") if one.isalpha() else "0" if one.isdigit() else one for one in text]


@given(st.text(ROMANIAN + NORWEGIAN + "αβγджщ0123456789 .,-/@", max_size=60))
def test_length_case_and_signs_stay(text):
    assert form(ONE.text(text)) == form(text)


@given(WORDS)
def test_a_word_becomes_another_one(text):
    if any(one in ROMANIAN[:26] for one in text.lower()):
        assert ONE.text(text) != text


@given(st.lists(st.text("abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=6), min_size=2, max_size=30, unique=True))
def test_no_two_words_become_one(words):
    assert len({ONE.text(word) for word in words}) == len(words)


@given(st.text("aeioustțșăâînrm", min_size=3, max_size=12))
def test_letters_keep_their_marks_and_the_form_in_which_they_came(text):
    other = ONE.text(text)
    for before, after in zip(text, other, strict=True):
        marked = [unicodedata.normalize("NFD", one)[1:] for one in (before, after)]
        assert bool(marked[0]) == bool(marked[1])
        if before in "șț":
            assert after in "șț"


@given(st.text("abcdefghijklmnopqrstuvwxyzșț", min_size=2, max_size=12))
def test_comma_cedilla_and_bare_letters_get_names_that_compare_as_equal(text):
    cedilla = text.replace("ș", "ş").replace("ț", "ţ")
    bare = text.replace("ș", "s").replace("ț", "t").upper()
    keys = {normal_name(ONE.text(one), None, None)["key"] for one in (text, cedilla, bare)}
    assert len(keys) == 1


@given(DAYS, DAYS)
def test_order_and_distance_of_days_stay(one, other):
    moved = [date.fromisoformat(ONE.text(day.isoformat())) for day in (one, other)]
    assert moved[0] - moved[1] == one - other
    assert one - moved[0] >= timedelta(days=366)


@given(DAYS)
def test_one_day_is_one_day_however_it_is_written(day):
    moved = date.fromisoformat(ONE.text(day.isoformat()))
    assert ONE.text(f"{day:%d.%m.%Y}") == f"{moved:%d.%m.%Y}"
    assert ONE.text(f"{day:%Y%m%d}") == f"{moved:%Y%m%d}"
    assert ONE.text(f"{day:%Y-%m-%d}T10:15:00Z") == f"{moved:%Y-%m-%d}T10:15:00Z"


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "31.12.9999", "1800-01-01"])
def test_days_that_stand_for_no_day_stay(day):
    assert not FIRST <= date.fromisoformat("-".join(reversed(day.split("."))) if "." in day else day) <= LAST
    assert ONE.text(day) == day


@given(DAYS, st.booleans(), st.integers(1, 40), st.integers(1, 999))
def test_a_cnp_stays_true_and_says_the_moved_birth_and_the_same_sex(born, male, county, serial):
    number = country.cnp(sex_digit=country.sex_digit(male=male, born=born), born=born, county=county, serial=serial)
    before, after = (cnp.check(one, on=date(2031, 1, 1)) for one in (number, ONE.text(number)))
    assert after.level == before.level
    assert after.sex == before.sex
    assert after.births == (date.fromisoformat(ONE.text(born.isoformat())),)
    assert after.text != number


@given(st.from_regex(r"[1-8][0-9]{12}", fullmatch=True))
def test_a_number_that_is_no_cnp_becomes_none_and_its_check_digit_stays_as_right_as_it_was(number):
    before, after = (cnp.check(one, on=date.max).level for one in (number, ONE.text(number)))
    assert after == before


@given(st.integers(10, 999_999_999), st.sampled_from(["", "RO", "RO "]))
def test_a_fiscal_number_keeps_its_check_digit_and_its_country(base, front):
    number = front + country.cui(base)
    other = ONE.numbers.cui(number)
    assert cui.check(other).level == cui.check(number).level
    assert other.startswith(front)
    assert other != number


@pytest.mark.parametrize(
    "number",
    ["RO49AAAA1B31007593840000", "RO49 AAAA 1B31 0075 9384 0000", "NO9386011117947", "RO00AAAA1B31007593840000"],
)
def test_an_account_keeps_its_country_blanks_and_check_digits(number):
    other = ONE.text(number)
    assert form(other) == form(number)
    assert other[:2] == number[:2]
    assert iban.check(other).level == iban.check(number).level
    assert other[-10:] != number[-10:]


def test_a_place_keeps_its_check_digit():
    assert siruta.check(ONE.numbers.siruta("54984")).level == siruta.check("54984").level


@pytest.mark.parametrize("amount", ["0", "0.00", "957.50", "1.234,56", "-12", "007"])
def test_an_amount_keeps_its_form_and_zero_stays_zero(amount):
    other = ONE.amount(amount)
    assert form(other) == form(amount)
    assert [one == "0" for one in other if one.isdigit()][:1] == [one == "0" for one in amount if one.isdigit()][:1]
    assert float(other.replace(".", "").replace(",", ".") or 0) != 0 or not amount.strip("0.")


def test_another_key_gives_other_pseudonyms_and_the_same_key_the_same():
    assert Pseudonyms(b"a secret").text("Popescu 1985-04-15") == ONE.text("Popescu 1985-04-15")
    assert Pseudonyms(b"b secret").text("Popescu") != ONE.text("Popescu")
    assert Pseudonyms(b"a secret", attempt=1).text("Popescu") != ONE.text("Popescu")


def test_a_person_has_one_name_wherever_it_stands():
    family, given_name = ONE.text("POPA"), ONE.text("Ana")
    assert ONE.text("Ana POPA") == f"{given_name} {family}"
    assert ONE.text("popa") == family.lower()


def test_a_long_run_costs_no_more_than_its_length():
    assert len(ONE.text("x" * 100_000)) == 100_000
