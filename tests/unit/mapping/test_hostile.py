"""Nothing that stands in a mapping file or a document becomes source text or does harm."""

import ast
import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from hub_core.document import Document
from hub_core.mapping import load
from hub_core.mapping.reading import xmlrun
from tests.unit.mapping.conftest import CODES, ON, Workbench

NASTY = [
    "x'); import os; os.abort() #",
    "x\\'); raise SystemExit #",
    'x"""); raise SystemExit #',
    "line\nraise SystemExit",
    "line\rraise SystemExit",
    "line\x0craise SystemExit",
    "\u2028raise SystemExit",
    "# -*- coding: utf-7 -*-",
    "{0.__class__}",
    "%s%n",
    "\\N{BULLET}",
    "𝐱 = 1",
]


def quoted(text):
    escaped = "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or c in '"\\\u2028' else c for c in text)
    return f'"{escaped}"'


def hostile_mapping(bench, text):
    """Put a text at every place of a mapping file that takes one."""
    q = quoted(text)
    path = quoted('a."' + text.replace('"', "'") + '"')
    (bench.folder / "codes" / "evil@1.yaml").write_text(
        f"list: evil@1\ntitle: {q}\nsource: {q}\ncodes:\n  {q}: {{text: {q}, in: [{q}]}}\n"
    )
    (bench.folder / "test.yaml").write_text(
        f"""\
mapping: test.test/1
source: {{json: TEST, document: {q}}}
target: Beneficiary@1
codes: {{{q}: evil@1}}
answer: {{at: status, failed: {{{q}: {q}}}}}
fields:
  name.family: {{at: {path}, absent: [{q}], when: {{{path}: [{q}, ok]}}}}
  name.given: {{const: {q}}}
  sex: {{at: {path}, codes: {q}, unmapped: keep, why: {q}}}
  notes[]: {{each: {path}, where: {{{path}: {q}}}, fields: {{text: {{at: {path}, unknown: [{q}]}}}}}}
  exchange.system: {{const: {q}}}
  exchange.version: {{derive: {quoted('join("-", a.b, c)')}}}
ignore: {{{path}: {q}}}
tests: [{{name: {q}, in: {q}, expect: {{}}}}]
"""
    )
    (mapping,) = load([bench.folder], schemas=bench.folder).all
    return mapping


ALLOWED = re.compile(
    r"(?:[abcdefglnoprstuvxyzACFKLPQSTW][0-9]*|block_[0-9]+|read|run|to|spot|bad|frozenset|dict|list|len|part"
    r"|BadValue|Code|Several|normal_name|again|own_text|items|one|select|text_of|texts_at|present_at|str)"
)


@pytest.mark.parametrize("text", NASTY)
def test_no_text_of_a_mapping_file_becomes_source(of_json, text):
    mapping = hostile_mapping(of_json, text)
    tree = ast.parse(mapping.python())
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert {name for name in names if not ALLOWED.fullmatch(name)} == set()
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom | ast.Raise)]
    key = text.replace('"', "'")
    body = {"a": {key: text, "b": "1"}, "c": "2"}
    reading = mapping.read(Document(kind="json", root=body, name=text, dialect="TEST"), on=ON)
    assert reading.record.exchange.system == text
    assert reading.record.sex.text == text.strip()


@pytest.mark.parametrize("text", NASTY)
def test_comments_of_the_source_stay_on_their_line(of_json, text):
    for line in hostile_mapping(of_json, text).python().split("\n"):
        assert line.isprintable()
        assert line.isascii() or "#" not in line.split("'")[0]


def test_xml_names_and_namespaces_become_no_source_either(of_xml):
    namespace = "urn:x');raise.SystemExit()"
    (of_xml.folder / "test.yaml").write_text(
        f"""\
mapping: test.test/1
source: {{xml: "{{{namespace}}}root", ns: {{t: "{namespace}"}}}}
target: Beneficiary@1
fields:
  name.family: {{at: t:a/@t:b}}
  name.given: {{at: 't:a[@t:b="x\\y"]'}}
"""
    )
    (mapping,) = of_xml.load().all
    root = etree.Element(f"{{{namespace}}}root")
    child = etree.SubElement(root, f"{{{namespace}}}a")
    child.set(f"{{{namespace}}}b", "x\\y")
    child.text = "Ana"
    reading = mapping.read(Document(kind="xml", root=root, name="root"), on=ON)
    assert (reading.record.name.family, reading.record.name.given) == ("x\\y", "Ana")


