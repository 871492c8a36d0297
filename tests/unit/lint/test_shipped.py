"""What is shipped has no findings, and is linted quickly."""

from hub_core.lint import lint
from hub_core.places import MAPPINGS


def test_everything_that_is_shipped_is_without_findings() -> None:
    assert lint([MAPPINGS]) == []
