"""Values for tests: a test names only what it is about, the rest is made up here."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from hub_core.clock import new_id
from hub_core.journal.bodies import Vault
from hub_core.message import Delivery, Message, Outcome, State
from hub_core.security.keyring import Key, Keyring

NOW = datetime(2024, 5, 2, 9, 30, tzinfo=UTC)
#: The same in every process of a test.
KEYRING = Keyring(seals=(Key(made_at=NOW, key=b"seal" * 8),), lookup=Key(made_at=NOW, key=b"look" * 8))


class FrozenClock:
    """A clock that a test moves."""

    def __init__(self, now: datetime = NOW) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return the instant it was set to."""
        return self._now

    def advance(self, step: timedelta) -> datetime:
        """Go on by ``step`` and return the new instant."""
        self._now += step
        return self._now


def a_vault(keyring: Keyring = KEYRING) -> Vault:
    """Return what seals and opens with a keyring."""
    return Vault(lambda: keyring)


def a_message(**facts: Any) -> Message:
    """Return a message; the digest follows the body."""
    body = facts.setdefault("body", b"<insured/>")
    made_up: dict[str, Any] = {
        "id": new_id(),
        "endpoint": "cnas-in",
        "party": "ro.cnas",
        "service": "insured-person",
        "purpose": "benefit-decision",
        "sender_id": None,
        "correlation_id": new_id(),
        "received_at": NOW,
        "media_type": "text/xml",
        "digest": hashlib.sha256(body).digest(),
        "registry_set": 1,
    }
    return Message(**made_up | facts)


def a_delivery(message: Message, **facts: Any) -> Delivery:
    """Return a delivery of a message, due now."""
    made_up: dict[str, Any] = {
        "id": new_id(),
        "message_id": message.id,
        "route": "to-ministry",
        "endpoint": "ministry-out",
        "order_key": None,
        "due_at": NOW,
    }
    return Delivery(**made_up | facts)


def an_outcome(message: Message, *deliveries: Delivery, **facts: Any) -> Outcome:
    """Return the decision about a message: accepted, with these deliveries."""
    made_up: dict[str, Any] = {
        "message_id": message.id,
        "state": State.DELIVERING if deliveries else State.ACCEPTED,
        "decided_at": NOW,
        "mapping": "cnas.insured-person/1@0f3a",
        "document": "insuredResponse",
        "record": b'{"name":{"family":"Ionescu"}}',
        "deliveries": deliveries,
    }
    return Outcome(**made_up | facts)
