"""Faults of mapping files: each with line, column, code, and what to write instead; all of a set together."""

import pytest

from hub_core.codes import CODES
from hub_core.errors import ConfigError
from hub_core.mapping import load

HEAD = """\
mapping: test.test/1
source: {json: TEST}
target: Beneficiary@1
codes: {sex: test-sex@1, kind: kind@1}
"""
LINE = HEAD.count("\n") + 2  # of the first field


def faults(bench, text, name="test.yaml"):
    (bench.folder / name).write_text(text)
    with pytest.raises(ConfigError) as caught:
        load([bench.folder], schemas=bench.folder)
    return [(one.rule.removeprefix(f"{name}:"), one.code, one.text, one.help) for one in caught.value.findings]


FIELDS = [
    ("names.family: {at: a}", "0:1", "M104", "no field 'names'", "write 'name' instead"),
    ("name.familie: {at: a}", "0:1", "M104", "Name has no field 'familie'", "write 'family' instead"),
    ("name.normal: {at: a}", "0:1", "M104", "written by the hub", ""),
    ("unmapped[]: {at: a}", "0:1", "M104", "written by the hub", ""),
    ("name: {at: a}", "0:1", "M104", "name is an object", "write name.family"),
    ("name.family.x: {at: a}", "0:1", "M104", "family has no fields", "end the path at family: write 'name.family' instead"),
    ("notes: {each: n, fields: {text: {at: t}}}", "0:1", "M104", "notes is a list", "write 'notes[]' instead"),
    ("notes.text: {at: t}", "0:1", "M104", "notes is a list", "write notes[field=value]"),
    ("name[]: {at: t}", "0:1", "M104", "holds one value", "without []"),
    ("notes[]: {each: n, as: text}", "0:1", "M104", "elements of notes are objects", "fields: {text: {at: ...}}"),
    ("emails[]: {each: n, fields: {text: {at: t}}}", "0:1", "M104", "plain values", "write as:"),
    ("notes[].text: {at: t}", "0:1", "M104", "not a canonical path", "under fields:"),
    ("identifiers[scheme]: {at: t}", "0:1", "M104", "not a canonical path", "write [field=value]"),
    ("identifiers[scheme=x]: {at: t}", "0:1", "M104", "is an object", ".value"),
    ("addresses[use=home].street: {at: t}", "0:1", "M104", "coded value", "write [use=list:home]"),
    ('".": {at: t}', "0:1", "M104", "takes a block or fields", "use: block"),
    ("birth.date: {at: a}", "0:1", "M105", "takes a partial date", "write as: partial_date"),
    ("birth.date: {at: a, as: date}", "0:25", "M105", "codec gives a date", "write as: partial_date"),
    ("birth.date: {at: a, as: partialdate}", "0:25", "M105", "cannot be read", "write 'partial_date' instead"),
    ('death.date: {at: a, as: \'partial_date("%d")\'}', "0:25", "M105", "cannot be read", "pattern with %Y"),
    ("name.family: {at: a, as: split(1)}", "0:26", "M105", "cannot be read", 'split("/", 0)'),
    ("name.family: {at: a, as: date | upper}", "0:26", "M105", "cannot be read", "move it to the end"),
    ("citizenships[]: {each: c, fields: {country: {const: Norway}}}", "0:53", "M105", "takes a country", "country"),
    ("sex: {at: a}", "0:1", "M106", "coded value", "add codes:"),
    ("sex: {at: a, codes: sx}", "0:21", "M106", "no code list is called 'sx'", "write 'sex' instead"),
    ("role: {const: M, codes: sex}", "0:15", "M106", "no code 'M'", "male"),
    ("birth.date: {at: a, codes: sex}", "0:28", "M106", "not a code", "use as:"),
    ("name.family: {at: 'a b'}", "0:19", "M107", "not a path into JSON", "correct"),
    ("name.family: {at: '@a'}", "0:19", "M107", "not a path into JSON", "correct"),
    ("spouse: {use: nobody, at: s}", "0:15", "M109", "no block 'nobody'", "blocks:"),
    ("name.family: {att: a}", "0:15", "M102", "unknown key 'att'", "write 'at' instead"),
    ("name.family: {}", "0:14", "M103", "no origin", "add at:"),
    ("name.family: {at: a, const: b}", "0:14", "M103", "at and const", "leave one"),
    ("name.family: text", "0:14", "M103", "a rule is expected", "{at: path}"),
    ("name.family: []", "0:14", "M103", "no rule", "{at: path}"),
    ("name.family: {at: [a, b]}", "0:19", "M103", "one path", "any: [path, path]"),
    ("name.family: {any: a}", "0:20", "M103", "takes a list", "any: [path, path]"),
    ("name.family: {at: a, need: yes}", "0:28", "M103", "'yes' is no value of need:", "required"),
    ("name.family: {at: a, faulty: ignore}", "0:30", "M103", "no value of faulty:", "flag"),
    ("name.family: {at: a, unmapped: keep}", "0:22", "M103", "belongs to codes:", "codes:"),
    ("name.family: {at: a, key: [x]}", "0:22", "M103", "belongs to each:", "each:"),
    ("name.family: {at: a, where: {b: c}}", "0:22", "M103", "belongs to each:", "when:"),
    ("name.family: {at: a, when: {}}", "0:28", "M103", "when: has another form", "literal"),
    ("name.family: {at: a, when: {b: ''}}", "0:32", "M103", "compares with nothing", "present"),
    ("name.family: {at: a, absent: ['-'], unknown: ['-']}", "0:14", "M103", "two meanings", "one of"),
    ("name.family: {at: a, absent: ['-'], withheld: ['-']}", "0:14", "M103", "two meanings", "one of"),
    ("name.family: {at: 'p[0].f'}", "0:19", "M107", "holds an index", "write []"),
    ("emails[]: {each: m, need: required}", "0:21", "M103", "single value", "field inside"),
    ("spouse: {at: s, need: required, fields: {name.family: {at: f}}}", "0:17", "M103", "single value", "inside"),
    ("emails[]: {const: a@example.org}", "0:1", "M103", "from one place", "each:"),
    ("emails[]: {each: m, key: [x]}", "0:21", "M103", "key: belongs to each:", "remove"),
    ("identifiers[issuer.id=x].value: {at: a}", "0:1", "M104", "not a canonical path", "write [field=value]"),
    ("name.family: {derive: 'concat(a, b)'}", "0:23", "M103", "other functions", "join("),
    ("name.family: {derive: 'join(\"-\")'}", "0:23", "M103", "other parameters", "join("),
    ("spouse: {use: x, at: s, as: text}", "0:25", "M103", "does not go with", "in a field inside"),
    ("notes[]: {each: n, key: [txt], fields: {text: {at: t}}}", "0:26", "M104", "no field 'txt'", "write 'text' instead"),
    ("name.family: {at: a, faulty: flag, spill: key}", "0:43", "M104", "spill: names a text field", ""),
    ("name.family: {at: a, spill: full}", "0:29", "M103", "cannot be read", "faulty: flag"),
    ("insured.as_of: {const: 2024-W05-3}", "0:24", "M105", "takes a date", "write a date"),
    ("employments[]: {each: e, fields: {hours_week: {const: NaN}}}", "0:55", "M105", "takes a decimal", "write a decimal"),
    ("insurance[]: {each: e, fields: {uncertain: {const: maybe}}}", "0:52", "M105", "takes a yes/no", "true or false"),
    (f"name.family: {{at: {'.'.join('abcdefghijklmnopq')}}}", "0:19", "M107", "more than 16 steps", ""),
    ("name.family: {at: 'a[b'}", "0:19", "M107", "not a path", ""),
    ("name.family: {at: 'a.'}", "0:19", "M107", "a step is expected", "correct"),
    ("name.family.: {at: a}", "0:1", "M104", "not a canonical path", "dot"),
    ("identifiers[schem=x].value: {at: a}", "0:1", "M104", "no field 'schem'", "write 'scheme' instead"),
    ("cases[]: {each: c, use: nobody}", "0:25", "M109", "no block 'nobody'", ""),
    ("birth.date: {at: a, as: partial_date}\n  birth: {fields: {date: {at: b, as: date}}}", "1:38", "M105", "takes a partial date", ""),
    ("sex: {at: a, codes: sex}\n  sex.code: {at: b}", "1:3", "M108", "two rules for sex", "or its parts"),
    ('identifiers[scheme=x].value: {at: a}\n  identifiers[scheme="x"].value: {at: b}', "1:3", "M108", "two unconditional rules", "as a list"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "place", "code", "words", "mend"), FIELDS, ids=[case[0] for case in FIELDS])
