"""Answers as JSON: the receipt of a message, and RFC 9457 problems."""

import msgspec

from adapters.kit.reply import Reply, Trouble, send_reply, trouble_of
from hub_core.clock import new_id
from hub_core.codes import entry_of
from hub_core.errors import PunteError
from hub_core.message import Outcome
from hub_core.ports import Receive, Scope, Send

PROBLEM_TYPE = "application/problem+json"


def problem(trouble: Trouble) -> Reply:
    """Return an RFC 9457 problem; ``type`` leads to the page that explains the code."""
    body = {
        "type": f"/docs/codes#{trouble.code}",
        "title": entry_of(trouble.code).title,
        "status": trouble.status,
        "detail": trouble.text,
        "code": trouble.code,
        "reference": trouble.reference,
        "findings": trouble.findings,
    }
    return Reply(
        status=trouble.status, media_type=PROBLEM_TYPE, body=msgspec.json.encode(body), headers=trouble.headers
    )


def receipt(outcome: Outcome) -> Reply:
    """Return the receipt of an accepted message: ``{id, state, findings}``, of a file also ``rows``; 202."""
    # The state as decided, not as it stands now: a repeat gets the same bytes.
    body: dict[str, object] = {"id": outcome.message_id, "state": outcome.state, "findings": outcome.findings}
    if outcome.rows is not None:
        body["rows"] = outcome.rows
    return Reply(status=202, media_type="application/json", body=msgspec.json.encode(body))


class Answering:
    """An app that answers every call with the problem of one error."""

    def __init__(self, error: PunteError) -> None:
        self._error = error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI has it
        """Answer."""
        trouble = trouble_of(self._error, new_id())
        await send_reply(send, problem(trouble), trouble.reference)
