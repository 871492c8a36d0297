"""``punte send``: hand documents to a hub over its public API, as a partner would."""

import http.client
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import quote, urlsplit

import typer

from cli import completion, files, screen
from cli.faults import Exit
from cli.findings import show_findings
from cli.options import Json
from cli.screen import Column
from hub_core.errors import TryLater
from hub_core.settings import from_environment

TIMEOUT_SECONDS: Final = 60
ACCEPTED: Final = 202
MOST_BYTES: Final = 100_000_000  # the endpoint has its own, smaller limit; this one protects this machine
COLUMNS = (Column("FILE"), Column("RESULT"), Column("CODE"), Column("REFERENCE"), Column("WHAT", wrap=True, drop=1))


def send(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Documents to send; folders are walked.")],
    *,
    endpoint: Annotated[
        str,
        typer.Option(
            "--endpoint", metavar="NAME", help="Inbound endpoint to send to.", autocompletion=completion.endpoints
        ),
    ],
    key: Annotated[str, typer.Option("--key", metavar="KEY", envvar="PUNTE_KEY", help="Your key.", show_envvar=True)],
    purpose: Annotated[
        str | None, typer.Option("--purpose", metavar="TEXT", help="Why; your access right must name it.")
    ] = None,
    sender_id: Annotated[
        str | None,
        typer.Option("--id", metavar="ID", help="Your own id of the message: a repeat is answered, not kept twice."),
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", metavar="URL", help="Address of a hub; default: the one that runs here.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Send documents to a hub, as a partner would.

    Each is kept and decided before its answer is printed. Ends with 1 if one was refused. With --json one object per line.
    """
    documents = list(files.walk(paths))
    if sender_id is not None and len(documents) > 1:
        raise typer.BadParameter("one id is for one document", param_hint="--id")
    headers = {"Punte-Key": key}
    if purpose is not None:
        headers["Punte-Purpose"] = purpose
    if sender_id is not None:
        headers["Idempotency-Key"] = sender_id
    link = Link(url or _running_hub(), endpoint, headers)
    results = files.with_progress("sending", documents, link.send)
    refused = _print_each(results) if as_json else _print_table(list(results), alone=len(documents) == 1)
    if refused:
        raise typer.Exit(Exit.ATTENTION)


class Link:
    """One connection to a hub's public API, used for all documents.

    Raises:
        typer.BadParameter: the address is none, or a header holds what headers cannot.
    """

    def __init__(self, url: str, endpoint: str, headers: dict[str, str]) -> None:
        parts = urlsplit(url if "//" in url else f"http://{url}")
        kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
        if parts.scheme not in kinds or not parts.hostname:
            raise typer.BadParameter("write an address such as http://127.0.0.1:8480", param_hint="--url")
        if not all(value.isprintable() and value.isascii() for value in headers.values()):
            raise typer.BadParameter("key, purpose and id are written in printable ASCII")
        self._url = url
        self._connection = kinds[parts.scheme](parts.hostname, parts.port, timeout=TIMEOUT_SECONDS)
        self._path = f"{parts.path.rstrip('/')}/api/v1/endpoints/{quote(endpoint, safe='')}/messages"
        self._headers = headers

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
        return _result(path, str(answer.get("state", "accepted")), reference=answer.get("id"), findings=findings)
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


def _running_hub() -> str:
    settings = from_environment()
    try:
        return settings.address.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise TryLater("W301", f"no hub runs in {settings.home}") from error


def _print_each(results: Iterator[dict[str, Any]]) -> bool:
    refused = False
    for result in results:
        print(json.dumps(result, ensure_ascii=False))
        sys.stdout.flush()
        refused = refused or _is_refused(result)
    return refused


def _print_table(results: list[dict[str, Any]], *, alone: bool) -> bool:
    rows = [
        (it["file"], screen.state(it["result"]), it["code"] or "-", it["reference"] or "-", it["text"])
        for it in results
    ]
    screen.table(COLUMNS, rows, empty="no files there")
    refused = [it for it in results if _is_refused(it)]
    if alone:
        show_findings(results[0]["findings"])
    else:
        screen.note(f"{len(results) - len(refused)} accepted, {len(refused)} refused")
    return bool(refused)


def _is_refused(result: dict[str, Any]) -> bool:
    return result["result"] in {"refused", "not sent"}
