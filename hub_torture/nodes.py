"""The hubs of a run: children that may die at any moment and are started again at once, as a service manager would."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from hub_core.errors import ConfigError
from hub_core.settings import PREFIX

HUB: Final = ("-m", "cli", "serve")
_SAMPLE: Final = 0.2  # seconds
_STOP: Final = 15.0  # seconds, to end in order
_STARTS: Final = 200  # in a row without a second of life: it cannot start
_PAUSE: Final = 0.1  # seconds, after one that ended by itself
_STARTED: Final = '"event": "hub.started"'
#: What developers set, and no service has: its program would be compiled anew at every start.
_UNWRITTEN: Final = "PYTHONDONTWRITEBYTECODE"


class Node:
    """One hub.

    Args:
        number: of the hub.
        folder: where its home and its log are.
        environment: settings of its process; none of those that this process was given are its own.
        failpoints: where each of its lives ends, unless it is killed before; ``None``: nowhere.
        program: arguments of this Python that run a hub.
        died: told of each death: who, and when as ``time.monotonic``.

    Attributes:
        environment: of its process.
        port: the same in every life.
        deaths: how often it was killed, or killed itself at a failpoint.
        failures: how often it ended by itself.
        memory: most bytes that it ever had in memory.
    """

    def __init__(
        self,
        number: int,
        folder: Path,
        environment: Mapping[str, str],
        *,
        failpoints: Sequence[str | None] = (),
        program: Sequence[str] = HUB,
        died: Callable[[str, float], None] = lambda _who, _at: None,
    ) -> None:
        self.number = number
        self.home = folder / f"hub-{number}"
        self.port = _free_port()
        self.deaths = 0
        self.failures = 0
        self.memory = 0
        self._failpoints = failpoints
        self._program = program
        self._tell_death = died
        self._log = folder / f"hub-{number}.log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(PREFIX) and name != _UNWRITTEN},
            **environment,
            "PUNTE_HOME": str(self.home),
            "PUNTE_PORT": str(self.port),
            "PUNTE_LOG_LEVEL": "WARNING",
        }
        self._process: asyncio.subprocess.Process | None = None
        self._ending = False
        self._death = asyncio.Event()

    @property
    def control(self) -> Path:
        """Where the operator's verbs are."""
        return self.home / "control.sock"

    async def live(self) -> None:
        """Run it, again and again, until it is stopped.

        Raises:
            ConfigError: W503, it does not start.
        """
        starts = 0
        while not self._ending:
            begun = time.monotonic()
            code = await self._one_life()
            starts = 0 if time.monotonic() - begun > 1 else starts + 1
            if starts > _STARTS:
                raise ConfigError("W503", "the hub does not start", where=str(self._log))
            if code == -signal.SIGKILL:
                self.deaths += 1
                self._tell_death(f"hub {self.number}", time.monotonic())
                self._death.set()
            elif not self._ending:
                self.failures += 1
                await asyncio.sleep(_PAUSE)

    async def died(self, lives: int) -> None:
        """Wait until it has died more often than ``lives`` times."""
        while self.deaths <= lives:
            self._death.clear()
            await self._death.wait()

    def kill(self) -> None:
        """Kill it without warning."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def freeze(self, seconds: float) -> None:
        """Stop it, and let it go on later as if nothing had happened."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGSTOP)
            try:
                await asyncio.sleep(seconds)
            finally:
                if self._process.returncode is None:
                    self._process.send_signal(signal.SIGCONT)

    async def stop(self) -> bool:
        """End it in order; tell whether it did."""
        self._ending = True
        process = self._process
        if process is None or process.returncode is not None:
            return False
        process.terminate()
        try:
            return await asyncio.wait_for(process.wait(), _STOP) == 0
        except TimeoutError:
            process.kill()
            await process.wait()
            return False

    async def end(self) -> None:
        """See that nothing of it is left, whatever happened."""
        self._ending = True
        self.kill()
        if self._process is not None:
            await self._process.wait()

    async def watch(self) -> None:
        """Look at its memory until cancelled."""
        while True:
            if self._process is not None:
                self.memory = max(self.memory, _memory(self._process.pid))
            await asyncio.sleep(_SAMPLE)

    def starts(self) -> Iterator[tuple[float, dict[str, Any]]]:
        """Yield for each time that it was ready when, as ``time.monotonic``, and the milliseconds of its steps."""
        ahead = time.time() - time.monotonic()
        for line in self._log.read_text(encoding="utf-8", errors="replace").splitlines():
            if _STARTED in line:
                told = json.loads(line)
                steps = {name: value for name, value in told.items() if name.partition("_")[0] == "ms"}
                yield datetime.fromisoformat(told["at"]).timestamp() - ahead, steps

    async def _one_life(self) -> int:
        environment = dict(self.environment)
        if failpoint := dict(enumerate(self._failpoints)).get(self.deaths):
            environment["PUNTE_FAILPOINT"] = failpoint
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *self._program, stdout=log, stderr=log, env=environment, start_new_session=True
            )
        return await self._process.wait()


def _memory(process: int) -> int:
    """Return the most bytes that a process ever had in memory; 0 once it is gone. proc(5)."""
    try:
        text = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    lines = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    return int(lines.get("VmHWM", "0 kB").split()[0]) * 1024


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
