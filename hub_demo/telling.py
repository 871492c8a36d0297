"""What the chapters of the story share: asking, waiting for a message, showing a record, saying a sentence."""

import json
import time
from typing import Any, Final

from rich.markup import escape
from rich.table import Table

from hub_demo.registers import REFERENCE_DATE
from hub_demo.stage import Stage

PATIENCE_SECONDS: Final = 30
JSON: Final = "application/json"


def ask(stage: Stage, kind: str) -> dict[str, Any]:
    """Let the portal ask about the person of the showcase who carries this contradiction."""
    shown = next(person for person in stage.country.showcase if person.kind == kind)
    say(stage, f"The portal asks about {initials(shown.name)}: {shown.reason}.")
    headers = {"Punte-Purpose": "benefit-application"}
    question = json.dumps({"cnp": shown.cnp, "on": REFERENCE_DATE.isoformat()}).encode()
    reply = stage.caller("mmftss").post("/api/v1/queries/person", question, media_type=JSON, headers=headers)
    answered: dict[str, Any] = json.loads(reply.body)
    return answered


def split(stage: Stage, message_id: str) -> dict[str, int]:
    """Wait until all rows of a file are messages and delivered, and return how many stand where."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    standing: dict[str, int] = {}
    while time.monotonic() < deadline:
        shown = stage.desk.call("message", {"id": message_id})["rows"]
        standing = shown["states"]
        if shown["complete"] and "delivering" not in standing:
            break
        time.sleep(0.05)
    return standing


def delivered(stage: Stage, message_id: str) -> None:
    """Wait until a message has been delivered everywhere, and say so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    state = ""
    while time.monotonic() < deadline:
        shown = stage.desk.call("message", {"id": message_id})
        state = shown["outcome"]["state"]
        if state != "delivering":
            break
        time.sleep(0.05)
    targets = ", ".join(f"{d['endpoint']} ({d['route']})" for d in shown["deliveries"])
    say(stage, f"{state}: {targets or 'no route wanted it'}")


def show_record(stage: Stage, message_id: str) -> None:
    """Print the canonical record that came out. Its persons are synthetic, so it is revealed, with that reason."""
    why = {"reveal": True, "reason": "the demo's persons are synthetic", "by": "demo"}
    shown = stage.desk.call("message", {"id": message_id} | why)
    table = Table(box=None, pad_edge=False, show_header=False)
    for field, value in (shown["record"] or {}).items():
        if field != "unmapped":
            table.add_row(f"  {field}", escape(brief(value)), style="dim" if field == "exchange" else None)
    say(stage, f"read by {shown['outcome']['mapping']}, {len(shown['unmapped'])} leaves unmapped, into the record")
    stage.console.print(table)


def brief(value: Any) -> str:
    """Say a part of a record in a few words: codes and money by themselves, everything else by its values.

    >>> brief([{"kind": {"list": "x@1", "code": "wages", "text": "SAL"}, "gross": {"amount": "5", "currency": "RON"}}])
    'wages, 5 RON'
    """
    match value:
        case {"list": str()}:
            return str(value.get("code") or value.get("text"))
        case {"amount": str() as amount, "currency": str() as currency}:
            return f"{amount} {currency}"
        case dict():
            return ", ".join(brief(part) for key, part in value.items() if key != "normal")
        case list():
            return "\n".join(brief(part) for part in value)
        case _:
            return str(value)


def say(stage: Stage, text: str) -> None:
    """Print one sentence of the story."""
    stage.console.print(f"  {text}")


def initials(name: str) -> str:
    """Mask a name.

    >>> initials("Maria Elena Ionescu-Popa")
    'M. E. I.'
    """
    return " ".join(f"{word[0]}." for word in name.split())
