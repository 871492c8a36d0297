"""A hub as its real process with three parties that send, and callers that press it."""

import asyncio
import http.client
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from hub_core.settings import Settings
from hub_core.testing.records import a_record
from registry.desk import open_desk

ROOT = Path(__file__).resolve().parents[2]
PARTIES = ("anpis", "cnas", "portal")
PATIENCE = 30.0  # seconds; only a failing test gets near it
RECORD = msgspec.json.encode({"beneficiary": a_record()})
REGISTRY = "institutions: {%s}\nendpoints:\n%s\naccess:\n%s\n" % (  # noqa: UP031 - YAML is full of braces
    ", ".join(f"{name}: {{name: {name}}}" for name in PARTIES),
    "\n".join(
        f"  {name}-records: {{institution: {name}, direction: in, adapter: rest, service: records, message_id: header}}"
        for name in PARTIES
    ),
    "\n".join(
        f"  {name}-sends: {{institution: {name}, service: records, purposes: [benefit-review], fixed_purpose: benefit-review}}"
        for name in PARTIES
    ),
)


def body_of(size: int) -> bytes:
    """Return a record of about so many bytes: what is beyond it is blank."""
    return RECORD + b" " * max(size - len(RECORD), 0)


@dataclass
class Answer:
    status: int
    seconds: float
    after: int | None
    id: str


@dataclass
class Hub:
    """A running hub.

    Attributes:
        keys: of the parties.
    """

    home: Path
    keys: dict[str, str]
    process: subprocess.Popen[bytes]
    address: str = ""

    @property
    def port(self) -> int:
        return int(urlsplit(self.address).port or 0)

    def wait_until_it_serves(self) -> None:
        deadline = time.monotonic() + PATIENCE
        file = self.home / "address"
        while not (file.exists() and file.read_text()):
            assert self.process.poll() is None, (self.home / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        self.address = file.read_text()

    def head(self, party: str, length: int, identity: str) -> bytes:
        told = (
            f"POST /rest/{party}-records HTTP/1.1\r\nHost: hub\r\nPunte-Key: {self.keys[party]}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {identity}\r\nContent-Length: {length}\r\n\r\n"
        )
        return told.encode()

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with closing(connection):
            connection.request("GET", path)
            return connection.getresponse().status

    @property
    def peak_bytes(self) -> int:
        """Most memory that it ever held, proc(5)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) * 1024

    def kept(self) -> set[str]:
        uri = (self.home / "punte.sqlite3").as_uri() + "?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            return {name for (name,) in connection.execute("SELECT id FROM message")}

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


def set_up(home: Path) -> None:
    """Put the registry set in force in a new home, and a key for each party; the keys stand in a file there."""

    async def acts() -> None:
        desk = open_desk(Settings(home=home), write=True)
        try:
            await desk.call("apply", {"files": {"hub.yaml": REGISTRY}})
            made = [await desk.call("key_new", {"name": name, "institution": name, "by": "test"}) for name in PARTIES]
        finally:
            desk.close()
        (home / "keys").write_text(json.dumps({key["institution"]: key["key"] for key in made}))

    home.mkdir(mode=0o700)
    asyncio.run(acts())


def on_a_device(folder: Path, size: int) -> list[str]:
    """Return what runs a command so that it sees a folder on a device of so many bytes; nobody else does."""
    steps = (
        'mkdir "$0.device"',
        f'mount -t tmpfs -o size={size} tmpfs "$0.device"',
        'cp -a "$0/." "$0.device"',
        'mount --bind "$0.device" "$0"',
        'exec "$@"',
    )
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", " && ".join(steps), str(folder)]


def can_have_devices(folder: Path) -> bool:
    """Say whether this system lets anybody mount a device of their own."""
    folder.mkdir()
    if shutil.which("unshare") is None:
        return False
    return not subprocess.run([*on_a_device(folder, 100_000), "true"], capture_output=True, check=False).returncode


@contextmanager
def serving(home: Path, *, device: int | None = None, **settings: str) -> Iterator[Hub]:
    """Run a hub in a home that is set up; with ``device`` bytes, on a device of its own."""
    keys = json.loads((home / "keys").read_text())
    environ = {**os.environ, "PUNTE_HOME": str(home), "PUNTE_PORT": "0", "PYTHONPATH": str(ROOT), **settings}
    with (home / "log").open("ab") as log:
        before = on_a_device(home, device) if device else []
        process = subprocess.Popen([*before, sys.executable, "-m", "cli", "serve"], cwd=ROOT, env=environ, stderr=log)
    seen = Path(f"/proc/{process.pid}/root{home}") if device else home
    hub = Hub(seen, keys, process)
    try:
        hub.wait_until_it_serves()
        yield hub
    finally:
        process.kill()
        process.wait()


@dataclass
class Callers:
    """Connections that send one message after the other, until they are stopped.

    Attributes:
        pause: seconds between an answer and the next message.
        patience: seconds after being asked to come again.
        answers: of all of them.
        lost: connections that ended without one.
    """

    hub: Hub
    party: str
    size: int = 2_000
    pause: float = 0.0
    patience: float = 0.1
    answers: list[Answer] = field(default_factory=list)
    lost: int = 0
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    def start(self, count: int) -> None:
        self._tasks += [asyncio.create_task(self._send(number)) for number in range(count)]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    @property
    def accepted(self) -> set[str]:
        return {answer.id for answer in self.answers if answer.status == 202}

    @property
    def statuses(self) -> Counter[int]:
        return Counter(answer.status for answer in self.answers)

    def p99(self) -> float:
        return percentile([answer.seconds for answer in self.answers], 0.99)

    async def _send(self, number: int) -> None:
        body, sent = body_of(self.size), 0
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.hub.port)
            except OSError:
                self.lost += 1
                await asyncio.sleep(0.05)
                continue
            try:
                while True:
                    sent += 1
                    begun = time.monotonic()
                    writer.write(self.hub.head(self.party, len(body), f"{id(self)}-{number}-{sent}") + body)
                    answer = await read_answer(reader)
                    answer.seconds = time.monotonic() - begun
                    self.answers.append(answer)
                    await asyncio.sleep(self.pause if answer.after is None else self.patience)
            except (OSError, asyncio.IncompleteReadError):
                self.lost += 1
            finally:
                writer.close()


async def heard(party: Callers, status: int, *, anew: bool = False) -> None:
    """Wait for an answer; ``anew``: that comes from now on."""
    since = len(party.answers) if anew else 0
    async with asyncio.timeout(PATIENCE):
        while all(answer.status != status for answer in party.answers[since:]):  # noqa: ASYNC110 - answers are counted, not announced
            await asyncio.sleep(0.02)


def readable(hub: Hub) -> bool:
    """Say whether a party can look at its messages."""
    with closing(http.client.HTTPConnection("127.0.0.1", hub.port, timeout=PATIENCE)) as connection:
        connection.request("GET", "/api/v1/messages", headers={"Punte-Key": hub.keys["cnas"]})
        return bool(json.loads(connection.getresponse().read()))


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
    body = await reader.readexactly(int(headers["content-length"]))
    after = headers.get("retry-after")
    told = json.loads(body)
    return Answer(int(head.split(" ")[1]), 0.0, int(after) if after else None, told.get("id", ""))


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]
