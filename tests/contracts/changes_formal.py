"""Other ways to write the same contract: no change for anybody."""

from collections.abc import Callable

from lxml import etree

from tests.contracts.changes_inside import PARTICLES, Node, W, X


def _renamed_prefixes(text: str) -> str:
    return text.replace("xmlns:tns=", "xmlns:another=").replace('"tns:', '"another:')


def _as_tree(change: Callable[[Node], None]) -> Callable[[str], str]:
    def changed(text: str) -> str:
        root = etree.fromstring(text)
        change(root)
        return etree.tostring(root, encoding="unicode")

    return changed


def _reversed_declarations(root: Node) -> None:
    for one in root.iter(f"{X}schema"):
        one[:] = list(reversed(one))
    root[:] = [*root.findall(f"{W}types"), *reversed([child for child in root if child.tag != f"{W}types"])]


def _documented(root: Node) -> None:
    for one in list(root.iter(f"{X}element")):
        note = etree.Element(f"{X}annotation")
        etree.SubElement(note, f"{X}documentation").text = "seeded"
        one.insert(0, note)
    for one in root.findall(f"{W}portType"):
        etree.SubElement(one, f"{W}documentation").text = "seeded"
    root.append(etree.Comment("seeded"))


def _explicit(root: Node) -> None:
    """Say what is meant where nothing is said."""
    for one in root.iter(f"{X}element"):
        if one.getparent().tag in PARTICLES and one.get("minOccurs") is None:
            one.attrib.update({"minOccurs": "1", "maxOccurs": "1", "nillable": one.get("nillable", "false")})


def _renamed_parts(root: Node) -> None:
    """Names of bindings, port types and messages, which nobody sees on the wire."""
    for one in root.iter(etree.Element):
        for name in ("type", "message", "binding"):
            if one.tag.startswith(W) and one.tag != f"{W}part" and one.get(name):
                one.set(name, f"{one.get(name)}Seeded")
        if one.tag in {f"{W}binding", f"{W}portType", f"{W}message"}:
            one.set("name", f"{one.get('name')}Seeded")


def _grouped(root: Node) -> None:
    """A sequence becomes a named group that is referred to."""
    for schema_ in root.iter(f"{X}schema"):
        for number, one in enumerate(list(schema_.iter(f"{X}sequence"))):
            group = etree.SubElement(schema_, f"{X}group", name=f"seeded{number}")
            kind = one.getparent()
            kind.replace(one, etree.Element(f"{X}group", ref=f"tns:seeded{number}"))
            group.append(one)


def _named_types(root: Node) -> None:
    """Types inside of elements become types of their own."""
    for schema_ in root.iter(f"{X}schema"):
        for number, one in enumerate(list(schema_.iter(f"{X}complexType"))):
            if one.getparent().tag == f"{X}element":
                one.getparent().set("type", f"tns:Seeded{number}")
                one.set("name", f"Seeded{number}")
                schema_.append(one)


def _nested_groups(root: Node) -> None:
    for one in list(root.iter(f"{X}sequence", f"{X}choice")):
        inner = etree.Element(f"{X}sequence")
        one.getparent().replace(one, inner)
        inner.append(one)


def _extended(root: Node) -> None:
    """A type becomes an extension of one that holds nothing."""
    for schema_ in root.iter(f"{X}schema"):
        etree.SubElement(schema_, f"{X}complexType", name="Seeded")
        for one in list(schema_.iter(f"{X}sequence")):
            kind = one.getparent()
            content = etree.SubElement(etree.SubElement(kind, f"{X}complexContent"), f"{X}extension", base="tns:Seeded")
            content.append(one)


#: Other ways to write the same contract.
FORMAL: dict[str, Callable[[str], str]] = {
    "other prefixes": _renamed_prefixes,
    "another order of declarations": _as_tree(_reversed_declarations),
    "annotations and comments": _as_tree(_documented),
    "white space": lambda text: text.replace("><", ">\n   <"),
    "what goes without saying": _as_tree(_explicit),
    "names that nobody sees": _as_tree(_renamed_parts),
    "named groups": _as_tree(_grouped),
    "named types": _as_tree(_named_types),
    "groups in groups": _as_tree(_nested_groups),
    "types that extend nothing": _as_tree(_extended),
}
