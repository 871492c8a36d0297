"""What WS-Policy asks of callers, said as findings: nothing of it is done because a contract says so."""

from collections.abc import Iterable, Sequence
from typing import Final

from hub_core.contract.wsdl.findings import Finding, Findings
from hub_core.contract.wsdl.names import Node, split, tag

_POLICIES: Final = frozenset(
    {
        "http://schemas.xmlsoap.org/ws/2002/12/policy",
        "http://schemas.xmlsoap.org/ws/2004/09/policy",
        "http://www.w3.org/ns/ws-policy",
        "http://www.w3.org/2006/07/ws-policy",
    }
)
ADDRESSING: Final = "WS-Addressing"
_ASKED: Final = {
    "UsernameToken": "a WS-Security UsernameToken",
    "X509Token": "an X.509 certificate",
    "SignedParts": "signed parts",
    "EncryptedParts": "encrypted parts",
    "HttpsToken": "HTTPS",
    "TransportBinding": "security by the transport",
    "IncludeTimestamp": "a WS-Security Timestamp",
    "IssuedToken": "a token of a security token service",
    "SamlToken": "a SAML token",
    "KerberosToken": "a Kerberos ticket",
    "SecureConversationToken": "a secure conversation",
    "BasicAuthentication": "HTTP Basic",
    "NtlmAuthentication": "NTLM",
    "NegotiateAuthentication": "HTTP Negotiate",
    "UsingAddressing": ADDRESSING,
    "Addressing": ADDRESSING,
    "OptimizedMimeSerialization": "MTOM",
    "RMAssertion": "WS-ReliableMessaging",
}
_MENDS: Final = {
    "a WS-Security UsernameToken": "write credentials: {kind: username-token, ...} at the endpoint",
    "a WS-Security Timestamp": "write security: {timestamp: 5m} at the endpoint",
    "HTTP Basic": "write credentials: {kind: basic, ...} at the endpoint",
    ADDRESSING: "write wsa: true at the endpoint",
    "MTOM": "write mtom: true at the endpoint",
}


def look_at_policies(roots: Sequence[tuple[Node, str]], findings: Findings) -> None:
    """Add one finding for each thing that the policies of a contract ask for, where it is asked first."""
    seen: set[str] = set()
    for root, file in roots:
        for node in root.iter():
            local = split(tag(node))[1]
            asked = _ASKED.get(local)
            direct = local == "UsingAddressing"
            if asked is None or asked in seen or not (direct or _in_policy(node)):
                continue
            seen.add(asked)
            mend = _MENDS.get(asked, "set it at the endpoint")
            findings.info("V528", (file, node.sourceline or 0), _asks(asked), mend)


def asks_for(findings: Iterable[Finding], what: str) -> bool:
    """Tell by what was noticed about a contract whether its policies ask for something, such as ``ADDRESSING``."""
    return any(one.code == "V528" and one.text == _asks(what) for one in findings)


def _asks(what: str) -> str:
    return f"its policy asks for {what}"


def _in_policy(node: Node) -> bool:
    return any(split(tag(one))[0] in _POLICIES and split(tag(one))[1] == "Policy" for one in node.iterancestors())
