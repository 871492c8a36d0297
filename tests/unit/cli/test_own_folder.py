"""Commands in a folder of one's own: two options, one meaning."""

import json
import shutil

import pytest

from hub_core.places import MAPPINGS, SCHEMAS


@pytest.fixture(autouse=True)
def _a_cache_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def given(tmp_path):
    """Return the options that name a folder with one mapping and no code list, and one with its contract."""
    mine, contracts = tmp_path / "mine", tmp_path / "contracts"
    shutil.copytree(MAPPINGS / "anofm" / "fixtures", mine / "anofm" / "fixtures")
    shutil.copy(MAPPINGS / "anofm" / "status.yaml", mine / "anofm")
    file = mine / "anofm" / "status.yaml"
    file.write_text(file.read_text().replace("partners/anofm/", "moved/"))
    shutil.copytree(SCHEMAS / "partners" / "anofm", contracts / "moved")
    return "--root", mine, "--schemas", contracts


COMMANDS = {
    "mapping test": ["mapping", "test"],
    "mapping test of a file": ["mapping", "test", "FILE"],
    "mapping lint": ["mapping", "lint", "FILE"],
    "mapping try": ["mapping", "try", "FILE"],
    "mapping list": ["mapping", "list"],
    "mapping compile": ["mapping", "compile"],
    "mapping compile --show": ["mapping", "compile", "--show", "anofm.status/1"],
    "read": ["read", "DOCUMENT"],
}


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_a_mapping_of_ones_own_folder_is_used(words, given, punte):
    file = given[1] / "anofm" / "status.yaml"
    document = min((file.parent / "fixtures").glob("*.xml"))
    done = punte(*[{"FILE": file, "DOCUMENT": document}.get(word, word) for word in words], *given)
    assert (done.code, "M10" in done.out + done.err) == (0, False), done.out + done.err


def test_a_record_is_read_and_written_with_a_mapping_of_ones_own_folder(given, punte, tmp_path):
    document = min((given[1] / "anofm" / "fixtures").glob("*.xml"))
    read = punte("read", document, "--json", *given)
    assert json.loads(read.out)["mapping"].startswith("anofm.status/1@")
    (tmp_path / "record.json").write_text(read.out)
    done = punte("write", tmp_path / "record.json", "--as", "anofm.status/1", "--json", *given)
    assert json.loads(done.out)["document"].startswith("<")


@pytest.fixture
def own(given, tmp_path):
    """Return a folder with a mapping, as one would deliver it: its contract lies in schemas beside it, lists nowhere."""
    folder = tmp_path / "own"
    shutil.copytree(given[1], folder / "mappings")
    shutil.copytree(given[3], folder / "schemas")
    file = folder / "mappings" / "anofm" / "status.yaml"
    file.write_text(file.read_text().replace("{const: ANOFM}", "{const: OTHER}", 1))
    return file


def test_a_file_of_ones_own_folder_is_compared_with_the_one_in_force(own, home, punte):
    done = punte("mapping", "diff", "in-force", own, "--on", own.parent / "fixtures", "--json")
    answer = json.loads(done.out)
    assert (done.code, answer["changes"]) == (1, [{"action": "changed", "mapping": "anofm.status/1"}])
    assert (answer["failed"], [one["field"] for one in answer["fields"]]) == (0, ["exchange.system"])


@pytest.mark.parametrize(
    ("options", "others"), [([], set()), (["--whole"], {"removed"})], ids=["beside those in force", "all there is"]
)
def test_a_folder_of_ones_own_is_compared(own, home, punte, options, others):
    done = punte("mapping", "diff", "in-force", own.parents[1], "--on", own.parent / "fixtures", "--json", *options)
    changes = {it["mapping"]: it["action"] for it in json.loads(done.out)["changes"]}
    assert (done.code, changes.pop("anofm.status/1"), set(changes.values())) == (1, "changed", others)


def test_a_code_list_that_nobody_has_is_told_with_its_place(own, home, punte):
    own.write_text(own.read_text().replace("codes:\n", "codes:\n  lost: lost@1\n", 1))
    done = punte("mapping", "diff", "in-force", own, "--on", own.parent / "fixtures")
    assert (done.code, "M106" in done.err, "'lost@1'" in done.err) == (1, True, True)


def test_rows_of_a_flat_file_are_compared_one_by_one(home, punte, tmp_path):
    changed = tmp_path / "monthly.yaml"
    text = (MAPPINGS / "anofm" / "monthly.yaml").read_text()
    changed.write_text(text.replace("payer.name: {const: AJOFM}", "payer.name: {const: AJOFM CJ}"))
    given = ("--on", MAPPINGS / "anofm" / "fixtures" / "monthly.csv", "--json")
    answer = json.loads(punte("mapping", "diff", "in-force", changed, *given).out)
    assert (answer["compared"], answer["different"]) == (2, 1)


def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path, punte):
    assert punte("mapping", "list", "--root", tmp_path / "none").code == 2