def test_a_fault_of_a_rule_has_place_code_and_mend(of_json, field, place, code, words, mend):
    line, column = map(int, place.split(":"))
    column += 2 if line == 0 else 0  # fields are indented
    found = faults(of_json, f"{HEAD}fields:\n  {field}\n")
    expected = f"{LINE + line}:{column}"
    assert expected in [one[0] for one in found], found
    _, found_code, text, help_text = next(one for one in found if one[0] == expected)
    assert (found_code, words in text, mend in help_text) == (code, True, True), (text, help_text)


FILES = [
    ("mapping: Test\nsource: {json: TEST}\ntarget: Beneficiary@1\nfields:\n  name.family: {at: a}\n", "1:10", "M103", "major"),
    ("source: {json: TEST}\ntarget: Beneficiary@1\nfields: {}\nmapping: a/1\ndirektion: in\n", "5:1", "M102", "direction"),
    ("mapping: a/1\nsource: {json: TEST}\ntarget: Person@1\nfields: {}\n", "3:9", "M104", "Beneficiary@1"),
    ("mapping: a/1\nsource: {json: TEST}\ntarget: Beneficiary@1\n", "1:1", "M103", "fields:"),
    ("mapping: a/1\nsource: {json: test}\ntarget: Beneficiary@1\nfields: {}\n", "2:16", "M103", "capital letters"),
    ("mapping: a/1\nsource: {yaml: x}\ntarget: Beneficiary@1\nfields: {}\n", "2:9", "M103", "xml:"),
    ("mapping: a/1\nsource: {json: T, ns: {a: b}}\ntarget: Beneficiary@1\nfields: {}\n", "2:19", "M103", "remove"),
    ("mapping: a/1\nsource: {xml: x.xsd#a}\ntarget: Beneficiary@1\nfields: {}\n", "2:15", "M107", "write 's.xsd' instead"),
    ("mapping: a/1\nsource: {xml: ../x.xsd#a}\ntarget: Beneficiary@1\nfields: {}\n", "2:15", "M107", "write"),
    ("mapping: a/1\nsource: {xml: '{}r', ns: {a: b}}\ntarget: Beneficiary@1\nfields:\n  name.family: {at: 'x:y'}\n", "5:21", "M107", "write 'a:y' instead"),
    ("mapping: a/1\nsource: {json: T}\ntarget: Beneficiary@1\ndirection: sideways\nfields: {}\n", "4:12", "M103", "both"),
    ("mapping: a/1\nsource: {json: T}\ntarget: Beneficiary@1\ncodes: {a: none@1}\nfields: {}\n", "4:12", "M106", "kind@1"),
    ("mapping: a/1\nsource: {json: T}\ntarget: Beneficiary@1\nblocks_from: [no.yaml]\nfields: {}\n", "4:15", "M109", "yaml"),
    ("mapping: a/1\nsource: {json: T}\ntarget: Beneficiary@1\nfields: {}\nignore: {a.b: }\n", "5:10", "M103", "why"),
    ("mapping: a/1\nsource: {json: T}\ntarget: Beneficiary@1\nfields: {}\nignore: [a]\n", "5:9", "M103", "{path: reason}"),
    ("mapping: a/1\nsource: {json: T}\ntarget: Beneficiary@1\nfields: {}\nanswer: {failed: {a: b}}\n", "5:9", "M103", "at: path"),
    ("mapping: a/1\nsource: {json: T}\ntarget: Beneficiary@1\nfields: {}\nanswer: {at: s, failed: {a: b}, none: {a: c}}\n", "5:39", "M103", "one of"),
    ("mapping: a/1\nsource: {json: T}\ntarget: Beneficiary@1\nfields: {}\ntests:\n  - {name: x, in: y}\n", "6:5", "M110", "expect:"),
    ("mapping: a/1\nsource: {json: T}\ntarget: Beneficiary@1\nfields: {}\ntests:\n  - {name: x, in: y, error: M999}\n", "6:29", "M110", "M"),
    ("mapping: a/1\nsource: {json: T}\ntarget: Beneficiary@1\nfields: {}\ntests:\n  - {name: x, inn: y, expect: {}}\n", "6:15", "M102", "write 'in' instead"),
    ("mapping: a/1\nsource: {json: T}\ntarget: Beneficiary@1\nfields: {spouse: {use: x, at: s}}\nblocks:\n  x: {father: {use: x, at: f}}\n", "6:21", "M109", "fields:"),
    ("mapping: a/1\nsource: {json: T, document: 1, xml: x}\ntarget: Beneficiary@1\nfields: {}\n", "2:9", "M103", "xml:"),
    ("mapping: a/1\nsource: {xml: '{}r', document: 1}\ntarget: Beneficiary@1\nfields: {}\n", "2:22", "M103", "remove it"),
    ("mapping: a/1\nsource: {json: T}\ntarget: Beneficiary@1\nfields: {}\nblocks: [a]\n", "5:9", "M103", "{target: rule}"),
    ("mapping: a/1\nsource: {json: T}\ntarget: Beneficiary@1\nfields: {}\nblocks: {a: b}\n", "5:13", "M103", "its fields"),
    ("mapping: a/1\nsource: {json: T}\ntarget: Beneficiary@1\nfields: {}\nanswer: x\n", "5:9", "M103", "at: path"),
    ("mapping: a/1\nsource: {json: T}\ntarget: Beneficiary@1\nfields: {}\nblocks_from: [b.yaml, c.yaml]\n", "5:23", "M109", "rename"),
    ("mapping: a/1\nsource: {xml: s.xsd#rot}\ntarget: Beneficiary@1\nfields: {}\n", "2:15", "M107", "write 'root' instead"),
    ("mapping: a/1\nsource: {xml: bad.xsd#root}\ntarget: Beneficiary@1\nfields: {}\n", "2:15", "M107", "mend the schema"),
    ("a: &x 1\n", "1:4", "M101", "anchor"),
    ("- a\n", "1:1", "M101", "mapping:"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "code", "mend"), FILES)
