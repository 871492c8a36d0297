"""What adapters of other packages rely on changes only as its version says, and what moves is found for a while."""

import json
from itertools import pairwise
from types import ModuleType

import pytest

from cli.pages.sdk import demanded, members, surface
from hub_core.places import ROOT
from hub_core.ports import SDK
from hub_core.surface import Former, given


def kept():
    """Return what was written down of each version, by its numbers."""
    files = (ROOT / "schemas/hub").glob("sdk-*.json")
    return {tuple(map(int, path.stem[4:].split("."))): json.loads(path.read_text()) for path in files}


def test_what_adapters_may_rely_on_is_what_its_version_says():
    version = tuple(map(int, SDK.split(".")))
    changes = demanded(kept()[version], surface())
    assert not changes, "\n".join([*changes, "then: make docs, and a line in CHANGELOG.md"])


def test_a_second_number_only_adds():
    versions = sorted(kept())
    for before, after in pairwise(versions):
        if before[0] == after[0]:
            assert [it for it in demanded(kept()[before], kept()[after]) if "first number" in it] == []


@pytest.mark.parametrize(
    ("now", "change"),
    [
        ({"a": "(x: int)"}, []),
        ({"a": "(x: int)", "b": "()"}, ["b was added: raise the second number of SDK"]),
        ({}, ["a was taken away: raise the first number of SDK"]),
        ({"a": "()"}, ["a was (x: int), is (): raise the first number of SDK"]),
    ],
)
def test_each_change_names_the_number_that_has_to_grow(now, change):
    assert demanded({"a": "(x: int)"}, now) == change


@pytest.mark.parametrize(
    ("now", "number"),
    [
        ("class (*, a: dict[str, int], b: int, c: str | None = None)", "second"),
        ("class (*, a: dict[str, int], b: int, c: str)", "first"),
        ("class (*, a: dict[str, str], b: int)", "first"),
        ("class (*, b: int)", "first"),
        ("(*, a: dict[str, int], b: int, c: str | None = None)", "first"),
    ],
)
def test_only_what_may_be_left_out_is_added_to_a_class(now, number):
    (change,) = demanded({"a": "class (*, a: dict[str, int], b: int)"}, {"a": now})
    assert f"raise the {number} number" in change


def test_nothing_of_this_machine_stands_in_the_surface():
    assert str(ROOT) not in json.dumps(surface())
    assert " at 0x" not in json.dumps(surface())


def test_a_name_that_moved_is_found_for_one_version_with_a_warning():
    get = given("adapters.kit", {}, {"encode": Former("json", "dumps", "1.1")})
    with pytest.warns(DeprecationWarning, match="adapters.kit.encode is json.dumps since version 1.1"):
        assert get("encode") is json.dumps


def test_a_name_that_moved_is_not_taken_away():
    module = ModuleType("moved")
    vars(module).update(__all__=["dumps"], dumps=json.dumps, FORMER={"encode": Former("json", "dumps", "1.1")})
    assert members(module) == [("dumps", json.dumps), ("encode", json.dumps)]


def test_a_name_that_never_was_is_no_name():
    with pytest.raises(AttributeError, match="no_such_name"):
        given("adapters.kit", {})("no_such_name")
