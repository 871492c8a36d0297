"""What WS-Policy asks of callers, said as findings: nothing of it is done because a contract says so."""

from collections.abc import Sequence
from typing import Final

from hub_core.contract.wsdl.findings import Findings
from hub_core.contract.wsdl.names import Node, split, tag

_POLICIES: Final = frozenset(
    {
        "http://schemas.xmlsoap.org/ws/2002/12/policy",
        "http://schemas.xmlsoap.org/ws/2004/09/policy",
        "http://www.w3.org/ns/ws-policy",
        "http://www.w3.org/2006/07/ws-policy",
    }
)
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
    "UsingAddressing": "WS-Addressing",
    "Addressing": "WS-Addressing",
    "OptimizedMimeSerialization": "MTOM",
    "RMAssertion": "WS-ReliableMessaging",
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
            text = f"its policy asks for {asked}"
            findings.info("V528", (file, node.sourceline or 0), text, "set it at the endpoint")


def _in_policy(node: Node) -> bool:
    return any(split(tag(one))[0] in _POLICIES and split(tag(one))[1] == "Policy" for one in node.iterancestors())
