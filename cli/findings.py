"""Findings and unmapped leaves as tables; the same wherever a message or a document is shown."""

from collections.abc import Sequence
from typing import Any

from cli import screen
from cli.screen import Column

FINDINGS = (
    Column("SEVERITY"),
    Column("CODE"),
    Column("AT"),
    Column("WHAT", wrap=True),
    Column("SOURCE", drop=1),
    Column("RULE", drop=2),
)
LEAVES = (Column("PATH"), Column("VALUE", wrap=True))
LEAVES_SHOWN = 20


def show_findings(findings: Sequence[dict[str, Any]]) -> None:
    """Print a table of findings under its heading; nothing if there is none."""
    if not findings:
        return
    screen.heading("Findings")
    rows = [
        (screen.state(it["severity"]), it["code"], it.get("at") or "-", it["text"], place(it), it.get("rule"))
        for it in findings
    ]
    screen.table(FINDINGS, rows, empty="")


def show_unmapped(unmapped: Sequence[dict[str, Any]]) -> None:
    """Print the leaves that no rule names; on a terminal only the first of many."""
    if not unmapped:
        return
    screen.heading(f"Unmapped, kept as received: {len(unmapped)}")
    shown = unmapped[:LEAVES_SHOWN] if screen.out().is_terminal else unmapped
    screen.table(LEAVES, [(leaf["path"], leaf["value"]) for leaf in shown], empty="")
    if len(shown) < len(unmapped):
        screen.note(f"and {len(unmapped) - len(shown)} more (--json has all)")


def place(finding: dict[str, Any]) -> str:
    """Return where in the document as received a finding stands."""
    line = f"line {finding['line']}" if finding.get("line") else ""
    return " ".join(filter(None, (finding.get("source"), line)))
