"""One message on the screen."""

from collections import Counter
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
    Column("RECEIPT", drop=3),
    Column("CODE"),
    Column("DETAIL", wrap=True),
)
ATTACHMENTS = (Column("#", right=True), Column("BYTES", right=True), Column("TYPE"), Column("NAME", drop=1))
STEPS = (
    Column("AT"),
    Column("AFTER", right=True, drop=3),
    Column("STEP"),
    Column("TO"),
    Column("TRY", right=True, drop=4),
    Column("TOOK", right=True, drop=5),
    Column("WHO AND WHY", wrap=True),
)
MANY = 49  # of a longer conversation the hub gives no more than 50, among them perhaps the message itself
CONVERSATION = (
    Column("MESSAGE"),
    Column("RECEIVED", drop=2),
    Column("FROM"),
    Column("STATE"),
    Column("CODES", drop=1),
    Column("WHAT", wrap=True),
)
NOW = (Column("TO"), Column("WAITS"), Column("SINCE OR UNTIL", drop=1), Column("THEN", wrap=True))


def show_message(answer: dict[str, Any], *, revealed: bool) -> None:
    """Print everything that is known about a message."""
    _facts(answer, revealed=revealed)
    show_findings(answer["findings"])
    _attachments(answer.get("attachments", []))
    _deliveries(answer["deliveries"])
    _conversation(answer.get("conversation", []))
    show_steps(answer["entries"], answer.get("now", []))
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
    if not answer["kept"]:
        show_findings(answer["findings"])
        screen.show("")
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
    show_findings(answer["findings"])


def _file(name: str | None, *, revealed: bool) -> str | None:
    return name if name is None or revealed else f"{name} (--reveal --reason TEXT shows its name)"


def _facts(answer: dict[str, Any], *, revealed: bool) -> None:
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
            ("file", _file(message.get("name"), revealed=revealed)),
            *_place(message, others=bool(answer.get("conversation"))),
            ("answers", _answers(answer.get("conversation", []))),
            ("repairs", message.get("repairs")),
            ("repaired by", answer.get("repaired_by")),
            ("rows", _rows(answer.get("rows"))),
            ("received", screen.local(message["received_at"])),
            ("decided", screen.local(outcome["decided_at"])),
            ("mapping", outcome["mapping"]),
            ("replayed with", outcome.get("replayed_with")),
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


def _attachments(attachments: list[dict[str, Any]]) -> None:
    if not attachments:
        return
    screen.heading("Attachments")
    rows = [(str(one["number"]), f"{one['size']:,}", one["media_type"], one["name"]) for one in attachments]
    screen.table(ATTACHMENTS, rows, empty="")


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
        receipt = delivery.get("reference")
        to, route = delivery["endpoint"], delivery["route"]
        # What a partner said later is of no attempt.
        code, detail = (delivery.get(name) or last.get(name) for name in ("code", "detail"))
        rows.append((to, route, state, tried, took, receipt, code, detail))
    screen.table(DELIVERIES, rows, empty="")


def _conversation(messages: list[dict[str, Any]]) -> None:
    if not messages:
        return
    screen.heading("Other messages of the conversation")
    rows = []
    for it in messages:
        said = (it["document"], "answers this message" if it["answers"] else None)
        codes, what = " ".join(it["codes"]), ", ".join(filter(None, said))
        rows.append((it["id"], screen.local(it["received_at"]), it["party"], screen.state(it["state"]), codes, what))
    screen.table(CONVERSATION, rows, empty="")
    if len(rows) >= MANY:
        screen.note(f"there may be more: punte messages list --conversation {messages[0]['correlation_id']}")


def _answers(messages: list[dict[str, Any]]) -> Text | None:
    """Say how the answers to a message stand: one that was delivered may have been answered with a fault."""
    states = Counter(it["state"] for it in messages if it["answers"])
    parts = [Text.assemble(screen.state(state), f" {count:,}") for state, count in sorted(states.items())]
    return Text(", ").join(parts) if parts else None


def _took(attempt: dict[str, Any]) -> str:
    """Return how long an attempt took, such as ``0.3 s``."""
    began, ended = (datetime.fromisoformat(attempt[name]) for name in ("started_at", "ended_at"))
    return f"{(ended - began).total_seconds():.1f} s"


def show_steps(steps: list[dict[str, Any]], now: list[dict[str, Any]]) -> None:
    """Print what happened to a message in the order of time, and what it waits for now."""
    screen.heading("Timeline")
    screen.table(STEPS, [_step(step) for step in steps], empty="no entries")
    if now:
        screen.heading("Now")
        rows = [(it["endpoint"], it["waits"], screen.local(it["at"]), it["command"]) for it in now]
        screen.table(NOW, rows, empty="")


def _step(step: dict[str, Any]) -> tuple[str | Text | None, ...]:
    attempt, took = step.get("attempt"), step.get("took")
    return (
        screen.local(step["at"]),
        _span(step.get("seconds", 0.0)),
        screen.state(step["step"]),
        step.get("endpoint"),
        str(attempt) if attempt else None,
        _span(took) if took is not None else None,
        _who_and_why(step),
    )


def _who_and_why(step: dict[str, Any]) -> Text:
    """Return the person who acted, the code, the words, and the replay that it was."""
    replay = f"(replay {step['replay']})" if step.get("replay") else ""
    by = "" if step["by"] == "hub" else f"{step['by']}: "
    code = f"{step['code']} " if step.get("code") else ""
    until = f"until {screen.local(step['until'])}" if step.get("until") else ""
    words = " ".join(filter(None, (step.get("detail"), until, _phases(step.get("phases") or {}), replay)))
    return Text.assemble((screen.clean(by), "bold"), (screen.clean(code), "bold red"), screen.clean(words))


def _phases(phases: dict[str, int]) -> str:
    """Return what the phases of a call took.

    >>> _phases({"connect": 3, "first byte": 45})
    '(connect 3 ms, first byte 45 ms)'
    """
    return f"({', '.join(f'{name} {took:,} ms' for name, took in phases.items())})" if phases else ""


def _span(seconds: float) -> str:
    """Return a span of time as people say it.

    >>> _span(0.0123), _span(75), _span(90_000)
    ('0.01 s', '1 min 15 s', '25 h 0 min')
    """
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return f"{rest:.2f} s"
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {int(rest)} s"


def _place(message: dict[str, Any], *, others: bool) -> tuple[tuple[str, str | None], ...]:
    """Say where a message belongs: a row to its file, any other to its conversation, if that has others."""
    if message.get("line") is not None:
        return (("row", f"line {message['line']} of file {message['correlation_id']}"),)
    began = message["correlation_id"] == message["id"]
    mine = "begun by this message" if others else None
    return (("conversation", mine if began else message["correlation_id"]),)


def _rows(rows: dict[str, Any] | None) -> str | None:
    """Say how the rows of a file stand, and how many are still to come."""
    if rows is None:
        return None
    states = dict(rows["states"])
    waiting = rows["expected"] - sum(states.values())
    parts = [f"{count:,} {state}" for state, count in states.items()] + ([f"{waiting:,} to come"] if waiting else [])
    return f"{rows['expected']:,}" + (f": {', '.join(parts)}" if parts else "")