def test_a_fault_of_a_file_has_place_code_and_mend(of_json, text, place, code, mend):
    for name in "bc":
        (of_json.folder / f"{name}.yaml").write_text("blocks: {p: {}}\n")
    (of_json.folder / "s.xsd").write_text(
        '<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema"><s:element name="root"/></s:schema>'
    )
    (of_json.folder / "bad.xsd").write_text("<s")
    found = {one[0]: one for one in faults(of_json, text)}
    assert place in found, found
    _, found_code, _, help_text = found[place]
    assert found_code == code
    assert mend in help_text or code == "M101"


def test_an_object_that_no_document_can_fill_is_a_fault(of_json):
    (found,) = faults(of_json, f"{HEAD}fields:\n  identifiers[scheme=x].issuer.id: {{at: a}}\n")
    assert found == (f"{LINE}:1", "M112", "Identifier cannot be without value", "add a rule for value")


def test_all_faults_of_all_files_are_reported_together(of_json):
    (of_json.folder / "other.yaml").write_text(HEAD.replace("test/1", "other/1") + "fields:\n  nam.family: {at: a}\n")
    found = faults(
        of_json, f"{HEAD}fields:\n  nam.family: {{at: a}}\n  sex: {{at: a, codes: x}}\n  birth.dat: {{at: b}}\n"
    )
    assert len(found) == 4


