"""Verifying what comes in: the signature must cover the very Body and Timestamp that are read.

A signature names what it covers by id, and a reader takes the Body by its place: whoever moves a signed Body elsewhere
and puts another in its place has a message whose signature holds (McIntosh and Austel, "XML signature element wrapping
attacks", 2005). So the places are looked at first: one Security header, one Signature in it, and ids that stand once in
the whole message, at the Body and the Timestamp themselves. Only then is the signature calculated.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from cryptography import x509
from lxml import etree
from signxml.verifier import SignatureConfiguration, XMLVerifier

from adapters.soap.names import DS, EXC_C14N, WSSE
from adapters.soap.security.places import Envelope
from adapters.soap.security.signing import METHODS, Algorithm
from hub_core.errors import Refused

MOST: Final = 8  # references: the library copies the message for each
# Some stacks take the signature out of all that is signed: out of what it does not stand in, that takes nothing.
_ENVELOPED: Final = f"{DS}enveloped-signature"
_TRANSFORMS: Final = ([EXC_C14N], [_ENVELOPED, EXC_C14N])
# What the library, too, takes for an id.
_IDS: Final = frozenset({"Id", "ID", "id"})


def verify(
    envelope: Envelope,
    stamp: etree._Element | None,
    *,
    trusted: Sequence[x509.Certificate],
    algorithms: Sequence[Algorithm],
    now: datetime,
) -> None:
    """See that a message was signed by one of the trusted certificates, whatever certificate it brings.

    Args:
        envelope: the message.
        stamp: its Timestamp, which must be signed too.
        trusted: of the sender; two while one takes over from the other.
        algorithms: that count.
        now: both signature and certificate are looked at now.

    Raises:
        Refused: A411 no signature, A415 it does not hold, A416 it is about something else.
    """
    signature = _signature(envelope)
    covered = _covered(envelope.root, signature)
    for element, name in ((envelope.body, "Body"), (stamp, "Timestamp")):
        if element is not None and not any(element is one for one in covered):
            raise Refused("A416", f"the signature does not cover the {name}")
    expected = SignatureConfiguration(
        location=f"./{envelope.soap}Header/{{{WSSE}}}Security/",
        expect_references=len(covered),
        signature_methods=frozenset(METHODS[name][0] for name in algorithms),
        digest_algorithms=frozenset(METHODS[name][1] for name in algorithms),
        verification_time=now,
    )
    if not any(_holds(envelope.root, certificate, expected) for certificate in trusted):
        raise Refused("A415", "the signature does not hold for the certificate of the partner")


def _holds(root: etree._Element, certificate: x509.Certificate, expected: SignatureConfiguration) -> bool:
    try:
        XMLVerifier().verify(root, x509_cert=certificate, expect_config=expected)
    except Exception:  # noqa: BLE001 - whatever the library stumbles over, the signature does not hold
        return False
    return True


def _signature(envelope: Envelope) -> etree._Element:
    found = envelope.security.findall(f"{{{DS}}}Signature")
    if not found:
        raise Refused("A411", "the message is not signed")
    if len(found) > 1:
        raise Refused("A416", "a message has one signature")
    return found[0]


def _covered(root: etree._Element, signature: etree._Element) -> list[etree._Element]:
    """Return the elements that a signature is about, each the only one with its id."""
    information = signature.find(f"{{{DS}}}SignedInfo")
    references = [] if information is None else information.findall(f"{{{DS}}}Reference")
    if information is None or not 1 <= len(references) <= MOST:
        raise Refused("A416", f"a signature has 1 to {MOST} references")
    method = information.find(f"{{{DS}}}CanonicalizationMethod")
    if method is None or method.get("Algorithm") != EXC_C14N:
        raise Refused("A416", "only the exclusive canonical form counts")
    owners, counts = _owners(root)
    covered = []
    for reference in references:
        uri = reference.get("URI", "")
        transforms = [it.get("Algorithm") for it in reference.iterfind(f"{{{DS}}}Transforms/{{{DS}}}Transform")]
        if transforms not in _TRANSFORMS:
            raise Refused("A416", "a reference is transformed to the exclusive canonical form, and not otherwise")
        if not uri.startswith("#") or counts[uri[1:]] != 1:
            raise Refused("A416", "a reference names one element by an id that stands once in the message")
        element = owners[uri[1:]]
        if _ENVELOPED in transforms and any(around is element for around in signature.iterancestors()):
            raise Refused("A416", "the signature stands inside what it is about")
        covered.append(element)
    return covered


def _owners(root: etree._Element) -> tuple[dict[str, etree._Element], Counter[str]]:
    owners: dict[str, etree._Element] = {}
    counts: Counter[str] = Counter()
    for element in root.iter(etree.Element):
        for name, value in _texts(element):
            if name.rpartition("}")[2] in _IDS:
                owners[value] = element
                counts[value] += 1
    return owners, counts


def _texts(element: etree._Element) -> list[tuple[str, str]]:
    return [(str(name), str(value)) for name, value in element.attrib.items()]
