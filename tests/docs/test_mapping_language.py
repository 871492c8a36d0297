"""The page of the mapping language, and the guide beside it, cannot lie: each of their examples is loaded and run."""

import json
import re
from pathlib import Path

import pytest

from hub_core.codes import CODES
from hub_core.errors import ConfigError
from hub_core.mapping import load, run_tests
from hub_core.mapping.language import document, rulereader, testreader
from hub_core.places import ROOT
from tests.docs.examples import ON, PAGE, Example, page, read, record_of, said, unfolded, written

TEXT = PAGE.read_text("utf-8")
FOUND = page(TEXT)
GUIDE = page((ROOT / "docs/how-to/write-a-mapping.md").read_text("utf-8"))
RIGHT = [pytest.param(one, id=f"line {one.line}") for one in (*FOUND.examples, *GUIDE.examples) if one.right]
WRONG = [pytest.param(one, id=f"line {one.line}") for one in FOUND.examples if not one.right]


@pytest.mark.parametrize("example", RIGHT)
def test_an_example_gives_the_record_that_stands_below_it(example: Example, tmp_path: Path) -> None:
    mapping = unfolded(tmp_path, FOUND, example)
    assert example.cases, "no document follows the mapping"
    for case in example.cases:
        reading = read(mapping, case)
        assert (json.loads(case.record) if case.record else None) == record_of(reading)
        assert (case.says or "").splitlines() == said(reading)
        if case.written:
            writing = mapping.write(reading.record, on=ON)
            assert writing.findings == ()
            assert json.loads(writing.body) == json.loads(case.written)


@pytest.mark.parametrize("example", RIGHT)
def test_the_tests_of_an_example_pass(example: Example, tmp_path: Path) -> None:
    mapping = unfolded(tmp_path, FOUND, example)
    for test in mapping.tests:
        (tmp_path / test.fixture).parent.mkdir(exist_ok=True)
        (tmp_path / test.fixture).write_text(example.cases[0].body, "utf-8")
    results = run_tests(tmp_path / mapping.file, mappings=load([tmp_path]), root=tmp_path)
    assert [one.differences for one in results if not one.passed] == []
    assert len(results) == len(mapping.tests)


@pytest.mark.parametrize("example", WRONG)
def test_a_wrong_mapping_is_refused_with_the_faults_that_stand_below_it(example: Example, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        unfolded(tmp_path, FOUND, example)
    assert example.says.splitlines() == [f"{one.code} {one.text}" for one in caught.value.findings]


def test_every_block_of_the_page_is_run() -> None:
    assert FOUND.unknown == []


@pytest.mark.parametrize("key", rulereader.KEYS)
def test_every_key_of_a_rule_is_described_and_shown(key: str) -> None:
    assert re.search(rf"^\| `{key}` \|", TEXT, re.MULTILINE)
    shown = [written(example) for example in FOUND.examples if example.right]
    shown += [text for name, text in FOUND.files.items() if not name.startswith("codes/")]
    assert any(re.search(rf"[{{ ,]{key}: ", text) for text in shown)


@pytest.mark.parametrize(
    "key", sorted(document._KEYS | document._SOURCE_KEYS | document._ANSWER_KEYS | testreader._KEYS)
)
def test_every_key_of_a_file_is_described(key: str) -> None:
    assert f"`{key}`" in TEXT


@pytest.mark.parametrize("code", [code for code in CODES if code.startswith("M")])
def test_every_finding_of_mappings_is_described(code: str) -> None:
    assert re.search(rf"^\| {code} \|", TEXT, re.MULTILINE)
