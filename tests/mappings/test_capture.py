"""Captured documents: they read as the originals did, and hold nothing of them that could name a person."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from adapters.kit.load import load_adapters
from hub_core import yaml
from hub_core.document import Document
from hub_core.errors import ConfigError, Rejected
from hub_core.mapping.selection import load_selected
from hub_core.mapping.trying.capture import TELLING, capture
from hub_core.mapping.trying.fixtures import fixture_of
from hub_core.mapping.trying.leafwalk import replaced
from hub_core.mapping.trying.testentry import entry_of, with_test
from hub_core.mapping.trying.tests import fixture, run_test
from hub_core.places import MAPPINGS
from registry.offline.reading import OfflineReader
from tests.shipped import SHIPPED

ON = date(2025, 11, 21)
KEY = b"a secret of the hub"
CASES = [
    pytest.param(mapping, test, id=f"{mapping.id}: {test.name}") for mapping in SHIPPED.all for test in mapping.tests
]
# Fields of a person, by the end of their canonical path.
PERSONAL = (
    "name.family", "name.given", "name.full", "birth.date", "identifiers[].value", "street", "postal_code", "number",
    "locality", "iban", "account", "phones[].number", "emails[]", "period.start", "period.end", "holder",
)  # fmt: skip


@pytest.fixture(scope="module")
def reader():
    return OfflineReader(adapters=load_adapters(), mappings=SHIPPED)


def texts(mapping, document):
    """Every text of a document."""
    found = []
    replaced(mapping, document, lambda leaf: found.append(leaf.text.strip()) or leaf.text, str)
    return found


def personal(mapping, document):
    """The texts as received of all personal fields, as the traced run tells."""
    _, provenance = mapping.explain(document, on=ON)
    bare = [(without_indexes(one.at), one.raw) for one in provenance]
    return {raw for at, raw in bare if raw and len(raw) >= TELLING and at.endswith(PERSONAL)}


def without_indexes(path):
    return re.sub(r"\[\d+\]", "[]", path)


@pytest.mark.parametrize(("mapping", "case"), CASES)
def test_every_fixture_can_be_captured_and_tells_no_person_any_more(mapping, case):
    document = fixture(mapping, case, MAPPINGS)
    made = capture(mapping, document, on=ON, key=KEY)
    assert made.reading.verdict is mapping.read(document, on=ON).verdict
    assert not personal(mapping, document) & set(texts(mapping, made.document))


@pytest.mark.shared
def test_of_no_real_sed_a_personal_text_is_left(shared, reader):
    looked_at = 0
    for path in sorted((shared / "eessi" / "sed").rglob("*.*")):
        try:
            document = reader.open(path.read_bytes())
        except Rejected:
            continue
        mapping = SHIPPED.find(document)
        found = personal(mapping, document)
        made = capture(mapping, document, on=ON, key=KEY)
        left = found & set(texts(mapping, made.document))
        assert not left, f"{path.name}: {len(left)} texts"
        whole = fixture_of(mapping, made.document).body.decode()
        assert not [text for text in found if len(text) >= 2 * TELLING and text in whole], path.name
        looked_at += len(found)
    assert looked_at > 1_000


NAMES = [
    "anofm.monthly/1", "anofm.status/1", "cnpp.payments/1", "dgep.person/1", "eessi.native.p9000/1", "eessi.nav.p2000/1",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_captured_document_becomes_a_test_that_passes(name, tmp_path):
    mapping = SHIPPED.get(name)
    made = capture(mapping, fixture(mapping, mapping.tests[0], MAPPINGS), on=ON, key=KEY)
    file = tmp_path / Path(mapping.file).name
    captured = fixture_of(mapping, made.document)
    entry = entry_of(made, name="as it came", fixture=f"captured.{captured.suffix}")
    (tmp_path / f"captured.{captured.suffix}").write_bytes(captured.body)
    original = (MAPPINGS / mapping.file).read_text(encoding="utf-8")
    file.write_text(with_test(original, entry, file=file.name), encoding="utf-8")
    (again,) = load_selected([file], root=MAPPINGS).all
    assert [test.name for test in again.tests] == [*(test.name for test in mapping.tests), "as it came"]
    assert run_test(again, again.tests[-1], tmp_path).differences == ()


TEXTS = st.one_of(
    st.text("abcdefăâîșțşţøåæ -", min_size=1, max_size=20),
    st.text("0123456789", min_size=1, max_size=14),
    st.dates(date(1900, 1, 1), date(2025, 1, 1)).map(date.isoformat),
    st.integers(),
    st.none(),
    st.booleans(),
)


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from("ABCD"), TEXTS), st.lists(TEXTS, max_size=3))
def test_whatever_else_a_document_holds_is_replaced_too(more, some):
    mapping = SHIPPED.get("eessi.nav.envelope/1")
    root = {"sed": "X999", "nav": {"bruker": {"person": {"etternavn": "Popescu"} | more, "x": some}}}
    document = Document(kind="json", root=root, name="X999", dialect="NAV")
    made = capture(mapping, document, on=ON, key=KEY)
    values = {text for text in texts(mapping, document) if len(text) >= TELLING and text.strip("0 -")} - {"X999"}
    kept = {"true", "false"}
    assert not values - kept & set(texts(mapping, made.document)) - kept


def test_the_same_person_has_the_same_pseudonym_in_another_document():
    dgep, anofm = SHIPPED.get("dgep.person/1"), SHIPPED.get("anofm.status/1")
    number = "2850415123450"
    numbers = set()
    for mapping in (dgep, anofm):
        document = fixture(mapping, mapping.tests[0], MAPPINGS)
        made = capture(mapping, document, on=ON, key=KEY)
        before = [one.value for one in mapping.read(document, on=ON).record.identifiers]
        after = [one.value for one in made.reading.record.identifiers]
        numbers |= {new for old, new in zip(before, after, strict=True) if old == number}
    assert len(numbers) == 1
    assert number not in numbers


def test_comments_instructions_and_keys_that_are_days_are_gone(reader):
    body = (MAPPINGS / "anofm" / "fixtures" / "unemployed.xml").read_text(encoding="utf-8")
    document = reader.open(body.replace("<SOMER>", "<SOMER><!-- Popa Ana --><?note Popa?>", 1).encode())
    mapping = SHIPPED.find(document)
    made = capture(mapping, document, on=ON, key=KEY)
    assert b"Popa" not in fixture_of(mapping, made.document).body
    sed = Document(kind="json", root={"sed": "X999", "nav": {"1985-04-15": "x"}}, name="X999", dialect="NAV")
    mapping = SHIPPED.find(sed)
    made = capture(mapping, sed, on=ON, key=KEY)
    assert b"1985-04-15" not in fixture_of(mapping, made.document).body


def test_a_row_becomes_a_file_of_its_own_whose_count_and_sum_fit():
    mapping = SHIPPED.get("cnpp.payments/1")
    made = capture(mapping, fixture(mapping, mapping.tests[0], MAPPINGS), on=ON, key=KEY)
    lines = fixture_of(mapping, made.document).body.decode("iso-8859-16").splitlines()
    amount = made.document.root["amount"].replace(".", "")
    assert [line[0] for line in lines] == ["H", "P", "T"]
    assert lines[2] == f"T0000001{amount:0>13}"
    assert "20251103" not in lines[0]


def test_an_original_document_stays_as_it_is(reader):
    path = MAPPINGS / "anofm" / "fixtures" / "unemployed.xml"
    document = reader.open(path.read_bytes())
    before = etree.tostring(document.root)
    capture(SHIPPED.find(document), document, on=ON, key=KEY)
    assert etree.tostring(document.root) == before


# The text of a mapping file -----------------------------------------------------------------------------------

ENTRY = "- name: new\n  in: x.json\n  verdict: none"
HEAD = "mapping: a.b/1\n"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["new"]),
        ("tests:\n  - {name: one, in: x, verdict: none}\n", ["one", "new"]),
        ("tests:\n- name: one\n  in: x\n  verdict: none\n\n", ["one", "new"]),
        (
            "tests:\n    - name: one\n      in: x\n      # a remark\n      verdict: none\nignore: {a: b}\n",
            ["one", "new"],
        ),
    ],
)
def test_an_entry_is_put_at_the_end_of_the_tests(text, names):
    node = yaml.parse(with_test(HEAD + text, ENTRY, file="a.yaml"), file="a.yaml")
    assert [yaml.plain(test)["name"] for test in node.items["tests"].items] == names
    assert set(node.items) >= {"mapping", "tests"}


def test_tests_on_one_line_are_left_to_a_person():
    with pytest.raises(ConfigError, match="M110"):
        with_test(HEAD + "tests: [{name: one, in: x, verdict: none}]\n", ENTRY, file="a.yaml")


@given(st.text(max_size=40))
def test_whatever_stands_in_a_record_an_entry_is_yaml_that_says_the_same(text):
    mapping = SHIPPED.get("eessi.nav.envelope/1")
    root = {"sed": "X999", "nav": {"bruker": {"person": {"etternavn": "Popescu"}}}}
    made = capture(mapping, Document(kind="json", root=root, name="X999", dialect="NAV"), on=ON, key=KEY)
    entry = entry_of(made, name=f"a {text}", fixture="x.json")
    try:
        node = yaml.parse(with_test(HEAD, entry, file="a.yaml"), file="a.yaml")
    except ConfigError:
        assert not text.isprintable()  # YAML takes no surrogates and no control characters, however they are written
        return
    assert yaml.plain(node.items["tests"].items[0])["name"] == f"a {text}"
