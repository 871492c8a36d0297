"""One message on the screen."""

from datetime import datetime
from typing import Any

from rich.text import Text

from cli import screen
from cli.findings import show_findings, show_unmapped
from cli.screen import Column
from cli.tree import show_record

DELIVERIES = (
    Column("TO"),
    Column("ROUTE", drop=2),
    Column("STATE"),
    Column("TRIED"),
    Column("TOOK", right=True, drop=1),
    Column("CODE"),
    Column("DETAIL", wrap=True),
)
HISTORY = (Column("AT"), Column("STEP"), Column("BY"), Column("CODE"), Column("DETAIL", wrap=True))


def show_message(answer: dict[str, Any], *, revealed: bool) -> None:
    """Print everything that is known about a message."""
    _facts(answer)
    show_findings(answer["findings"])
    _deliveries(answer["deliveries"])
    _history(answer["entries"])
    show_unmapped(answer["unmapped"])
    if answer["record"] is not None:
        title = "Record" if revealed else "Record (masked; --reveal --reason TEXT shows it)"
        screen.show("")
        show_record(answer["record"], title=title)
    if answer["body"] is not None:
        screen.heading("Body as received")
        for line in answer["body"].splitlines():
            screen.show(Text(screen.clean(line)))


def show_repair(answer: dict[str, Any]) -> None:
    """Print what became of a corrected copy and of the message that it repairs."""
    show_findings(answer["findings"])
    if not answer["kept"]:
        screen.show(Text.assemble("the copy is ", screen.state("refused"), ", too: nothing was kept or changed"))
        return
    targets = ", ".join(it["endpoint"] for it in answer["deliveries"]) or "nobody"
    screen.facts(
        (
            ("repaired", Text.assemble(answer["message"], ", now ", screen.state(answer["state"]))),
            ("by the copy", Text.assemble(answer["copy"], ", ", screen.state(answer["copy_state"]))),
            ("which goes to", targets),
        )
    )


def _facts(answer: dict[str, Any]) -> None:
    message, outcome = answer["message"], answer["outcome"]
    state = screen.state(outcome["state"])
    screen.facts(
        (
            ("message", Text(message["id"], "bold")),
            ("state", state),
            ("document", outcome["document"]),
            ("from", f"{message['party']} by {message['endpoint']}, service {message['service']}"),
            ("purpose", message["purpose"]),
            ("sender's id", message["sender_id"]),
            *_place(message),
            ("repairs", message.get("repairs")),
            ("repaired by", answer.get("repaired_by")),
            ("rows", _rows(answer.get("rows"))),
            ("received", screen.local(message["received_at"])),
            ("decided", screen.local(outcome["decided_at"])),
            ("mapping", outcome["mapping"]),
            ("trace", message.get("trace")),
            ("cases", ", ".join(outcome["cases"])),
            ("body", _body(message)),
            ("SHA-256", message["digest"]),
            ("registry set", str(message["registry_set"])),
        )
    )


def _body(message: dict[str, Any]) -> str:
    if message.get("purged_at"):
        return f"purged {screen.local(message['purged_at'])}"
    return f"{message['size']:,} bytes, {message['media_type'] or 'no media type'}"


def _deliveries(deliveries: list[dict[str, Any]]) -> None:
    if not deliveries:
        return
    screen.heading("Deliveries")
    rows = []
    for delivery in deliveries:
        attempts = delivery["attempts"]
        last = attempts[-1] if attempts else {}
        tried = (
            f"{len(attempts)}x, last {screen.local(last['ended_at'])}"
            if attempts
            else f"due {screen.local(delivery['due_at'])}"
        )
        state = screen.state(delivery["state"])
        took = _took(last) if last else ""
        rows.append((delivery["endpoint"], delivery["route"], state, tried, took, last.get("code"), last.get("detail")))
    screen.table(DELIVERIES, rows, empty="")


def _took(attempt: dict[str, Any]) -> str:
    """Return how long an attempt took, such as ``0.3 s``."""
    began, ended = (datetime.fromisoformat(attempt[name]) for name in ("started_at", "ended_at"))
    return f"{(ended - began).total_seconds():.1f} s"


def _history(entries: list[dict[str, Any]]) -> None:
    screen.heading("History")
    rows = [
        (screen.local(entry["at"]), entry["step"], entry["by"], entry.get("code"), entry.get("detail"))
        for entry in entries
    ]
    screen.table(HISTORY, rows, empty="no entries")


def _place(message: dict[str, Any]) -> tuple[tuple[str, str | None], ...]:
    """Say where a message belongs: a row to its file, any other to its conversation."""
    if message.get("line") is not None:
        return (("row", f"line {message['line']} of file {message['correlation_id']}"),)
    began = message["correlation_id"] == message["id"]
    return (("conversation", None if began else message["correlation_id"]),)


def _rows(rows: dict[str, Any] | None) -> str | None:
    """Say how the rows of a file stand, and how many are still to come."""
    if rows is None:
        return None
    states = dict(rows["states"])
    waiting = rows["expected"] - sum(states.values())
    parts = [f"{count:,} {state}" for state, count in states.items()] + ([f"{waiting:,} to come"] if waiting else [])
    return f"{rows['expected']:,}" + (f": {', '.join(parts)}" if parts else "")
