"""What tests of several modules use."""

from pathlib import Path

import pytest

from tests.integration.stores import Store


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Return an empty database of each engine."""
    if request.param == "sqlite":
        return Store(str(tmp_path / "journal.sqlite3"), tmp_path)
    return Store(request.getfixturevalue("postgresql_address"), tmp_path)
