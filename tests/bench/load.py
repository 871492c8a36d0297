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


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """One round against one server.

    Attributes:
        busy: share of the round in which the server's core was not idle; waiting for the server's own disk is no
            idleness, waiting for requests is.
        own: share of the core that the server's process had.
    """

    name: str
    per_second: float
    load: Load
    busy: float
    own: float


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
    command = ["taskset", "-c", str(cores.loader), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    arguments = ["-s", str(SCRIPT), target.url, "--", str(bodies), "text/xml; charset=utf-8", key, mark]
    core_before, own_before = _core_ticks(cores.server), _own_ticks(target.pid)
    done = subprocess.run([*command, *arguments], capture_output=True, check=True)
    core_after, own_after = _core_ticks(cores.server), _own_ticks(target.pid)
    load = read_load(done.stdout)
    total = sum(core_after) - sum(core_before)
    return Round(
        name=target.name,
        per_second=load.accepted / load.seconds,
        load=load,
        busy=1 - (core_after[3] - core_before[3]) / total,
        own=(own_after - own_before) / total,
    )


def read_load(output: bytes) -> Load:
    """Return the result line that the loader's script prints."""
    found = _RESULT.search(output)
    if found is None:
        raise RuntimeError("wrk printed no result")
    return msgspec.json.decode(found[1], type=Load)


def _core_ticks(core: int) -> list[int]:
    """Return user, nice, system, idle, iowait, irq, softirq and steal of a core, in ticks; proc(5)."""
    lines = Path("/proc/stat").read_text(encoding="ascii").splitlines()
    (line,) = (line for line in lines if line.startswith(f"cpu{core} "))
    return [int(ticks) for ticks in line.split()[1:9]]


def _own_ticks(pid: int) -> int:
    """Return user and system time of a process with all its threads, in ticks; proc(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
