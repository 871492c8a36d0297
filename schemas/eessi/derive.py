"""Derives JSON Schemas of SEDs from a list of paths of documents that were seen: names and types, never values.

    python -m schemas.eessi.derive PATHS.tsv [FOLDER]

No public schema of SEDs exists. Columns of the list: format, path (``[]`` marks lists), docs, json_types, sed_types.
``additions.tsv`` beside this file names places that the mappings know of and no document showed, each with its reason.
"""  # noqa: INP001 - a script of the data folder

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hub_core.mapping import load

HERE = Path(__file__).resolve().parent
DIALECTS = {"NAV": "NAV", "NEESSI": "NEESSI", "RINA-NATIVE": "NATIVE"}
TYPES = {"str": "string", "bool": "boolean", "int": "integer", "float": "number"}
ENVELOPE = "envelope"


class Seen(NamedTuple):
    """One path of one type of document."""

    dialect: str
    sed: str
    steps: tuple[str, ...]
    types: tuple[str, ...]
    docs: int
    seds: frozenset[str]  # all types of documents that hold the path, which ``docs`` counts together


class Part:
    """A place and what was seen there."""

    def __init__(self) -> None:
        self.parts: dict[str, Part] = {}
        self.types: set[str] = set()
        self.listed = False
        self.single = False
        self.own = False  # seen in the document itself: others of its dialect say nothing about how often it stands

    def schema(self) -> dict[str, Any]:
        """Return what stands here; lists and single values both, where both were seen."""
        one = self._one()
        if not self.listed:
            return one
        listed: dict[str, Any] = {"type": "array", "items": one}
        return {"anyOf": [listed, one]} if self.single else listed

    def _one(self) -> dict[str, Any]:
        plain = sorted(TYPES[name] for name in self.types if name in TYPES)
        text: dict[str, Any] = {"type": plain[0] if len(plain) == 1 else plain}
        if not self.parts:
            return text if plain else {}
        properties = {name: self.parts[name].schema() for name in sorted(self.parts)}
        whole = {"type": "object", "additionalProperties": False, "properties": properties}
        return {"anyOf": [whole, text]} if plain else whole


def read(paths: Path) -> Iterator[Seen]:
    """Yield the rows of a list of paths, one for each type of document."""
    with paths.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            dialect = DIALECTS[row["format"]]
            steps = tuple(row["path"].split("."))
            types = tuple(part.partition(":")[0] for part in row["json_types"].split(","))
            seds = frozenset(row["sed_types"].split(","))
            for sed in sorted(seds):
                # The paths of a NATIVE mapping start below the key that names the type.
                own = steps[1:] if dialect == "NATIVE" else steps
                yield Seen(dialect, sed, own, types, int(row["docs"]), seds)


def schemas(rows: Iterable[Seen]) -> dict[str, dict[str, Any]]:
    """Return the schemas by file name: one for each document with a mapping of its own, one for all others."""
    own = {(mapping.source.dialect, mapping.source.document) for mapping in load().all if mapping.source.document}
    found: dict[tuple[str, str], list[Seen]] = {}
    dialects: dict[str, list[Seen]] = {}
    for row in rows:
        found.setdefault((row.dialect, row.sed if (row.dialect, row.sed) in own else ENVELOPE), []).append(row)
        dialects.setdefault(row.dialect, []).append(row)
    return {
        f"{name[0]}-{name[1]}.schema.json".lower(): _whole(*name, found[name], dialects[name[0]])
        for name in sorted(found)
    }


def add(root: Part, row: Seen, *, own: bool = True) -> None:
    """Add what one row says to the places it names."""
    place = root
    for step in row.steps:
        place = place.parts.setdefault(step.removesuffix("[]"), Part())
        place.own |= own
        if place.own and not own:
            continue
        if step.endswith("[]"):
            place.listed = True
        elif "NoneType" not in row.types or step is not row.steps[-1]:
            place.single = True
    if own or not place.own:
        place.types |= set(row.types)


def _whole(dialect: str, sed: str, rows: list[Seen], others: list[Seen]) -> dict[str, Any]:
    """Return the schema of one document, by what was seen in it and in the same parts of other documents."""
    root = Part()
    parts = {row.steps[0] for row in rows}
    for row in rows:
        add(root, row)
    for row in others:
        if row.steps[0] in parts:
            add(root, row, own=False)
    types = {row.sed for row in rows}
    count = max((row.docs for row in rows if row.seds <= types), default=0)
    comment = (
        f"No public schema of SEDs exists: derived from samples, at least {count} real documents "
        f"({', '.join(sorted(types))}) in {dialect} form, what others of that form show of the same parts, and "
        "additions.tsv. "
        "Names and types only; other documents may hold more."
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{sed} in {dialect} form, as seen",
        "$comment": comment,
        **root.schema(),
    }


def written(schema: dict[str, Any]) -> str:
    """Return a schema as its file holds it."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def derived(paths: Path) -> dict[str, str]:
    """Return all files by name."""
    rows = [*read(paths), *read(HERE / "additions.tsv")]
    return {name: written(schema) for name, schema in schemas(rows).items()}


if __name__ == "__main__":
    for file_name, text in derived(Path(sys.argv[1])).items():
        (HERE / file_name).write_text(text, encoding="utf-8")
