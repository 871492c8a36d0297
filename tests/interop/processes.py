"""Foreign stacks as processes: whether they are there, their clients, their servers."""

import json
import os
import shutil
import subprocess
import time
from functools import cache
from pathlib import Path
from socket import create_connection, create_server
from typing import Any

from tests.interop.shapes import Shape
from tests.interop.stacks import HERE, PASSWORD, PATIENCE, STACKS, USER, Stack

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HERE.parents[1] / ".venv/spyne")}  # of foreign processes


@cache
def missing(name: str) -> str:
    """Return the package that must be installed before a stack runs; empty if none."""
    stack = STACKS[name]
    if shutil.which(stack.probe[0]) is None:
        return stack.package
    probed = subprocess.run(stack.probe, env=ENVIRONMENT, capture_output=True, check=False)
    return stack.package if probed.returncode else ""


class Client:
    """A foreign client: a process that reads a call from each line, makes it, and writes what came of it."""

    def __init__(self, stack: Stack) -> None:
        self._arguments = stack.arguments
        self._process = subprocess.Popen(
            stack.call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def call(self, wsdl: str, shape: Shape, arguments: Any, operation: str = "", **more: Any) -> dict[str, Any]:
        """Call an operation and return ``answer``, ``fault`` or ``error``.

        Args:
            wsdl: address of the contract, which the stack fetches.
            shape: version and style.
            arguments: by name.
            operation: that of the shape if none is named.
            more: ``basic`` (user, password), ``headers`` of HTTP, ``token`` (user, password, form), ``sign`` (files).
        """
        assert self._process.stdin
        assert self._process.stdout
        asked = {
            "wsdl": wsdl,
            "port": shape.port,
            "soap": shape.soap,
            "style": "rpc" if shape.folder.startswith("rpc") else "document",
            "use": "encoded" if shape.folder == "rpc-encoded" else "literal",
            "element": operation or shape.element,
            "operation": operation or shape.operation,
            "arguments": self._arguments(shape, arguments),
            **more,
        }
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"{self._process.args} ended with {self._process.wait()}"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        self._process.stdout.close()


class Server:
    """A foreign server of the contracts in a folder, each at ``/NAME``.

    Attributes:
        url: where it listens, without a path.
    """

    def __init__(self, stack: Stack, contracts: Path, place: Path) -> None:
        with create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._notified = place / "notified"
        self._notified.touch()
        command = [part.replace("HOST", "127.0.0.1").replace("PORT", str(port)) for part in stack.serve]
        environment = {
            **ENVIRONMENT,
            "CONTRACTS": str(contracts),
            "NOTIFIED": str(self._notified),
            "USER": USER,
            "PASSWORD": PASSWORD,
        }
        self._log = (place / "log").open("wb")
        self._process = subprocess.Popen(command, env=environment, stdout=self._log, stderr=self._log)
        deadline = time.monotonic() + PATIENCE
        while not _listens(port):
            assert self._process.poll() is None, (place / "log").read_text()
            assert time.monotonic() < deadline, f"{command} does not listen"
            time.sleep(0.05)

    def notifications(self) -> list[str]:
        """Return the texts of one-way calls."""
        return self._notified.read_text(encoding="utf-8").splitlines()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()


def _listens(port: int) -> bool:
    try:
        create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
