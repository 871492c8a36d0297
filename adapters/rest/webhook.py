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
_CODE: Final = re.compile(r"(?!.*\d{7})[A-Za-z0-9_.:\-]{1,64}")  # no code has as many digits as what names a person


class Webhook:
    """Delivers to one address."""

    def __init__(self, name: str, endpoint: Endpoint) -> None:
        self._client = Client(name, endpoint, max_answer_bytes=MAX_ANSWER_BYTES)

    async def send(self, sent: Sent) -> Receipt:
        """Hand one message over; see ``hub_core.ports.Target``."""
        body, headers = content(sent)
        answered = await self._client.post(body, headers)
        told = _members(answered)
        try:
            self._client.judge(answered)
        except Rejected as refusal:
            if (code := _code(told)) is None:
                raise
            raise Rejected(refusal.code, f"{refusal.text}, code {code}", where=refusal.where) from None
        return Receipt(reference=_reference(told), detail=f"HTTP {answered.status}")

    async def close(self) -> None:
        """Give connections back."""
        await self._client.close()


def _members(answered: Answered) -> dict[str, Any]:
    """Return the members of the JSON object that the partner answered; none where it is something else."""
    if not answered.complete or "json" not in answered.media_type:
        return {}
    try:
        value: Any = parse_json(answered.body)
    except Rejected:
        return {}
    return value if isinstance(value, dict) else {}


def _reference(told: dict[str, Any]) -> str | None:
    """Return the partner's number for the message: member ``id`` or ``reference``."""
    for key in ("id", "reference"):
        number = told.get(key)
        if isinstance(number, str) and _REFERENCE.fullmatch(number):
            return number
    return None


def _code(told: dict[str, Any]) -> str | None:
    """Return the partner's code for why it refused: member ``code``, ``error`` or the end of ``type``; never its words.

    The last is that of a problem, RFC 9457, section 3.1.1.
    """
    for key in ("code", "error", "type"):
        value = told.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool):
            code = str(value).rpartition("/")[2] if key == "type" else str(value)
            if _CODE.fullmatch(code) and code != "about:blank":
                return code
    return None
