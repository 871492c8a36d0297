"""What tests of several modules use."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from adapters.kit.folders.port import Folder
from adapters.kit.folders.where import open_folder
from hub_core.directory import Endpoint
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


@pytest.fixture
async def folder_of() -> AsyncIterator[Callable[[Endpoint, str], Folder]]:
    """Return a function that opens the folder of an endpoint on a server of a key; it is closed in the end."""
    folders: list[Folder] = []

    def open_one(endpoint: Endpoint, host_key: str) -> Folder:
        folders.append(open_folder(endpoint, None, host_key=(host_key,)))
        return folders[-1]

    yield open_one
    for folder in folders:
        await folder.close()
