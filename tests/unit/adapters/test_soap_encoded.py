"""The SOAP encoding: bodies of several stacks read into one literal document, and written."""

import time

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from adapters.soap.encoded import Encoded
from adapters.soap.references import gathered, is_beside
from adapters.soap.shapes import Shapes
from hub_core.errors import Rejected
from hub_core.validation import Limits

NS = "urn:case"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
SCHEMA = f"""
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="{NS}" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
    targetNamespace="{NS}">
  <xs:element name="ask">
    <xs:complexType><xs:sequence>
      <xs:element name="person" type="t:Person" nillable="true"/>
      <xs:element name="note" type="xs:string" nillable="true"/>
    </xs:sequence></xs:complexType>
  </xs:element>
  <xs:element name="askResponse">
    <xs:complexType><xs:sequence><xs:element name="return" type="xs:int"/></xs:sequence></xs:complexType>
  </xs:element>
  <xs:element name="anything">
    <xs:complexType><xs:sequence><xs:element name="value" type="xs:anyType" nillable="true"/></xs:sequence></xs:complexType>
  </xs:element>
  <xs:complexType name="Person"><xs:sequence>
    <xs:element name="name" type="xs:string" nillable="true"/>
    <xs:element name="age" type="xs:decimal" minOccurs="0"/>
    <xs:element name="mother" type="t:Person" minOccurs="0" nillable="true"/>
    <xs:element name="benefits" type="t:Benefits" minOccurs="0" nillable="true"/>
    <xs:element name="table" type="t:Table" minOccurs="0"/>
  </xs:sequence></xs:complexType>
  <xs:complexType name="Worker"><xs:complexContent><xs:extension base="t:Person"><xs:sequence>
    <xs:element name="employer" type="xs:string"/>
  </xs:sequence></xs:extension></xs:complexContent></xs:complexType>
  <xs:complexType name="Benefits" wsdl:arrayType="xs:string[]"><xs:sequence>
    <xs:element name="item" type="xs:string" minOccurs="0" maxOccurs="unbounded" nillable="true"/>
  </xs:sequence></xs:complexType>
  <xs:complexType name="Table" wsdl:arrayType="xs:int[][]"><xs:sequence>
    <xs:element name="item" minOccurs="0" maxOccurs="unbounded" nillable="true">
      <xs:complexType wsdl:arrayType="xs:int[]"><xs:sequence>
        <xs:element name="item" type="xs:int" minOccurs="0" maxOccurs="unbounded" nillable="true"/>
      </xs:sequence></xs:complexType>
    </xs:element>
  </xs:sequence></xs:complexType>
</xs:schema>"""
MODEL = xmlschema.XMLSchema(SCHEMA)
ENCODED = Encoded(Shapes(MODEL))

PREFIXES = (
    'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" '
    'xmlns:enc="http://www.w3.org/2003/05/soap-encoding" xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
    f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:t="{NS}"'
)


def read(content: str, name: str = "ask", limits: Limits | None = None) -> str:
    return text(opened(content, name, limits))


def opened(content: str, name: str = "ask", limits: Limits | None = None) -> etree._Element:
    body = etree.fromstring(f"<soap:Body {PREFIXES}>{content}</soap:Body>")
    (root,) = (child for child in body if not is_beside(child))
    return ENCODED.read(gathered(body, root, limits=limits), f"{{{NS}}}{name}")


def text(element: etree._Element) -> str:
    """Return an element so that prefixes make no difference, those in names of types neither."""
    return etree.canonicalize(
        etree.tostring(element, encoding="unicode"),
        rewrite_prefixes=True,
        strip_text=True,
        qname_aware_attrs=[f"{XSI}type"],
    )


def literal(content: str, name: str = "ask") -> str:
    return text(document(content, name))


def document(content: str, name: str = "ask") -> etree._Element:
    return etree.fromstring(f"<t:{name} {PREFIXES}>{content}</t:{name}>")


