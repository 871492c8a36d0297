"""The same real document in NATIVE and in NAV form becomes the same record.

Four documents exist in both forms. Every difference between their records is listed with its reason; any other one, and
a listed one that is gone, fails.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.shared

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "eessi-pensjon-prefill_"
REPLACED = "previous given names were replaced in one of the two documents only"
OTHER_JOBS = "the two documents describe different jobs"
PARENTS = "the NAV document calls the given names of the other person's parents given names at birth"

# NATIVE document, NAV document, and where their records differ: a place stands for all that lies below it.
TWINS: dict[str, tuple[str, str, dict[str, str]]] = {
    "P10000": (
        "P10000-EU.json",
        "P10000-03Barn-NAV.json",
        {"former_names[0].given": REPLACED, "relatives[0].former_names[0].given": REPLACED},
    ),
    "P9000": (
        "P9000-EU.json",
        "P9000-NAV.json",
        {
            "former_names[0].given": REPLACED,
            "relatives[0].former_names[0].given": REPLACED,
            "relatives[0].role.code": "02 in the NATIVE document, which no list knows, 01 in the NAV document",
            "relatives[0].father.name": PARENTS,
            "relatives[0].father.birth_name.given": PARENTS,
            "relatives[0].mother.name": PARENTS,
            "relatives[0].mother.birth_name.given": PARENTS,
            "documents": "six enclosures are ticked in the NATIVE document, one in the NAV document",
        },
    ),
    "P2200": (
        "P2200-EU-fixed-employdetails.json",
        "P2200-NAV.json",
        {"former_names[0].given": REPLACED, "spouse.former_names[0].given": REPLACED, "employments": OTHER_JOBS},
    ),
    "P2100": (
        "P2100_EU_draft1.json",
        "P2100-PinDK-NAV.json",
        {
            "former_names[0].given": REPLACED,
            "survivor.former_names[0].given": REPLACED,
            "survivor.identifiers[0].value": "the survivor has another number in each of the documents",
            "survivor.identifiers[0].country": "the survivor has another number in each of the documents",
            "children[0].relation": "only the NATIVE document has a code for it, which no list knows",
            "cases[1].institution": "the NAV document leaves out the institution of the benefit",
        },
    ),
}
# The form of the document itself; codes as received; the normal form, which follows the name; what has no field.
FORM = {"dialect", "text", "normal", "unmapped", "gaps"}


def read(document: Path) -> dict[str, Any]:
    """Read one document with the command line."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", "read", "--json", str(document)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    record: dict[str, Any] = json.loads(done.stdout)["record"]
    return record


def leaves(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    """Yield path and value of everything that both forms can say."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in FORM or at.startswith("notes["):
                yield from leaves(inner, f"{at}.{key}" if at else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{at}[{index}]")
    else:
        yield at, str(value)


def lies_in(path: str, place: str) -> bool:
    return path == place or path.startswith((f"{place}.", f"{place}["))


@pytest.mark.parametrize("kind", TWINS)
def test_both_forms_of_a_document_become_the_same_record(kind: str, shared: Path) -> None:
    native_name, nav_name, known = TWINS[kind]
    native = dict(leaves(read(shared / "eessi" / "sed" / "native" / f"{PREFIX}{native_name}")))
    nav = dict(leaves(read(shared / "eessi" / "sed" / "nav" / f"{PREFIX}{nav_name}")))
    differing = {path for path in native.keys() | nav.keys() if native.get(path) != nav.get(path)}
    assert {path for path in differing if not any(lies_in(path, place) for place in known)} == set()
    assert {place for place in known if not any(lies_in(path, place) for path in differing)} == set()
