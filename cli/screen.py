"""How things look: tables, times, places that are empty. On a terminal coloured, in a pipe plain and stable.

Colour is never the only signal: whatever is red also says a word. Everything shown that came from outside goes
through ``clean``, because a message may hold the control sequences of a terminal.
"""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

import msgspec
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

# In a pipe no line is ever broken: wider than any row.
PIPE_WIDTH: Final = 100_000
NARROWEST: Final = 40

# C1 controls, and marks that separate lines or turn the direction of writing; JSON itself escapes C0 only.
STEERING: Final = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

TIME: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d+")  # as ``local`` writes it

STYLES: Final = {
    "accepted": "green",
    "admitted": "green",
    "breaking": "bold red",
    "compatible": "green",
    "delivered": "green",
    "delivering": "cyan",
    "refused": "red",
    "parked": "bold red",
    "rejected": "red",
    "discarded": "dim",
    "replaced": "dim",
    "sent": "green",
    "flowing": "green",
    "collecting": "cyan",
    "paused": "yellow",
    "closed": "dim",
    "broken": "bold red",
    "probing": "yellow",
    "gone": "red",
    "ready": "cyan",
    "in-doubt": "yellow",
    "error": "red",
    "warning": "yellow",
    "info": "dim",
    "ok": "green",
    "FAIL": "bold red",
    "fault": "bold red",
    "late": "bold red",
    "running": "cyan",
    "cut off": "yellow",
    "missing": "yellow",
    "never": "dim",
    "note": "yellow",
    "kept": "green",
    "BROKEN": "bold red",
}


@cache
def out() -> Console:
    """Return the console of standard output."""
    return _console(stderr=False)


@cache
def err() -> Console:
    """Return the console of standard error, for what is not the answer: errors, notes, progress."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else PIPE_WIDTH
    return Console(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)


class Column(msgspec.Struct, frozen=True):
    """A column of a table.

    Attributes:
        right: numbers stand right.
        drop: which columns give way first where the terminal is narrow, the highest first; 0: none.
        wrap: long text may take several lines on a terminal; anything else is kept whole.
    """

    title: str
    right: bool = False
    drop: int = 0
    wrap: bool = False


def table(columns: Sequence[Column], rows: Iterable[Sequence[str | Text | None]], *, empty: str) -> None:
    """Print a table, or ``empty``, which says what to do next."""
    cells = [[_cell(cell) for cell in row] for row in rows]
    if not cells:
        note(empty)
        return
    console = out()
    if not console.is_terminal:
        _plain(columns, cells)
        return
    if len(_fitting(columns, cells, console.width)) < len(_fitting(columns, cells, PIPE_WIDTH)):
        cells = _without_today(columns, cells)
    kept = _fitting(columns, cells, console.width)
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold", show_edge=False)
    for index in kept:
        column = columns[index]
        shown.add_column(
            column.title, justify="right" if column.right else "left", no_wrap=not column.wrap, overflow="fold"
        )
    for row in cells:
        shown.add_row(*(row[index] for index in kept))
    console.print(shown)
    hidden = [
        column.title
        for index, column in enumerate(columns)
        if index not in kept and any(row[index].plain for row in cells)
    ]
    if hidden:
        err().print(Text(f"not shown on this narrow terminal: {', '.join(hidden)} (--json has all)", "dim"))


def _plain(columns: Sequence[Column], rows: Sequence[Sequence[Text]]) -> None:
    """Print columns separated by two blanks, nothing left out, nothing broken, no blanks at the end."""
    widths = [max(len(column.title), *(row[index].cell_len for row in rows)) for index, column in enumerate(columns)]
    for row in [[Text(column.title) for column in columns], *rows]:
        cells = []
        for column, width, cell in zip(columns, widths, row, strict=True):
            gap = " " * (width - cell.cell_len)
            cells.append(gap + cell.plain if column.right else cell.plain + gap)
        print("  ".join(cells).rstrip())


def _without_today(columns: Sequence[Column], rows: Sequence[Sequence[Text]]) -> list[list[Text]]:
    """Return rows in which a column of times that are all of today tells no date: room for what would be left out."""
    today = datetime.now().astimezone().strftime("%Y-%m-%d ")
    changed = [list(row) for row in rows]
    for index in range(len(columns)):
        told = [row[index] for row in changed if row[index].plain]
        if told and all(TIME.fullmatch(cell.plain) and cell.plain.startswith(today) for cell in told):
            for row in changed:
                row[index] = row[index][len(today) :] if row[index].plain else row[index]
    return changed


def _fitting(columns: Sequence[Column], rows: Sequence[Sequence[Text]], width: int) -> list[int]:
    """Return the columns that say something and fit a width: the first to give way has the highest ``drop``."""
    widths = []
    for index, column in enumerate(columns):
        widest = max(len(column.title), *(row[index].cell_len for row in rows))
        widths.append(min(widest, NARROWEST) if column.wrap else widest)
    kept = [index for index in range(len(columns)) if any(row[index].plain for row in rows)]
    while sum(widths[index] + 2 for index in kept) - 2 > width:
        droppable = [index for index in kept if columns[index].drop]
        if not droppable:
            break
        kept.remove(max(droppable, key=lambda index: columns[index].drop))
    return kept


def _cell(cell: str | Text | None) -> Text:
    return cell if isinstance(cell, Text) else Text(clean(cell or ""))


def facts(pairs: Iterable[tuple[str, str | Text | None]]) -> None:
    """Print names and values one per line; what has no value is left out."""
    given = [(name, _cell(value)) for name, value in pairs if value]
    width = max((len(name) for name, _ in given), default=0)
    for name, value in given:
        out().print(Text.assemble((f"{name:<{width}}  ", "dim"), value))


def heading(text: str) -> None:
    """Print the heading of a section, after an empty line."""
    out().print(Text(f"\n{clean(text)}", "bold"))


def note(text: str) -> None:
    """Print a remark for the person at the terminal; it is no part of the answer."""
    err().print(Text(clean(text), "dim"))


def show(renderable: RenderableType) -> None:
    """Print anything on standard output."""
    out().print(renderable)


def as_json(value: Any) -> None:
    """Print one JSON document, indented, in UTF-8."""
    print(json_text(value, indent=2))


def json_text(value: Any, *, indent: int | None = None) -> str:
    """Return JSON that is harmless to look at."""
    return harmless(json.dumps(value, ensure_ascii=False, indent=indent))


def harmless(text: str) -> str:
    """Escape, inside JSON, what steers a terminal or turns the direction of writing."""
    return STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def state(word: str) -> Text:
    """Return a state, severity or verdict in its colour."""
    return Text(clean(word), STYLES.get(word, ""))


def local(instant: str | None) -> str:
    """Return an instant (ISO 8601, UTC) in local time with its offset; empty for none.

    >>> len(local("2025-11-21T19:22:31.123456Z")) >= len("2025-11-21 19:22:31 +00")
    True
    """
    if not instant:
        return ""
    return offset_short(datetime.fromisoformat(instant).astimezone().strftime("%Y-%m-%d %H:%M:%S %z"))


def offset_short(text: str) -> str:
    """Return a time without the minutes of its offset where there are none."""
    return text.removesuffix("00") if text[-5:-4] in {"+", "-"} else text


def clean(text: str) -> str:
    r"""Return text that a terminal shows and does not obey.

    Control characters and those that change the direction of writing are written as escapes.

    >>> clean("\x1b[31mred\u202e")
    '\\x1b[31mred\\u202e'
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
