"""Commands for people who write mappings: compile, test."""

import json
import shutil

import pytest

from hub_core.places import MAPPINGS

STATUS = MAPPINGS / "anofm" / "status.yaml"


@pytest.fixture(autouse=True)
def _a_cache_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def own(tmp_path):
    """Return a folder of mappings with one of them, its fixtures and the code lists."""
    folder = tmp_path / "mappings"
    shutil.copytree(MAPPINGS / "codes", folder / "codes")
    shutil.copytree(MAPPINGS / "anofm", folder / "anofm")
    for path in (folder / "anofm").glob("*.yaml"):
        if path.name != "status.yaml":
            path.unlink()
    return folder


def change(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


# test --------------------------------------------------------------------------------------------------------


def test_the_tests_of_one_file_are_run(punte):
    done = punte("mapping", "test", STATUS)
    assert done.code == 0
    assert done.out.startswith("ok   an unemployed person with benefit  anofm/status.yaml:")
    assert "0 failed" in done.err


def test_a_failed_test_shows_its_differences_and_ends_with_1(own, punte):
    change(own / "anofm" / "status.yaml", "family: IONESCU-POPA", "family: Somebody")
    done = punte("mapping", "test", own)
    assert done.code == 1
    assert "FAIL an unemployed person with benefit" in done.out
    assert "name.family: expected 'Somebody', found 'IONESCU-POPA'" in done.out


def test_coverage_names_what_no_test_exercises(punte):
    answer = json.loads(punte("mapping", "test", STATUS, "--coverage", "--json").out)
    (coverage,) = answer["coverage"]
    assert answer["failed"] == 0
    assert coverage["mapping"] == "anofm.status/1"
    assert "anofm-visa@1: L" in coverage["codes"]["missed"]
    out = punte("mapping", "test", STATUS, "--coverage").out
    assert "anofm-visa@1: L" in out


def test_a_folder_without_mappings_says_so(tmp_path, punte):
    done = punte("mapping", "test", tmp_path)
    assert (done.code, done.out) == (0, "")
    assert "no tests there" in done.err


def test_a_path_that_leads_nowhere_is_named(tmp_path, punte):
    done = punte("mapping", "test", tmp_path / "none.yaml")
    assert done.code == 1
    assert "M101" in done.err


# compile -----------------------------------------------------------------------------------------------------


def test_what_was_compiled_once_comes_from_the_cache(own, punte):
    (first,) = json.loads(punte("mapping", "compile", "--root", own, "--json").out)
    (again,) = json.loads(punte("mapping", "compile", "--root", own, "--json").out)
    assert (first["cached"], again["cached"]) == (False, True)
    assert {**again, "cached": False, "ms": first["ms"]} == first
    assert punte("mapping", "compile", "--root", own).out.split()[-1] == "cache"


@pytest.mark.parametrize("name", ["anofm.status/1", STATUS])
def test_the_source_of_a_mapping_is_python_that_names_its_rules(punte, name):
    source = punte("mapping", "compile", "--show", name).out
    compile(source, "source", "exec")
    number = next(number for number, line in enumerate(STATUS.read_text().split("\n"), 1) if "period.start:" in line)
    assert f"# start <- 'anofm/status.yaml:{number}'" in source


def test_the_traced_source_writes_down_where_values_come_from(punte):
    assert "run.note(" in punte("mapping", "compile", "--show", "anofm.status/1", "--traced").out
    assert "run.note(" not in punte("mapping", "compile", "--show", "anofm.status/1").out


def test_the_source_of_writing_is_shown_too(punte):
    source = punte("mapping", "compile", "--show", "anofm.status/1", "--direction", "out").out
    compile(source, "source", "exec")
    number = next(number for number, line in enumerate(STATUS.read_text().split("\n"), 1) if "name.family:" in line)
    assert f"# 'anofm/status.yaml:{number}'" in source
    assert source != punte("mapping", "compile", "--show", "anofm.status/1").out


def test_writing_has_no_traced_source(punte):
    done = punte("mapping", "compile", "--show", "anofm.status/1", "--direction", "out", "--traced")
    assert (done.code, "no traced variant" in done.err) == (2, True)


def test_a_mapping_that_is_not_there_cannot_be_shown(punte):
    done = punte("mapping", "compile", "--show", "none/1")
    assert done.code == 1
    assert "punte mapping list" in done.err


# try ---------------------------------------------------------------------------------------------------------


def test_a_mapping_is_tried_on_the_fixture_of_its_first_test(own, punte):
    done = punte("mapping", "try", own / "anofm" / "status.yaml")
    assert done.code == 0
    assert "unemployed.xml" in done.out
    assert "IONESCU-POPA" in done.out


def test_values_of_another_document_are_masked_unless_revealed(own, tmp_path, punte):
    document = tmp_path / "real.xml"
    shutil.copy(own / "anofm" / "fixtures" / "unemployed.xml", document)
    given = ("mapping", "try", own / "anofm" / "status.yaml", "--on", document)
    assert "IONESCU" not in punte(*given).out
    assert "IONESCU" in punte(*given, "--reveal").out


def test_a_document_that_the_mapping_is_not_for_is_named(own, punte):
    other = next((MAPPINGS / "cnas" / "fixtures").glob("*.xml"))
    done = punte("mapping", "try", own / "anofm" / "status.yaml", "--on", other)
    assert done.code == 1
    assert "another document is expected" in done.out


def test_a_mapping_with_faults_shows_them_with_what_to_write(own, punte):
    change(own / "anofm" / "status.yaml", "name.family:", "name.familly:")
    done = punte("mapping", "try", own / "anofm" / "status.yaml")
    assert done.code == 1
    assert "M104 Name has no field 'familly'" in done.out
    assert "write 'family' instead" in done.out


def test_a_mapping_outside_of_any_folder_of_mappings_uses_the_shipped_code_lists(tmp_path, punte):
    file = tmp_path / "draft.yaml"
    shutil.copy(STATUS, file)
    document = MAPPINGS / "anofm" / "fixtures" / "unemployed.xml"
    answer = json.loads(punte("mapping", "try", file, "--on", document, "--json").out)
    assert answer["verdict"] == "record"
    assert answer["record"]["name"]["family"] == "IONESCU-POPA"


def test_a_file_that_holds_no_mapping_is_refused(own, punte):
    done = punte("mapping", "try", own / "codes" / "sex@1.yaml")
    assert done.code == 1
    assert "the file holds no mapping" in done.out
