"""The page of flat files cannot lie: each of its files is read by the description above it."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from hub_core.codes.flat import CODES
from hub_core.errors import Rejected
from hub_core.rows import Column, Description, Record, load_description, read_file

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/flat-files.md").read_text("utf-8")
BLOCKS = [
    (kind, text, PAGE.count("\n", 0, match.start()) + 1)
    for match in re.finditer(r"```\w+ (\w+)\n(.*?)```", PAGE, re.DOTALL)
    for kind, text in [match.groups()]
]


def examples():
    """Yield each file with the description that stands before it and what the page says of it."""
    for index, (kind, text, line) in enumerate(BLOCKS):
        if kind == "file":
            description = [one for other, one, _ in BLOCKS[:index] if other == "description"][-1]
            says, told, _ = BLOCKS[index + 1]
            yield pytest.param(description, text, says, told, id=f"line {line}")


def shown(findings):
    return [f"line {one.line}: {one.code}{f' {one.source}' if one.source else ''}: {one.text}" for one in findings]


@pytest.mark.parametrize(("description", "text", "says", "told"), [*examples()])
def test_a_file_is_read_as_the_page_says(tmp_path, description, text, says, told):
    path = tmp_path / "example.rows.yaml"
    path.write_text(description, "utf-8")
    known = load_description(path)
    body = text.encode(known.encoding)
    if says == "refused":
        with pytest.raises(Rejected) as error:
            read_file(body, known)
        assert shown(error.value.findings) == told.splitlines()
        return
    file = read_file(body, known)
    if says == "faults":
        assert shown([one for row in file.rows for one in row.faults]) == told.splitlines()
    else:
        rows = [{"line": row.line, **row.values} for row in file.rows]
        assert json.loads(told) == {"header": file.header, "rows": rows, "trailer": file.trailer}


def test_the_page_has_an_example_of_each_kind():
    assert {kind for kind, _, _ in BLOCKS} == {"description", "file", "read", "faults", "refused"}


@pytest.mark.parametrize("kind", [Description, Record, Column])
def test_every_key_of_a_description_is_described(kind):
    for field in msgspec.structs.fields(kind):
        if (kind, field.name) != (Description, "name"):
            assert re.search(rf"^\| `{field.name}` \|", PAGE, re.MULTILINE), field.name


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_every_code_of_flat_files_is_described(code):
    assert re.search(rf"^\| {code.code} \|", PAGE, re.MULTILINE)
