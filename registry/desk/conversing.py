"""What belongs to a message: the others of its conversation, and which of them its partners answered with."""

from typing import Final

from hub_core.journal.entries import Filter, Kept, MessageRow
from registry.parts import Parts

MOST: Final = 50


def others(parts: Parts, kept: Kept) -> list[MessageRow]:
    """Return the other messages of a conversation, the oldest first; of a file and its rows see ``Journal.rows``."""
    message = kept.message
    if message.line is not None or kept.outcome.rows is not None:
        return []
    later = parts.view.messages(Filter(correlation_id=message.correlation_id, rows=False, after="", limit=MOST))
    first = None if message.correlation_id == message.id else parts.view.message(message.correlation_id)
    return [*([first.message] if first else []), *(row for row in later if row.id != message.id)]


def answers(parts: Parts, kept: Kept) -> list[MessageRow]:
    """Return what came in the same conversation from those to whom a message was sent."""
    endpoints = parts.directory().endpoints
    sent_to = {row.delivery.endpoint for row in parts.view.deliveries(kept.message.id)}
    partners = {endpoints[name].institution for name in sent_to & endpoints.keys()}
    since = kept.message.received_at
    return [row for row in others(parts, kept) if row.party in partners and row.received_at >= since]