def refusal(content: str, **more: object) -> Rejected:
    with pytest.raises(Rejected) as caught:
        read(content, **more)
    return caught.value


PERSON = "<person><name>Ana</name><age>41</age></person><note>urgent</note>"


@pytest.mark.parametrize(
    "wire",
    [
        pytest.param(
            '<t:ask><person xsi:type="t:Person"><name xsi:type="xsd:string">Ana</name>'
            '<age xsi:type="xsd:decimal">41</age></person><note xsi:type="soapenc:string">urgent</note></t:ask>',
            id="every value where it belongs",
        ),
        pytest.param(
            '<t:ask><person href="#id0"/><note href="#id1"/></t:ask>'
            '<multiRef id="id0" soapenc:root="0" xsi:type="t:Person"><name>Ana</name><age href="#id2"/></multiRef>'
            '<multiRef id="id1" soapenc:root="0" xsi:type="xsd:string">urgent</multiRef>'
            '<multiRef id="id2" soapenc:root="0" xsi:type="xsd:decimal">41</multiRef>',
            id="Apache Axis: values beside the wrapper",
        ),
        pytest.param(
            '<t:Person id="id1" soapenc:root="0"><name>Ana</name><age>41</age></t:Person>'
            '<q:ask xmlns:q="urn:case"><person href="#id1"/><note>urgent</note></q:ask>',
            id="values before the wrapper",
        ),
        pytest.param(
            '<t:ask><person enc:ref="p"/><note>urgent</note></t:ask>'
            '<t:Person enc:id="p" soapenc:root="0"><name>Ana</name><age>41</age></t:Person>',
            id="SOAP 1.2: id and ref of the encoding",
        ),
        pytest.param(
            '<t:ask><note xsi:type="xsd:string">urgent</note><person xsi:type="xsd:SOAPStruct">'
            '<age xsi:type="xsd:string">41</age><name xsi:type="xsd:int">Ana</name></person></t:ask>',
            id="SOAP::Lite: any order, guessed types",
        ),
    ],
)
def test_stacks_that_write_differently_are_read_as_one_literal_document(wire) -> None:
    assert read(wire) == literal(PERSON)


@pytest.mark.parametrize("kind", ["xsd:base64Binary", "soapenc:base64"])
def test_a_text_that_comes_as_base64_is_refused_and_not_taken_for_what_it_encodes_to(kind) -> None:
    with pytest.raises(Rejected, match="V105 a text came as base64Binary"):
        read(f'<t:ask><person><name xsi:type="{kind}">R2hlb3JnaGnIm8SD</name></person><note/></t:ask>')


def test_a_derived_type_is_named_in_the_literal_document() -> None:
    wire = '<t:ask><person xsi:type="t:Worker"><employer>CNAS</employer><name>Ana</name></person><note/></t:ask>'
    document = opened(wire, "ask")
    assert MODEL.is_valid(document)
    assert [child.tag for child in document[0]] == ["name", "employer"]


def test_nothing_stays_nothing() -> None:
    wire = '<t:ask><person><name xsi:nil="1"/><mother xsi:nil="true"/><age xsi:nil="true"/></person><note xsi:nil="true"/></t:ask>'
    expected = '<person><name xsi:nil="true"/><mother xsi:nil="true"/></person><note xsi:nil="true"/>'
    assert read(wire) == literal(expected)


