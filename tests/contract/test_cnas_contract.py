"""Our contract of the health insurance house against the real one, where that lies beside the project."""

from pathlib import Path

import pytest
from lxml import etree

OURS = Path(__file__).parents[2] / "schemas" / "partners" / "cnas"
W, S = "{http://schemas.xmlsoap.org/wsdl/}", "{http://schemas.xmlsoap.org/wsdl/soap/}"
BODY_FACTS = ("use", "namespace", "encodingStyle")

DOCUMENT = '<insuredResponse xmlns="http://www.cnas.ro/siui/2.0">{}</insuredResponse>'
PID, CID = 'pid="2850415123450"', 'cid="40000007919317000001"'
CASES = {
    "all of it": (
        (
            f'<insured {PID} {CID} state="1"><categories><category code="SALARIAT" validFrom="2023-02-01"/>'
            '<category code="X" validFrom="2020-01-01" validTo="2020-12-31"/></categories>'
            '<states><state code="HANDICAP" validFrom="2023-02-01" validTo="2024-02-01"/></states></insured>'
        ),
        True,
    ),
    "only an error": ('<insured state="-1"/>', True),
    "nobody": (f'<insured {PID} state="0"/>', True),
    "not insured": (f'<insured {CID} state="2"><categories/><states/></insured>', True),
    "dead": (f'<insured {PID} state="3"/>', True),
    "a state of no meaning": (f'<insured {PID} state="4"/>', False),
    "no state": (f"<insured {PID}/>", False),
    "short pid": ('<insured pid="123" state="1"/>', False),
    "letters in the pid": ('<insured pid="28504151234AB" state="1"/>', False),
    "short cid": ('<insured cid="123" state="1"/>', False),
    "states before categories": ('<insured state="1"><states/><categories/></insured>', False),
    "category without code": (
        '<insured state="1"><categories><category validFrom="2023-02-01"/></categories></insured>',
        False,
    ),
    "local date form": (
        '<insured state="1"><categories><category code="X" validFrom="01.02.2023"/></categories></insured>',
        False,
    ),
    "two persons": ('<insured state="1"/><insured state="1"/>', False),
    "nothing": ("", False),
    "an attribute of nobody": ('<insured state="1" name="X"/>', False),
}


def expanded(node: etree._Element, name: str) -> str:
    """Return a qualified name from an attribute as ``{namespace}name``."""
    prefix, _, local = node.get(name).rpartition(":")
    return f"{{{node.nsmap.get(prefix or None)}}}{local}"


def body(binding_operation: etree._Element, direction: str) -> tuple[str | None, ...]:
    (found,) = binding_operation.iterfind(f"{W}{direction}/{S}body")
    return tuple(found.get(fact) for fact in BODY_FACTS)


def interface(path: Path) -> dict[str, object]:
    """Return everything a caller of the service has to know, the address aside."""
    root = etree.parse(str(path)).getroot()
    messages = {
        f"{{{root.get('targetNamespace')}}}{message.get('name')}": [
            (part.get("name"), expanded(part, "type")) for part in message.iterfind(f"{W}part")
        ]
        for message in root.iterfind(f"{W}message")
    }
    (port_type,) = root.iterfind(f"{W}portType")
    (binding,) = root.iterfind(f"{W}binding")
    (service,) = root.iterfind(f"{W}service")
    (port,) = service.iterfind(f"{W}port")
    (soap,) = binding.iterfind(f"{S}binding")
    operations = {
        operation.get("name"): {
            "order": operation.get("parameterOrder"),
            **{
                direction: (part.get("name"), expanded(part, "message"), messages[expanded(part, "message")])
                for direction in ("input", "output")
                for part in operation.iterfind(f"{W}{direction}")
            },
        }
        for operation in port_type.iterfind(f"{W}operation")
    }
    bound = {
        operation.get("name"): (
            operation.find(f"{S}operation").get("soapAction"),
            operation.find(f"{S}operation").get("style"),
            *(operation.find(f"{W}{direction}").get("name") for direction in ("input", "output")),
            *(body(operation, direction) for direction in ("input", "output")),
        )
        for operation in binding.iterfind(f"{W}operation")
    }
    return {
        "namespace": root.get("targetNamespace"),
        "messages": messages,
        "port type": port_type.get("name"),
        "operations": operations,
        "binding": (binding.get("name"), expanded(binding, "type"), soap.get("style"), soap.get("transport")),
        "bound": bound,
        "service": (service.get("name"), port.get("name"), expanded(port, "binding")),
    }


def accepts(schema: Path, content: str) -> bool:
    document = etree.fromstring(DOCUMENT.format(content))
    return etree.XMLSchema(etree.parse(str(schema))).validate(document)


@pytest.mark.shared
def test_our_contract_and_the_real_one_are_the_same_interface(shared):
    real = interface(shared / "wsdl" / "cnas" / "SiuiInsuredWS.wsdl")
    assert interface(OURS / "SiuiInsuredWS.wsdl") == real
    assert set(real["operations"]) == {"getInsured", "getInsuredByCID", "getPersonInfo"}
    assert set(real["bound"]) == set(real["operations"])


@pytest.mark.shared
@pytest.mark.parametrize("case", CASES)
def test_the_real_schema_and_ours_agree_about_a_document(shared, case):
    content, good = CASES[case]
    real = shared / "wsdl" / "cnas" / "xsd" / "validare" / "GetInsuredResponse.xsd"
    assert accepts(real, content) is good
    assert accepts(OURS / "GetInsuredResponse.xsd", content) is good


@pytest.mark.parametrize("case", CASES)
def test_our_schema_judges_each_document_rightly(case):
    content, good = CASES[case]
    assert accepts(OURS / "GetInsuredResponse.xsd", content) is good
