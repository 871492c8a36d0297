"""The operator's verbs of a running hub, called over its local socket. Standard library only: commands start fast."""

import http.client
import json
import socket
from pathlib import Path
from typing import Any, Final

import msgspec

from hub_core.errors import ConfigError, PunteError, TryLater
from hub_core.message import Finding

TIMEOUT_SECONDS: Final = 120
ALIVE_SECONDS: Final = 3  # in which a hub that lives says something, whatever it is busy with
OK: Final = 200


class RemoteDesk:
    """Calls the verbs of the hub that listens on a socket."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def answers(self) -> bool:
        """Return whether the hub says anything: one that hangs takes calls, and is silent."""
        connection = _Connection(self._path, seconds=ALIVE_SECONDS)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True

    def call(self, verb: str, arguments: dict[str, Any]) -> Any:
        """Call one verb and return its JSON result.

        Raises:
            PunteError: what the hub answered, with its code, place and mend; TryLater W503 if it is gone.
        """
        connection = _Connection(self._path, seconds=TIMEOUT_SECONDS)
        try:
            connection.request("POST", f"/{verb}", json.dumps(arguments), {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise TryLater("W503", "the hub does not answer on its control socket", where=str(self._path)) from error
        finally:
            connection.close()
        if response.status == OK:
            return answer
        raise _error(answer["error"])


def remote_desk(path: Path) -> RemoteDesk | None:
    """Return the desk of the hub that listens on this socket, or ``None`` if none does."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except BlockingIOError:
            pass  # it listens, and more wait there already than it lets in
        except OSError:
            return None
    return RemoteDesk(path)


class _Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: Path, *, seconds: float) -> None:
        super().__init__("localhost", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        """Open the socket instead of a TCP connection."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def _error(answer: dict[str, Any]) -> PunteError:
    findings = msgspec.convert(answer.get("findings", []), tuple[Finding, ...])
    return ConfigError(answer["code"], answer["text"], where=answer["where"], mend=answer["mend"], findings=findings)
