"""Header blocks of WS-Addressing in a request.

Sources: WS-Addressing 1.0 Core, section 3; SOAP Binding, section 3.
"""

from uuid import uuid4
from xml.sax.saxutils import escape

from adapters.soap.names import WSA


def addressing(key: str | None, *, to: str, action: str, whole: bool) -> str:
    """Return the header blocks of one request.

    Args:
        key: idempotency key, the same in every attempt; ``None``: the request gets an id of its own.
        to: address of the partner.
        action: of the operation.
        whole: all blocks; else only the id, where there is a key.
    """
    if key is None and not whole:
        return ""
    message_id = f'<wsa:MessageID xmlns:wsa="{WSA}">urn:uuid:{escape(key or str(uuid4()))}</wsa:MessageID>'
    if not whole:
        return message_id
    return (
        f'{message_id}<wsa:To xmlns:wsa="{WSA}">{escape(to)}</wsa:To>'
        f'<wsa:Action xmlns:wsa="{WSA}">{escape(action)}</wsa:Action>'
        f'<wsa:ReplyTo xmlns:wsa="{WSA}"><wsa:Address>{WSA}/anonymous</wsa:Address></wsa:ReplyTo>'
    )
