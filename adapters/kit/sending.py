"""What a partner is sent."""

import msgspec

from hub_core.ports import Sent


def content(sent: Sent) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers of a delivery: the document that was written, or the record in an envelope."""
    headers = {"idempotency-key": sent.key, "punte-reference": sent.message_id}
    if sent.document is not None:
        media_type = "application/json" if sent.document.kind == "json" else "application/xml"
        return sent.document.body, {"content-type": media_type, **headers}
    envelope = {
        "id": sent.message_id,
        "correlation_id": sent.correlation_id,
        "party": sent.party,
        "service": sent.service,
        "record": msgspec.Raw(sent.record),
    }
    return msgspec.json.encode(envelope), {"content-type": "application/json", **headers}
