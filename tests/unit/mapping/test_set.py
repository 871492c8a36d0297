"""Sets of mappings: which one reads a document, what its hash says, where values came from, how tests are run."""

import msgspec
import pytest
from lxml import etree

from hub_core.document import Document
from hub_core.errors import ConfigError
from hub_core.mapping import gather, load, load_files, run_tests
from hub_core.mapping.files import digest_of
from hub_core.mapping.lookup import check_path
from hub_core.places import MAPPINGS
from hub_core.reading import Verdict
from tests.unit.mapping.conftest import ON


def file(bench, name, source, fields="{}", extra="", id_="test.test/1"):
    (bench.folder / name).write_text(
        f"mapping: {id_}\nsource: {source}\ntarget: Beneficiary@1\ncodes: {{sex: test-sex@1}}\nfields: {fields}\n{extra}"
    )


def sed(name, dialect="NAV", root=None):
    return Document(kind="json", root=root or {}, name=name, dialect=dialect)


# Choosing ----------------------------------------------------------------------------------------------------


def test_the_specific_mapping_goes_before_the_general_one(of_json):
    file(of_json, "a.yaml", "{json: NAV}", id_="nav.any/1")
    file(of_json, "b.yaml", "{json: NAV, document: P2000}", id_="nav.p2000/1")
    found = of_json.load()
    assert found.find(sed("P2000")).id == "nav.p2000/1"
    assert found.find(sed("P8000")).id == "nav.any/1"
    assert found.find(sed("P2000", "NEESSI")) is None


def test_an_xml_document_is_known_by_its_root_element(of_xml):
    file(of_xml, "a.yaml", '{xml: "{urn:a}root"}', id_="a.a/1")
    file(of_xml, "b.yaml", '{xml: "{urn:b}root"}', id_="b.b/1")
    found = of_xml.load()
    document = Document(kind="xml", root=etree.Element("{urn:b}root"), name="root")
    assert found.find(document).id == "b.b/1"
    assert found.find(Document(kind="xml", root=etree.Element("root"), name="root")) is None


@pytest.mark.parametrize(
    ("form", "local", "root"),
    [("qualified", "in", "{urn:x}in"), ("unqualified", "in", "in"), ("", "out", "{urn:x}out")],
)
def test_the_root_gets_its_namespace_from_the_schema(of_xml, form, local, root):
    (of_xml.folder / "x.xsd").write_text(
        f'<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:x" elementFormDefault="{form}">'
        '<s:element name="out"><s:complexType><s:sequence><s:element name="in"/></s:sequence></s:complexType></s:element>'
        "</s:schema>"
    )
    file(of_xml, "a.yaml", f"{{xml: x.xsd#{local}}}")
    assert of_xml.load().find(Document(kind="xml", root=etree.Element(root), name=local)) is not None


def test_of_several_majors_the_highest_is_chosen_among_the_allowed(of_json):
    for major in (2, 10, 9):
        file(of_json, f"{major}.yaml", "{json: NAV}", id_=f"nav.any/{major}")
    found = of_json.load()
    assert found.find(sed("X")).id == "nav.any/10"
    assert found.find(sed("X"), ("nav.any/2", "nav.any/9")).id == "nav.any/9"
    assert found.find(sed("X"), ("other/1",)) is None


def test_a_mapping_is_found_by_id_with_or_without_its_hash(of_json):
    file(of_json, "a.yaml", "{json: NAV}")
    found = of_json.load()
    (mapping,) = found.all
    assert found.get("test.test/1") is found.get(mapping.version) is mapping
    assert found.get("test.test/1@000000000000") is None
    assert found.get("none/1") is None


# Hashes ------------------------------------------------------------------------------------------------------


def hash_of(bench, fields="{name.family: {at: a}}", extra=""):
    file(bench, "a.yaml", "{json: NAV}", fields, extra)
    return next(one for one in bench.load().all if one.id == "test.test/1").hash


def test_the_hash_changes_with_whatever_decides_about_values(of_json):
    first = hash_of(of_json)
    assert len(first) == 12
    assert hash_of(of_json) == first
    assert hash_of(of_json, "{name.family: {at: b}}") != first


def test_comments_layout_and_tests_do_not_change_the_hash(of_json):
    first = hash_of(of_json)
    assert hash_of(of_json, "\n  # a comment\n  name.family:\n    at: 'a'") == first
    assert hash_of(of_json, extra="tests: [{name: x, in: y, expect: {}}]") == first


