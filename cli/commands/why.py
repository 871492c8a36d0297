"""``punte why``: where each value of a record came from."""

from typing import Annotated, Any

import typer
from rich.text import Text

from cli import desk, screen
from cli.options import Json, MessageId, Reason, Reveal, check_reveal
from cli.screen import Column

COLUMNS = (
    Column("AT"),
    Column("VALUE", wrap=True),
    Column("AS RECEIVED", wrap=True, drop=1),
    Column("SOURCE"),
    Column("LINE", right=True, drop=4),
    Column("READ AS", drop=3),
    Column("RULE", drop=2),
)
MERGED = (Column("FIELD"), Column("FROM"), Column("MESSAGE"))
HOPS = (Column("AT"), Column("AFTER", right=True), Column("STEP"), Column("BY"), Column("DETAIL", wrap=True, drop=1))


def why(
    message_id: MessageId,
    field: Annotated[
        str | None,
        typer.Argument(metavar="FIELD", help="Canonical path such as birth.date; left out: every value."),
    ] = None,
    *,
    reveal: Reveal = False,
    reason: Reason = None,
    as_json: Json = False,
) -> None:
    """Say where each value of a record came from: message, source path, line, codec, code list and rule.

    It reads the kept bytes again with the mapping that decided about them, whatever is in force now.

    For the id of a query it leads from each merged value to the message of its source.
    """
    check_reveal(reveal=reveal, reason=reason)
    more = {"reveal": True, "reason": reason, "by": desk.operator()} if reveal else {}
    answer = desk.call("why", id=message_id, field=field, **more)
    if as_json:
        screen.as_json(answer)
        return
    _facts(answer)
    nothing = f"the record holds nothing at {field}; see its fields: punte messages show {message_id}"
    empty = nothing if field else "this message has no record to explain"
    if any("merged" in value for value in answer["values"]):
        screen.heading("Whose word counted")
        screen.table(MERGED, _merged(answer["values"]), empty="")
        screen.heading("What they said")
    screen.table(COLUMNS, [_row(value) for value in answer["values"]], empty=empty)
    if answer["hops"]:
        screen.heading("The way of the message")
        screen.table(HOPS, [_hop(hop) for hop in answer["hops"]], empty="")


def _facts(answer: dict[str, Any]) -> None:
    read, pinned = answer["mapping"], answer["pinned"]
    screen.facts(
        (
            ("message", Text(answer["message"], "bold")),
            ("mapping", read),
            ("", f"decided with {pinned}: replay shows what differs" if pinned not in {None, read} else None),
        )
    )


def _merged(values: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Return each field of a merged view once, with its source and the message that it came in."""
    fields = {value["merged"]: (value["from"], value["message"]) for value in values}
    return [(field, source, message or "-") for field, (source, message) in fields.items()]


def _hop(hop: dict[str, Any]) -> tuple[str | None, ...]:
    detail = " ".join(filter(None, (hop.get("code"), hop.get("detail"))))
    return screen.local(hop["at"]), f"{hop.get('seconds', 0):.3f} s", hop["step"], hop["by"], detail


def _row(value: dict[str, Any]) -> tuple[Any, ...]:
    at = f"{value['from']}: {value['at']}" if "from" in value else value["at"]
    codec = " ".join(filter(None, (value["codec"], value["codes"])))
    line = str(value["line"]) if value["line"] else None
    return (
        at,
        shown(value.get("value")),
        shown(value["raw"]),
        value["source"] or "(by rule)",
        line,
        codec,
        value["rule"],
    )


def shown(value: Any) -> str:
    """Return a value of a record on one line."""
    from cli.tree import inline

    if value is None:
        return ""
    short = inline(value)
    if short is not None:
        return short
    import json

    return screen.clean(json.dumps(value, ensure_ascii=False))