NAMED = {"0", "1"}  # the token for unknown, and the literal of filters and conditions
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(["M", "2020-01-01"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abckmnptx"), inner, max_size=6),
    max_leaves=25,
)
FIELDS = """
name.family: {any: [a.b, a], unknown: ["0"]}
sex: {at: b, codes: sex}
birth.date: [{at: c, as: partial_date, when: {k: "1"}}, {at: c.m, as: partial_date}]
notes[]: [{each: 'n[]', where: {k: present}, fields: {text: {at: t}}}, {each: 'n[].m', fields: {text: {at: '.'}, about: {at: a}}}]
emails[]: {each: 'm[]', as: text}
father: {use: p, at: p}
children[]: {each: 'n[k=1]', use: p, when: {x: absent}}
debts[]: {each: x, fields: {balance.amount: {at: a, as: decimal}, balance.currency: {at: b, as: currency}}}
insurance[]: {each: '.', fields: {period.start: {at: a.c, as: date}, period.end: {at: c, as: date, absent: open}}}
"""
TOP = 'faulty: flag\nblocks:\n  p: {name.given: {at: a}, "emails[]": {at: m}, "identifiers[scheme=x].value": {at: k, need: required}}\n'


XML_FIELDS = """
name.family: {any: [a/b, a], unknown: ["0"]}
name.given: {at: "a/@k"}
sex: {at: b, codes: sex}
birth.date: [{at: c, as: partial_date, when: {k: "1"}}, {at: c/m, as: partial_date}]
notes[]: [{each: n, where: {k: present}, fields: {text: {at: t}}}, {each: n/m, fields: {text: {at: .}, about: {at: a}}}]
emails[]: {each: m, as: text}
father: {use: p, at: p}
children[]: {each: "n[k=1]", use: p, when: {x: absent}}
debts[]: {each: x, fields: {balance.amount: {at: a, as: decimal}, balance.currency: {at: "@b", as: currency}}}
insurance[]: {each: ., fields: {period.start: {at: a/c, as: date}, period.end: {at: c, as: date, absent: open}}}
"""


@pytest.fixture(scope="module")
def wild(tmp_path_factory):
    assert CODES
    return Workbench(tmp_path_factory.mktemp("wild")).mapping(FIELDS, top=TOP)


@pytest.fixture(scope="module")
def wild_xml(tmp_path_factory):
    return Workbench(tmp_path_factory.mktemp("wild"), "xml").mapping(XML_FIELDS, top=TOP)


def scalars(value):
    if isinstance(value, dict):
        return [one for inner in value.values() for one in scalars(inner)]
    if isinstance(value, list):
        return [one for inner in value for one in scalars(inner)]
    text = ("true" if value else "false") if isinstance(value, bool) else "" if value is None else str(value)
    return [text.strip()] if text.strip() else []


@settings(max_examples=400, deadline=None)
@given(body=JSON)
def test_any_json_document_is_read_without_harm_and_the_same_with_provenance(wild, body):
    document = Document(kind="json", root=body, name="T", dialect="TEST")
    reading = wild.read(document, on=ON)
    assert wild.explain(document, on=ON)[0] == reading
    assert all(finding.code != "M206" for finding in reading.findings)
    assert {leaf.value for leaf in reading.unmapped} <= set(scalars(body))


@settings(max_examples=300, deadline=None)
@given(body=st.dictionaries(st.sampled_from("abckmnptxyz"), JSON, max_size=6))
def test_every_value_of_a_json_document_is_in_the_record_or_unmapped(wild, body):
    reading = wild.read(Document(kind="json", root=body, name="T", dialect="TEST"), on=ON)
    if reading.record is None:
        return
    kept = set(texts(reading.record)) | {leaf.value for leaf in reading.unmapped} | NAMED
    lost = {value for value in scalars(body) if value not in kept and not numeric_twin(value, kept)}
    assert lost == set()


PRINTABLE = st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=6)
ATTRIBUTES = st.dictionaries(st.sampled_from("abk"), PRINTABLE, max_size=2)
TEXTS = st.sampled_from(["", " ", "1", "M", "2020-01-01", "1980"]) | PRINTABLE


