"""Changes of what a WSDL says around its documents: operations, bindings, ports, faults, headers."""

from collections.abc import Callable, Iterator

from lxml import etree

from tests.contracts.changes_inside import Node, Operator, Truth, W, removed, setting


def _of(local: str, *namespaces: str) -> Callable[[Node], bool]:
    tags = {f"{{http://schemas.xmlsoap.org/wsdl/{one}}}{local}" for one in namespaces}
    return lambda node: node.tag in tags


def _soap(local: str) -> Callable[[Node], bool]:
    return _of(local, "soap/", "soap12/")


def _wsdl(local: str, above: str) -> Callable[[Node], bool]:
    return lambda node: node.tag == f"{W}{local}" and node.getparent().tag == f"{W}{above}"


def _operations(node: Node) -> Iterator[Node]:
    """Both sides of an operation, in all port types and bindings of the file."""
    return (
        one
        for one in node.getroottree().iter(f"{W}operation")
        if one.get("name") == node.get("name") and one.getparent().tag in {f"{W}portType", f"{W}binding"}
    )


def _whole_contract(node: Node) -> bool:
    """The file has port types and bindings, and the operation stands in both."""
    return _wsdl("operation", "portType")(node) and len(list(_operations(node))) > 1


def _without_operation(node: Node) -> None:
    for one in list(_operations(node)):
        removed(one)


def _renamed_operation(node: Node) -> None:
    name = node.get("name")
    for one in list(_operations(node)):
        one.set("name", f"{name}Seeded")


def _one_way(node: Node) -> None:
    for one in list(_operations(node)):
        for kind in ("output", "fault"):
            for child in one.findall(f"{W}{kind}"):
                one.remove(child)


def _answered(node: Node) -> bool:
    return _whole_contract(node) and node.find(f"{W}output") is not None


def _new_fault(node: Node) -> None:
    said = node.find(f"{W}output").get("message")
    etree.SubElement(node, f"{W}fault", name="SeededFault", message=said)


def _new_header(node: Node) -> None:
    """The request of an operation asks for what it answers, as a header."""
    operation = node.getparent().getparent()
    others = [one for one in _operations(operation) if one.getparent().tag == f"{W}portType"]
    said = others[0].find(f"{W}output").get("message")
    local = said.rpartition(":")[2]
    part = node.getroottree().find(f"{W}message[@name='{local}']/{W}part").get("name")
    node.addnext(node.makeelement(node.tag.replace("body", "header"), message=said, part=part, use="literal"))


def _request_body(node: Node) -> bool:
    if not _soap("body")(node) or node.getparent().tag != f"{W}input":
        return False
    operation = node.getparent().getparent()
    others = [one for one in _operations(operation) if one.getparent().tag == f"{W}portType"]
    return (
        bool(others) and others[0].find(f"{W}output") is not None and node.getroottree().find(f"{W}message") is not None
    )


def _other_soap(node: Node) -> None:
    for one in node.getroottree().iter(etree.Element):
        one.tag = one.tag.replace("wsdl/soap/", "wsdl/soap12/") if "wsdl/soap/" in one.tag else one.tag


def _another_port(node: Node) -> None:
    again = etree.fromstring(etree.tostring(node))
    again.set("name", "seededPort")
    node.addnext(again)


def _is_port(node: Node) -> bool:
    return _wsdl("port", "service")(node) and any(_soap("address")(child) for child in node)


# Of what a WSDL says around its documents.
AROUND: tuple[Operator, ...] = (
    Operator(
        Truth("operation-removed", writers=True, readers=False),
        lambda it: _whole_contract(it) and len(it.getparent().findall(it.tag)) > 1,
        _without_operation,
    ),
    Operator(Truth("operation-renamed", writers=True, readers=False), _whole_contract, _renamed_operation),
    Operator(
        Truth("action", writers=True, readers=False),
        lambda it: _soap("operation")(it) and it.get("soapAction"),
        setting(soapAction="urn:seeded"),
    ),
    Operator(
        Truth("style", writers=True, readers=False),
        lambda it: _soap("body")(it) and it.get("use") == "literal" and it.getparent().tag == f"{W}input",
        setting(use="encoded"),
    ),
    Operator(Truth("soap-version", writers=True, readers=False), _of("binding", "soap/"), _other_soap),
    Operator(
        Truth("address", writers=True, readers=False),
        _soap("address"),
        setting(location="https://elsewhere.example/seeded"),
    ),
    Operator(Truth("port-added", writers=False, readers=False), _is_port, _another_port),
    Operator(Truth("exchange", writers=True, readers=False), _answered, _one_way),
    Operator(Truth("fault-added", writers=False, readers=True), _answered, _new_fault),
    Operator(
        Truth("fault-removed", writers=False, readers=False),
        lambda it: _wsdl("fault", "operation")(it) and _wsdl("operation", "portType")(it.getparent()),
        removed,
    ),
    Operator(Truth("header-added", writers=True, readers=False), _request_body, _new_header),
)
