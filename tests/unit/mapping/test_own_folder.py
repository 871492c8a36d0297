"""A folder of one's own: what it lacks is shipped, what it has counts first."""

import pytest

from hub_core.errors import ConfigError
from hub_core.mapping.selection import load_folder, load_selected, mapping_files, root_here, root_of, schemas_of
from hub_core.places import MAPPINGS, SCHEMAS

MAPPING = """
mapping: own.answer/1
source: {xml: "Answer.xsd#answer"}
target: Beneficiary@1
codes: {sex: eessi-sex@1}
fields:
  sex: {at: sex, codes: sex}
"""
XSD = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="answer"><xs:complexType><xs:sequence>
    <xs:element name="sex" type="xs:string"/>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>
"""
LIST = """
list: eessi-sex@1
of: sex@1
title: Sex
source: made for tests
codes: {male: {in: [X]}}
"""


@pytest.fixture
def own(tmp_path):
    """Return a folder of mappings beside a folder of contracts, with one mapping and no code list."""
    folder = tmp_path / "mappings"
    for name, text in {"mappings/own/answer.yaml": MAPPING, "schemas/Answer.xsd": XSD}.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text.lstrip())
    return folder


def faults(load):
    with pytest.raises(ConfigError) as caught:
        load()
    return [(one.code, one.text, one.help) for one in caught.value.findings]


def test_a_code_list_that_the_folder_lacks_is_the_shipped_one(own):
    (mapping,) = load_folder(own).all
    assert mapping.id == "own.answer/1"


def test_a_code_list_of_the_folder_counts_before_the_shipped_one_of_its_name(own):
    shipped = load_folder(own).all[0].hash
    (own / "partner" / "codes").mkdir(parents=True)
    (own / "partner" / "codes" / "eessi-sex@1.yaml").write_text(LIST.lstrip())
    assert load_folder(own).all[0].hash != shipped


def test_blocks_that_the_folder_lacks_are_the_shipped_ones(own):
    file = own / "own" / "answer.yaml"
    file.write_text(file.read_text().replace("target:", "blocks_from: [eessi/nav-blocks.yaml]\ntarget:"))
    assert load_folder(own).all


def test_who_names_no_folder_means_the_one_beside_or_around_them_else_the_shipped_one(own, monkeypatch, tmp_path):
    found = []
    for place in (own.parent, own, own / "own", tmp_path.parent):
        monkeypatch.chdir(place)
        found.append(root_here())
    assert found == [own, own, own, MAPPINGS]


def test_a_contract_that_is_not_there_is_not_taken_for_one_of_another_partner(own):
    (own / "own" / "answer.yaml").write_text(MAPPING.lstrip().replace("Answer.xsd", "partners/own/Answer.xsd"))
    ((code, text, mend),) = faults(lambda: load_folder(own, schemas=SCHEMAS))
    assert (code, text) == ("M107", f"the schema 'partners/own/Answer.xsd' is not below {SCHEMAS}/")
    assert mend.startswith("put it there: a hub reads contracts from nowhere else")


def test_the_folder_is_known_by_its_name_and_the_contracts_lie_beside_it(own):
    assert root_of(own / "own" / "answer.yaml") == own
    assert root_of(own) == own
    assert schemas_of(own) == own.parent / "schemas"


def test_a_file_that_lies_anywhere_belongs_to_the_shipped_folder(tmp_path):
    assert root_of(tmp_path / "x.yaml") == MAPPINGS
    assert schemas_of(MAPPINGS) == SCHEMAS


def test_one_file_of_the_folder_is_read_with_what_is_shipped(own):
    files = mapping_files([own])
    assert [one.file for one in load_selected(files, root=own).all] == ["own/answer.yaml"]


def test_a_schema_that_is_not_there_is_told_with_the_folder_it_was_looked_for_in(own, tmp_path):
    (tmp_path / "schemas" / "Answer.xsd").unlink()
    ((code, text, mend),) = faults(lambda: load_folder(own))
    assert (code, mend) == ("M107", "put it there, or name another folder with --schemas")
    assert text == f"the schema 'Answer.xsd' is not below {tmp_path}/schemas/"


@pytest.mark.parametrize("path", ["/etc/Answer.xsd", "../schemas/Answer.xsd"])
def test_a_schema_outside_of_the_folder_is_refused_with_what_to_write(own, path):
    file = own / "own" / "answer.yaml"
    file.write_text(file.read_text().replace("Answer.xsd", path))
    ((code, text, mend),) = faults(lambda: load_folder(own))
    assert code == "M107"
    assert text.startswith("the path of the schema does not start in")
    assert mend == "write its path below the folder of contracts, and name that folder with --schemas"


def test_a_code_that_is_not_there_is_answered_with_all_of_a_short_list(own):
    (own / "codes").mkdir()
    (own / "codes" / "eessi-sex@1.yaml").write_text(LIST.lstrip().replace("{male:", "{man:"))
    ((code, _, mend),) = faults(lambda: load_folder(own))
    assert code == "M106"
    assert mend.startswith("write one of: ")
    assert "male" in mend


def test_a_code_list_that_is_not_there_is_not_guessed_by_its_spelling(own):
    file = own / "own" / "answer.yaml"
    file.write_text(file.read_text().replace("eessi-sex@1", "pesys-theme@1"))
    assert ("M106", "sex: no code list 'pesys-theme@1'", "see what there is: punte codes") in faults(
        lambda: load_folder(own)
    )
