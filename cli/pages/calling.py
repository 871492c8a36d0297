"""What the kit sends to a partner and makes of the answers, found out by asking it."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from adapters.kit import Answered, Client, content
from cli.pages.table import table
from hub_core.directory import Direction, Endpoint
from hub_core.errors import PunteError, TryLater
from hub_core.ports import Sent

_STATUSES: Final = range(200, 600)
_MEANS: Final = {
    None: "it took the request",
    "D102": "it asks to come again; a `Retry-After` is obeyed",
    "D103": "a gateway lost its answer: the delivery is in doubt",
    "D105": "nothing gets in there: address or credentials are wrong",
    "D201": "it refuses this message",
}


def calling() -> Iterator[str]:
    """Yield the sections."""
    yield from ("### What `Client.judge` says of a status", "")
    kinds = [(status, *_judged(status)) for status in _STATUSES]
    by_kind: dict[tuple[str, str | None], list[int]] = {}
    for status, raised, code in kinds:
        by_kind.setdefault((raised, code), []).append(status)
    rows = ((_ranges(statuses), raised, f"{code or ''} {_MEANS[code]}") for (raised, code), statuses in by_kind.items())
    yield from table(("status", "raises", "the partner"), rows)
    yield from ("", "### What `content` gives where no mapping writes a document", "", "```json")
    yield from json.dumps(json.loads(_sent()), indent=2).splitlines()
    yield "```"


def _judged(status: int) -> tuple[str, str | None]:
    endpoint = Endpoint(
        institution="partner", direction=Direction.OUT, adapter="rest", service="service", url="http://partner.example"
    )
    try:
        Client("partner", endpoint).judge(Answered(status=status, headers={}, body=b"", complete=True))
    except PunteError as error:
        doubt = ", in doubt" if isinstance(error, TryLater) and error.in_doubt else ""
        return f"`{type(error).__name__}`{doubt}", error.code
    return "nothing", None


def _ranges(numbers: list[int]) -> str:
    """Return numbers in few words.

    >>> _ranges([408, 425, 426, 427])
    '408, 425 to 427'
    """
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])]
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)


def _sent() -> bytes:
    body, _ = content(
        Sent(
            key="019a8f3c-1111-7abc-8def-000000000001",
            message_id="019a8f3c-1111-7abc-8def-000000000000",
            correlation_id="019a8f3c-1111-7abc-8def-000000000000",
            party="cnas",
            service="insured-status",
            record=b'{"role": {"list": "role", "code": "insured"}}',
        )
    )
    return body