def test_a_fault_in_a_block_is_reported_once_however_often_it_is_used(of_json):
    text = f"{HEAD}fields:\n  father: {{use: p, at: a}}\n  mother: {{use: p, at: b}}\nblocks:\n  p: {{name.x: {{at: f}}}}\n"
    assert [one[0] for one in faults(of_json, text)] == ["9:7"]


CODE_FILES = [
    ("list: b@1\ntitle: t\nsource: s\ncodes: {}\n", "1:7", "another name"),
    ("list: a\ntitle: t\nsource: s\ncodes: {}\n", "1:7", "list@version"),
    ("list: a@1\ntitle: t\ncodes: {}\n", "1:1", "source: is missing"),
    ("list: a@1\ntitle: t\nsource: s\n", "1:1", "codes: is missing"),
    ("list: a@1\ntitle: t\nsource: s\ncodes: {x: {inn: [A]}}\n", "4:13", "unknown key 'inn'"),
    ("list: a@1\ntitle: t\nsource: s\ncodes: {x: {in: [A]}, y: {in: [A]}}\n", "4:26", "read as two codes"),
    ("list: a@1\ntitle: t\nsource: s\ncodes: {x: {in: [A, B]}}\n", "4:12", "without a reason"),
    ("list: a@1\ntitle: t\nsource: s\ncodes: {x: {in: [A], out: B}}\n", "4:27", "no text of in:"),
    ("list: a@1\nof: none@1\ntitle: t\nsource: s\ncodes: {}\n", "2:5", "no code list 'none@1'"),
    ("list: a@1\nof: sex@1\ntitle: t\nsource: s\ncodes: {man: {in: [A]}}\n", "5:9", "sex@1 has no code 'man'"),
    ("- a\n", "1:1", "a code list is expected"),
    ("list: a@1\ntitle: t\nsource: s\ncodes: {x: y}\n", "4:12", "has no entry"),
    ("list: a@1\ntitle: t\nsource: s\ncodes: {x: {in: [[a]]}}\n", "4:17", "no text"),
    ("list: a@1\ntitle: t\nsource: s\nvalid: 2000\ncodes: {}\n", "4:8", "another form"),
    ("list: a@1\ntitle: t\nsource: s\nvalid: {from: 1.1.2000}\ncodes: {}\n", "4:15", "not a date"),
]


