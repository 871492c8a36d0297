"""Runs the examples of docs/reference/mapping-language.md.

A mapping stands in a block ``yaml mapping``; what is missing of its head is added. It is followed by documents
(``json source`` or ``xml source``), each by what comes out: ``json record`` (without the normal form of names) and
``text says`` (the verdict where it is not a record, then a line for each finding but M205 and C304: examples show a
part of a document, often one without the person). ``yaml wrong`` holds a mapping that cannot be loaded, ``yaml codes``
and ``yaml blocks FILE`` hold files that the examples use. ``python function`` is a registered function; its contract runs
it.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from lxml import etree

from hub_core.document import Document
from hub_core.mapping import CompiledMapping, load
from hub_core.places import MAPPINGS, ROOT
from hub_core.reading import Reading

PAGE = ROOT / "docs" / "reference" / "mapping-language.md"
ON = date(2025, 1, 1)
_FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEAD = {"mapping": "example.language/1", "source": "{json: EXAMPLE}", "target": "Beneficiary@1"}


@dataclass
class Case:
    """One document of an example, and what the page says comes out."""

    kind: str
    body: str
    settings: dict[str, str]
    record: str | None = None
    written: str | None = None
    says: str | None = None


@dataclass
class Example:
    """One mapping of the page."""

    line: int
    text: str
    right: bool
    cases: list[Case] = field(default_factory=list)
    says: str = ""


@dataclass
class Page:
    """All that the page shows."""

    examples: list[Example] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    functions: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def page(text: str) -> Page:
    """Read the blocks of a page."""
    found = Page()
    for match in _FENCE.finditer(text):
        kind, _, settings = match[1].strip().partition(" ")
        word, _, settings = settings.partition(" ")
        line = text.count("\n", 0, match.start()) + 1
        _block(found, f"{kind} {word}".strip(), settings, match[2], line)
    return found


def _block(found: Page, kind: str, settings: str, body: str, line: int) -> None:
    match kind:
        case "yaml mapping" | "yaml wrong":
            found.examples.append(Example(line, body, right=kind == "yaml mapping"))
        case "python function":
            found.functions.append(body)
        case "yaml codes":
            name = re.search(r"^list: (.+)$", body, re.MULTILINE)
            found.files[f"codes/{name[1] if name else ''}.yaml"] = body
        case "yaml blocks":
            found.files[settings] = body
        case "json source" | "xml source":
            pairs = dict(pair.split("=") for pair in settings.split())
            found.examples[-1].cases.append(Case(kind.partition(" ")[0], body, pairs))
        case "json record":
            found.examples[-1].cases[-1].record = body
        case "json written":
            found.examples[-1].cases[-1].written = body
        case "text says" if found.examples[-1].cases:
            found.examples[-1].cases[-1].says = body
        case "text says":
            found.examples[-1].says = body
        case _:
            found.unknown.append(f"{line}: {kind}")


def written(example: Example) -> str:
    """Return the example as a whole mapping file."""
    keys = set(re.findall(r"^(\w+):", example.text, re.MULTILINE))
    text = example.text
    if "fields" not in keys:
        text = "fields:\n" + "".join(f"  {line}\n" for line in text.splitlines())
        keys = set()
    return "".join(f"{key}: {value}\n" for key, value in _HEAD.items() if key not in keys) + text


def unfolded(folder: Path, found: Page, example: Example) -> CompiledMapping:
    """Load an example in a folder of its own, together with the shipped code lists and the files of the page."""
    (folder / "codes").mkdir()
    files = {f"codes/{path.name}": path.read_text("utf-8") for path in (MAPPINGS / "codes").glob("*.yaml")}
    for name, text in {**files, **found.files, "example.yaml": written(example)}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return next(mapping for mapping in load([folder]).all if mapping.file == "example.yaml")


def read(mapping: CompiledMapping, case: Case) -> Reading:
    """Read the document of a case."""
    more: dict[str, Any] = {"name": case.settings.get("name", "EXAMPLE"), "request": case.settings.get("request")}
    if case.kind == "xml":
        document = Document(kind="xml", root=etree.fromstring(case.body), **more)
    else:
        document = Document(kind="json", root=msgspec.json.decode(case.body), dialect="EXAMPLE", **more)
    return mapping.read(document, on=ON)


def record_of(reading: Reading) -> Any:
    """Return the record as JSON data, without the normal form of names."""
    return _without_normal(msgspec.to_builtins(reading.record, str_keys=True)) if reading.record else None


def _without_normal(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_normal(inner) for key, inner in value.items() if key != "normal"}
    return [_without_normal(inner) for inner in value] if isinstance(value, list | tuple) else value


def said(reading: Reading) -> list[str]:
    """Return the verdict where it is not a record, then the findings."""
    lines = [] if reading.verdict.value == "record" else [reading.verdict.value]
    return lines + [
        f"{one.code} {one.severity.value}: {one.at or ''} <- {one.source or ''}".strip()
        for one in reading.findings
        if one.code not in {"M205", "C304"}
    ]
