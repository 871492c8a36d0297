"""What goes into an attempt to deliver, and what comes out of it."""

from datetime import datetime
from typing import Final

from hub_core.delivering.retry import Decision
from hub_core.directory import Endpoint
from hub_core.message import DeliveryState, Receipt
from hub_core.outbox import Claimed, Settlement
from hub_core.ports import Sent

_CLIP: Final = 500  # characters of what a partner said


def taken(claimed: Claimed, receipt: Receipt, *, at: datetime) -> Settlement:
    """Return how an attempt ended whose message the partner took."""
    return Settlement(
        delivery_id=claimed.delivery.id,
        fence=claimed.fence,
        state=DeliveryState.SENT,
        at=at,
        detail=receipt.detail[:_CLIP],
        reference=receipt.reference and receipt.reference[:_CLIP],
    )


def failed(claimed: Claimed, endpoint: Endpoint | None, decision: Decision, *, at: datetime) -> Settlement:
    """Return how an attempt ended, or what came instead of one, by what was decided about it."""
    return Settlement(
        delivery_id=claimed.delivery.id,
        fence=claimed.fence,
        state=decision.state,
        at=at,
        due_at=decision.due_at,
        code=decision.code,
        detail=decision.detail[:_CLIP],
        rule=decision.rule[:_CLIP],
        holds=decision.state is DeliveryState.PARKED and endpoint is not None and endpoint.parked == "hold",
    )


def sent(claimed: Claimed) -> Sent:
    """Return what the partner gets."""
    return Sent(
        key=claimed.delivery.id,
        message_id=claimed.delivery.message_id,
        correlation_id=claimed.correlation_id,
        party=claimed.party,
        service=claimed.service,
        record=claimed.record,
    )