@pytest.mark.parametrize(("text", "place", "words"), CODE_FILES)
def test_a_fault_of_a_code_list_has_its_place(of_json, text, place, words):
    found = faults(of_json, text, "codes/a@1.yaml")
    assert [(one[0], one[1], words in one[2]) for one in found] == [(place, "M106", True)]


def test_a_list_with_a_fault_is_not_reported_as_missing_too(of_json):
    (of_json.folder / "codes" / "a@1.yaml").write_text("list: a@1\ntitle: t\ncodes: {}\n")
    found = faults(of_json, HEAD.replace("kind@1", "a@1") + "fields:\n  sex: {at: a, codes: kind}\n")
    assert [one[0] for one in found] == ["codes/a@1.yaml:1:1"]


def test_two_mappings_for_one_document_are_a_fault(of_json):
    (of_json.folder / "a.yaml").write_text(HEAD.replace("test.test", "test.a") + "fields: {}\n")
    (found,) = faults(of_json, f"{HEAD}fields: {{}}\n")
    assert (found[0].partition(":")[0], found[1]) == ("2", "M111")
    assert "a.yaml" in found[2]


def test_every_code_of_a_fault_stands_in_the_catalogue():
    assert {case[2] for case in (*FIELDS, *FILES)} <= CODES.keys()
