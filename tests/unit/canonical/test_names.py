import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.canonical.names import clean, key_of, normal_name, same_but_for_a_and_i, words
from hub_core.canonical.person import NormalName

NAMES = st.text(alphabet="aăâbîșşțţzßøÆŁđőé-'’ .IIJ", max_size=20)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Şerban", "ȘERBAN"),
        ("S\N{COMBINING COMMA BELOW}erban", "SERBAN"),
        ("Ţîru", "tiru"),
        ("IONESCU-POPA", "Popa Ionescu"),
        ("Ionescu\N{NON-BREAKING HYPHEN}Popa", "IONESCU  POPA"),
        ("D'Amico", "D\N{RIGHT SINGLE QUOTATION MARK}AMICO"),
        ("POPESCU I. ION", "Ion I Popescu"),
        ("Őry Łukasz", "ory lukasz"),
        ("Æbelø", "AEBELO"),
        ("Đorđe Strauß", "DORDE STRAUSS"),
        ("Björn Ångström", "bjorn angstrom"),
        ("İpek Çağlı", "IPEK CAGLI"),
        ("Zero\N{ZERO WIDTH SPACE}width", "ZEROWIDTH"),
    ],
)
def test_spellings_of_one_name_have_one_key(one, other):
    assert key_of(one) == key_of(other)


@pytest.mark.parametrize(("one", "other"), [("Ion", "Ioan"), ("Müller", "Mueller"), ("Ana Ana", "Ana")])
def test_different_names_have_different_keys(one, other):
    assert key_of(one) != key_of(other)


def test_letters_of_other_scripts_are_kept():
    assert words("Стойков-Йовков") == ("СТОЙКОВ", "ЙОВКОВ")
    assert words("Παπαδόπουλος") == ("ΠΑΠΑΔΌΠΟΥΛΟΣ",)


def test_the_parts_count_more_than_the_full_name():
    normal = normal_name("Popa", "Ana", "ANA POPA născută Ionescu")
    assert normal == {"key": "ANA POPA", "family": "Popa", "given": "Ana"}


@pytest.mark.parametrize("nothing", [(None, None, None), ("", " ", "\t"), ("-", ".", "'")])
def test_a_name_without_a_word_has_no_normal_form(nothing):
    assert normal_name(*nothing) is None


def test_the_normal_form_is_a_normal_name_of_the_model():
    assert NormalName(**normal_name("POPA", None, None)) == NormalName(key="POPA", family="POPA")


def test_the_caller_may_change_what_it_got():
    normal_name("Popa", None, None)["key"] = "changed"
    assert normal_name("Popa", None, None)["key"] == "POPA"


@given(st.text(max_size=40))
def test_a_key_is_its_own_key(name):
    assert key_of(key_of(name)) == key_of(name)


@given(st.text(max_size=40))
def test_a_clean_name_is_clean(name):
    cleaned = clean(name)
    assert clean(cleaned) == cleaned
    assert cleaned is None or unicodedata.is_normalized("NFC", cleaned)


@given(st.lists(NAMES, min_size=1, max_size=4).flatmap(lambda parts: st.tuples(st.just(parts), st.permutations(parts))))
def test_the_order_of_words_does_not_matter(orders):
    one, other = orders
    assert key_of(" ".join(one)) == key_of(" ".join(other)) == key_of(*other)


@given(NAMES)
def test_cedilla_and_comma_below_are_one_letter(name):
    comma = name.translate(str.maketrans("şţ", "șț"))
    assert clean(name) == clean(comma)
    assert key_of(name) == key_of(comma)


@given(NAMES)
def test_the_case_does_not_matter(name):
    assert key_of(name) == key_of(name.upper())


@given(NAMES)
def test_a_key_of_latin_letters_is_upper_case_ascii(name):
    key = key_of(name)
    assert key.isascii()
    assert key == key.upper()


def test_a_lost_mark_over_a_or_i_is_a_hint_of_the_same_name():
    assert same_but_for_a_and_i(key_of("Sânziana"), key_of("SINZIANA"))
    assert not same_but_for_a_and_i(key_of("Ion"), key_of("Ioan"))
