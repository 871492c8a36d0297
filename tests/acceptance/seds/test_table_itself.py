"""Hold the hand-made table of the real SEDs against the documents it was read from.

The table is the yardstick of the acceptance test of all SEDs, so it must not be wrong by a slip of the pen:
each of its values stands at the place it names, each place it calls empty is empty, and each leaf that looks like
a name, a birth date, a PIN or a case number is either in the table or left out with a reason.
"""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
REAL = HERE.parents[3] / "shared/real/eessi"
TABLE: dict[str, dict[str, Any]] = {
    name: row
    for dialect in ("nav", "native", "neessi")
    for name, row in json.loads((HERE / f"expected.{dialect}.json").read_text()).items()
}
LEAVES: dict[str, dict[str, Any]] = json.loads((HERE / "leaves.json").read_text())
LEFT_OUT: dict[str, dict[str, Any]] = json.loads((HERE / "left_out.json").read_text())
REFUSED: dict[str, dict[str, Any]] = json.loads((HERE / "refused.json").read_text())
WATCHED = frozenset(key for keys in LEFT_OUT["watched"].values() for key in keys)
ROLES = frozenset({"insured", "spouse", "child", "father", "mother", "survivor", "guardian", "other"})
SED_AND_VERSION = {
    "NAV": ("sed", "sedGVer", "sedVer"),
    "NATIVE": (None, "{sed}.sedGVer", "{sed}.sedVer"),
    "NEESSI": ("sedType", None, "sedVersjon"),
}

pytestmark = pytest.mark.shared
every_file = pytest.mark.parametrize("name", sorted(TABLE))


def read(name: str) -> Any:
    return json.loads((REAL / name).read_bytes())


def without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len({key for key, _ in pairs}) == len(pairs)
    assert not any(isinstance(value, int | float) for _, value in pairs)
    return dict(pairs)


def at(document: Any, path: str) -> Any:
    """Walk a path such as `nav.barn[0].person`; what is not there is None."""
    for key, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        if index:
            document = document[int(index)] if isinstance(document, list) and int(index) < len(document) else None
        else:
            document = document.get(key) if isinstance(document, dict) else None
    return document


def text(document: Any, path: str) -> str | None:
    """The trimmed text of a leaf; blank and absent are None."""
    value = at(document, path)
    return value.strip() or None if isinstance(value, str) else None


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf that holds a text, with its path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{index}]")
    elif isinstance(value, str) and value.strip():
        yield path, value


def places(base: str, leaf: str | list[str]) -> list[str]:
    return [f"{base}.{one}" for one in ([leaf] if isinstance(leaf, str) else leaf)]


Statement = tuple[list[str], str | None]
"""Places where a value may stand, and the value that the table expects there (None: all of them are empty)."""


def of_person(document: Any, dialect: str, person: dict[str, Any]) -> Iterator[Statement]:
    known = LEAVES.get(f"{dialect}/{person['role']}", LEAVES[dialect])
    exceptions = person.get("at", {})
    for field in sorted(known.keys() | exceptions.keys()):
        where = [exceptions[field]] if field in exceptions else places(person["path"], known[field])
        yield where, person.get(field)
    for identifier in person["identifiers"]:
        yield from of_record(document, f"{dialect}/identifier", identifier)


def of_record(document: Any, kind: str, record: dict[str, Any]) -> Iterator[Statement]:
    """An identifier or a case: its path leads to an object, or to the value itself."""
    (main, leaf), *others = LEAVES[kind].items()
    if text(document, record["path"]):
        yield [record["path"]], record[main]
        return
    yield places(record["path"], record.get("leaf", leaf)), record[main]
    for field, other in others:
        yield places(record["path"], other), record[field]


def statements(name: str) -> tuple[Any, list[Statement]]:
    """The document and all that the table says about it."""
    document, row = read(name), TABLE[name]
    dialect = row["dialect"]
    said = [s for person in row["persons"] for s in of_person(document, dialect, person)]
    for kind, records in (("identifier", row.get("loose_identifiers", ())), ("case", row["cases"])):
        said += [s for record in records for s in of_record(document, f"{dialect}/{kind}", record)]
    said += [([mention["path"]], mention["name"]) for mention in row.get("mentions", ())]
    for institution in row.get("institutions", ()):
        said.append((places(institution["path"], "institusjonsid"), institution["id"]))
        said.append((places(institution["path"], "institusjonsnummer"), institution["name"]))
    for field, where in zip(("sed", "gver", "ver"), SED_AND_VERSION[dialect], strict=True):
        said += [([where.format(**row)], row[field])] if where else []
    return document, said


