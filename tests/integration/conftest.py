"""What tests of several modules use."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.seds_kept import SedsKept
from tests.integration.stores import Store


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Return an empty database of each engine."""
    if request.param == "sqlite":
        return Store(str(tmp_path / "journal.sqlite3"), tmp_path)
    return Store(request.getfixturevalue("postgresql_address"), tmp_path)


@pytest.fixture
async def seds(tmp_path: Path) -> AsyncIterator[SedsKept]:
    """Return a store that takes SEDs."""
    seds = SedsKept(tmp_path)
    await seds.apply()
    yield seds
    seds.parts.close()
