"""Taking SOAP messages apart."""

import pytest

from adapters.soap import ADAPTER
from hub_core.document import Document
from hub_core.errors import Rejected

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
WSA = "http://www.w3.org/2005/08/addressing"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
DSIG = "http://www.w3.org/2000/09/xmldsig#"


def envelope(body: str, *, header: str = "", soap: str = SOAP_11) -> bytes:
    return (
        f'<s:Envelope xmlns:s="{soap}" xmlns:wsa="{WSA}" xmlns:wsse="{WSSE}"><s:Header>{header}</s:Header>'
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def opened(body: str, **parts: str) -> Document:
    return ADAPTER.open(envelope(body, **parts))


def rejected(body: bytes) -> Rejected:
    with pytest.raises(Rejected) as caught:
        ADAPTER.open(body)
    return caught.value


@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12])
def test_the_one_element_of_the_body_is_the_document(soap: str) -> None:
    document = opened("<a><b>1</b></a>", soap=soap)
    assert (document.kind, document.name, document.root.findtext("b")) == ("xml", "a", "1")


def test_a_document_without_an_envelope_is_taken_as_it_is() -> None:
    assert ADAPTER.open(b"<RASP/>").name == "RASP"


@pytest.mark.parametrize(
    "text",
    [
        "&lt;in x='1'&gt;ș&lt;/in&gt;",
        "<![CDATA[<in x='1'>ș</in>]]>",
        '\n  <![CDATA[<?xml version="1.0" encoding="ISO-8859-2"?>\n<in x=\'1\'>ș</in>]]>\n',
        "<![CDATA[<in x='1'>ș</]]><![CDATA[in>]]>",
        "\ufeff&lt;in x='1'&gt;ș&lt;/in&gt;",
    ],
)
def test_a_document_that_travels_as_text_is_taken_out(text: str) -> None:
    root = opened(f"<out><part>{text}</part></out>").root
    assert (root.tag, root.get("x"), root.text) == ("in", "1", "ș")


def test_types_of_rpc_encoding_do_not_disturb() -> None:
    text = (
        '<r:getResponse xmlns:r="urn:r" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
        '<return xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:type="e:string" '
        'xmlns:e="http://schemas.xmlsoap.org/soap/encoding/">&lt;in/&gt;</return></r:getResponse>'
    )
    assert opened(text).name == "in"


def test_a_text_inside_a_text_stays_a_text() -> None:
    document = opened("<a>&lt;b&gt;&amp;lt;c/&amp;gt;&lt;/b&gt;</a>")
    assert (document.name, document.root.text) == ("b", "<c/>")


def test_a_text_beside_others_stays_where_it_is_so_that_nothing_is_lost() -> None:
    document = opened("<a><code>0</code><text>&lt;b/&gt;</text></a>")
    assert [child.text for child in document.root] == ["0", "<b/>"]


def test_a_fault_inside_a_text_is_placed_inside_that_text() -> None:
    fault = rejected(envelope("<a>&lt;b&gt;\n&lt;/c&gt;</a>"))
    assert fault.code == "B101"
    assert fault.text == "inside the text of the body: mismatched tag, line 2, column 3"
    assert fault.findings[0].line == 2


def test_the_senders_id_and_the_request_it_answers_are_read_from_the_header() -> None:
    header = "<wsa:MessageID> urn:uuid:1 </wsa:MessageID><wsa:RelatesTo>urn:uuid:0</wsa:RelatesTo>"
    document = opened("<a/>", header=header)
    assert (document.message_id, document.request) == ("urn:uuid:1", "urn:uuid:0")


def test_a_header_block_for_somebody_else_is_left_alone() -> None:
    header = '<t:x xmlns:t="urn:t" s:mustUnderstand="1" s:actor="urn:another"/><wsa:MessageID>1</wsa:MessageID>'
    assert opened("<a/>", header=header).message_id == "1"


@pytest.mark.parametrize(
    "header",
    [
        '<t:x xmlns:t="urn:t" s:mustUnderstand="1"/>',
        '<t:x xmlns:t="urn:t" s:mustUnderstand="1" s:actor="http://schemas.xmlsoap.org/soap/actor/next"/>',
        f'<wsse:Security s:mustUnderstand="1"><d:Signature xmlns:d="{DSIG}"/></wsse:Security>',
        "<wsa:ReplyTo><wsa:Address>http://169.254.169.254/</wsa:Address></wsa:ReplyTo>",
        "<wsa:FaultTo><wsa:Address>http://elsewhere.test/</wsa:Address></wsa:FaultTo>",
    ],
)
def test_a_header_that_demands_what_the_hub_does_not_do_is_refused(header: str) -> None:
    assert rejected(envelope("<a/>", header=header)).code == "V103"


