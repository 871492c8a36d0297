"""Telling the three dialects of SEDs apart."""

import json
from pathlib import Path

import pytest

from adapters.eessi import ADAPTER
from hub_core.errors import Rejected


@pytest.mark.parametrize(
    ("value", "dialect", "name"),
    [
        ({"sed": "P2000", "sedGVer": "4", "nav": {}}, "NAV", "P2000"),
        ({"nav": {}, "sed": " P3000_NO "}, "NAV", "P3000_NO"),
        ({"sed": "H010", "Sector Components/Horizontal/H010": "x"}, "NAV", "H010"),
        ({"sedType": "U002", "sedVersjon": "4.2", "bruker": {}}, "NEESSI", "U002"),
        ({"P2200": {"sedPackage": "Sector Components/Pensions/P2200"}}, "NATIVE", "P2200"),
        ({"DA001": {"sedGVer": "4"}}, "NATIVE", "DA001"),
    ],
)
def test_a_sed_is_recognised_by_its_content(value: dict, dialect: str, name: str) -> None:
    document = ADAPTER.open(json.dumps(value).encode())
    assert (document.dialect, document.name, document.kind) == (dialect, name, "json")
    assert document.root == (value[name] if dialect == "NATIVE" else value)


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        "P2000",
        {"sed": {"filnavn": "x.pdf"}},
        {"sed": "hello"},
        {"sedType": "P2000", "sedId": "P2000_1_1", "navBruker": "x"},
        {"P2000": {}},
        {"P2000": "x"},
        {"P2000": {"sedGVer": "4"}, "P2100": {"sedGVer": "4"}},
        {"P2000": {"sedGVer": "$sedGVer"}},
        {"persons": {"sedGVer": "4"}},
    ],
)
def test_what_is_no_sed_is_said_to_be_none(value: object) -> None:
    with pytest.raises(Rejected, match="not a SED") as refused:
        ADAPTER.open(json.dumps(value).encode())
    assert refused.value.code == "V301"


def test_what_is_no_json_object_at_all_is_no_sed() -> None:
    with pytest.raises(Rejected, match="not a SED"):
        ADAPTER.open(b"file\tsed_type\n")


@pytest.mark.shared
def test_every_real_sed_is_recognised_and_nothing_else_is(shared: Path) -> None:
    dialects: dict[str, int] = {}
    for path in sorted((shared / "eessi").rglob("*")):
        if path.is_dir():
            continue
        folder = path.relative_to(shared / "eessi").parts
        try:
            document = ADAPTER.open(path.read_bytes())
        except Rejected as refused:
            found = refused.code
        else:
            found = document.dialect or ""
        dialects[found] = dialects.get(found, 0) + 1
        wanted = folder[1].upper() if folder[0] == "sed" else {"unparseable": "B103"}.get(folder[0], "V301")
        assert found == wanted or (folder[0] == "template" and found in ("V301", "NAV", "NATIVE")), path.name
    assert (dialects["NAV"], dialects["NEESSI"]) == (70, 10)
