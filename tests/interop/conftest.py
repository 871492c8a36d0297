"""The hub among foreign stacks: a running hub, simulated partners, and the stacks' own clients and servers."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hub_simulator import Simulator
from hub_simulator.served import app_of, wsdl_of
from tests.interop.hub import Hub, beside, hub, registry
from tests.interop.processes import Client, Server, missing
from tests.interop.shapes import SHAPES, Shape
from tests.interop.stacks import STACKS


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out stacks that are not installed, each with what it needs; in CI that is a failure."""
    for item in items:
        mark = item.get_closest_marker("stack")
        if mark is not None and (package := missing(mark.args[0])) and not os.environ.get("CI"):
            item.add_marker(pytest.mark.skip(reason=f"{STACKS[mark.args[0]].title} needs the package {package}"))


@pytest.fixture(scope="session")
def running_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub with a served endpoint for each contract."""
    with hub(tmp_path_factory.mktemp("hub"), registry()) as running:
        yield running


class Partners:
    """Simulated partners, one for each shape, that answer with its example."""

    def __init__(self) -> None:
        self.url = ""
        self.simulators: dict[str, Simulator] = {}
        for shape in SHAPES:
            examples = {shape.operation: {"default": shape.document("answer")}}
            self.simulators[shape.file] = Simulator(shape.contract, examples=examples)

    async def app(self, scope, receive, send) -> None:
        """Serve ``/FILE/PORT``."""
        file, _, path = scope["path"].strip("/").partition("/")
        inner = app_of(self.simulators[file], f"{self.url}/{file}", lambda _: None)
        await inner({**scope, "path": f"/{path}"}, receive, send)

    def wsdl(self, shape: Shape) -> str:
        return f"{self.url}/{shape.file}/{shape.port}?wsdl"


@pytest.fixture(scope="session")
def partners() -> Iterator[Partners]:
    made = Partners()
    with beside(made.app) as made.url:
        yield made


@pytest.fixture(scope="session")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one contract for each shape, without the others."""
    folder = tmp_path_factory.mktemp("contracts")
    for shape in SHAPES:
        text = wsdl_of(Simulator(shape.contract), shape.port, "http://registry.example")
        (folder / f"{shape.file}.wsdl").write_bytes(text)
    return folder


@pytest.fixture(scope="session")
def client() -> Iterator[Callable[[str], Client]]:
    """Return the client of a stack by name, which lives as long as the session."""
    known: dict[str, Client] = {}
    with ExitStack() as stack:

        def of(name: str) -> Client:
            if name not in known:
                known[name] = Client(STACKS[name])
                stack.callback(known[name].close)
            return known[name]

        yield of


@pytest.fixture(scope="session")
def server(contracts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Server]]:
    """Return the server of a stack by name, which lives as long as the session."""
    known: dict[str, Server] = {}
    with ExitStack() as stack:

        def of(name: str) -> Server:
            if name not in known:
                known[name] = Server(STACKS[name], contracts, tmp_path_factory.mktemp(name))
                stack.callback(known[name].close)
            return known[name]

        yield of
