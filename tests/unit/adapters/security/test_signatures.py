"""Signatures that hold, and those that hold and are about something else."""

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import xmlsec
from lxml import etree
from zeep.wsse.signature import BinarySignature
from zeep.wsse.signature import verify_envelope as verified_by_zeep

from adapters.soap.names import DS, SOAP_11, SOAP_12, WSSE, WSU
from adapters.soap.security.places import Envelope
from adapters.soap.security.signing import Signer, certificates
from adapters.soap.security.verifying import verify
from hub_core.errors import ConfigError, Refused
from hub_core.validation import parse_xml
from tests.unit.adapters.security.letters import NOW, envelope, pair, signed

SOAP = f"{{{SOAP_11}}}"
ID = f"{{{WSU}}}Id"
EVIL = "<m:pay xmlns:m='urn:m'><m:sum>999999</m:sum></m:pay>"


def check(
    root: etree._Element,
    *names: str,
    kind: str = "rsa",
    at: datetime = NOW,
    algorithms: tuple[str, ...] = ("rsa-sha256", "ecdsa-sha256"),
) -> Envelope:
    """Read the message as it would come over the wire, and verify it."""
    read = Envelope(parse_xml(etree.tostring(root)))
    trusted = [one for name in names or ("partner",) for one in certificates(pair(name, kind=kind).certificate)]
    verify(read, read.security.find(f"{{{WSU}}}Timestamp"), trusted=trusted, algorithms=algorithms, now=at)
    return read


def refused(root: etree._Element, *names: str, **more: object) -> str:
    with pytest.raises(Refused) as caught:
        check(root, *names, **more)
    return caught.value.code


def part(root: etree._Element, name: str) -> etree._Element:
    found = {"Body": f"{SOAP}Body", "Header": f"{SOAP}Header", "Security": f".//{{{WSSE}}}Security"}
    return root.find(found.get(name) or f".//{{{WSU}}}{name}")


def body(inside: str, **attributes: str) -> etree._Element:
    made = etree.Element(f"{SOAP}Body", **attributes)
    made.append(etree.fromstring(inside))
    return made


@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12])
@pytest.mark.parametrize("algorithm", ["rsa-sha256", "ecdsa-sha256"])
def test_what_we_sign_holds_in_both_versions_of_soap(algorithm: str, soap: str) -> None:
    root = signed(algorithm=algorithm, soap=soap)
    read = check(root, kind="ec" if algorithm.startswith("ec") else "rsa")
    assert read.body.findtext(".//{urn:m}sum") == "100"


def test_while_one_certificate_takes_over_from_another_both_count() -> None:
    check(signed("partner"), "former", "partner")


def test_another_certificate_does_not_count_though_the_message_brings_it_along() -> None:
    assert refused(signed("stranger")) == "A415"


def test_a_certificate_that_has_ended_does_not_count() -> None:
    assert refused(signed(), at=datetime(2037, 1, 1, tzinfo=UTC)) == "A415"


def test_sha_1_counts_only_where_it_is_named() -> None:
    root = signed(algorithm="rsa-sha1")
    assert refused(root) == "A415"
    check(root, algorithms=("rsa-sha256", "rsa-sha1"))


@pytest.mark.parametrize("name", ["Body", "Timestamp"])
def test_what_was_changed_after_it_was_signed_is_refused(name: str) -> None:
    root = signed()
    first = part(root, name)[0]
    target = first[0] if len(first) else first
    target.text = "101" if name == "Body" else "2026-03-02T09:01:00.000Z"
    assert refused(root) == "A415"


def test_a_comment_that_would_cut_a_text_in_two_changes_nothing_that_is_read() -> None:
    text = etree.tostring(signed()).replace(b">100<", b">1<!-- -->00<")
    read = check(etree.fromstring(text))
    assert read.body.findtext(".//{urn:m}sum") == "100"


def test_a_processing_instruction_in_what_was_signed_is_refused() -> None:
    root = etree.fromstring(envelope("<m:pay xmlns:m='urn:m'><?go far?></m:pay>"))
    text = Signer(*pair()).sign(etree.tostring(root))
    assert refused(etree.fromstring(text)) == "A415"


