"""Beside a file that does not load, lint does not guess what it would have named."""

import pytest

from hub_core.lint import lint

MAPPING = """
mapping: own.answer/1
source: {xml: "Answer.xsd#answer"}
target: Beneficiary@1
codes: {sex: own-sex@1}
fields:
  sex: {at: sex, codes: sex}
"""
XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="answer"><xs:complexType><xs:sequence>
<xs:element name="sex" type="xs:string"/></xs:sequence></xs:complexType></xs:element></xs:schema>"""
LISTS = """list: {name}
of: sex@1
title: Sex
source: made for tests
codes: {{male: {{in: [X]}}}}
"""


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (MAPPING, {("codes/other-sex@1.yaml", "L165")}),
        (MAPPING.replace("  sex: {", "\tsex: {"), {("own/answer.yaml", "M101")}),
    ],
    ids=["loads", "broken"],
)
def test_a_code_list_is_unused_only_if_all_mappings_load(tmp_path, text, codes):
    files = {"mappings/own/answer.yaml": text.lstrip(), "schemas/Answer.xsd": XSD}
    files |= {f"mappings/codes/{name}.yaml": LISTS.format(name=name) for name in ("own-sex@1", "other-sex@1")}
    for name, body in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(body)
    found = lint([tmp_path / "mappings"], root=tmp_path / "mappings", schemas=tmp_path / "schemas")
    assert {(one.file, one.code) for one in found if one.code in {"L165", "M101"}} == codes