def test_the_hash_changes_with_code_lists_and_blocks_that_are_used(of_json):
    fields = "{sex: {at: a, codes: sex}, '.': {use: p}}"
    blocks = of_json.folder / "blocks.yaml"
    blocks.write_text("blocks: {p: {name.family: {at: a}}}")
    top = "blocks_from: [blocks.yaml]"
    first = hash_of(of_json, fields, top)
    blocks.write_text("blocks: {p: {name.family: {at: b}}}")
    second = hash_of(of_json, fields, top)
    codes = of_json.folder / "codes" / "test-sex@1.yaml"
    codes.write_text(codes.read_text().replace("in: [F]", "in: [X]"))
    assert len({first, second, hash_of(of_json, fields, top)}) == 3
    kinds = of_json.folder / "codes" / "kind@1.yaml"
    third = hash_of(of_json, fields, top)
    kinds.write_text(kinds.read_text().replace("in: [A]", "in: [Z]"))
    assert hash_of(of_json, fields, top) == third


# Provenance --------------------------------------------------------------------------------------------------


def test_provenance_tells_where_each_value_came_from(of_json):
    fields = """
name.family: {any: [x, a.f]}
birth.date: {at: b, as: 'partial_date("%d.%m.%Y")'}
sex: {at: s, codes: sex}
exchange.system: {const: TEST}
identifiers[scheme=ro.cnp].value: {at: i}
children[]: {each: 'k[]', fields: {name.given: {at: g}}}
emails[]: {each: 'm[]', as: text}
"""
    mapping = of_json.mapping(fields)
    body = {
        "a": {"f": "Popa"}, "b": "15.04.1985", "s": "M", "i": "1", "k": [{"g": ""}, {"g": "Ana"}], "m": [" a@x.test "],
    }  # fmt: skip
    reading, provenance = mapping.explain(of_json.document(body), on=ON)
    assert reading.verdict is Verdict.RECORD
    found = {one.at: (one.source, one.raw, one.codec, one.codes) for one in provenance}
    assert found == {
        "name.family": ("a.f", "Popa", None, None),
        "birth.date": ("b", "15.04.1985", 'partial_date("%d.%m.%Y")', None),
        "sex": ("s", "M", None, "test-sex@1"),
        "exchange.system": (None, None, None, None),
        "identifiers[0].value": ("i", "1", None, None),
        "identifiers[0].scheme": (None, None, None, None),
        "children[0].name.given": ("k[1].g", "Ana", None, None),
        "emails[0]": ("m[0]", "a@x.test", None, None),
        "name.normal": (None, None, "normal form", None),
        "children[0].name.normal": (None, None, "normal form", None),
    }
    assert {one.mapping for one in provenance} == {mapping.version}
    assert next(one.rule for one in provenance if one.at == "sex") == "test.yaml:9"


def test_values_of_several_rules_in_one_list_keep_their_own_origins(of_json):
    mapping = of_json.mapping("emails[]: [{each: a, as: text}, {each: b, as: text}]")
    _, values = mapping.explain(of_json.document({"a": ["1", "2"], "b": ["3", "1"]}), on=ON)
    assert [(one.at, one.source) for one in values] == [
        ("emails[0]", "a[0]"), ("emails[1]", "a[1]"), ("emails[2]", "b[0]"), ("emails[3]", "b[1]"),
    ]  # fmt: skip


def test_an_open_end_and_a_text_kept_elsewhere_lead_to_what_was_received(of_json):
    fields = """
insurance[]: {at: p, fields: {period.start: {at: from, as: date}, period.end: {at: to, as: date, absent: [open, never]}}}
benefits[]:
  at: b
  fields:
    amounts[]: {at: ".", fields: {value.amount: {at: sum, as: decimal, spill: text, faulty: flag}, value.currency: {at: c}}}
"""
    mapping = of_json.mapping(fields.replace("{at: c}", "{at: c, as: currency}"))
    body = {"p": {"from": "2020-01-01", "to": "never"}, "b": {"sum": "a little", "c": "RON"}}
    _, values = mapping.explain(of_json.document(body), on=ON)
    found = {one.at: (one.source, one.raw) for one in values}
    assert found["insurance[0].period.open"] == ("p.to", "never")
    assert found["benefits[0].amounts[0].text"] == ("b.sum", "a little")


