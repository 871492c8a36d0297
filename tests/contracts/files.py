"""How files and schemas hang together: one small contract for each kind that agencies publish, what is said of it, what it offers."""

from tests.contracts.making import (
    ANSWER,
    ELEMENTS,
    IMPORT,
    MESSAGES,
    OPERATION,
    OTHER,
    USING,
    Kind,
    bound,
    definitions,
    schema,
    service,
    wsdl,
)

KINDS: dict[str, Kind] = {
    "split in three": (
        {
            "a.wsdl": definitions('<import namespace="urn:t" location="b/b.wsdl"/>' + bound() + service("B")),
            "b/b.wsdl": definitions(
                '<import namespace="urn:t" location="../c.wsdl"/>' + f'<portType name="P">{OPERATION}</portType>'
            ),
            "c.wsdl": definitions(f"<types>{schema(ELEMENTS)}</types>{MESSAGES}"),
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "files that import each other": (
        {
            "a.wsdl": wsdl(types="", before='<import namespace="urn:t" location="b.wsdl"/>'),
            "b.wsdl": definitions(f'<import namespace="urn:t" location="a.wsdl"/><types>{schema(ELEMENTS)}</types>'),
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a schema by wsdl:import": (
        {"a.wsdl": wsdl(types="", before='<import namespace="urn:t" location="t.xsd"/>'), "t.xsd": schema(ELEMENTS)},
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a part of a contract": ({"a.wsdl": definitions(MESSAGES + f"<types>{schema(ELEMENTS)}</types>")}, {"V531"}, []),
    "schemas that know each other by namespace": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:import namespace="urn:u"/><xs:element name="ask" type="u:text" xmlns:u="urn:u"/>' + ANSWER
                )
                + schema(OTHER, "urn:u")
            )
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "two schemas of one namespace": (
        {"a.wsdl": wsdl(types=schema('<xs:element name="ask" type="tns:text"/>') + schema(ANSWER + OTHER))},
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "the same schema twice": (
        {"a.wsdl": wsdl(types=schema(ELEMENTS) + schema(ELEMENTS))},
        {"V523"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "an import that is not written": (
        {"a.wsdl": wsdl(types=schema(USING.replace(IMPORT[: IMPORT.index("/>") + 2], "")) + schema(OTHER, "urn:u"))},
        {"V522"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "an import without location": (
        {
            "a.wsdl": wsdl(types=schema(USING.replace(' schemaLocation="{}"', ""))),
            "deep/there.xsd": schema(OTHER, "urn:u"),
        },
        {"V521"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "an import from the network that lies in the folder": (
        {
            "a.wsdl": wsdl(types=schema(USING.format("http://agency.example/service?xsd=u.xsd"))),
            "xsd/u.xsd": schema(OTHER, "urn:u"),
            "xsd/v.xsd": schema("", "urn:u"),
        },
        {"V521"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a draft of XML Schema": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:element name="ask"><xs:complexType content="elementOnly"><xs:sequence>'
                    '<xs:element name="day" type="xs:timeInstant" minOccurs="0" maxOccurs="*"/>'
                    "</xs:sequence></xs:complexType></xs:element>" + ANSWER
                ).replace("2001/XMLSchema", "1999/XMLSchema")
            )
        },
        {"V534", "V537"},
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a schema that forgets its namespace": (
        {"a.wsdl": wsdl(types=schema(ELEMENTS, ""))},
        {"V534"},
        [("get", "document/literal", "1.1", "ask")],
    ),
    "a chameleon for two namespaces": (
        {
            "a.wsdl": wsdl(types=schema('<xs:include schemaLocation="c.xsd"/>' + USING.format("u.xsd"))),
            "u.xsd": schema('<xs:include schemaLocation="c.xsd"/>', "urn:u"),
            "c.xsd": schema(OTHER + '<xs:element name="x" type="text"/>', ""),
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "schemas that import each other": (
        {
            "a.wsdl": wsdl(types=schema(USING.format("u.xsd"))),
            "u.xsd": schema('<xs:import namespace="urn:t2" schemaLocation="v.xsd"/>' + OTHER, "urn:u"),
            "v.xsd": schema('<xs:import namespace="urn:u" schemaLocation="u.xsd"/>', "urn:t2"),
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a schema without namespace": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:import schemaLocation="n.xsd"/><xs:element name="ask" type="text" xmlns=""/>' + ANSWER
                )
            ),
            "n.xsd": schema(OTHER, ""),
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "redefined": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:redefine schemaLocation="r.xsd"><xs:simpleType name="text"><xs:restriction base="tns:text">'
                    '<xs:maxLength value="3"/></xs:restriction></xs:simpleType></xs:redefine>'
                    '<xs:element name="ask" type="tns:text"/>' + ANSWER
                )
            ),
            "r.xsd": schema(OTHER),
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "a DataSet of .NET": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:element name="ask"><xs:complexType><xs:sequence><xs:element ref="xs:schema"/><xs:any/>'
                    "</xs:sequence></xs:complexType></xs:element>" + ANSWER
                )
            )
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
    "standards by name only": (
        {
            "a.wsdl": wsdl(
                types=schema(
                    '<xs:import namespace="http://www.w3.org/2000/09/xmldsig#"/>'
                    '<xs:import namespace="http://www.w3.org/2005/08/addressing"/>'
                    '<xs:import namespace="http://schemas.microsoft.com/2003/10/Serialization/"/>'
                    '<xs:element name="ask"><xs:complexType><xs:sequence>'
                    '<xs:element ref="d:Signature" xmlns:d="http://www.w3.org/2000/09/xmldsig#"/>'
                    '<xs:element ref="w:To" xmlns:w="http://www.w3.org/2005/08/addressing"/>'
                    '<xs:element name="id" type="m:guid" xmlns:m="http://schemas.microsoft.com/2003/10/Serialization/"/>'
                    '</xs:sequence><xs:attribute ref="xml:lang"/></xs:complexType></xs:element>' + ANSWER
                )
            )
        },
        set(),
        [("get", "document/literal", "1.1", "{urn:t}ask")],
    ),
}
