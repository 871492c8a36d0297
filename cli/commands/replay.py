"""``punte replay``: judge kept messages again, and deliver what comes out."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Annotated, Any, Final, Literal

import typer
from rich.text import Text

from cli import completion, desk, files, filters, screen
from cli.commands.why import shown
from cli.faults import Exit
from cli.options import Json, Yes, ask, row_or_message
from cli.screen import Column
from hub_core.codes import CODES

RESULTS = (
    Column("MESSAGES", right=True),
    Column("RESULT"),
    Column("CODE"),
    Column("WHY", wrap=True),
    Column("EXAMPLE", drop=1),
)
CHANGES = (Column("AT", wrap=True), Column("BEFORE", wrap=True), Column("NOW", wrap=True))
FIELDS = (
    Column("MESSAGES", right=True),
    Column("FIELD", wrap=True),
    Column("KIND"),
    Column("BEFORE", wrap=True),
    Column("NOW", wrap=True),
    Column("EXAMPLE", drop=1),
)
PART: Final = 100  # messages in one call
WORDS: Final = {
    "done": "replayed",
    "before": "replayed before",
    "held": "left alone",
    "nobody": "goes to nobody",
    "refused": "refused",
    "failed": "failed",
}
WOULD: Final = WORDS | {
    "before": "was replayed before",
    "done": "would be replayed",
    "held": "would be left alone",
    "nobody": "would go to nobody",
    "refused": "would be refused",
}
BEGINS: Final = {
    "received": "judged again and delivered under new keys",
    "mapped": "routed again and delivered under new keys",
    "routed": "delivered to the same partners again, under new keys",
    "deliver": "delivered again under the same keys",
}
BECAME: Final = WORDS | {"before": "was replayed before", "held": "is left alone", "refused": "is refused"}
FINE: Final = {"done", "before", "nobody"}

Message = Annotated[
    str | None,
    typer.Argument(
        metavar="ID",
        help="Message, or FILE:LINE; left out: what fits --filter.",
        autocompletion=completion.messages,
        callback=row_or_message,
    ),
]
Hop = Annotated[
    Literal["received", "mapped", "routed", "deliver"],
    typer.Option(
        "--from",
        help="Begin behind this step. received: read the bytes again. mapped: route the record again. "
        "routed: to the same partners. deliver: the same, under the same idempotency keys.",
    ),
]
By = Annotated[
    Literal["pinned", "current"],
    typer.Option("--mapping", help="Read with the mapping that decided, or with the one in force."),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only tell what would differ and where it would go; calls nobody.")
]
Diff = Annotated[bool, typer.Option("--diff", help="Of many messages, too, show which fields differ.")]
Doubts = Annotated[
    bool, typer.Option("--also-in-doubt", help="Replay what is in doubt, too: the partner may have it already.")
]
Reason = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why you do this; kept in the history. Not for --dry-run.")
]


def replay(
    message_id: Message = None,
    *,
    only: filters.Only = None,
    hop: Hop = "received",
    mapping: By = "pinned",
    dry_run: DryRun = False,
    diff: Diff = False,
    also_in_doubt: Doubts = False,
    reason: Reason = "",
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Judge kept messages again from their bytes, compare, and deliver what comes out.

    A message takes part in a replay once: the same command again goes on where it broke off.

    What is on its way or in doubt is left alone. Messages of one order key keep their order.
    """
    if (message_id is None) == (not only):
        raise typer.BadParameter("name one message, or --filter NAME=VALUE", param_hint="ID")
    if not dry_run and not reason.strip():
        raise typer.BadParameter("say why", param_hint="--reason")
    act: dict[str, Any] = {"hop": hop, "mapping": mapping, "dry_run": dry_run, "diff": diff}
    act |= {"also_in_doubt": also_in_doubt, "reason": reason, "by": desk.operator()}
    with desk.beside_the_hub() if dry_run else nullcontext(desk.call) as call:
        if message_id is not None:
            answer = call("replay", id=message_id, **act)
        else:
            answer = _many(call, filters.wanted(only or []), act, asked=yes or dry_run)
    if as_json:
        screen.as_json(answer)
    elif message_id is not None:
        _show_one(answer, dry_run=dry_run)
    else:
        _show(answer, dry_run=dry_run, diff=diff)
    if any(row["result"] not in FINE for row in answer["messages"]):
        raise typer.Exit(Exit.ATTENTION)