def test_provenance_names_lines_of_xml_documents(of_xml):
    mapping = of_xml.mapping("name.family: {at: a/@f}")
    root = etree.fromstring("<root>\n\n<a f='Popa'/></root>")
    _, (one, _) = mapping.explain(Document(kind="xml", root=root, name="root"), on=ON)
    assert (one.source, one.line) == ("a/@f", 3)


def test_values_that_were_left_out_have_no_provenance(of_json):
    fields = "incomes[]: {each: i, fields: {gross.amount: {at: n, as: decimal}, gross.currency: {at: c, as: currency}, month: {at: m, as: month}}}"
    mapping = of_json.mapping(fields, top="faulty: flag")
    _, provenance = mapping.explain(of_json.document({"i": {"c": "NOK", "m": "2024-01"}}), on=ON)
    assert [one.at for one in provenance] == ["incomes[0].month"]


# Tests of mapping files --------------------------------------------------------------------------------------

TESTS = """
tests:
  - {name: right, in: f.json, expect: {name: {family: Popa, given: }, emails: [a@x.test]}, unmapped: [q], findings: []}
  - {name: changed, in: f.json, set: {a: Rusu, new.deep: "1"}, remove: [q, "m[1]"], expect: {name: {family: Rusu}, emails: [a@x.test]}, unmapped: [new.deep]}
  - {name: refused, in: f.json, set: {d: x}, error: {code: M202, at: death.date}}
  - {name: wrong value, in: f.json, expect: {name: {family: Rusu, given: Ana}}}
  - {name: too much, in: f.json, expect: {name: , sex: {code: male}, emails: [a@x.test, b@x.test, c@x.test]}}
  - {name: wrong verdict, in: f.json, set: {d: x}, expect: {}}
  - {name: wrong error, in: f.json, set: {d: x}, error: {code: M204, at: sex}}
  - {name: wrong findings, in: f.json, findings: [M202], unmapped: [r]}
  - {name: no file, in: none.json, expect: {}}
  - {name: no place, in: f.json, remove: [none], expect: {}}
  - {name: wrong path, in: f.json, set: {"a b": x}, expect: {}}
"""


@pytest.fixture
def results(of_json):
    fields = "\n  name.family: {at: a}\n  death.date: {at: d, as: partial_date}\n  emails[]: {each: m, as: text}"
    file(of_json, "t.yaml", "{json: NAV}", fields, TESTS)
    (of_json.folder / "f.json").write_bytes(msgspec.json.encode({"a": "Popa", "q": 1, "m": ["a@x.test", "b@x.test"]}))
    found = run_tests(of_json.folder / "t.yaml", root=of_json.folder, mappings=of_json.load())
    return {one.name: one for one in found}


@pytest.mark.parametrize("name", ["right", "changed", "refused"])
def test_a_test_that_holds_passes(results, name):
    assert results[name].passed, results[name].differences


@pytest.mark.parametrize(
    ("name", "differences"),
    [
        ("wrong value", ("name.family: expected 'Rusu', found 'Popa'", "name.given: expected 'Ana', found nothing")),
        ("too much", ("name: expected nothing, found 2 entries", "sex: expected an object, found nothing", "emails: 1 more elements expected")),
        ("wrong verdict", ("verdict: expected record, found refused (M202 at death.date)",)),
        ("wrong error", ("error: expected M204 at sex, found M202 at death.date, M205 at None",)),
        ("wrong findings", ("findings: expected ['M202'], found []", "unmapped: r expected, not found", "unmapped: q not expected")),
        ("no file", ("the test cannot run: no file none.json beside the mapping",)),
        ("no place", ("the test cannot run: none leads nowhere in the fixture",)),
    ],
)  # fmt: skip
def test_a_test_that_fails_shows_its_differences(results, name, differences):
    assert (results[name].passed, results[name].differences) == (False, differences)
    assert results[name].where.startswith("t.yaml:")


def test_a_defect_in_one_test_is_its_difference_and_the_others_keep_their_results(of_json, monkeypatch):
    def broken(*_, **__):
        raise TypeError("Popa")

    file(of_json, "t.yaml", "{json: NAV}", "\n  name.family: {at: a}", """
tests:
  - {name: broken, in: f.json, round_trip: normal}
  - {name: right, in: f.json, expect: {name: {family: Popa, given: }, sex: "", birth: }}
""")  # fmt: skip
    (of_json.folder / "f.json").write_bytes(b'{"a": "Popa"}')
    monkeypatch.setattr("hub_core.mapping.trying.tests.round_trip", broken)
    broke, right = run_tests(of_json.folder / "t.yaml", root=of_json.folder, mappings=of_json.load())
    assert broke.differences[0].startswith(
        "the test cannot run: a defect of Punte, report it with this line: TypeError ("
    )
    assert "Popa" not in broke.differences[0]
    assert right.passed, right.differences


