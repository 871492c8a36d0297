"""The foreign stacks: what each needs, how it is started, what it does not offer and why."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from socket import create_connection, create_server
from typing import Any, Literal

import msgspec

from tests.interop.shapes import SHAPES, Shape

HERE = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HERE.parents[1] / ".venv/spyne")}  # of foreign processes
PATIENCE = 20  # seconds
CALLS, ANSWERS = "calls the hub", "answers the hub"
FAULT, ONE_WAY = "fault with detail", "one-way"
TEXT, DIGEST, SIGNATURE = "UsernameToken, text", "UsernameToken, digest", "signature of Body and Timestamp"
MTOM, OWN = "MTOM", "a contract of its own making"
FEATURES = (FAULT, ONE_WAY, TEXT, DIGEST, SIGNATURE, MTOM, OWN)
USER, PASSWORD = "town", "open-sesame"
Way = Literal["calls the hub", "answers the hub"]


class Stack(msgspec.Struct, frozen=True, kw_only=True):
    """One foreign stack.

    Attributes:
        title: as the table has it.
        package: that brings it.
        probe: command that fails where it is not installed.
        call: command of its client; empty if it is not called.
        serve: command of its server, with ``HOST`` and ``PORT``.
        lacks: why it does not do something, by shape or feature and way.
        arguments: of a call as it wants them.
    """

    title: str
    package: str
    probe: tuple[str, ...]
    call: tuple[str, ...] = ()
    serve: tuple[str, ...]
    lacks: Mapping[tuple[str, Way], str] = {}
    arguments: Callable[[Shape, Any], Any] = lambda _, arguments: arguments


@cache
def missing(name: str) -> str:
    """Return the package that must be installed before a stack runs; empty if none."""
    stack = STACKS[name]
    if shutil.which(stack.probe[0]) is None:
        return stack.package
    probed = subprocess.run(stack.probe, env=ENVIRONMENT, capture_output=True, check=False)
    return stack.package if probed.returncode else ""


def of_node(shape: Shape, arguments: Any) -> Any:
    """Return arguments for the package ``soap``: what stands in an array of the encoding is named by its users."""
    if shape.folder != "rpc-encoded":
        return arguments
    person = arguments["person"]
    return {**arguments, "person": {**person, "members": {"item": person["members"]}}}


NO_SIGNATURE, NO_MTOM = "it knows no signatures", "it knows no attachments"
NO_CONTRACTS = "it makes no contracts; it publishes what it is given"
NO_DOCUMENTS = "its server knows rpc/encoded only"
NO_RPC = "it knows documents only, no procedures"
CODE_FIRST = "its client is not made from a contract, and names no media type of SOAP"
NO_SECURITY = "it knows no WS-Security"


def in_order(value: Any) -> Any:
    """Return arguments for Perl, whose hashes have no order: structs as pairs."""
    if isinstance(value, list):
        return [in_order(one) for one in value]
    return {"fields": [[name, in_order(one)] for name, one in value.items()]} if isinstance(value, dict) else value


STACKS = {
    "php": Stack(
        title="PHP ext-soap",
        package="php-soap",
        probe=("php", "-r", "exit(extension_loaded('soap') ? 0 : 1);"),
        call=("php", str(HERE / "php/call.php")),
        serve=("php", "-S", "HOST:PORT", str(HERE / "php/serve.php")),
        lacks={
            (SIGNATURE, CALLS): NO_SIGNATURE,
            (SIGNATURE, ANSWERS): NO_SIGNATURE,
            (MTOM, CALLS): NO_MTOM,
            (MTOM, ANSWERS): NO_MTOM,
            (OWN, ANSWERS): NO_CONTRACTS,
        },
    ),
    "node": Stack(
        title="Node soap",
        package="soap (npm)",
        probe=("node", "-e", f"require.resolve('{HERE}/node/node_modules/soap')"),
        call=("node", str(HERE / "node/call.js")),
        serve=("node", str(HERE / "node/serve.js"), "HOST", "PORT"),
        arguments=of_node,
        lacks={
            ("rpc/literal", ANSWERS): "its server writes the parts of an answer with a namespace, against the Basic "
            "Profile 1.1 of WS-I (R2735); the hub refuses the answer (V201)",
            (SIGNATURE, ANSWERS): "it signs; its server looks at no signature",
            (MTOM, ANSWERS): "its server reads no parts",
            (OWN, ANSWERS): NO_CONTRACTS,
        },
    ),
    "perl": Stack(
        title="Perl SOAP::Lite",
        package="libsoap-lite-perl",
        probe=("perl", "-MSOAP::Lite", "-e", "1"),
        call=("perl", str(HERE / "perl/call.pl")),
        serve=("perl", str(HERE / "perl/serve.pl"), "HOST", "PORT"),
        arguments=lambda _, arguments: in_order(arguments),
        lacks={
            **{(shape.name, ANSWERS): NO_DOCUMENTS for shape in SHAPES if shape.folder != "rpc-encoded"},
            **{(what, ANSWERS): NO_DOCUMENTS for what in (ONE_WAY, TEXT, DIGEST)},
            (SHAPES[1].name, CALLS): "it reads no faults of SOAP 1.2",
            (SIGNATURE, CALLS): NO_SIGNATURE,
            (SIGNATURE, ANSWERS): NO_SIGNATURE,
            (MTOM, CALLS): NO_MTOM,
            (MTOM, ANSWERS): NO_DOCUMENTS,
            (OWN, ANSWERS): NO_CONTRACTS,
        },
    ),
    "spyne": Stack(
        title="Python Spyne",
        package="spyne (PyPI)",
        probe=(sys.executable, "-c", "import spyne"),
        serve=(sys.executable, str(HERE / "spyne/serve.py"), "HOST", "PORT"),
        lacks={
            **{(what, CALLS): CODE_FIRST for what in (*(shape.name for shape in SHAPES), *FEATURES) if what != OWN},
            ("rpc/literal", ANSWERS): NO_RPC,
            ("rpc/encoded", ANSWERS): NO_RPC,
            (TEXT, ANSWERS): NO_SECURITY,
            (DIGEST, ANSWERS): NO_SECURITY,
            (SIGNATURE, ANSWERS): NO_SECURITY,
        },
    ),
}


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
