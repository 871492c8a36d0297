"""A real hub process, and commands as a person types them: each a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub_core.testing.records import a_record

START_SECONDS = 30


@dataclass
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.out)


class Place:
    """A home with its hub, which may run or not."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PUNTE_")},
            "PUNTE_HOME": str(home),
            "PUNTE_PORT": "0",
            "TZ": "Europe/Bucharest",
        }
        self.program = ["-m", "cli", "serve"]
        self.process: subprocess.Popen[bytes] | None = None

    def punte(self, *arguments: object, code: int | None = 0, stdin: str = "") -> Result:
        """Run one command; ``code`` is the exit code that must come, ``None``: any."""
        done = subprocess.run(
            [sys.executable, "-m", "cli", *map(str, arguments)],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "Traceback" not in done.stderr
        assert code is None or done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return Result(code=done.returncode, out=done.stdout, err=done.stderr)

    def start(self) -> None:
        log = (self.home.parent / "hub.log").open("ab")
        self.process = subprocess.Popen([sys.executable, *self.program], env=self.environment, stderr=log)
        log.close()
        deadline = time.monotonic() + START_SECONDS
        while not (self.home / "address").exists() and self.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        assert (self.home / "address").exists(), (self.home.parent / "hub.log").read_text()

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
            self.process = None


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Return an empty home without a hub; a hub that a test starts is stopped."""
    place = Place(tmp_path / "home")
    try:
        yield place
    finally:
        place.stop()


@pytest.fixture
def record_file(tmp_path: Path) -> Path:
    path = tmp_path / "record.json"
    path.write_bytes(msgspec.json.encode({"beneficiary": a_record()}))
    return path


@pytest.fixture
def registry(place: Place, tmp_path: Path) -> Path:
    """Return the folder of a registry set as ``punte init`` writes it."""
    place.punte("init", tmp_path / "registry")
    return tmp_path / "registry"


def begin(place: Place, registry: Path) -> str:
    """Start a hub with the starter set; return a key of the ministry."""
    place.start()
    place.punte("apply", registry, "--note", "first set")
    return place.punte("key", "new", "ministry-1", "--institution", "ministry").out.strip()


@dataclass
class Hub:
    """A running hub with a key of the ministry."""

    place: Place
    key: str

    def __post_init__(self) -> None:
        self.punte, self.home, self.stop = self.place.punte, self.place.home, self.place.stop
        self.environment = self.place.environment

    def send(self, path: Path, *options: str, code: int = 0) -> dict[str, Any]:
        """Send a canonical record and return what was answered."""
        given = ["--endpoint", "records", "--key", self.key, "--purpose", "benefit-application", "--json"]
        answer: dict[str, Any] = self.punte("send", path, *given, *options, code=code).json
        return answer


@pytest.fixture
def hub(place: Place, registry: Path) -> Hub:
    """Return a hub of this test's own, with the starter set."""
    return Hub(place, begin(place, registry))


@pytest.fixture(scope="module")
def shared_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """Return a hub for all tests of a module that look only at what they sent themselves."""
    folder = tmp_path_factory.mktemp("shared")
    place = Place(folder / "home")
    place.punte("init", folder / "registry")
    try:
        yield Hub(place, begin(place, folder / "registry"))
    finally:
        place.stop()
