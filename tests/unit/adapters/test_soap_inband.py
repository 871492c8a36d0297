"""What partners say inside of their documents."""

import base64

import pytest
from lxml import etree

from adapters.soap import ADAPTER
from adapters.soap.envelope import Faulted, Opened, open_envelope
from adapters.soap.inband import Judgement
from adapters.soap.names import SOAP_11, SOAP_12
from hub_core.directory.wording import InBand
from hub_core.errors import Rejected, TryLater

INNER = "<Persoana><Nume>Ţuţea</Nume><Cod>7</Cod></Persoana>"
SAYS = InBand(status="return/code", done=("0", "OK"), retry=("99",), reference="return/number")


def answer(inside: str) -> bytes:
    return (
        f'<s:Envelope xmlns:s="{SOAP_11}"><s:Body><a:resp xmlns:a="urn:a"><return>{inside}</return></a:resp>'
        "</s:Body></s:Envelope>"
    ).encode()


def opened(inside: str, header: str = "") -> Opened:
    text = answer(inside).decode().replace("<s:Body>", f"{header}<s:Body>")
    return open_envelope(etree.fromstring(text))


def coded(encoding: str) -> str:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>{INNER}'
    return base64.encodebytes(declared.encode(encoding)).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"<![CDATA[{INNER}]]>",
        INNER.replace("<", "&lt;"),
        f'<![CDATA[<?xml version="1.0" encoding="ISO-8859-2"?>\n{INNER}]]>',
        coded("UTF-8"),
        coded("ISO-8859-2"),
        coded("UTF-16"),
    ],
    ids=["CDATA", "escaped", "another encoding declared", "base64", "base64 of ISO-8859-2", "base64 of UTF-16"],
)
def test_the_document_in_a_text_beside_other_fields_is_opened_where_it_is_named(text: str) -> None:
    document = ADAPTER.open(answer(f"<code>0</code><xml>{text}</xml>"), InBand(document="return/xml"))
    assert document.name == "Persoana"
    assert document.root.findtext("Nume") == "Ţuţea"


def test_without_a_name_the_whole_answer_is_the_document() -> None:
    assert ADAPTER.open(answer(f"<code>0</code><xml><![CDATA[{INNER}]]></xml>")).name == "resp"


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<code>0</code>", "V106"),
        ("<xml/>", "V106"),
        ("<xml>%%%</xml>", "V106"),
        ("<xml><a/></xml>", "V106"),
        ("<xml>&lt;a&gt;</xml>", "B101"),
        ("<xml>&lt;!DOCTYPE a&gt;&lt;a/&gt;</xml>", "B102"),
        (f"<xml>{base64.b64encode(b'<!DOCTYPE a><a/>').decode()}</xml>", "B102"),
    ],
)
def test_what_is_no_document_is_refused(inside: str, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        ADAPTER.open(answer(inside), InBand(document="return/xml"))
    assert caught.value.code == code


@pytest.mark.parametrize("code", ["0", " OK "])
def test_a_status_that_means_done_gives_the_number_of_the_partner(code: str) -> None:
    assert Judgement("p", SAYS).judge(opened(f"<code>{code}</code><number>N-17</number>")) == "N-17"


def test_a_status_that_means_later_is_tried_again() -> None:
    with pytest.raises(TryLater) as caught:
        Judgement("p", SAYS).judge(opened("<code>99</code>"))
    assert caught.value.code == "D102"


@pytest.mark.parametrize(("inside", "code"), [("<code>13</code>", "D206"), ("<code/>", "D203"), ("", "D203")])
def test_any_other_status_is_a_refusal_and_none_is_no_answer(inside: str, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        Judgement("p", SAYS).judge(opened(inside))
    assert (caught.value.code, "13" in caught.value.text) == (code, False)


def test_a_status_may_stand_in_the_document_inside() -> None:
    says = InBand(document="return/xml", status="Cod", done=("7",))
    assert Judgement("p", says).judge(opened(f"<xml><![CDATA[{INNER}]]></xml>")) is None
    alone = InBand(status="Cod", done=("8",))
    with pytest.raises(Rejected, match="failed"):
        Judgement("p", alone).judge(opened(f"<![CDATA[{INNER}]]>"))


IN_THE_HEADER = InBand(status="soap:Header/Result/code", done=("0",), reference="soap:Header/Result/number")
RESULT = "<s:Header><x:Result xmlns:x='urn:x'><x:code>{}</x:code><x:number>N-8</x:number></x:Result></s:Header>"


def test_a_status_may_stand_in_the_header_of_the_answer() -> None:
    assert Judgement("p", IN_THE_HEADER).judge(opened("<code>1</code>", RESULT.format(0))) == "N-8"
    with pytest.raises(Rejected, match="failed"):
        Judgement("p", IN_THE_HEADER).judge(opened("<code>0</code>", RESULT.format(1)))


@pytest.mark.parametrize("header", ["", "<s:Header/>"])
def test_a_header_that_is_not_there_says_nothing(header: str) -> None:
    with pytest.raises(Rejected) as caught:
        Judgement("p", IN_THE_HEADER).judge(opened("<Header><Result><code>0</code></Result></Header>", header))
    assert caught.value.code == "D203"


FAULT_11 = "<faultcode>s:Server</faultcode><faultstring>2850415123458</faultstring><detail><x:{0} xmlns:x='urn:x'>2850415123458</x:{0}></detail>"
FAULT_12 = (
    "<s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text>2850415123458</s:Text></s:Reason>"
    "<s:Detail><x:{0} xmlns:x='urn:x'/></s:Detail>"
)


@pytest.mark.parametrize(("soap", "fault", "code"), [(SOAP_11, FAULT_11, "Server"), (SOAP_12, FAULT_12, "Receiver")])
def test_a_fault_is_known_by_its_code_and_by_the_name_of_its_detail_and_its_texts_stay_unsaid(
    soap: str, fault: str, code: str
) -> None:
    text = f'<s:Envelope xmlns:s="{soap}"><s:Body><s:Fault>{fault.format("SystemBusy")}</s:Fault></s:Body></s:Envelope>'
    with pytest.raises(Faulted) as caught:
        open_envelope(etree.fromstring(text))
    assert (caught.value.code, caught.value.text) == ("D202", f"a fault: {code}, with SystemBusy")
    assert Judgement("p", InBand(retry=("SystemBusy",))).is_later(caught.value.names)
    assert not Judgement("p", SAYS).is_later(caught.value.names)
