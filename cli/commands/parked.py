"""``punte parked|retry|reject|discard``: what was given up, why, and what becomes of it."""

from typing import Annotated, Any, Final

import typer
from rich.text import Text

from cli import completion, desk, files, screen
from cli.faults import Exit
from cli.options import Json, Yes, ask
from cli.screen import Column

GROUPS = (
    Column("GROUP"),
    Column("COUNT", right=True),
    Column("ENDPOINT"),
    Column("CODE"),
    Column("MAPPING", drop=1),
    Column("RULE", wrap=True),
    Column("SINCE", drop=2),
    Column("NEWEST", drop=3),
    Column("EXAMPLE", drop=4),
)
HELD = (Column("MESSAGE"), Column("PARKED"), Column("GROUP"))
FAULTS = (Column("MESSAGE"), Column("CODE"), Column("TEXT", wrap=True))
PART: Final = 500  # acts in one call: a hub that runs goes on with its messages in between
FAULTS_SHOWN: Final = 20
WILL: Final = {
    "retry": "sent again under the same idempotency key",
    "reject": "closed as refused; the sender sees that",
    "discard": "closed without delivery",
}
DONE: Final = {"retry": "tried again", "reject": "rejected", "discard": "discarded"}

Of = Annotated[
    str | None,
    typer.Argument(metavar="GROUP|ID", help="Group, or message; left out: all.", autocompletion=completion.parked),
]
Targets = Annotated[
    list[str],
    typer.Argument(
        metavar="GROUP|ID...", help="Groups of punte parked, or messages.", autocompletion=completion.parked
    ),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why you do this; kept with every message.")]


def parked(
    of: Of = None,
    *,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=1000, help="At most so many messages.")] = 50,
    as_json: Json = False,
) -> None:
    """Show what was given up, by cause, and what mends it; of one GROUP its messages."""
    answer = desk.call("parked", of=of, limit=limit)
    if as_json:
        screen.as_json(answer)
    else:
        _show(answer, of)


def retry(targets: Targets, *, reason: Reason, yes: Yes = False, as_json: Json = False) -> None:
    """Try again what was given up: same idempotency key, attempts and age counted anew."""
    _act("retry", targets, reason=reason, yes=yes, as_json=as_json)


def reject(targets: Targets, *, reason: Reason, yes: Yes = False, as_json: Json = False) -> None:
    """Close what was given up as refused; the sender sees that. Bytes and history are kept."""
    _act("reject", targets, reason=reason, yes=yes, as_json=as_json)


def discard(targets: Targets, *, reason: Reason, yes: Yes = False, as_json: Json = False) -> None:
    """Close what was given up without delivery. Bytes and history are kept."""
    _act("discard", targets, reason=reason, yes=yes, as_json=as_json)


def show_groups(groups: list[dict[str, Any]], *, empty: str) -> None:
    """Print causes for which something was given up, then what each code means and what mends it."""
    screen.table(GROUPS, [_group(group) for group in groups], empty=empty)
    for code, (why, mend) in {group["code"]: (group["why"], group["mend"]) for group in groups}.items():
        screen.show(Text.assemble((f"{code} ", "bold red"), screen.clean(f"{why}. {mend}")))


def _act(what: str, targets: list[str], *, reason: str, yes: bool, as_json: bool) -> None:
    if not reason.strip():
        raise typer.BadParameter("say why", param_hint="--reason")
    looks = {target: desk.call("parked", of=target, limit=1) for target in dict.fromkeys(targets)}
    groups = [group for look in looks.values() for group in look["groups"]]
    total = sum(group["count"] for group in groups)
    if not as_json:
        screen.table(GROUPS, [_group(group) for group in groups], empty="")
    if not yes:
        ask(f"{total:,} {'is' if total == 1 else 'are'} {WILL[what]}. Go on?")
    done, faults = 0, []
    with files.bar(DONE[what], total) as advance:
        for target, look in looks.items():
            for part in _parts(what, target, reason=reason, until=look["at"]):
                done += part["done"]
                faults += part["faults"]
                advance(part["done"] + len(part["faults"]))
    if as_json:
        screen.as_json({"done": done, "faults": faults})
    else:
        screen.table(FAULTS, [(it["message"], it["code"], it["text"]) for it in faults[:FAULTS_SHOWN]], empty="")
        rest = f", {len(faults):,} could not be and stay parked" if faults else ""
        screen.show(Text(f"{done:,} {DONE[what]}{rest}"))
    if faults:
        raise typer.Exit(Exit.ATTENTION)


def _parts(what: str, target: str, **act: str) -> Any:
    """Act part by part until nothing is left of what was there when the person looked."""
    after: str | None = ""
    while after is not None:
        part = desk.call("parked_act", what=what, of=target, after=after, limit=PART, by=desk.operator(), **act)
        yield part
        after = part["last"] if part["done"] + len(part["faults"]) == PART else None


def _show(answer: dict[str, Any], of: str | None) -> None:
    show_groups(answer["groups"], empty="nothing is parked")
    if of is None:
        if answer["groups"]:
            screen.note("then: punte retry GROUP --reason TEXT, or reject, discard; its messages: punte parked GROUP")
            screen.note(f"what the partner said: punte messages show {answer['groups'][0]['example']}")
        return
    screen.heading("Messages, the oldest first")
    rows = [(it["message"], screen.local(it["parked_at"]), it["group"]) for it in answer["messages"]]
    screen.table(HELD, rows, empty="")
    more = sum(group["count"] for group in answer["groups"]) - len(rows)
    if more > 0:
        screen.note(f"and {more:,} more: --limit N")
    if rows:
        screen.note(f"what the partner said to the first: punte messages show {rows[0][0]}")


def _group(group: dict[str, Any]) -> tuple[Any, ...]:
    return (
        group["id"],
        f"{group['count']:,}",
        group["endpoint"],
        Text(group["code"], "bold red"),
        group["mapping"],
        group.get("rule"),  # a hub that has not been restarted since an upgrade says nothing of it
        screen.local(group["oldest"]),
        screen.local(group["newest"]),
        group["example"],
    )