def test_the_table_has_a_row_for_every_sed_and_for_nothing_else() -> None:
    present = {path.relative_to(REAL).as_posix() for path in (REAL / "sed").rglob("*.json")}
    assert present == TABLE.keys()
    assert len(present) == 84


def test_every_other_document_is_listed_as_one_to_refuse() -> None:
    present = {path.relative_to(REAL).as_posix() for path in REAL.rglob("*") if path.is_file()}
    assert present - TABLE.keys() == REFUSED["unparseable"].keys() | REFUSED["not a SED"].keys()


@pytest.mark.parametrize("name", sorted(REFUSED["unparseable"]))
def test_the_fault_of_an_unparseable_document_is_where_the_list_says(name: str) -> None:
    said = REFUSED["unparseable"][name]
    lines = (REAL / name).read_text().splitlines()
    assert lines[said["comma"]["line"] - 1][said["comma"]["column"] - 1 :] == ","
    with pytest.raises(json.JSONDecodeError) as fault:
        read(name)
    after_the_comma, at_the_comma = (said["line"], said["column"]), tuple(said["comma"].values())
    assert (fault.value.lineno, fault.value.colno) in {after_the_comma, at_the_comma}


@every_file
def test_no_sed_holds_a_key_twice_a_byte_order_mark_or_a_number(name: str) -> None:
    assert json.loads((REAL / name).read_bytes().decode("utf-8"), object_pairs_hook=without_twins)


@every_file
def test_every_value_stands_where_the_table_says_and_what_it_calls_empty_is_empty(name: str) -> None:
    document, said = statements(name)
    for where, expected in said:
        found = [value for place in where if (value := text(document, place))]
        assert (where, found) == (where, [expected] if expected else [])


@every_file
def test_every_pin_in_the_list_of_a_person_is_in_the_table(name: str) -> None:
    document, row = read(name), TABLE[name]
    for person in row["persons"]:
        base = f"{person['path']}.{LEAVES['pins'][row['dialect']]}"
        pins = at(document, base)
        listed = [i["path"] for i in person["identifiers"] if i["path"].startswith(f"{base}[")]
        assert listed == [f"{base}[{index}]" for index in range(len(pins) if isinstance(pins, list) else 0)]


@every_file
def test_no_leaf_that_looks_like_a_name_a_date_a_pin_or_a_case_is_forgotten(name: str) -> None:
    document, said = statements(name)
    told = {place for where, expected in said if expected for place in where}
    patterns = LEFT_OUT[TABLE[name]["dialect"]]
    forgotten = [
        path
        for path, _ in leaves(document)
        if re.sub(r"\[\d+\]", "", path).rpartition(".")[2] in WATCHED
        and path not in told
        and not any(fnmatchcase(re.sub(r"\[\d+\]", "", path), pattern) for pattern in patterns)
    ]
    assert forgotten == []


def test_nothing_is_left_out_that_does_not_occur() -> None:
    occurring: dict[str, set[str]] = {}
    for name, row in TABLE.items():
        paths = {re.sub(r"\[\d+\]", "", path) for path, _ in leaves(read(name))}
        occurring.setdefault(row["dialect"], set()).update(paths)
    for dialect, paths in occurring.items():
        assert [p for p in LEFT_OUT[dialect] if not any(fnmatchcase(path, p) for path in paths)] == []


@every_file
def test_persons_have_a_known_role_and_point_at_persons_of_the_same_document(name: str) -> None:
    persons = TABLE[name]["persons"]
    assert len({(p["role"], p["path"]) for p in persons}) == len(persons) > 0
    assert {p["role"] for p in persons} <= ROLES
    known = {p["path"] for p in persons if p["role"] not in {"father", "mother"}}
    pointers = {p[key] for p in persons for key in ("of", "same_as") if key in p}
    pointers |= {i["whose"] for i in TABLE[name].get("loose_identifiers", ()) if i["whose"]}
    assert pointers <= known


@every_file
def test_a_person_is_listed_only_if_something_is_known_about_it(name: str) -> None:
    said_nothing = {"role", "path", "of", "same_as", "subject", "role_code", "doubtful", "at"}
    empty = [p["path"] for p in TABLE[name]["persons"] if not any(p[key] for key in p.keys() - said_nothing)]
    assert empty == []
