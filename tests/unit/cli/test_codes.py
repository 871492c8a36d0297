"""The command that shows code lists."""

import json

from cli import completion

OWN = """
list: own-sex@1
of: sex@1
title: Sex as we write it
source: made for tests
valid: {from: 2020-01-01, until: 2024-12-31}
codes: {male: {in: [H]}}
"""


def test_all_lists_are_listed(punte):
    done = punte("codes")
    assert done.code == 0
    assert "benefit-status@1" in done.out
    assert "punte codes LIST" in done.err


def test_a_list_is_shown_with_its_codes_and_the_texts_that_are_read_and_written(punte):
    out = punte("codes", "eessi-sex@1").out
    assert "Pairs of NATIVE and NAV documents" in out
    assert "female   Female   K, k, F, f, 02  02" in out


def test_a_list_can_be_named_without_its_version(punte):
    assert punte("codes", "benefit-status").out == punte("codes", "benefit-status@1").out


def test_a_word_lists_what_it_fits(punte):
    names = [row["list"] for row in json.loads(punte("codes", "benefit", "--json").out)]
    assert "anofm-end@1" in names
    assert "sex@1" not in names


def test_a_coded_field_of_the_record_shows_the_list_that_records_name_there(punte):
    for field in ("benefits[].amounts[].frequency", "amounts.frequency"):
        assert punte("codes", field).out == punte("codes", "payment-frequency@1").out


def test_a_field_whose_records_name_several_lists_lists_them(punte):
    names = [row["list"] for row in json.loads(punte("codes", "documents[].kind", "--json").out)]
    assert names == ["eessi-attachment@1", "eessi-enclosure@1", "eessi-sed@1"]


def test_a_list_of_ones_own_folder_is_shown_with_the_texts_of_its_origin(punte, tmp_path):
    (tmp_path / "codes").mkdir()
    (tmp_path / "codes" / "own-sex@1.yaml").write_text(OWN.lstrip())
    found = json.loads(punte("codes", "own-sex@1", "--root", tmp_path, "--json").out)
    assert (found["of"], found["in_force"]) == ("sex@1", "2020-01-01 to 2024-12-31")
    (code,) = found["codes"]
    assert code == {"code": "male", "text": "Male", "in": ["H"], "out": "H", "in_force": "", "why": None}


def test_a_list_that_is_not_there_is_told_with_where_to_look(punte):
    done = punte("codes", "nothing-like-it@1")
    assert done.code == 1
    assert "M106 no code list 'nothing-like-it@1'" in done.err
    assert "punte codes" in done.err


def test_the_shell_completes_the_names_of_lists():
    assert completion.code_lists("benefit-st") == ["benefit-status@1"]