@pytest.mark.parametrize(
    "header",
    [
        '<t:x xmlns:t="urn:t"/>',
        '<t:x xmlns:t="urn:t" s:mustUnderstand="0"/>',
        '<wsse:Security s:mustUnderstand="1"><wsse:UsernameToken/></wsse:Security>',
        '<wsa:Action s:mustUnderstand="1">urn:do</wsa:Action>',
        f"<wsa:ReplyTo><wsa:Address>{WSA}/anonymous</wsa:Address></wsa:ReplyTo>",
    ],
)
def test_a_header_that_demands_nothing_is_taken(header: str) -> None:
    assert opened("<a/>", header=header).name == "a"


def test_role_of_soap_1_2_is_read_like_actor() -> None:
    header = f'<t:x xmlns:t="urn:t" s:mustUnderstand="true" s:role="{SOAP_12}/role/ultimateReceiver"/>'
    assert rejected(envelope("<a/>", header=header, soap=SOAP_12)).code == "V103"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<s:Fault><faultcode>s:Server.Busy</faultcode><faultstring>IONESCU</faultstring></s:Fault>", "Server.Busy"),
        ("<s:Fault><faultcode>IONESCU MARIA</faultcode></s:Fault>", "without a readable code"),
        ("<s:Fault/>", "without a readable code"),
    ],
)
def test_a_fault_is_told_by_its_code_only(body: str, told: str) -> None:
    fault = rejected(envelope(body))
    assert (fault.code, fault.text) == ("D202", f"a fault: {told}")


def test_a_fault_of_soap_1_2_is_told_with_its_subcode() -> None:
    body = (
        "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>p:Unknown</s:Value></s:Subcode></s:Code>"
        "<s:Reason><s:Text>IONESCU</s:Text></s:Reason></s:Fault>"
    )
    assert rejected(envelope(body, soap=SOAP_12)).text == "a fault: Sender/Unknown"


@pytest.mark.parametrize("body", ["", "text", "<a/><b/>"])
def test_a_body_holds_one_element(body: str) -> None:
    assert rejected(envelope(body)).code == "V101"


def test_an_envelope_has_one_body() -> None:
    two = f'<s:Envelope xmlns:s="{SOAP_11}"><s:Body><a/></s:Body><s:Body><b/></s:Body></s:Envelope>'
    assert rejected(two.encode()).code == "V101"


def test_an_envelope_of_an_unknown_version_is_no_plain_document() -> None:
    assert rejected(envelope("<a/>", soap="urn:soap:3")).code == "V104"


TWO_HEADERS = (
    f'<s:Envelope xmlns:s="{SOAP_11}" xmlns:wsa="{WSA}"><s:Header><x s:mustUnderstand="1"/></s:Header>'
    "<s:Header><wsa:MessageID>1</wsa:MessageID></s:Header><s:Body><a/></s:Body></s:Envelope>"
)
AFTER_THE_BODY = f'<s:Envelope xmlns:s="{SOAP_11}"><s:Body><a/></s:Body><b/></s:Envelope>'


@pytest.mark.parametrize("message", [TWO_HEADERS, AFTER_THE_BODY], ids=["two headers", "something after the body"])
def test_an_envelope_has_one_header_then_one_body_and_nothing_else(message: str) -> None:
    assert rejected(message.encode()).code == "V101"


def test_a_message_has_one_message_id() -> None:
    ids = "<wsa:MessageID>1</wsa:MessageID><wsa:MessageID>2</wsa:MessageID>"
    assert rejected(envelope("<a/>", header=ids)).code == "V101"


ENCODING = 's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'


def test_values_that_an_encoded_document_refers_to_are_brought_to_their_places() -> None:
    beside = "<multiRef id='p'><name>Ana</name></multiRef>"
    document = opened(f"<ask {ENCODING}><person href='#p'/></ask>{beside}")
    assert (document.name, document.root.findtext("person/name")) == ("ask", "Ana")
    inside = opened(f"<ask {ENCODING}><one id='p'>5</one><two href='#p'/></ask>")
    assert [child.text for child in inside.root] == ["5", "5"]


def test_a_literal_document_may_have_an_attribute_that_looks_like_a_reference() -> None:
    assert opened("<page><link href='#top'/></page>").root[0].get("href") == "#top"


def test_a_body_with_two_documents_is_none_whatever_they_refer_to() -> None:
    assert rejected(envelope("<a/><b/>")).code == "V101"
    assert rejected(envelope("<a/><b id='x'/><c/>")).code == "V101"
    assert rejected(envelope("<a><n href='#gone'/></a><b id='x'/>")).code == "V105"
