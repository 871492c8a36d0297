"""What tests of files that the hub writes use."""

import pytest

from hub_core.settings import Settings
from tests.integration.filing.town import registered


@pytest.fixture
def folder(tmp_path, monkeypatch):
    path = tmp_path / "files" / "town" / "in"
    path.mkdir(parents=True)
    monkeypatch.setenv("PUNTE_FILES", str(tmp_path / "files"))
    return path


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home")


@pytest.fixture
async def hub(settings, folder):
    parts = await registered(settings)
    yield parts
    await parts.connections.close()
    parts.close()
