"""What attackers send, and how."""

import re
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from hub_demo.stage import Stage

SOAP, EESSI, PORTAL, OWN = "/soap/cnas-answers", "/eessi/seds", "/rest/portal", "/api/v1/messages"
SEND, QUERY = "/api/v1/endpoints/cnas-answers/messages", "/api/v1/queries/person"
CNP = "2850415123458"
MANY = 12  # callers at once
ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
INSURED = '<insuredResponse xmlns="http://www.cnas.ro/siui/2.0"><insured pid="{cnp}" state="1"/></insuredResponse>'
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

Answer = tuple[int, dict[str, str], bytes]
Post = Callable[..., Answer]


def told(inner: str, message_id: str) -> bytes:
    """Return an answer of the insurance house that carries a document as text."""
    text = inner.replace("&", "&amp;").replace("<", "&lt;")
    return (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
        f'xmlns:wsa="http://www.w3.org/2005/08/addressing"><s:Header><wsa:MessageID>{message_id}</wsa:MessageID>'
        '</s:Header><s:Body><r:getInsuredResponse xmlns:r="http://webservices.utils.svapnt.siveco.ro">'
        f"<getInsuredReturn>{text}</getInsuredReturn></r:getInsuredResponse></s:Body></s:Envelope>"
    ).encode()


def record(family: str) -> dict[str, Any]:
    return {"beneficiary": {"identifiers": [{"scheme": "ro.cnp", "value": CNP}], "name": {"family": family}}}


def raw(stage: Stage, request: bytes) -> bytes:
    """Send bytes as they are and return all that comes back until the hub closes."""
    parts = urlsplit(stage.address)
    answer = bytearray()
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as connection:
        connection.sendall(request)
        while chunk := connection.recv(65536):
            answer += chunk
    return bytes(answer)
