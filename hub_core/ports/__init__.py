"""The edges of the engine: what it needs from outside, and what each promises.

Async are exactly: the ASGI front of an adapter, ``Target.send``, ``Source.ask``, ``Poller.poll``, and the journal's
writes, which return after COMMIT. Everything else is plain functions.
"""

from hub_core.filed import FileAnswer, RowRefused
from hub_core.ports.adapter import (
    Adapter,
    AsgiApp,
    Line,
    Part,
    Place,
    Receive,
    Scope,
    Send,
    Services,
    Split,
    Splits,
)
from hub_core.ports.answering import Answers
from hub_core.ports.clock import Clock
from hub_core.ports.exchange import Answer, Asked, Found, Question, Sent, Source, Target
from hub_core.ports.filing import Files, Filing, Whole
from hub_core.ports.journal import Journal
from hub_core.ports.journal_view import JournalView
from hub_core.ports.polling import Batch, Became, Item, Looks, Poller, Polls, Replies
from hub_core.ports.schedule import Position, Run, Schedule
from hub_core.ports.spec import SDK, Capability, Field, Personal, Spec, fits

__all__ = [
    "SDK",
    "Adapter",
    "Answer",
    "Answers",
    "AsgiApp",
    "Asked",
    "Batch",
    "Became",
    "Capability",
    "Clock",
    "Field",
    "FileAnswer",
    "Files",
    "Filing",
    "Found",
    "Item",
    "Journal",
    "JournalView",
    "Line",
    "Looks",
    "Part",
    "Personal",
    "Place",
    "Poller",
    "Polls",
    "Position",
    "Question",
    "Receive",
    "Replies",
    "RowRefused",
    "Run",
    "Schedule",
    "Scope",
    "Send",
    "Sent",
    "Services",
    "Source",
    "Spec",
    "Split",
    "Splits",
    "Target",
    "Whole",
    "fits",
]
