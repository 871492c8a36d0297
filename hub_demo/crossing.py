"""A chapter: what two agencies said over SOAP goes across the border as a SED, and comes back the same."""

import json
from typing import Any, Final

import msgspec
from rich.markup import escape
from rich.table import Table

from hub_core.asking.merge import merge
from hub_core.canonical import Beneficiary
from hub_core.mapping import load
from hub_core.mapping.writing.compare import alike
from hub_core.message import Finding
from hub_demo.registers import REFERENCE_DATE
from hub_demo.stage import Stage
from hub_demo.telling import JSON, ask, brief, delivered, say

MORE: Final = "M405"  # the document says what the record implies
CLAIM: Final = "eessi.native.p2200/1"
SAID: Final = ("dgep-person", "cnas-insured")


def across_the_border(stage: Stage) -> None:
    """The same mapping that reads a claim writes one; what has no place in it is said, path by path."""
    record = _said(ask(stage, "unemployed-with-wage")["sources"])
    writing = load().named(CLAIM).write(record, on=REFERENCE_DATE)
    if writing.body is None:
        say(stage, "; ".join(one.text for one in writing.findings))
        return
    say(stage, f"What DGEP and CNAS said becomes a P2200 in NATIVE form of {len(writing.body)} bytes, by {CLAIM}.")
    headers = {"Idempotency-Key": f"demo-{stage.run}-P2200", "Punte-Purpose": "sed-exchange"}
    reply = stage.caller("eessi-ap").post("/eessi/seds", writing.body, media_type=JSON, headers=headers)
    delivered(stage, reply.reference)
    why = {"reveal": True, "reason": "the demo's persons are synthetic", "by": "demo"}
    shown = stage.desk.call("message", {"id": reply.reference} | why)
    _compare(stage, record, msgspec.convert(shown["record"], Beneficiary), writing.findings)


def _said(sources: list[dict[str, Any]]) -> Beneficiary:
    records = {
        source["endpoint"]: msgspec.convert(source["record"], Beneficiary)
        for source in sources
        if source["record"] and source["endpoint"] in SAID
    }
    return merge(records, {}).record


def _compare(stage: Stage, sent: Beneficiary, back: Beneficiary, findings: tuple[Finding, ...]) -> None:
    """Show field by field what was sent and what came back; what is neither equal nor told is named as such."""
    table = Table("field", "what DGEP and CNAS said", "read back", box=None, pad_edge=False, header_style="bold")
    for name in sent.__struct_fields__:
        value = getattr(sent, name)
        if value in (None, ()):
            continue
        here = [one for one in findings if one.at and one.at.partition(".")[0].partition("[")[0] == name]
        lost = ", ".join(one.at or "" for one in here if one.code != MORE)
        more = ", ".join(one.at or "" for one in here if one.code == MORE)
        same = not lost and (bool(more) or alike(value, getattr(back, name)))
        outcome = "the same" if same else f"[yellow]no place for {escape(lost)}[/]" if lost else "[red]another value[/]"
        outcome += f"; [dim]and says {escape(more)}[/]" if more else ""
        table.add_row(f"  {name}", escape(brief(json.loads(msgspec.json.encode(value)))), outcome)
    stage.console.print(table)
