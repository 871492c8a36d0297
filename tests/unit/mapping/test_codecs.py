"""Codecs: their examples are their tests, and what is written can be read again."""

import calendar
import re
import string
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from hub_core.mapping.codecs import CODECS, BadParameters, BadValue, chain
from hub_core.mapping.codecs import countries as country_codes

EXAMPLES = [
    pytest.param(codec, example, id=f"{example.use}: {example.text}")
    for codec in CODECS.values()
    for example in codec.examples
]


def read(use, text):
    """Return what a rule reads: the engine trims every text before its codecs."""
    return chain(use).parse(text.strip())


@pytest.mark.parametrize(("codec", "example"), EXAMPLES)
def test_every_example_of_a_codec_holds(codec, example):
    if example.value is None:
        with pytest.raises(BadValue):
            read(example.use, example.text)
        return
    value = read(example.use, example.text)
    assert value == example.value
    assert type(value) is type(example.value)
    written = chain(example.use).format(value)
    assert written == (example.text if example.back is None else example.back)
    assert read(example.use, written) == value


@pytest.mark.parametrize("codec", CODECS.values(), ids=list(CODECS))
def test_every_codec_is_documented(codec):
    assert codec.doc.endswith(".")
    assert codec.source
    assert any(example.value is not None for example in codec.examples)
    assert codec.total or any(example.value is None for example in codec.examples) or codec.name.startswith("month_")


DAYS = st.dates(min_value=date(1, 1, 1))
MONTH_STARTS = DAYS.map(lambda day: day.replace(day=1))
MONTH_ENDS = DAYS.map(lambda day: day.replace(day=calendar.monthrange(day.year, day.month)[1]))
PLAIN = st.text(min_size=1).filter(lambda text: text == text.strip() and text)
AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12)
PARTIAL = DAYS.flatmap(lambda day: st.sampled_from([day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]]))
MOMENTS = st.integers(-(10**10), 10**11).map(lambda second: f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%SZ}")
DIGITS = st.text(string.digits, min_size=13, max_size=13)
LAWS = {
    "text": PLAIN,
    "upper": PLAIN.map(str.upper).filter(lambda text: text.upper() == text),
    "comma_below": PLAIN.filter(lambda text: not set(text) & set("ŞşŢţ")),
    'split("/", 0)': PLAIN.filter(lambda text: "/" not in text),
    'split("/", 2)': PLAIN.filter(lambda text: "/" not in text),
    'matching("[0-9]{13}")': DIGITS,
    'yes_no("ja", "nei")': st.booleans(),
    "integer": st.integers(-(10**18) + 1, 10**18 - 1),
    "decimal": AMOUNTS,
    'decimal(",")': AMOUNTS,
    'decimal(",", ".")': AMOUNTS,
    'decimal(".", " ")': AMOUNTS,
    "currency": st.text(string.ascii_uppercase, min_size=3, max_size=3),
    "date": DAYS,
    'date("%d.%m.%Y")': DAYS,
    'date("%Y%m%d")': DAYS,
    "partial_date": PARTIAL,
    'partial_date("%d.%m.%Y")': PARTIAL,
    'partial_date("%m/%Y", "%Y", "%d/%m/%Y")': PARTIAL,
    "month": DAYS.map(lambda day: day.isoformat()[:7]),
    'month("%m.%Y")': DAYS.map(lambda day: day.isoformat()[:7]),
    'month_first("%m.%Y")': MONTH_STARTS,
    'month_last("%m.%Y")': MONTH_ENDS,
    "cnp": DIGITS,
    "cui": st.integers(10, 10**10 - 1).map(str),
    "iban": st.from_regex(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}", fullmatch=True).filter(str.isascii),
    "siruta": st.integers(10, 999_999).map(str),
    "country": st.sampled_from(sorted({*country_codes._ALPHA2.values()})),
    "country3": st.sampled_from(sorted({*country_codes._ALPHA3.values()})),
    'split(";", 1) | date("%d.%m.%Y")': DAYS,
    "timestamp": MOMENTS,
    'timestamp("%d.%m.%Y %H:%M:%S", "Europe/Bucharest", "later")': MOMENTS,
    'local_date("Europe/Bucharest")': DAYS.filter(lambda day: 1 < day.year < 9999),
}


