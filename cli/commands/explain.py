"""``punte explain CODE``: what a code means and what to do."""

import difflib
from typing import Annotated

import msgspec
import typer
from rich.panel import Panel
from rich.text import Text

from cli import completion, screen
from cli.faults import Exit
from cli.options import Json
from cli.screen import Column
from hub_core.codes import CODES, Code

CodeArgument = Annotated[
    str | None, typer.Argument(metavar="CODE", help="Such as M201; left out: all.", autocompletion=completion.codes)
]
FAMILIES = {
    "A": "access",
    "B": "bytes and parsing",
    "C": "canonical record",
    "D": "delivery",
    "F": "flat files",
    "J": "journal",
    "L": "lint",
    "M": "mapping",
    "Q": "query",
    "R": "registry",
    "V": "contracts",
    "W": "web and command line",
}
NEAR = 5


def explain(code: CodeArgument = None, *, as_json: Json = False) -> None:
    """Say what a code means and what to do about it."""
    if code is None:
        _all(as_json=as_json)
        return
    found = CODES.get(code.strip().upper())
    if found is None:
        _unknown(code)
        raise typer.Exit(Exit.WRONG_USAGE)
    if as_json:
        screen.as_json(msgspec.to_builtins(found))
    else:
        _one(found)


def near(text: str) -> list[Code]:
    """Return the codes that a person may have meant: by spelling of the code, or by a word of its title."""
    spelt = difflib.get_close_matches(text.upper(), CODES, n=NEAR, cutoff=0.5)
    told = [code.code for code in CODES.values() if text.lower() in f"{code.title} {code.do}".lower()]
    return [CODES[code] for code in dict.fromkeys(told + spelt)][:NEAR]


def _all(*, as_json: bool) -> None:
    if as_json:
        screen.as_json(msgspec.to_builtins(list(CODES.values())))
        return
    columns = (Column("CODE"), Column("HTTP"), Column("TITLE"), Column("WHAT TO DO", wrap=True, drop=1))
    rows = [(it.code, str(it.status or "-"), it.title, it.do) for it in CODES.values()]
    screen.table(columns, rows, empty="")


def _one(code: Code) -> None:
    lines = [("what to do", code.do)]
    if code.operator:
        lines.append(("operators", code.operator))
    lines.append(("family", FAMILIES[code.code[0]]))
    if code.status is not None:
        lines.append(("HTTP status", str(code.status)))
    if not screen.out().is_terminal:
        screen.show(Text(f"{code.code}  {code.title}"))
        screen.facts(lines)
        return
    body = Text("\n").join(Text.assemble((f"{name:<12}", "dim"), text) for name, text in lines)
    title = Text.assemble((code.code, "bold"), f"  {code.title}")
    screen.show(Panel(body, title=title, title_align="left", expand=False, padding=(1, 2)))


def _unknown(code: str) -> None:
    console = screen.err()
    console.print(Text.assemble(("error: ", "bold red"), f"there is no code {screen.clean(code)!r}"))
    if choices := near(code.strip()):
        console.print(Text("did you mean:"))
        for it in choices:
            console.print(Text(f"  {it.code}  {it.title}"))
    else:
        console.print(Text("all codes: punte explain"))