@st.composite
def elements(draw, depth=0):
    element = etree.Element(draw(st.sampled_from("abckmnptxy")) if depth else "root", draw(ATTRIBUTES))
    element.text = draw(TEXTS)
    for _ in range(draw(st.integers(0, 4 if depth < 3 else 0))):
        child = etree.Comment("c") if draw(st.integers(0, 9)) == 0 else draw(elements(depth=depth + 1))
        child.tail = draw(TEXTS)
        element.append(child)
    return element


def pieces(element):
    found = [*element.attrib.values(), *(xmlrun.own_text(one) for one in element.iter() if isinstance(one.tag, str))]
    found += [value for one in element.iter() if isinstance(one.tag, str) for value in one.attrib.values()]
    return {text.strip() for text in found if text.strip()}


@settings(max_examples=300, deadline=None)
@given(root=elements())
def test_every_text_of_an_xml_document_is_in_the_record_or_unmapped(wild_xml, root):
    document = Document(kind="xml", root=root, name="root")
    reading = wild_xml.read(document, on=ON)
    assert wild_xml.explain(document, on=ON)[0] == reading
    if reading.record is not None:
        kept = set(texts(reading.record)) | {leaf.value for leaf in reading.unmapped} | NAMED
        lost = {value for value in pieces(root) if value not in kept and not numeric_twin(value, kept)}
        assert lost == set()


def texts(value):
    if hasattr(value, "__struct_fields__"):
        return [one for name in value.__struct_fields__ for one in texts(getattr(value, name))]
    if isinstance(value, tuple):
        return [one for inner in value for one in texts(inner)]
    return [] if value is None else [str(value)]


def numeric_twin(value, kept):
    """A decimal is kept as a number: 1 and +1 and 01 are one value."""
    try:
        return any(float(value) == float(other) for other in kept if other.strip("+-").replace(".", "", 1).isdigit())
    except ValueError:
        return False


def many_json(count):
    return {
        "n": [{"k": "1", "t": "a", "z": n, "m": [str(n)], "a": "q", "c": "x"} for n in range(count)],
        "m": [["x", {"b": 1}]] * count,
        "x": [{"a": "12", "b": "q"} for _ in range(count)],
        "p": [{"k": n, "m": "5"} for n in range(count)],
        **{f"u{n}": n for n in range(count)},
    }


def many_xml(count):
    root = etree.Element("root")
    for n in range(count):
        one = etree.SubElement(root, "n", z="1")
        for name in "ktma":
            etree.SubElement(one, name).text = "1"
        etree.SubElement(root, f"u{n}").text = "x"
        etree.SubElement(etree.SubElement(root, "x", b="RON"), "a").text = "zz"
        etree.SubElement(root, "p").tail = "w"
    return root


def calls(mapping, document):
    """Count calls of Python and C functions: the work of one reading, the same on every machine."""
    count = 0

    def note(_frame, event, _argument):
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(note)
    try:
        mapping.explain(document, on=ON)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("kind", ["json", "xml"])
def test_the_work_grows_with_the_document_and_not_with_its_square(wild, wild_xml, kind):
    mapping, body = (wild, many_json) if kind == "json" else (wild_xml, many_xml)
    documents = [Document(kind=kind, root=body(n), name="root", dialect="TEST") for n in (300, 900)]
    mapping.explain(documents[0], on=ON)
    small, large = (calls(mapping, document) for document in documents)
    assert large < 4 * small
