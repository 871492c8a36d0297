"""Telling partners whose files were fetched what became of them, once every row is judged."""

import asyncio
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from hub_core.journal.entries import Filter, MessageRow
from hub_core.journal.repeating import REPEATED
from hub_core.message import Finding, Severity, State
from hub_core.ports import Became, Replies

if TYPE_CHECKING:
    from registry.parts import Parts

MOST: Final = 100_000  # faults that one reply tells
_PAGE: Final = 500


async def reply(parts: "Parts", name: str, poller: Replies) -> int:
    """Write the replies of all files of an endpoint that were judged to the end; return how many."""
    written = 0
    for sender_id in await poller.unanswered():
        became = await asyncio.to_thread(_became, parts, name, sender_id)
        if became is not None:
            await poller.reply(sender_id, became)
            written += 1
    return written


def _became(parts: "Parts", name: str, sender_id: str) -> Became | None:
    """Return what became of a file; ``None``: its rows are not all judged yet, or it is not kept here."""
    wanted = Filter(endpoint=name, sender_id=sender_id, rows=False, limit=1)
    kept = next((parts.view.message(row.id) for row in parts.view.messages(wanted)), None)
    if kept is None:
        return None
    findings = kept.outcome.findings
    if kept.outcome.state is State.REFUSED:
        return Became(refused=True, findings=findings)
    rows = parts.view.rows(kept.message.id)
    if not rows.complete:
        return None
    refused = rows.states.get(State.REFUSED, 0)
    refusals = (found for row in _refused(parts, kept.message.id) for found in _faults(parts, row))
    faults = (*islice(refusals, MOST), *_repeated(parts, kept.message.id))
    return Became(refused=False, rows=sum(rows.states.values()), refused_rows=refused, findings=findings, faults=faults)


def _repeated(parts: "Parts", file: str) -> Iterator[Finding]:
    """Yield what is told of rows that were taken and came before."""
    for line, words in parts.view.repeated(file, limit=MOST):
        yield Finding(code=REPEATED, severity=Severity.WARNING, text=words, line=line)


def _refused(parts: "Parts", file: str) -> Iterator[MessageRow]:
    """Yield the refused rows of a file in their order."""
    after = ""
    while page := parts.view.messages(
        Filter(correlation_id=file, rows=True, state=State.REFUSED, after=after, limit=_PAGE)
    ):
        yield from page
        after = page[-1].id


def _faults(parts: "Parts", row: MessageRow) -> list[Finding]:
    kept = parts.view.message(row.id)
    findings = () if kept is None else kept.outcome.findings
    errors = (found for found in findings if found.severity is Severity.ERROR)
    return [found if found.line else msgspec.structs.replace(found, line=row.line) for found in errors]
