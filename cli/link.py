"""The way to a hub's public HTTP API, as a partner goes it."""

import http.client
import json
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import SplitResult, quote, urlsplit

import typer

from hub_core.errors import TryLater

TIMEOUT_SECONDS: Final = 60
ACCEPTED: Final = 202
MOST_BYTES: Final = 100_000_000  # the endpoint has its own, smaller limit; this one protects this machine


class Link:
    """One connection to a hub's public API, used for all documents.

    Raises:
        typer.BadParameter: the address is none, or a header holds what headers cannot.
    """

    def __init__(self, url: str, endpoint: str, headers: dict[str, str]) -> None:
        parts = _parts(url)
        if not all(value.isprintable() and value.isascii() for value in headers.values()):
            raise typer.BadParameter("key, purpose and id are written in printable ASCII")
        self._url = url
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
        self._path = f"{parts.path.rstrip('/')}/api/v1/endpoints/{quote(endpoint, safe='')}/messages"
        self._headers = headers

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def send(self, path: Path) -> dict[str, Any]:
        """Send one file; returns file, result, code, reference, text and findings.

        Raises:
            TryLater: W301, no hub answers at the address.
        """
        try:
            body = _read(path)
        except OSError as error:
            return _result(path, "not sent", code="W304", text=error.strerror or "not readable")
        headers = self._headers | {"Content-Type": media_type(body)}
        try:
            self._connection.request("POST", self._path, body, headers)
            response = self._connection.getresponse()
            answer = json.loads(response.read())
        except (OSError, http.client.HTTPException) as error:
            raise TryLater("W301", f"no hub answers at {self._url}") from error
        except ValueError as error:
            raise TryLater("W301", f"what answers at {self._url} is no hub") from error
        return _answered(path, response.status, answer)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url if "//" in url else f"http://{url}")
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
            return parts
    except ValueError:
        pass  # a port that is no number: told below, like everything else that is no address
    raise typer.BadParameter("write an address such as http://127.0.0.1:8480", param_hint="--url")


def media_type(body: bytes) -> str:
    """Return the media type that the first character tells."""
    match body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]:
        case b"{" | b"[":
            return "application/json"
        case b"<":
            return "text/xml"
        case _:
            return "application/octet-stream"


def _read(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MOST_BYTES + 1)


def _answered(path: Path, status: int, answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        answer = {}
    findings = answer.get("findings", [])
    if status == ACCEPTED:
        state, rows = str(answer.get("state", "accepted")), answer.get("rows")
        text = None if rows is None else f"{rows:,} rows"
        return _result(path, state, reference=answer.get("id"), text=text, findings=findings)
    text = answer.get("detail") or f"HTTP {status}"
    return _result(
        path, "refused", code=answer.get("code"), reference=answer.get("reference"), text=text, findings=findings
    )


def _result(
    path: Path,
    result: str,
    *,
    code: str | None = None,
    reference: str | None = None,
    text: str | None = None,
    findings: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    return {
        "file": str(path),
        "result": result,
        "code": code,
        "reference": reference,
        "text": text,
        "findings": findings or [],
    }