@pytest.mark.parametrize(
    "wire",
    [
        '<benefits xsi:type="soapenc:Array" soapenc:arrayType="xsd:string[2]"><item>a</item><item>b</item></benefits>',
        '<benefits xsi:type="t:Benefits"><item xsi:type="xsd:string">a</item><item xsi:type="xsd:string">b</item></benefits>',
        '<benefits soapenc:arrayType="xsd:anyType[2]"><soapenc:string>a</soapenc:string><xsd:string>b</xsd:string></benefits>',
        '<benefits soapenc:arrayType="xsd:string[]" soapenc:offset="[0]"><x soapenc:position="[0]">a</x><x>b</x></benefits>',
        '<benefits enc:itemType="xsd:string" enc:arraySize="2"><x>a</x><x>b</x></benefits>',
    ],
)
def test_items_of_an_array_are_named_item_whatever_their_stack_calls_them(wire) -> None:
    found = read(f"<t:ask><person><name>Ana</name>{wire}</person><note>n</note></t:ask>")
    assert found == literal(
        "<person><name>Ana</name><benefits><item>a</item><item>b</item></benefits></person><note>n</note>"
    )


def test_an_array_may_hold_arrays() -> None:
    wire = (
        '<table soapenc:arrayType="xsd:int[][2]"><item soapenc:arrayType="xsd:int[2]"><i>1</i><i>2</i></item>'
        '<item href="#row"/></table>'
    )
    found = read(
        f"<t:ask><person><name>A</name>{wire}</person><note>n</note></t:ask>"
        '<row id="row" soapenc:root="0" soapenc:arrayType="xsd:int[1]"><i>3</i></row>'
    )
    rows = "<table><item><item>1</item><item>2</item></item><item><item>3</item></item></table>"
    assert found == literal(f"<person><name>A</name>{rows}</person><note>n</note>")


def test_a_value_of_any_type_keeps_the_type_that_it_names() -> None:
    wire = '<t:anything><value xsi:type="soapenc:Array" soapenc:arrayType="xsd:int[2]"><a>1</a><a>2</a></value></t:anything>'
    document = opened(wire, "anything")
    assert [(item.tag, item.text, item.get(f"{XSI}type")) for item in document[0]] == [
        ("item", "1", "t:int"),
        ("item", "2", "t:int"),
    ]


def test_the_name_of_the_one_value_that_is_returned_carries_no_meaning() -> None:
    assert read("<t:Answer><askReturn>5</askReturn></t:Answer>", "askResponse") == literal(
        "<return>5</return>", "askResponse"
    )