@pytest.mark.parametrize("use", LAWS)
@given(data=st.data())
def test_what_is_written_is_read_as_the_same_value(use, data):
    value = data.draw(LAWS[use])
    both = chain(use)
    try:
        written = both.format(value)
    except BadValue:  # a local time that stands for another moment, too
        reject()
    assert both.parse(written) == value


def test_every_codec_has_its_law():
    assert {part.strip().partition("(")[0] for use in LAWS for part in use.split("|")} == set(CODECS)


@pytest.mark.parametrize("use", LAWS)
@given(text=st.text())
def test_any_text_is_read_or_refused_without_being_repeated(use, text):
    assert " " not in refusal(use, text.strip())
    assert len(refusal(use, text.strip())) < 30


def refusal(use, text):
    try:
        chain(use).parse(text)
    except BadValue as error:
        return str(error)
    return ""


NUMBERS = st.text(alphabet="0123456789.,-+ eE_٣", max_size=12)


@given(text=NUMBERS)
def test_only_ascii_digits_make_a_number(text):
    for use in ("integer", "decimal", 'decimal(",", ".")', "date", 'date("%d.%m.%Y")', "partial_date"):
        try:
            chain(use).parse(text)
        except BadValue:
            continue
        assert text.isascii()
        assert not set(text) & set(" eE_")


TEN = st.text(alphabet="0123456789-W", min_size=10, max_size=10)


@given(text=TEN | TEN.map(lambda text: "2024" + text[4:]) | TEN.map(lambda text: text[:4] + "0101" + text[8:]))
def test_only_a_written_out_day_is_a_date(text):
    for use, form in (
        ("date", r"\d{4}-\d\d-\d\d"),
        ('date("%d.%m.%Y")', r"\d\d\.\d\d\.\d{4}"),
        ("partial_date", r"\d{4}(-\d\d){0,2}"),
    ):
        try:
            chain(use).parse(text)
        except BadValue:
            continue
        assert re.fullmatch(form, text)


@pytest.mark.parametrize("text", ["7198011980", "2024-W05-3", "2024W053", "20240101", "2024-0101", "٢٠٢٤-٠١-٠١"])
def test_other_ways_to_write_a_day_are_refused(text):
    with pytest.raises(BadValue):
        chain("date").parse(text)


@pytest.mark.parametrize(
    ("use", "words"),
    [
        ("nosuch", "no codec"), ("dat", "write 'date' instead"), ("date(", "| or the end"), ("date | ", "write codecs"),
        ("date date", "| or the end"), ('date("%d.%m")', "%d, %m and %Y"), ('date("%d.%m.%Y", "x")', "other parameters"),
        ("date(5)", "other parameters"), ('split("", 0)', "separator"), ("split", "other parameters"),
        ('matching("[")', "no regular expression"), ('yes_no("a", "a")', "must differ"), ('decimal("x")', "decimal"),
        ('decimal(",", ",")', "decimal"), ('partial_date("%d %Y")', "add %m"), ('month("%Y")', "%m and %Y"),
        ("date | text", "move it to the end"), ("text(1)", "other parameters"), ("date(x)", "double quotes"),
    ],
)  # fmt: skip
def test_wrong_uses_are_refused_with_what_to_write(use, words):
    with pytest.raises(BadParameters) as caught:
        chain(use)
    assert words in str(caught.value)


def test_codecs_are_applied_from_left_to_right():
    assert chain('split("/", 1) | date("%d.%m.%Y")').parse("4512/12.04.2021") == date(2021, 4, 12)
    assert chain("comma_below | upper").parse("şerban") == "ȘERBAN"


