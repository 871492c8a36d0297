"""The demo's processes: agencies, partners and the hub, each real and on its own port; all stop with the demo."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hub_core.errors import ConfigError

START_SECONDS = 60
STOP_SECONDS = 12


class Processes:
    """Children of the demo; leaving the context stops them all.

    Args:
        logs: folder of what they log.
        apart: Ctrl+C reaches only the demo, which stops its children in order; else whoever ends its process group ends
            them, too.
    """

    def __init__(self, logs: Path, *, apart: bool) -> None:
        self._logs = logs
        self._apart = apart
        self._children: dict[str, subprocess.Popen[str]] = {}
        logs.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self._children.values():
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(signal.SIGTERM)
        for name in list(self._children):
            self._wait(name)

    def launch(self, name: str, arguments: list[str], environment: Mapping[str, str] | None = None) -> None:
        """Start ``python -m ...``; what it logs goes to a file."""
        log = (self._logs / f"{name}.log").open("a", encoding="utf-8")
        self._children[name] = subprocess.Popen(  # noqa: S603  our own modules
            [sys.executable, "-m", *arguments],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=self._apart,
            env={**os.environ, **(environment or {})},
        )
        log.close()

    def announced(self, name: str) -> dict[str, Any]:
        """Return the JSON line that a child prints when it is ready.

        Raises:
            ConfigError: W503, it ended or stayed silent.
        """
        child = self._children[name]
        stdout = child.stdout
        ready = stdout and select.select([stdout], [], [], START_SECONDS)[0]
        line = stdout.readline() if stdout and ready else ""
        if not line:
            raise ConfigError("W503", f"{name} did not start", where=str(self._logs / f"{name}.log"))
        announced: dict[str, Any] = json.loads(line)
        return announced

    def wait_for(self, name: str, path: Path) -> str:
        """Return the first line of a file that a child writes when it is ready."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._children[name].poll() is None:
            if path.exists() and (text := path.read_text(encoding="ascii").strip()):
                return text
            time.sleep(0.02)
        raise ConfigError("W503", f"{name} did not start", where=str(self._logs / f"{name}.log"))

    def kill(self, name: str) -> None:
        """Kill a child without warning, as a power cut would."""
        self._children[name].kill()
        self._wait(name)

    def stop(self, name: str) -> None:
        """Stop a child in order."""
        self._children[name].send_signal(signal.SIGTERM)
        self._wait(name)

    def _wait(self, name: str) -> None:
        child = self._children.pop(name)
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        if child.stdout:
            child.stdout.close()
