"""A running country for tests: the real hub, agencies and partners as processes, in a folder of its own."""

import http.client
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from rich.console import Console

from hub_core.settings import Settings
from hub_demo.population import DEFAULT_SEED, Population
from hub_demo.processes import Processes
from hub_demo.stage import Stage
from hub_demo.story import raise_the_curtain


@pytest.fixture(scope="session")
def population() -> Population:
    return Population(DEFAULT_SEED)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, population: Population) -> Iterator[Stage]:
    """A country of its own for each module of tests."""
    yield from _country(tmp_path_factory.mktemp("country"), population)


def _country(home: Path, population: Population) -> Iterator[Stage]:
    home.chmod(0o700)
    settings = Settings(home=home, port=0)
    with Processes(home / "demo", apart=False) as processes:
        stage = Stage(
            processes=processes, settings=settings, country=population, console=Console(file=io.StringIO(), width=200)
        )
        raise_the_curtain(stage, DEFAULT_SEED)
        yield stage


class Http:
    """Plain HTTP to the hub, for looking at answers byte by byte."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def request(
        self, method: str, path: str, *, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(self.stage.address)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        try:
            connection.request(method, path, body or None, headers or {})
            response = connection.getresponse()
            return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
        finally:
            connection.close()

    def json(self, *args: Any, **kwargs: Any) -> tuple[int, Any]:
        status, _, body = self.request(*args, **kwargs)
        return status, json.loads(body)


@pytest.fixture
def web(stage: Stage) -> Http:
    return Http(stage)
