"""Answers in parts: contents that travel beside the envelope, and the attachments that a contract names.

Sources: SOAP MTOM 1.0; SOAP Messages with Attachments; WS-I Attachments Profile 1.0, section 3.8 (names of parts).
"""

from collections.abc import Collection, Mapping
from typing import Final

from adapters.kit.multipart import Part, write_parts
from adapters.kit.pieces import Pieces
from adapters.soap.attachments import Packing
from adapters.soap.names import MEDIA_TYPES
from hub_core.contract.wsdl import Operation

_ROOT: Final = "envelope@simulated"


def in_parts(
    operation: Operation, envelope: bytes, *, attached: Mapping[str, bytes], binary: Collection[str], mtom: int | None
) -> tuple[str, bytes]:
    """Return media type and body of an answer.

    Args:
        operation: that was called.
        envelope: of the answer.
        attached: contents of MIME parts, by the names that the contract gives them.
        binary: elements, ``{namespace}local``, whose content is base64.
        mtom: bytes, from which on such a content travels as a part; ``None``: none does.
    """
    media_type = MEDIA_TYPES[operation.soap]
    if attached:
        # The envelope is the root part, so nothing of it is packed: the contract says what stands beside it.
        root = Part(id=_ROOT, media_type=f"{media_type}; charset=UTF-8", content=envelope)
        others = [
            Part(id=f"{name}={number}@simulated", media_type="application/octet-stream", content=content)
            for number, (name, content) in enumerate(attached.items(), 1)
        ]
        told, body = write_parts(root, others, {"type": media_type})
    elif mtom is not None:
        told, body = Packing(binary, version=operation.soap, action="", threshold=mtom).pack(envelope, media_type)
    else:
        return media_type, envelope
    return told, b"".join(body) if isinstance(body, Pieces) else body
