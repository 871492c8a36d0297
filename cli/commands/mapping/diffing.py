"""``punte mapping diff``: what would change if other mappings read."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cli import completion, desk, files, screen
from cli.commands.mapping.releasing import Whole, show_changes
from cli.commands.why import shown
from cli.faults import Exit
from cli.options import Json, Reason, Reveal, check_reveal
from cli.screen import Column

if TYPE_CHECKING:
    from hub_core.mapping.trying.tally import Tally
    from registry.mappings.diffing import Item
    from registry.parts import Parts

COUNTS = (Column("DOCUMENTS", right=True), Column("FIELD", wrap=True), Column("KIND"), Column("MAPPING", drop=1))
EXAMPLES = (Column("DOCUMENT", drop=1), Column("AT"), Column("BEFORE", wrap=True), Column("AFTER", wrap=True))
EXAMPLES_SHOWN: Final = 20
WHAT = "Mapping file, folder, number of a release, ID@HASH, or in-force."

Old = Annotated[str, typer.Argument(metavar="OLD", help=WHAT, autocompletion=completion.in_force)]
New = Annotated[str, typer.Argument(metavar="NEW", help=WHAT, autocompletion=completion.in_force)]


def diff(
    old: Old,
    new: New,
    *,
    on: Annotated[
        list[Path] | None,
        typer.Option("--on", metavar="PATH", help="Documents to read; folders are walked.", exists=True),
    ] = None,
    last: Annotated[
        int | None, typer.Option("--last", metavar="N", min=1, help="Read the newest N messages that the hub kept.")
    ] = None,
    whole: Whole = False,
    reveal: Reveal = False,
    reason: Reason = None,
    as_json: Json = False,
) -> None:
    """Read documents with two sets of mappings and print, field by field, what would change.

    Files take their places among the mappings in force; with --whole a folder is all there is. Counts come first, then
    examples, masked unless --reveal. Nothing is kept or sent, and the hub may run. Ends with 1 if anything differs.
    """
    if (on is None) == (last is None):
        raise typer.BadParameter("name documents with --on, or kept messages with --last N")
    check_reveal(reveal=reveal, reason=reason)
    answer = _compare(old, new, on, last, whole=whole, reveal=reveal)
    if reveal and last is not None:
        _note(answer, reason)
    if as_json:
        screen.as_json(answer)
    else:
        _show(answer)
    if answer["different"] or answer["failed"]:
        raise typer.Exit(Exit.ATTENTION)


def _compare(
    old: str, new: str, on: list[Path] | None, last: int | None, *, whole: bool, reveal: bool
) -> dict[str, Any]:
    from hub_core.settings import from_environment
    from registry.mappings.differences import with_values
    from registry.mappings.diffing import compare
    from registry.mappings.sets import outline
    from registry.mappings.sides import side_of
    from registry.parts import Parts

    parts = Parts(from_environment(), write=False)
    before, after = (side_of(parts, one, whole=whole) for one in (old, new))
    changes = outline(before.mappings(), after.mappings())
    items, total = _items(parts, on, last)
    tally = _counted(compare(before, after, items, total=total), total)
    return {
        "old": old,
        "new": new,
        "changes": changes,
        "compared": tally.compared,
        "different": tally.different,
        "failed": tally.failed,
        "more": tally.more,
        "fields": with_values(tally, reveal=reveal),
    }


def _items(parts: "Parts", on: list[Path] | None, last: int | None) -> "tuple[Iterable[Item], int]":
    from registry.mappings.diffing import of_files, of_messages

    if last is not None:
        kept = sum(parts.view.counts().messages.values())
        return of_messages(parts, last), min(last, kept)
    paths = list(files.walk(on or ()))
    return of_files(paths, on=datetime.now(UTC).date()), len(paths)


def _counted(chunks: "Iterable[tuple[int, Tally]]", total: int) -> "Tally":
    from hub_core.mapping.trying.tally import Tally

    whole = Tally()
    with files.bar("comparing", total) as advance:
        for size, tally in chunks:
            whole.merge(tally)
            advance(size)
    return whole


def _note(answer: dict[str, Any], reason: str | None) -> None:
    """Leave an entry with every message of which a value is shown."""
    ids = sorted({example["document"] for field in answer["fields"] for example in field["examples"]})
    if ids:
        desk.call("revealed", ids=ids, reason=reason, by=desk.operator())


def _show(answer: dict[str, Any]) -> None:
    show_changes(answer["changes"])
    screen.facts(
        (
            ("compared", f"{answer['compared']:,} documents, {answer['different']:,} of them differ"),
            ("", f"{answer['failed']:,} could not be compared" if answer["failed"] else None),
        )
    )
    rows = _together(answer["fields"])
    if not rows:
        nothing = "nothing would change" if answer["compared"] else "none of these documents is read by a mapping"
        screen.note(nothing)
        return
    screen.heading("What would change")
    screen.table(COUNTS, rows, empty="")
    screen.heading("For example")
    examples = list({(it["field"], it["kind"]): it["examples"][0] for it in answer["fields"]}.values())
    cells = [(it["document"], it["at"], shown(it["before"]) or "-", shown(it["after"]) or "-") for it in examples]
    screen.table(EXAMPLES, cells[:EXAMPLES_SHOWN], empty="")
    if len(cells) > EXAMPLES_SHOWN:
        screen.note(f"and {len(cells) - EXAMPLES_SHOWN} more (--json has all)")


def _together(fields: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Return one row per field and kind: many mappings share a block, and one change of it is one thing to look at."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for it in fields:
        counts.setdefault((it["field"], it["kind"]), Counter())[it["mapping"]] += it["messages"]
    ordered = sorted(counts.items(), key=lambda item: -item[1].total())
    return [
        (f"{found.total():,}", field, kind, next(iter(found)) if len(found) == 1 else f"{len(found)} mappings")
        for (field, kind), found in ordered
    ]
