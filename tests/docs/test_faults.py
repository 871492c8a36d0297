"""The page of faults names tests that there are."""

import re

import pytest

from hub_core.places import ROOT

PAGE = (ROOT / "docs" / "reference" / "faults.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`([a-z_/]+\.py)::(test_[a-z_0-9]+)`", PAGE)


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_the_test_that_causes_a_fault_is_there(file, name):
    assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


def test_every_fault_has_one():
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 15
    assert [row for row in rows if "::test_" not in row] == []