def test_a_test_can_say_which_request_its_document_answers(of_json):
    top = "direction: both"
    file(of_json, "t.yaml", "{json: NAV}", "\n  name.family: {at: a}\n  exchange.system: {const: NAV}\n  exchange.request: {derive: request()}", """
tests:
  - {name: asked, in: f.json, request: "42", expect: {exchange: {request: "42"}}, round_trip: exact}
  - {name: not asked, in: f.json, expect: {exchange: {request: }}}
""")  # fmt: skip
    path = of_json.folder / "t.yaml"
    path.write_text(path.read_text().replace("target:", f"{top}\ntarget:"))
    (of_json.folder / "f.json").write_bytes(b'{"a": "Popa"}')
    found = run_tests(path, root=of_json.folder, mappings=of_json.load())
    assert [(one.passed, one.differences) for one in found] == [(True, ()), (True, ())]


def test_a_path_of_a_test_that_is_none_is_a_difference(results):
    assert results["wrong path"].differences[0].startswith("the test cannot run: ")


def test_xml_fixtures_can_be_changed_too(of_xml):
    extra = """
tests:
  - {name: one, in: f.xml, set: {a/@f: Rusu, a/b: x, "c[0]": "2"}, remove: ["c[1]"], expect: {name: {family: Rusu}}, unmapped: [a/b, c]}
  - {name: two, in: f.xml, remove: [a/@f], expect: {name: }}
"""
    file(of_xml, "t.yaml", '{xml: "{}root"}', "{name.family: {at: a/@f}}", extra)
    (of_xml.folder / "f.xml").write_text("<root><a f='Popa'/><c>1</c><c>3</c></root>")
    found = run_tests(of_xml.folder / "t.yaml", root=of_xml.folder, mappings=load([of_xml.folder]))
    assert [one.differences for one in found] == [(), ()]


# Paths that settings name ------------------------------------------------------------------------------------


def test_a_path_of_a_setting_is_checked():
    check_path("a.b[x=1]", "json")
    with pytest.raises(ConfigError) as caught:
        check_path("a b", "json", where="x.yaml:1:1")
    assert (caught.value.code, caught.value.where) == ("M107", "x.yaml:1:1")


def test_files_that_were_kept_read_as_their_folder_does():
    kept = gather([MAPPINGS])
    assert [one.version for one in load_files(kept).all] == [one.version for one in load([MAPPINGS]).all]


def test_documents_of_tests_are_not_kept_and_every_byte_of_the_others_counts(tmp_path):
    for name in ("a.yaml", "fixtures/b.yaml", "codes/c@1.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x: 1\n")
    kept = gather([tmp_path])
    assert set(kept) == {"a.yaml", "codes/c@1.yaml"}
    assert digest_of(kept | {"a.yaml": b"x: 1"}) != digest_of(kept) == digest_of(dict(reversed(kept.items())))


# Fixtures ----------------------------------------------------------------------------------------------------

ENVELOPE = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/><s:Body>{}</s:Body></s:Envelope>'


@pytest.mark.parametrize(
    "body",
    ['<root xmlns="urn:a"><n>Popa</n></root>', ENVELOPE.format('<x:root xmlns:x="urn:a"><x:n>Popa</x:n></x:root>')],
)
def test_a_fixture_may_stand_in_a_soap_envelope(of_xml, body):
    results = tried_on(of_xml, body)
    assert [(one.passed, one.differences) for one in results] == [(True, ())]


@pytest.mark.parametrize("body", ["<other/>", ENVELOPE.format("<other/>")])
def test_a_fixture_with_another_document_says_what_to_put_there(of_xml, body):
    (result,) = tried_on(of_xml, body)
    assert "the mapping reads root; put that document alone into the file" in result.differences[0]


def tried_on(bench, body):
    fields = "{name.family: {at: 'a:n'}}"
    tests = "tests:\n  - {name: the name, in: one.xml, expect: {name: {family: Popa}}}"
    file(bench, "a.yaml", '{xml: "{urn:a}root", ns: {a: "urn:a"}}', fields, tests)
    (bench.folder / "one.xml").write_text(body)
    return run_tests(bench.folder / "a.yaml", mappings=bench.load(), root=bench.folder)
