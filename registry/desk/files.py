"""Messages that are files of rows: each row is judged by itself, the file never as one document."""

from hub_core.directory import Endpoint
from hub_core.errors import Rejected
from hub_core.journal.entries import Kept
from hub_core.message import Severity
from hub_core.ports import Splits
from registry.parts import Parts

ROW_BY_ROW = "F115"


def is_file(parts: Parts, kept: Kept, endpoint: Endpoint) -> bool:
    """Tell whether a message is a whole file, taken or refused."""
    return kept.message.line is None and isinstance(parts.adapters.get(endpoint.adapter), Splits)


def not_as_one(kept: Kept) -> Rejected:
    """Return why a file is no document: it has rows, or it was refused as a whole, for this."""
    message_id, findings = kept.message.id, kept.outcome.findings
    fault = next((one for one in findings if one.severity is Severity.ERROR), None)
    if kept.outcome.rows is None and fault is not None:
        return Rejected(fault.code, f"the file was refused as a whole: {fault.text}", where=message_id)
    return Rejected(ROW_BY_ROW, f"a file is read row by row: {message_id}:LINE is one of its rows")


def refused_again(parts: Parts, kept: Kept, endpoint: Endpoint, body: bytes) -> Rejected:
    """Return what a file would be refused for that was refused as a whole.

    Raises:
        Rejected: F115, it has rows, each is judged by itself; or it would be taken now.
    """
    adapter = parts.adapters[endpoint.adapter]
    if kept.outcome.rows is not None or not isinstance(adapter, Splits):
        raise not_as_one(kept)
    try:
        adapter.split(endpoint, body)
    except Rejected as fault:
        return fault
    text = "the file was refused as a whole, and would be taken now: let it be sent again, or repair it"
    raise Rejected(ROW_BY_ROW, text, where=kept.message.id)
