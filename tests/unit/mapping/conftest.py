"""Small mappings for tests: the same fields and the same document, once as XML and once as JSON.

Source paths in fields stand between ``<`` and ``>`` and are written in the JSON way: ``<a.b[]>``.
"""

import re
from datetime import date

import msgspec
import pytest
from lxml import etree

from hub_core.document import Document
from hub_core.mapping import load

ON = date(2025, 1, 1)
CODES = {
    "sex@1": "codes:\n  male: {text: Male}\n  female: {text: Female}\n",
    "test-sex@1": """
of: sex@1
codes:
  male: {in: [M, m], out: M, why: small letters occur}
  female: {in: [F]}
""",
    "country@1": "codes:\n  NO: {in: [Norge]}\n",
    "kind@1": "codes:\n  a: {in: [A]}\n  b: {in: [B]}\n",
}


class Workbench:
    """Writes mapping files into a folder of their own and reads documents with them."""

    def __init__(self, folder, kind="json"):
        self.folder = folder
        self.kind = kind
        (folder / "codes").mkdir()
        for name, text in CODES.items():
            head = f"list: {name}\ntitle: {name}\nsource: made for tests\n"
            (folder / "codes" / f"{name}.yaml").write_text(head + text.lstrip("\n"))

    def translated(self, text):
        return translated(text, self.kind)

    def write(self, fields, *, top="", name="test.yaml"):
        source = "{json: TEST}" if self.kind == "json" else '{xml: "{}root"}'
        codes = "codes: {sex: test-sex@1, country: country@1, kind: kind@1, role: sex@1}"
        text = f"mapping: test.test/1\nsource: {source}\ntarget: Beneficiary@1\n{codes}\n{top}\nfields:\n"
        text += "\n".join(f"  {line}" for line in fields.strip("\n").split("\n"))
        (self.folder / name).write_text(self.translated(text) + "\n")
        return self

    def mapping(self, fields, *, top=""):
        return self.write(fields, top=top).load().all[0]

    def load(self):
        return load([self.folder], schemas=self.folder)

    def document(self, body, **more):
        return document_of(body, self.kind, **more)

    def read(self, fields, body, *, top="", **more):
        mapping = self.mapping(fields, top=top)
        document = self.document(body, **more)
        reading = mapping.read(document, on=ON)
        assert mapping.explain(document, on=ON)[0] == reading
        return of_mapping(reading)

    def left(self, reading):
        """Paths of unmapped leaves, in the JSON way, without indexes."""
        return sorted(re.sub(r"\[\d+\]", "", leaf.path).replace("/", ".") for leaf in reading.unmapped)


def translated(text, kind):
    """Return a mapping with its paths written in the way of a kind of documents."""
    return re.sub(r"<([^<>]*)>", lambda match: _path(match[1], kind), text)


def _path(text, kind):
    if kind == "json" or text == ".":
        return text
    return text.replace("[]", "").replace(".", "/")


def document_of(body, kind, **more):
    """Return a document that says the same in its own way."""
    if kind == "json":
        return Document(kind="json", root=body, name="T", dialect="TEST", **more)
    return Document(kind="xml", root=_element("root", body), name="root", **more)


def of_mapping(reading):
    """Return a reading without the findings about its record, which other tests speak of."""
    findings = tuple(finding for finding in reading.findings if finding.code[0] in "MJ")
    return msgspec.structs.replace(reading, findings=findings)


def _element(name, value):
    element = etree.Element(name)
    if isinstance(value, dict):
        for key, inner in value.items():
            for one in inner if isinstance(inner, list) else [inner]:
                element.append(_element(key, one))
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None and not isinstance(value, list):
        element.text = str(value)
    return element


@pytest.fixture(params=["json", "xml"])
def bench(request, tmp_path):
    """Return a workbench for both kinds of documents, one after the other."""
    return Workbench(tmp_path, request.param)


@pytest.fixture
def of_json(tmp_path):
    return Workbench(tmp_path, "json")


@pytest.fixture
def of_xml(tmp_path):
    return Workbench(tmp_path, "xml")