def test_a_quoted_parameter_may_hold_any_sign():
    assert chain(r'split("\"", 1)').parse('a"b') == "b"
    assert chain(r'split("(|)", 1)').parse("a(|)b") == "b"


def test_every_country_of_the_two_alphabets_is_the_same():
    for code, letters in country_codes._PAIRS.items():
        assert chain("country3").parse(letters) == chain("country").parse(code) == code


@pytest.mark.parametrize("text", ["0000957,50", "957,5", "+957,50", "-957,50", "1.204,00", "1204,00"])
def test_amounts_of_romanian_registers_are_exact(text):
    value = chain('decimal(",", ".")').parse(text)
    assert value == Decimal(text.replace(".", "").replace(",", "."))


@pytest.mark.parametrize(
    "text", ["1.20,00", "12.04,5", ".5", "5.", "1,204.00", "1e3", "NaN", "Infinity", "1_000", "--1", ""]
)
def test_amounts_of_another_form_are_refused(text):
    with pytest.raises(BadValue):
        chain('decimal(",", ".")').parse(text)


LOCAL = 'timestamp("%d.%m.%Y %H:%M", "Europe/Bucharest")'


@pytest.mark.parametrize("hour", ["02:59", "04:00"])
def test_the_hours_around_the_doubled_one_are_read(hour):
    both = chain(LOCAL)
    assert both.format(both.parse(f"27.10.2024 {hour}")) == f"27.10.2024 {hour}"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("27.10.2024 03:00", "timestamp.twice"),
        ("27.10.2024 03:59", "timestamp.twice"),
        ("31.03.2024 03:00", "timestamp.skipped"),
        ("30.02.2024 03:00", "timestamp.time"),
        ("15.03.2024 24:00", "timestamp.time"),
        ("01.01.0001 00:00", "timestamp.time"),
        ("15.3.2024 10:30", "timestamp.form"),
    ],
)
def test_a_local_time_that_is_no_moment_is_refused(text, word):
    assert refusal(LOCAL, text) == word


def test_what_is_written_of_the_doubled_hour_is_only_what_would_be_read_back():
    earlier, later = "2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z"
    decided = chain(LOCAL.replace(")", ', "earlier")'))
    assert decided.format(earlier) == "27.10.2024 03:30"
    for both, value in [(decided, later), (chain(LOCAL), earlier), (chain(LOCAL), later)]:
        with pytest.raises(BadValue, match=r"timestamp\."):
            both.format(value)


def test_seconds_that_a_pattern_does_not_hold_are_not_cut_off():
    with pytest.raises(BadValue, match=r"timestamp\.precision"):
        chain(LOCAL).format("2024-03-15T08:30:01Z")


@pytest.mark.parametrize(
    ("use", "words"),
    [
        ('timestamp("%d.%m.%Y %H:%M")', "needs its zone"),
        ('timestamp("%d.%m.%Y %H:%M", "Europe/Bukarest")', "no time zone"),
        ('timestamp("%d.%m.%Y %H:%M", "../../etc/passwd")', "no time zone"),
        ('timestamp("%d.%m.%Y %H:%M", "Europe")', "no time zone"),
        ('timestamp("%d.%m.%Y", "Europe/Bucharest")', "%H, %M"),
        ('timestamp("%d.%m.%Y %H:%M", "Europe/Bucharest", "first")', "earlier or later"),
        ("local_date", "local_date("),
    ],
)
def test_moments_without_a_zone_of_this_world_are_refused_when_the_mapping_is_loaded(use, words):
    with pytest.raises(BadParameters, match=re.escape(words)):
        chain(use)


def test_the_day_of_a_local_moment_is_that_of_its_zone():
    both = chain('timestamp("%d.%m.%Y %H:%M", "Europe/Bucharest") | local_date("Europe/Oslo")')
    assert both.parse("16.03.2024 00:30") == date(2024, 3, 15)
