"""Homes that are set up once, and one hub for what presses it without breaking it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pressure.hub import Hub, serving, set_up


@pytest.fixture(scope="session")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("pressure") / "home"
    set_up(home)
    return home


@pytest.fixture
def home(_home: Path, tmp_path: Path) -> Path:
    """Return the folder of a hub of the test's own."""
    return Path(shutil.copytree(_home, tmp_path / "home"))


@pytest.fixture(scope="session")
def pressed(_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with serving(Path(shutil.copytree(_home, tmp_path_factory.mktemp("pressed") / "home"))) as running:
        yield running
