"""Questions of callers that expect a document of their contract: ask, merge, write."""

from collections.abc import Callable
from datetime import UTC

import msgspec

from hub_core.asking.inquiry import Inquiry
from hub_core.errors import ConfigError, PunteError, Rejected, TryLater
from hub_core.mapping import MappingSet
from hub_core.message import Severity
from hub_core.ports import Asked, Clock, Found


async def answer(asked: Asked, *, inquiry: Inquiry, mappings: Callable[[], MappingSet], clock: Clock) -> Found:
    """Put a question to the sources of a query, and write what they say as a document.

    Such a caller cannot see that an answer is incomplete, so none is given then: silence is never taken for "no".

    Raises:
        Refused: A404 no such query; A403, A405, A406 no right.
        Rejected: W400, this cannot be a CNP; Q104, nobody knows the person.
        TryLater: Q103, not every source answered; J503, nobody was asked.
        ConfigError: M4xx, no valid document can be made of what they say; M113, M114.
    """
    inquired = await inquiry.ask(asked.query, caller=asked.caller, cnp=asked.cnp, on=asked.on, purpose=asked.purpose)
    error: PunteError
    if not inquired.complete:
        error = TryLater("Q103", "not every source that must be asked has answered")
    elif inquired.merged is None:
        error = Rejected("Q104", "no source knows the person")
    else:
        mapping = mappings().named(asked.writes)
        writing = mapping.write(inquired.merged, on=clock.now().astimezone(UTC).date())
        if writing.body is not None and writing.document is not None:
            document = msgspec.structs.replace(writing.document, body=writing.body)
            return Found(reference=inquired.id, document=document)
        first = next(one for one in writing.findings if one.severity is Severity.ERROR)
        error = ConfigError(first.code, first.text, where=mapping.version, findings=writing.findings)
    error.reference = inquired.id
    raise error