@pytest.mark.parametrize(
    ("wire", "told"),
    [
        ('<t:ask><person href="#gone"/></t:ask>', "leads to no value"),
        ('<t:ask><person href="http://elsewhere/x"/><note href="#n"/></t:ask>', "leads out of the message"),
        ('<t:ask><person href="#p"/></t:ask><p id="p"><mother href="#p"/></p>', "refers to itself"),
        ('<t:ask><person href="#p"/></t:ask><p id="p"/><p id="p"/>', "one id"),
        ('<t:ask><person href="#p"/></t:ask><p id="p" href="#q"/><q id="q"/>', "another reference"),
        ('<t:ask><person><benefits soapenc:arrayType="xsd:string[2,2]"/></person></t:ask>', "several dimensions"),
        ('<t:ask><person><benefits enc:arraySize="2 2"/></person></t:ask>', "several dimensions"),
        ('<t:ask><person><benefits soapenc:offset="[4]"/></person></t:ask>', "leaves items out"),
        ('<t:ask><person><benefits><x soapenc:position="[7]"/></benefits></person></t:ask>', "leaves items out"),
        ('<t:ask><person><benefits soapenc:arrayType="many"/></person></t:ask>', "cannot be read"),
        ('<t:ask><person xsi:type="nobody:Person"/></t:ask>', "a prefix that stands for nothing"),
        ("<t:ask><note>a<b/></note></t:ask>", "holds an element"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(wire, told) -> None:
    fault = refusal(wire)
    assert (fault.code, told in fault.text, fault.where) == ("V105", True, "line 1")


def test_references_that_multiply_are_stopped_early() -> None:
    levels = "".join(
        f'<m id="v{n}"><mother href="#v{n + 1}"/><name>x</name><mother href="#v{n + 1}"/></m>' for n in range(40)
    )
    began = time.process_time()
    fault = refusal(f'<t:ask><person href="#v0"/></t:ask>{levels}<m id="v40"/>', limits=Limits(parts=20_000))
    assert fault.code == "B107"
    assert time.process_time() - began < 5


def test_a_long_text_that_is_referred_to_often_is_stopped() -> None:
    items = '<i href="#long"/>' * 300
    wire = f"<t:ask><person><benefits>{items}</benefits></person></t:ask><s id='long'>{'x' * 100_000}</s>"
    assert refusal(wire).code == "B107"


def written(content: str, version: str = "1.1") -> etree._Element:
    return ENCODED.write(document(content), version=version)


def test_every_value_that_is_written_names_its_type() -> None:
    wire = written(
        '<person xsi:type="t:Worker"><name>Ana</name><benefits><item>a</item></benefits>'
        "<table><item><item>1</item></item></table><employer>CNAS</employer></person><note>n</note>"
    )
    told = {element.tag: element.get(f"{XSI}type") for element in wire.iter() if element.tag != "item"}
    own = next(prefix for prefix, name in wire.nsmap.items() if name == NS)
    assert told == {
        f"{{{NS}}}ask": None,
        "person": f"{own}:Worker",
        "name": "xsd:string",
        "benefits": "soapenc:Array",
        "table": "soapenc:Array",
        "employer": "xsd:string",
        "note": "xsd:string",
    }
    sizes = wire.xpath("//@soapenc:arrayType", namespaces={"soapenc": "http://schemas.xmlsoap.org/soap/encoding/"})
    assert sizes == ["xsd:string[1]", "xsd:int[][1]", "xsd:int[1]"]
    assert wire.get("{http://schemas.xmlsoap.org/soap/envelope/}encodingStyle")


def test_an_array_of_soap_1_2_states_the_type_and_number_of_its_items() -> None:
    wire = written("<person><name>Ana</name><benefits><item>a</item></benefits></person><note>n</note>", "1.2")
    enc = "{http://www.w3.org/2003/05/soap-encoding}"
    benefits = wire.find("person/benefits")
    assert (benefits.get(f"{enc}itemType"), benefits.get(f"{enc}arraySize")) == ("xsd:string", "1")


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8).filter(
    lambda value: value.strip() == value and not set("\ufffe\uffff") & set(value)
)


def element(name: str, content: "str | list[etree._Element] | None", **attributes: str) -> etree._Element:
    made = etree.Element(name, attributes)
    if content is None:
        made.set(f"{XSI}nil", "true")
    elif isinstance(content, str):
        made.text = content
    else:
        made.extend(content)
    return made


def array(items: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(items, max_size=4)


@st.composite
def persons(draw, depth: int = 0) -> "list[etree._Element] | None":
    if draw(st.integers(0, 5)) == 0:
        return None
    parts = [element("name", draw(st.none() | texts))]
    if draw(st.booleans()):
        parts.append(element("age", str(draw(st.integers(0, 120)))))
    if depth < 3 and draw(st.booleans()):
        parts.append(element("mother", draw(persons(depth + 1))))
    if draw(st.booleans()):
        parts.append(element("benefits", [element("item", it) for it in draw(array(st.none() | texts))]))
    if draw(st.booleans()):
        rows = draw(array(array(st.integers(-9, 9))))
        parts.append(element("table", [element("item", [element("item", str(n)) for n in row]) for row in rows]))
    return parts


@given(person=persons(), note=st.none() | texts, version=st.sampled_from(["1.1", "1.2"]))
def test_what_was_written_is_read_as_it_was(person, note, version) -> None:
    document = element(f"{{{NS}}}ask", [element("person", person), element("note", note)])
    MODEL.validate(document)
    sent = etree.fromstring(etree.tostring(ENCODED.write(document, version=version)))
    assert text(ENCODED.read(sent, document.tag)) == text(document)
