"""Feeding a folder of files through the running hub: each file is one message, and each gets its line in a table."""

import hashlib
import json
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from hub_demo.calls import Caller, Reply

ACCEPTED = (200, 202)


class Fed(NamedTuple):
    """What happened to one file."""

    file: str
    accepted: bool
    reference: str
    code: str
    text: str


def feed(folder: Path, caller: Caller, console: Console) -> list[Fed]:
    """Send every file below ``folder`` to the hub; JSON to the SED endpoint, everything else to the SOAP endpoint."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    progress = track(files, "feeding files", console=console, disable=not console.is_terminal)
    return [_one(path, str(path.relative_to(folder)), caller) for path in progress]


def show(results: list[Fed], console: Console) -> None:
    """Print what was accepted in one line, and each refusal with its reason."""
    accepted = [fed for fed in results if fed.accepted]
    console.print(
        f"{len(results)} files sent: [green]{len(accepted)} became records[/], {len(results) - len(accepted)} "
        "were refused, each with its reason; all are kept."
    )
    refused = [fed for fed in results if not fed.accepted]
    if not refused:
        return
    table = Table("file", "code", "why", box=None, pad_edge=False, header_style="bold")
    for fed in refused:
        table.add_row(fed.file, fed.code, escape(fed.text))
    console.print(table)


def _one(path: Path, name: str, caller: Caller) -> Fed:
    body = path.read_bytes()
    digest = hashlib.sha256(name.encode() + b"\0" + body).hexdigest()
    headers = {"Punte-Purpose": "sed-exchange", "Idempotency-Key": f"file-{digest[:32]}"}
    if body.lstrip()[:1] == b"<":
        reply = caller.post("/soap/cnas-answers", body, media_type="text/xml", headers=headers)
    else:
        reply = caller.post("/eessi/seds", body, media_type="application/json", headers=headers)
    if reply.status in ACCEPTED:
        return Fed(name, accepted=True, reference=reply.reference, code="", text="")
    code, text = reason(reply)
    return Fed(name, accepted=False, reference=reply.reference, code=code, text=text)


def reason(reply: Reply) -> tuple[str, str]:
    """Return code and text of a refusal, from an RFC 9457 problem or a SOAP fault."""
    if reply.headers.get("content-type", "").startswith("application/problem+json"):
        problem = json.loads(reply.body)
        return problem["code"], problem["detail"]
    fault = ET.fromstring(reply.body)  # noqa: S314  the hub's own answer
    texts = {element.tag.rpartition("}")[2]: (element.text or "").strip() for element in fault.iter()}
    text = texts.get("faultstring") or texts.get("Text") or ""
    code = texts.get("code", str(reply.status))
    return code, text.removeprefix(f"{code} ").partition(" (reference")[0]