def _many(call: Callable[..., Any], wanted: dict[str, Any], act: dict[str, Any], *, asked: bool) -> dict[str, Any]:
    """Replay what fits a filter, part by part, the oldest first; what arrives meanwhile is left alone."""
    wanted = {"until": filters.now()} | wanted
    total = call("how_many", **wanted)["count"]
    if total and not asked:
        ask(f"{total:,} {'is' if total == 1 else 'are'} {BEGINS[act['hop']]}. Go on?")
    rows: list[dict[str, Any]] = []
    name = None
    with files.bar("replaying", total) as advance:
        for part in _parts(call, wanted, act):
            name = part["replay"]
            rows += part["messages"]
            advance(len(part["messages"]))
    return {"replay": name, "messages": rows}


def _parts(call: Callable[..., Any], wanted: dict[str, Any], act: dict[str, Any]) -> Iterator[dict[str, Any]]:
    after = ""
    while True:
        part = call("replay", filter=wanted | {"after": after, "limit": PART}, **act)
        yield part
        if len(part["messages"]) < PART:
            return
        after = part["last"]


def _show_one(answer: dict[str, Any], *, dry_run: bool) -> None:
    (row,) = answer["messages"]
    screen.facts(
        (
            ("message", row["message"]),
            ("judged again", screen.state(row["state"])),
            ("mapping before", row["before"]),
            ("mapping now", row["now"]),
            ("replay", None if dry_run else answer["replay"]),
        )
    )
    if row["changes"] or row["result"] != "refused":  # what is refused has no record that could be the same
        screen.heading("What differs")
        rows = [(it["at"], *_pair(it)) for it in row["changes"]]
        screen.table(CHANGES, rows, empty="nothing: the record is the same as before")
    targets = ", ".join(f"{it['endpoint']} (route {it['route']})" for it in row["deliveries"]) or "nobody"
    if row["result"] == "done":
        screen.heading(f"It {'would be' if dry_run else 'is'} delivered again to: {targets}")
    else:
        screen.heading(f"It {(WOULD if dry_run else BECAME)[row['result']]}")
        screen.show(_why(row))


def _show(answer: dict[str, Any], *, dry_run: bool, diff: bool) -> None:
    rows = answer["messages"]
    words = WOULD if dry_run else WORDS
    counts = Counter((row["result"], row["code"] or "") for row in rows)
    first = {(row["result"], row["code"] or ""): row for row in reversed(rows)}
    told = [
        (f"{count:,}", words[key[0]], Text(key[1], "bold red"), first[key]["text"], first[key]["message"])
        for key, count in counts.most_common()
    ]
    screen.table(RESULTS, told, empty="no message fits this filter")
    if not rows:
        return
    different = sum(1 for row in rows if row.get("differs"))
    hint = "" if diff or not different else ": --diff shows where"
    screen.note(f"replay {answer['replay']}; {different:,} of {len(rows):,} records differ{hint}")
    if diff and different:
        screen.heading("What differs")
        screen.table(FIELDS, _together(rows), empty="")


def _together(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Return one row per field and kind of change, with the first message as example."""
    found: dict[tuple[str, str], tuple[dict[str, Any], str]] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        changed = {(change["field"], change["kind"]): change for change in row.get("changes", ())}
        counts.update(changed.keys())
        for key, change in changed.items():
            found.setdefault(key, (change, row["message"]))
    return [(f"{count:,}", *key, *_pair(found[key][0]), found[key][1]) for key, count in counts.most_common()]


def _pair(change: dict[str, Any]) -> tuple[Text, Text]:
    """Return what stood there and what stands there now, in their colours."""
    return Text(shown(change["before"]) or "-", "red"), Text(shown(change["after"]) or "-", "green")


def _why(row: dict[str, Any]) -> Text:
    code = row["code"]
    mend = CODES[code].do if code in CODES else ""
    return Text.assemble((f"{code or ''} ", "bold red"), screen.clean(f"{row['text']}. {mend}"))