def test_spaces_between_the_parts_and_other_prefixes_change_nothing() -> None:
    text = etree.tostring(signed()).replace(b"</soap:Header>", b"</soap:Header>\n  ")
    check(etree.fromstring(text))


# -- wrapping: the signature holds, and the Body that is read is another -------------------------------------------


def wrapped_in_header(root: etree._Element) -> None:
    """XSW 1: the signed Body moves into a header block; another Body stands in its place, without an id."""
    original = part(root, "Body")
    etree.SubElement(part(root, "Header"), "{urn:x}Wrapper").append(original)
    root.append(body(EVIL))


def wrapped_with_same_id(root: etree._Element) -> None:
    """XSW 2: as 1, and the new Body has the id of the signed one."""
    original = part(root, "Body")
    etree.SubElement(part(root, "Header"), "{urn:x}Wrapper").append(original)
    root.append(body(EVIL, **{ID: original.get(ID)}))


def wrapped_under_other_id_attribute(root: etree._Element) -> None:
    """XSW 3: as 2, with the id in an attribute of another kind."""
    original = part(root, "Body")
    etree.SubElement(part(root, "Header"), "{urn:x}Wrapper").append(original)
    root.append(body(EVIL, Id=original.get(ID)))


def wrapped_in_the_new_body(root: etree._Element) -> None:
    """XSW 4: the signed Body becomes a child of the new one."""
    original = part(root, "Body")
    fresh = body(EVIL)
    fresh.append(original)
    root.append(fresh)


def wrapped_in_the_signature(root: etree._Element) -> None:
    """XSW 5: the signed Body moves into an Object of the signature."""
    original = part(root, "Body")
    etree.SubElement(root.find(f".//{{{DS}}}Signature"), f"{{{DS}}}Object").append(original)
    root.append(body(EVIL))


def second_body_before(root: etree._Element) -> None:
    """XSW 6: two Bodies, the signed one last."""
    root.insert(1, body(EVIL))


def second_body_behind(root: etree._Element) -> None:
    """XSW 7: two Bodies, the signed one first."""
    root.append(body(EVIL))


def second_security(root: etree._Element) -> None:
    """XSW 8: the signed parts stay with their own Security header, in a wrapper; a fresh one stands before it."""
    header, original = part(root, "Header"), part(root, "Body")
    wrapper = etree.SubElement(header, "{urn:x}Wrapper")
    wrapper.extend([part(root, "Security"), original])
    security = etree.SubElement(header, f"{{{WSSE}}}Security")
    security.extend(copy.deepcopy(list(wrapper[0])))
    root.append(body(EVIL))


def timestamp_moved(root: etree._Element) -> None:
    """The signed Timestamp goes into a wrapper; a fresh one without an id stands in its place."""
    original = part(root, "Timestamp")
    fresh = copy.deepcopy(original)
    del fresh.attrib[ID]
    original.getparent().insert(0, fresh)
    etree.SubElement(part(root, "Header"), "{urn:x}Wrapper").append(original)


def body_left_out(root: etree._Element) -> None:
    """The signature is about the Timestamp only: its reference to the Body is taken away."""
    information = root.find(f".//{{{DS}}}SignedInfo")
    information.remove(information.find(f"{{{DS}}}Reference"))


def two_signatures(root: etree._Element) -> None:
    signature = root.find(f".//{{{DS}}}Signature")
    signature.getparent().append(copy.deepcopy(signature))


def whole_document(root: etree._Element) -> None:
    root.find(f".//{{{DS}}}Reference").set("URI", "")


def elsewhere(root: etree._Element) -> None:
    root.find(f".//{{{DS}}}Reference").set("URI", "http://127.0.0.1/body")


def by_xpointer(root: etree._Element) -> None:
    root.find(f".//{{{DS}}}Reference").set("URI", "#xpointer(/)")


def transformed(root: etree._Element) -> None:
    transforms = root.find(f".//{{{DS}}}Transforms")
    etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116")


def not_transformed(root: etree._Element) -> None:
    reference = root.find(f".//{{{DS}}}Reference")
    reference.remove(reference.find(f"{{{DS}}}Transforms"))


