"""Servers on one core, the loader on another, and how busy the server's core was."""

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

SCRIPT: Final = Path(__file__).parent / "load.lua"
ROOT: Final = Path(__file__).parents[2]
_RESULT: Final = re.compile(rb"^RESULT (\{.*\})$", re.MULTILINE)
_STOP_SECONDS: Final = 20


class Cores(msgspec.Struct, frozen=True):
    """Which core serves and which one sends."""

    server: int
    loader: int


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A running server.

    Attributes:
        pid: process whose share of the core is told beside the core's own.
        database: SQLite file whose table ``message`` has one row per accepted message.
    """

    name: str
    url: str
    pid: int
    database: Path


class Load(msgspec.Struct, frozen=True):
    """What the loader counted in one round."""

    accepted: int
    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    socket_errors: int


class Ticks(msgspec.Struct, frozen=True):
    """Time of a core and of one process on it, in ticks; proc(5)."""

    user: int
    nice: int
    system: int
    idle: int
    iowait: int
    irq: int
    softirq: int
    steal: int
    own: int

    def since(self, before: "Ticks") -> "Ticks":
        """Return what has passed since an earlier reading."""
        return Ticks(*(getattr(self, field) - getattr(before, field) for field in self.__struct_fields__))

    @property
    def total(self) -> int:
        """All of the core's time."""
        return self.user + self.nice + self.system + self.idle + self.iowait + self.irq + self.softirq + self.steal


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """One round against one server."""

    name: str
    load: Load
    ticks: Ticks

    @property
    def per_second(self) -> float:
        """Durable accepts per second, as counted."""
        return self.load.accepted / self.load.seconds

    @property
    def busy(self) -> float:
        """Share in which the server's core was not idle.

        Waiting for the server's own disk is no idleness; waiting for requests is.
        """
        return 1 - self.ticks.idle / self.ticks.total

    @property
    def others(self) -> float:
        """Share of the core that other processes and other guests of the machine took."""
        used = self.ticks.user + self.ticks.nice + self.ticks.system
        return (max(used - self.ticks.own, 0) + self.ticks.steal) / self.ticks.total

    @property
    def per_core_second(self) -> float:
        """Durable accepts per second of the core's time that was left to the server."""
        return self.per_second / (1 - self.others)


def two_cores() -> Cores | None:
    """Return the first two cores that this process may use; ``None`` where there is one only."""
    cores = sorted(os.sched_getaffinity(0))
    return Cores(cores[0], cores[1]) if len(cores) > 1 else None


def missing_tools() -> list[str]:
    """Return the system packages that are not there."""
    return [package for tool, package in (("wrk", "wrk"), ("taskset", "util-linux")) if shutil.which(tool) is None]


@contextmanager
def running(
    command: Sequence[str], *, core: int, log: Path, environ: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server pinned to a core, its output as a pipe, its complaints in a file; stop it at the end."""
    pinned = ["taskset", "-c", str(core), *command]
    with log.open("wb") as errors:
        process = subprocess.Popen(
            pinned, stdout=subprocess.PIPE, stderr=errors, cwd=ROOT, env={**os.environ, **(environ or {})}
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def port_of(process: subprocess.Popen[bytes], log: Path) -> int:
    """Return the port that a yardstick prints once it listens.

    Raises:
        RuntimeError: it ended instead; what it complained about is told.
    """
    line = process.stdout.readline() if process.stdout is not None else b""
    if not line:
        raise RuntimeError(log.read_text(encoding="utf-8", errors="replace"))
    return int(line)


def one_round(
    target: Target, *, cores: Cores, bodies: Path, key: str, mark: str, seconds: int, connections: int
) -> Round:
    """Load a server for some seconds; ids of messages carry ``mark`` and never come twice."""
    command = [
        "taskset",
        "-c",
        str(cores.loader),
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds}s",
        "--timeout",
        "30s",
        "--latency",
    ]
    arguments = ["-s", str(SCRIPT), target.url, "--", str(bodies), "text/xml; charset=utf-8", key, mark]
    before = _ticks(cores.server, target.pid)
    done = subprocess.run([*command, *arguments], capture_output=True, check=True)
    ticks = _ticks(cores.server, target.pid).since(before)
    return Round(name=target.name, load=read_load(done.stdout), ticks=ticks)


def read_load(output: bytes) -> Load:
    """Return the result line that the loader's script prints."""
    found = _RESULT.search(output)
    if found is None:
        raise RuntimeError("wrk printed no result")
    return msgspec.json.decode(found[1], type=Load)


def _ticks(core: int, pid: int) -> Ticks:
    """Read the times of a core and of a process with all its threads."""
    lines = Path("/proc/stat").read_text(encoding="ascii").splitlines()
    (line,) = (line for line in lines if line.startswith(f"cpu{core} "))
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    user, nice, system, idle, iowait, irq, softirq, steal = map(int, line.split()[1:9])
    return Ticks(user, nice, system, idle, iowait, irq, softirq, steal, own=int(fields[11]) + int(fields[12]))
