"""A webhook: one POST per delivery, with a key that stays the same."""

import re
from typing import Any, Final

from adapters.kit.answered import Answered
from adapters.kit.client import Client
from adapters.kit.sending import content
from hub_core.directory import Endpoint
from hub_core.errors import Rejected
from hub_core.message import Receipt
from hub_core.ports import Sent
from hub_core.validation import parse_json

# The receipt is the status; of the body only the partner's number for the message is looked for.
MAX_ANSWER_BYTES: Final = 64_000
_REFERENCE: Final = re.compile(r"[\x21-\x7e]{1,128}")


class Webhook:
    """Delivers to one address."""

    def __init__(self, name: str, endpoint: Endpoint) -> None:
        self._client = Client(name, endpoint, max_answer_bytes=MAX_ANSWER_BYTES)

    async def send(self, sent: Sent) -> Receipt:
        """Hand one message over; see ``hub_core.ports.Target``."""
        body, headers = content(sent)
        answered = await self._client.post(body, headers)
        self._client.judge(answered)
        return Receipt(reference=_reference(answered), detail=f"HTTP {answered.status}")

    async def close(self) -> None:
        """Give connections back."""
        await self._client.close()


def _reference(answered: Answered) -> str | None:
    """Return the partner's number for the message: member ``id`` or ``reference`` of a JSON object."""
    if not answered.complete or "json" not in answered.media_type:
        return None
    try:
        value: Any = parse_json(answered.body)
    except Rejected:
        return None
    for key in ("id", "reference"):
        number = value.get(key) if isinstance(value, dict) else None
        if isinstance(number, str) and _REFERENCE.fullmatch(number):
            return number
    return None
