import pytest

from tests.bench.documents import documents, envelope
from tests.bench.yardsticks.opening import NotOpenedError, open_body

DOCUMENT = documents(1)[0]
BODY = envelope(DOCUMENT, "urn:uuid:1").encode()


def test_an_answer_is_opened_with_its_message_id():
    message_id, root = open_body(BODY)
    assert message_id == "urn:uuid:1"
    assert root.tag == "{http://www.cnas.ro/siui/2.0}insuredResponse"


def test_the_message_is_about_4_kilobytes():
    assert 3_500 < len(BODY) < 4_500


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not well-formed"),
        (b"<a", "not well-formed"),
        (b"<a/>", "not a SOAP envelope"),
        (BODY.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY b "c">]>', 1), "DOCTYPE"),
        (BODY.replace(b"getInsuredResponse", b"getOtherResponse"), "no answer document"),
        (envelope("").encode(), "no answer document"),
        (envelope("<a/>").encode(), "not valid"),
        (envelope("<!DOCTYPE a><a/>").encode(), "DOCTYPE"),
        (envelope(DOCUMENT.replace("validFrom=", "from=")).encode(), "not valid"),
        (envelope("<insuredResponse").encode(), "not well-formed"),
    ],
)
def test_anything_else_is_refused_with_a_reason(body, reason):
    with pytest.raises(NotOpenedError, match=reason):
        open_body(body)


def test_a_declaration_inside_the_string_does_not_matter():
    _, root = open_body(envelope(f'<?xml version="1.0" encoding="iso-8859-2"?>{DOCUMENT}').encode())
    assert len(root) == 1
