"""How the hub answers in SOAP: a small receipt, or a fault.

Sources: SOAP 1.1 sections 4.4 and 6.2, SOAP 1.2 part 1 section 5.4 and part 2 section 7.5, WS-I Basic Profile 1.1.
"""

from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from adapters.kit.reply import Reply, Trouble
from adapters.soap.names import MEDIA_TYPES, SOAP_11, SOAP_12, WSSE
from hub_core.message import Finding, Outcome

RECEIPT: Final = "urn:punte:receipt:1"
PROBLEM: Final = "urn:punte:problem:1"

# Refused before a SOAP message was read: plain HTTP, which says more than 500.
_TRANSPORT: Final = frozenset({401, 404, 405, 413, 415, 429, 503})
# What WS-Security calls it (SOAP Message Security 1.1.1, section 12); in SOAP 1.1 it stands in the place of the code.
_SECURITY: Final = {
    "A411": "InvalidSecurity",
    "A412": "FailedAuthentication",
    "A413": "MessageExpired",
    "A414": "InvalidSecurityToken",
    "A415": "FailedCheck",
    "A416": "FailedCheck",
}


def version_of(headers: Mapping[str, str], body: bytes) -> str:
    """Return the version of SOAP that a caller speaks, without parsing what it sent."""
    told = headers.get("content-type", "").lower()
    media_type = told.partition(";")[0].strip()
    if media_type == MEDIA_TYPES["1.1"]:
        return "1.1"
    # Of several parts the header says, too, what the envelope is.
    return "1.2" if MEDIA_TYPES["1.2"] in told or SOAP_12.encode() in body[:2000] else "1.1"


def receipt(outcome: Outcome, version: str) -> Reply:
    """Return the receipt of an accepted message.

    The status is 200: clients of the request-response pattern take a 202 for an answer without an envelope.
    """
    content = (
        f'<p:receipt xmlns:p="{RECEIPT}"><p:messageId>{escape(outcome.message_id)}</p:messageId>'
        f"<p:state>{outcome.state}</p:state><p:findings>{len(outcome.findings)}</p:findings></p:receipt>"
    )
    return _reply(200, version, content)


def fault(trouble: Trouble, version: str) -> Reply:
    """Return a fault: code, text, and a detail with the code of the catalogue, the reference and the findings."""
    if version == "1.2":
        return _reply(_status_12(trouble), version, _fault_12(trouble), trouble.headers)
    return _reply(_status_11(trouble), version, _fault_11(trouble), trouble.headers)


def _status_11(trouble: Trouble) -> int:
    """SOAP 1.1 has one status for faults; many of its clients read the envelope of no other."""
    return trouble.status if trouble.status in _TRANSPORT else 500


def _status_12(trouble: Trouble) -> int:
    if trouble.status in _TRANSPORT:
        return trouble.status
    return 400 if _is_senders(trouble) else 500


def _fault_11(trouble: Trouble) -> str:
    special = {"V103": "MustUnderstand", "V104": "VersionMismatch"}
    code = special.get(trouble.code) or ("Client" if _is_senders(trouble) else "Server")
    named = f"<faultcode>soap:{code}</faultcode>"
    if proof := _SECURITY.get(trouble.code):
        named = f'<faultcode xmlns:wsse="{WSSE}">wsse:{proof}</faultcode>'
    return (
        f"<soap:Fault>{named}<faultstring>{_text(trouble)}</faultstring>"
        f"<detail>{_detail(trouble)}</detail></soap:Fault>"
    )


def _fault_12(trouble: Trouble) -> str:
    special = {"V103": "MustUnderstand", "V104": "VersionMismatch"}
    code = special.get(trouble.code) or ("Sender" if _is_senders(trouble) else "Receiver")
    return (
        f'<soap:Fault><soap:Code><soap:Value>soap:{code}</soap:Value><soap:Subcode xmlns:p="{PROBLEM}">'
        f"<soap:Value>p:{trouble.code}</soap:Value></soap:Subcode></soap:Code>"
        f'<soap:Reason><soap:Text xml:lang="en">{_text(trouble)}</soap:Text></soap:Reason>'
        f"<soap:Detail>{_detail(trouble)}</soap:Detail></soap:Fault>"
    )


def _is_senders(trouble: Trouble) -> bool:
    """Tell whether the sender must change something; else sending the same again may help."""
    return trouble.status < 500 and trouble.after is None  # noqa: PLR2004 - the class of server errors


def _text(trouble: Trouble) -> str:
    return escape(f"{trouble.code} {trouble.text} (reference {trouble.reference})")


def _detail(trouble: Trouble) -> str:
    findings = "".join(_finding(finding) for finding in trouble.findings)
    return (
        f'<p:problem xmlns:p="{PROBLEM}"><p:code>{trouble.code}</p:code>'
        f"<p:reference>{escape(trouble.reference)}</p:reference><p:findings>{findings}</p:findings></p:problem>"
    )


def _finding(finding: Finding) -> str:
    facts = {
        "code": finding.code,
        "severity": finding.severity.value,
        "at": finding.at,
        "source": finding.source,
        "line": finding.line,
    }
    attributes = "".join(f" {name}={quoteattr(str(value))}" for name, value in facts.items() if value is not None)
    return f"<p:finding{attributes}>{escape(finding.text)}</p:finding>"


def _reply(status: int, version: str, content: str, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    namespace = SOAP_12 if version == "1.2" else SOAP_11
    envelope = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soap:Envelope xmlns:soap="{namespace}"><soap:Body>{content}</soap:Body></soap:Envelope>'
    )
    media_type = f"{MEDIA_TYPES[version]}; charset=utf-8"
    return Reply(status=status, media_type=media_type, body=envelope.encode(), headers=headers)
