"""Errors as people read them, and what the exit code says."""

import sys
from enum import IntEnum
from types import TracebackType
from typing import Final

from rich.text import Text

from cli import screen
from hub_core.codes import CODES
from hub_core.errors import ConfigError, PunteError, describe
from hub_core.message import Finding


class Exit(IntEnum):
    """Exit codes of every command.

    ``INTERRUPTED`` is the shell's own number for Ctrl+C.
    """

    DONE = 0
    ATTENTION = 1
    WRONG_USAGE = 2
    NOT_REACHABLE = 3
    INTERRUPTED = 130


MEANINGS: Final = {
    Exit.DONE: "done",
    Exit.ATTENTION: "refused, failed, or something needs a human",
    Exit.WRONG_USAGE: "wrong usage: an option, an argument or a setting",
    Exit.NOT_REACHABLE: "the hub, or what it keeps, is not reachable",
    Exit.INTERRUPTED: "interrupted (Ctrl+C)",
}
NOT_REACHABLE: Final = frozenset({"J101", "J103", "J503", "W301", "W303", "W503"})
ENVIRONMENT: Final = "environment"  # where a wrong setting is found, see hub_core.settings


def exit_code(error: PunteError) -> Exit:
    """Return how a command ends that ended with this error."""
    if error.code in NOT_REACHABLE:
        return Exit.NOT_REACHABLE
    return Exit.WRONG_USAGE if error.where == ENVIRONMENT else Exit.ATTENTION


def report(error: PunteError, *, as_json: bool = False) -> None:
    """Print an error: every place that is wrong, then what happened and what to do.

    On standard error; with ``as_json`` as one JSON object on standard output, where a program looks for the answer.
    """
    if as_json:
        print(screen.json_text({"error": describe(error) | {"mend": mend_of(error)}}))
        return
    console = screen.err()
    for finding in error.findings:
        console.print(placed(finding))
    if any(finding.rule for finding in error.findings):  # faults of files of ours, each with place and mend
        count = len(error.findings)
        console.print(Text.assemble(("error: ", "bold red"), f"{count} fault{'s'[: count > 1]}; nothing was changed"))
        return
    line = Text.assemble(("error: ", "bold red"), (f"{error.code} ", "bold"), screen.clean(error.text))
    if error.where:
        line.append(f" ({screen.clean(error.where)})", "cyan")
    console.print(line)
    if mend := mend_of(error):
        console.print(Text(f"  {screen.clean(mend)}"))


def mend_of(error: PunteError) -> str:
    """Return what to do: the error's own words, else those of the catalogue for whoever runs the hub."""
    if isinstance(error, ConfigError) and error.mend:
        return error.mend
    known = CODES.get(error.code)
    return (known.operator or known.do) if known else ""


def defect(kind: type[BaseException], _: BaseException, trace: TracebackType | None) -> None:
    """Print what nobody expected: kind and place, never the text, which may hold what it stumbled on."""
    if kind is KeyboardInterrupt:
        return  # the interpreter ends with the shell's own code for it
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else "unknown"
    print(f"error: W500 unexpected failure: {kind.__name__} ({place})", file=sys.stderr)
    print("  This is a defect of Punte: report it with this line.", file=sys.stderr)


def placed(finding: Finding) -> Text:
    """Return a finding as compilers print it: place, code, text, and on the next line the mend."""
    place = finding.rule or " ".join(filter(None, (finding.at, finding.source))) or "-"
    if finding.line is not None and finding.rule is None:
        place += f" line {finding.line}"
    shown = Text.assemble((f"{screen.clean(place)}: ", "cyan"), (f"{finding.code} ", "bold"))
    shown.append(screen.clean(finding.text))
    if finding.help:
        shown.append(f"\n    {screen.clean(finding.help)}")
    return shown