def around_itself(root: etree._Element) -> None:
    part(root, "Security").set("ID", "around")
    information = root.find(f".//{{{DS}}}SignedInfo")
    reference = copy.deepcopy(information.find(f"{{{DS}}}Reference"))
    reference.set("URI", "#around")
    enveloped = etree.Element(f"{{{DS}}}Transform", Algorithm=f"{DS}enveloped-signature")
    reference.find(f"{{{DS}}}Transforms").insert(0, enveloped)
    information.append(reference)


def inclusive(root: etree._Element) -> None:
    method = root.find(f".//{{{DS}}}CanonicalizationMethod")
    method.set("Algorithm", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315")


def a_thousand_references(root: etree._Element) -> None:
    information = root.find(f".//{{{DS}}}SignedInfo")
    information.extend([copy.deepcopy(information.find(f"{{{DS}}}Reference")) for _ in range(1000)])


ATTACKS: list[Callable[[etree._Element], None]] = [
    wrapped_in_header,
    wrapped_with_same_id,
    wrapped_under_other_id_attribute,
    wrapped_in_the_new_body,
    wrapped_in_the_signature,
    second_body_before,
    second_body_behind,
    second_security,
    timestamp_moved,
    body_left_out,
    two_signatures,
    whole_document,
    elsewhere,
    by_xpointer,
    transformed,
    not_transformed,
    around_itself,
    inclusive,
    a_thousand_references,
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_a_signature_about_something_else_is_refused(attack: Callable[[etree._Element], None]) -> None:
    root = signed()
    attack(root)
    assert refused(root) == "A416"


def test_no_signature_no_security_and_no_envelope_prove_nothing() -> None:
    unsigned = etree.fromstring(envelope())
    assert refused(unsigned) == "A411"
    part(unsigned, "Header").clear()
    assert refused(unsigned) == "A411"
    assert refused(etree.fromstring(EVIL)) == "A411"


def test_a_time_stamp_that_was_put_in_later_is_refused() -> None:
    root = etree.fromstring(Signer(*pair()).sign(envelope(security="")))
    check(root)
    part(root, "Security").append(part(signed(), "Timestamp"))
    assert refused(root) == "A416"


def test_a_signature_that_is_no_signature_is_refused() -> None:
    root = signed()
    root.find(f".//{{{DS}}}SignatureValue").text = "not base64!"
    assert refused(root) == "A415"


# -- the same by another implementation ----------------------------------------------------------------------------


def test_zeep_takes_what_we_sign(tmp_path) -> None:
    root = signed(at=datetime.now(UTC))
    (tmp_path / "partner.pem").write_bytes(pair().certificate)
    verified_by_zeep(root, str(tmp_path / "partner.pem"))


def test_we_take_what_zeep_signs(tmp_path) -> None:
    for name, content in pair()._asdict().items():
        (tmp_path / name).write_bytes(content)
    root = etree.fromstring(envelope())
    methods = {"signature_method": xmlsec.Transform.RSA_SHA256, "digest_method": xmlsec.Transform.SHA256}
    BinarySignature(str(tmp_path / "key"), str(tmp_path / "certificate"), **methods).apply(root, {})
    assert check(root).body.findtext(".//{urn:m}sum") == "100"


# -- keys --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "certificate", "algorithm"),
    [
        (b"-----BEGIN", pair().certificate, "rsa-sha256"),
        (pair().key, b"nothing", "rsa-sha256"),
        (pair().key, pair("stranger").certificate, "rsa-sha256"),
        (pair().key, pair().certificate, "ecdsa-sha256"),
    ],
    ids=["no key", "no certificate", "not its certificate", "not its algorithm"],
)
def test_a_key_that_cannot_sign_is_refused_when_it_is_registered(
    key: bytes, certificate: bytes, algorithm: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        Signer(key, certificate, algorithm)
    assert caught.value.code == "R110"


def test_an_hour_is_not_added_to_the_clock_of_the_certificate() -> None:
    ends = NOW + timedelta(hours=1)
    keys = pair("brief", ends=ends)
    root = etree.fromstring(Signer(*keys).sign(envelope()))
    read = Envelope(root)
    trusted = certificates(keys.certificate)
    verify(read, None, trusted=trusted, algorithms=("rsa-sha256",), now=NOW)
    with pytest.raises(Refused, match="does not hold"):
        verify(read, None, trusted=trusted, algorithms=("rsa-sha256",), now=ends + timedelta(seconds=1))
