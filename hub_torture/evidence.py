"""What is left when everything is over: the ledgers of both sides, and the journal."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from hub_core.journal.entries import Filter, MessageRow
from hub_core.journal.view import SqlJournalView
from hub_core.message import State
from hub_torture.ledger import lines
from hub_torture.sender import ACCEPTED

SENT: Final = "sent.jsonl"
TAKEN: Final = "taken.jsonl"
_PAGE: Final = 1000


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A partner took something; see ``hub_torture.receiver``."""

    partner: str
    key: str
    number: int
    line: str | None
    place: int
    digest: str
    effect: bool


class Kept(msgspec.Struct, frozen=True):
    """A message in the journal."""

    id: str
    state: State


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that both sides and the journal say, by the sender's number.

    Attributes:
        acked: receipts of every accepting answer.
        refused: status of the refusal.
        again: status of every repetition that was not accepted.
        conflicts: status of the answer to other content under the same number.
        taken: in the order of the partners' ledger.
        kept: in the journal; more than one is a fault.
        open_deliveries: that were neither sent nor parked at the end.
    """

    intents: frozenset[int]
    acked: dict[int, set[str]]
    refused: dict[int, int]
    again: list[tuple[int, int]]
    conflicts: dict[int, int]
    taken: list[Taken]
    kept: dict[int, list[Kept]]
    open_deliveries: int


def gather(folder: Path, view: SqlJournalView) -> Evidence:
    """Read ledgers and journal."""
    intents: set[int] = set()
    acked: dict[int, set[str]] = defaultdict(set)
    refused, conflicts, again = {}, {}, []
    for line in lines(folder / SENT):
        match line:
            case {"intent": number}:
                intents.add(number)
            case {"again": number, "status": status} if status != ACCEPTED:
                again.append((number, status))
            case {"acked": number, "receipt": receipt} | {"again": number, "receipt": receipt}:
                acked[number].add(receipt)
            case {"refused": number, "status": status}:
                refused[number] = status
            case {"conflict": number, "status": status}:
                conflicts[number] = status
    kept: dict[int, list[Kept]] = defaultdict(list)
    for row in _messages(view):
        kept[int(row.sender_id or -1)].append(Kept(row.id, row.state))
    return Evidence(
        intents=frozenset(intents),
        acked=acked,
        refused=refused,
        again=again,
        conflicts=conflicts,
        taken=[msgspec.convert(line, Taken) for line in lines(folder / TAKEN)],
        kept=kept,
        open_deliveries=view.counts().open_deliveries,
    )


def _messages(view: SqlJournalView) -> Iterator[MessageRow]:
    last: str | None = None
    while page := view.messages(Filter(before=last, limit=_PAGE)):
        yield from page
        last = page[-1].id
