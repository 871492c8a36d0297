"""Rows as a file of XML elements: the inverse of ``hub_core.rows.elements``."""

from collections.abc import Sequence
from typing import Any

from lxml import etree

from hub_core.rows.model import Description, Record, Values
from hub_core.rows.trees import Tree, steps_of, tree_with


def xml_file(rows: Sequence[Values], description: Description, *, header: Values, trailer: Values) -> bytes:
    """Return the file: what the header says, the records, what the trailer says.

    Raises:
        ValueError: a value holds a character that XML does not have.
    """
    root_name, *way, name = steps_of(description.row.token)
    root = inner = etree.Element(_full(root_name, description), nsmap=_default(description))
    _fill(root, _tree(header, description.header), description)
    for step in way:
        inner = etree.SubElement(inner, _full(step, description))
    for row in rows:
        _fill(etree.SubElement(inner, _full(name, description)), tree_with(row, description.row), description)
    _fill(root, _tree(trailer, description.trailer), description)
    etree.indent(root)
    end = "\r\n" if description.line_end == "crlf" else "\n"
    text = f'<?xml version="1.0" encoding="{description.encoding}"?>\n{etree.tostring(root, encoding="unicode")}\n'
    return text.replace("\n", end).encode(description.encoding, "xmlcharrefreplace")


def _default(description: Description) -> Any:
    """Return the namespaces of the root as lxml takes them; its types know no default one."""
    return dict.fromkeys([None], description.namespace) if description.namespace else None


def _tree(values: Values, record: Record | None) -> Tree:
    return {} if record is None else tree_with(values, record)


def _fill(element: "etree._Element", tree: Tree, description: Description) -> None:
    for name, value in tree.items():
        if name.startswith("@"):
            element.set(name[1:], value)
        elif isinstance(value, dict):
            _fill(etree.SubElement(element, _full(name, description)), value, description)
        elif name:
            etree.SubElement(element, _full(name, description)).text = value
        else:
            element.text = value


def _full(name: str, description: Description) -> str:
    return f"{{{description.namespace}}}{name}" if description.namespace and not name.startswith("{") else name
