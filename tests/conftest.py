"""What every test gets: a clean environment, no sockets where none are asked for, marks that mean something."""

import gc
import os
import shutil
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from hub_core.playing.postgresql import PostgresqlServer, running, schema

# The same examples in every run: a failure can be repeated, and a busy machine makes none. To look for new ones:
# pytest --hypothesis-profile=explore
CALM = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("repeatable", derandomize=True, database=None, **CALM)
settings.register_profile("explore", max_examples=1000, **CALM)
settings.load_profile("repeatable")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "real"
UNIT = Path(__file__).parent / "unit"


def pytest_collection() -> None:
    """Make no search for garbage while tests are found: what is made then lives until the end."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Search for garbage again, but not in what was found: a tenth of the time would go there."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what this machine cannot run, each with its reason; in CI a missing package is a failure."""
    for item in items:
        if item.get_closest_marker("shared") and not SHARED.is_dir():
            item.add_marker(pytest.mark.skip(reason="../shared/real is not beside the project"))
        for mark in item.iter_markers("system"):
            (package,) = mark.args
            if shutil.which(package) is None and not os.environ.get("CI"):
                item.add_marker(pytest.mark.skip(reason=f"needs the system package {package}"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real contracts and documents."""
    return SHARED


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """Run a PostgreSQL server for tests that are not about what reaches the device."""
    with running(durable=False) as server:
        yield server


@pytest.fixture
def postgresql_address(postgresql: PostgresqlServer) -> str:
    """Return the address of an empty database of the test's own."""
    return schema(postgresql, f"s{uuid.uuid4().hex}")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("PUNTE_", "DEMO_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _the_hub_speaks(caplog: pytest.LogCaptureFixture) -> None:
    """Let every log line be made, as in a running hub: a line that cannot be made is a defect."""
    caplog.set_level("INFO", logger="punte")


@pytest.fixture(autouse=True)
def _no_sockets_in_unit_tests(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if UNIT not in request.path.parents or request.node.get_closest_marker("network"):
        return

    def refuse(*_: object) -> None:
        pytest.fail("a unit test opened a socket; mark it `network` or move it")

    monkeypatch.setattr(socket.socket, "connect", refuse)
