"""Changing mappings as an operator does: compare, run in shadow, promote, roll back."""

import json

import pytest

from hub_core.places import MAPPINGS
from hub_demo.story import catch_up
from registry.remote import RemoteDesk

pytestmark = pytest.mark.network

NAME = "eessi/nav-p2000.yaml"
FIXTURE = MAPPINGS / "eessi" / "fixtures" / "nav-p2000.json"
FAMILY = json.loads(FIXTURE.read_text(encoding="utf-8"))["nav"]["bruker"]["person"]["etternavn"]


@pytest.fixture
def changed(tmp_path):
    """Return a mapping of the P2000 that asks another field for the family name."""
    path = tmp_path / "eessi" / "nav-p2000.yaml"
    path.parent.mkdir()
    text = (MAPPINGS / NAME).read_text(encoding="utf-8")
    path.write_text(text.replace("fields:\n", "fields:\n  exchange.request: {const: changed}\n", 1), encoding="utf-8")
    return path


@pytest.fixture
def without_names(tmp_path):
    """Return the folder of all mappings, with a block that no longer reads the family name."""
    for source in MAPPINGS.rglob("*.yaml"):
        if "fixtures" not in source.parts:
            copy = tmp_path / "all" / source.relative_to(MAPPINGS)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(source.read_bytes())
    blocks = tmp_path / "all" / "eessi" / "nav-blocks.yaml"
    text = blocks.read_text(encoding="utf-8")
    kept = [line for line in text.splitlines(keepends=True) if not line.strip().startswith("name.family:")]
    assert len(kept) < len(text.splitlines())
    blocks.write_text("".join(kept), encoding="utf-8")
    return tmp_path / "all"


def test_two_sets_that_read_alike_end_with_0_and_others_with_1(place, changed):
    same = place.punte("mapping", "diff", "in-force", MAPPINGS, "--on", FIXTURE)
    assert "nothing would change" in same.err
    other = place.punte("mapping", "diff", "in-force", changed, "--on", FIXTURE.parent, code=1)
    assert "~ eessi.nav.p2000/1" in other.out
    assert "exchange.request" in other.out


def test_a_value_that_would_change_is_shown_masked_unless_somebody_may_see_it(place, without_names):
    given = ("mapping", "diff", "in-force", without_names, "--on", FIXTURE)
    hidden = place.punte(*given, code=1)
    assert "name.family" in hidden.out
    assert FAMILY not in hidden.out
    assert FAMILY in place.punte(*given, "--reveal", "--reason", "complaint 7", code=1).out
    place.punte(*given, "--reveal", code=2)


def test_the_same_in_numbers_for_programs(place, without_names):
    answer = place.punte("mapping", "diff", "in-force", without_names, "--on", FIXTURE.parent, "--json", code=1).json
    family = next(
        it for it in answer["fields"] if it["field"] == "name.family" and it["mapping"] == "eessi.nav.p2000/1"
    )
    assert (family["kind"], family["messages"]) == ("removed", len(list(FIXTURE.parent.glob("nav-p2000*.json"))))
    assert answer["compared"] >= answer["different"] > 0
    assert answer["failed"] == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("in-force", "in-force"), 2, "--on"),
        (("in-force", "in-force", "--on", FIXTURE, "--last", "3"), 2, "--on"),
        (("in-force", "nowhere", "--on", FIXTURE), 3, "J103"),
        (("in-force", "in-force", "--last", "3"), 3, "J103"),
    ],
)
def test_what_cannot_be_compared_says_what_to_do(place, arguments, code, said):
    assert said in place.punte("mapping", "diff", *arguments, code=code).err


def test_from_shadow_to_promotion_and_back_on_kept_messages(hub, changed, tmp_path):
    key = hub.punte("mapping", "releases", "--json").json
    assert (key["in_force"], key["shadow"]) == (1, None)
    assert "nothing runs in shadow" in hub.punte("mapping", "shadow").err

    told = hub.punte("mapping", "shadow", changed, "--reason", "asked for by the office").out
    assert "release 2 runs in shadow beside release 1" in told
    assert hub.punte("mapping", "shadow", "status", "--json").json["counted"]["compared"] == 0

    assert "release 2 is in force" in hub.punte("mapping", "promote", "--reason", "looked at").out
    assert "release 1 is in force again" in hub.punte("mapping", "rollback", "--reason", "they changed their mind").out
    refused = hub.punte("mapping", "rollback", code=1)
    assert "R305" in refused.err

    acts = [(one["act"], one["reason"]) for one in hub.punte("mapping", "releases", "--json").json["history"]]
    assert acts[:3] == [
        ("rollback", "they changed their mind"),
        ("promote", "looked at"),
        ("shadow", "asked for by the office"),
    ]
    hub.stop()
    assert "release 1" in hub.punte("mapping", "releases").out
    assert "release 2 runs in shadow beside release 1 as soon as the hub runs" in hub.punte("mapping", "shadow", 2).out
    version = next(
        one["mapping"] + "@" + one["hash"]
        for one in hub.punte("mapping", "list", "--root", _folder(changed, tmp_path), "--json").json
        if one["mapping"] == "eessi.nav.p2000/1"
    )
    assert "exchange.request" in hub.punte("mapping", "diff", 1, version, "--on", FIXTURE, code=1).out


def _folder(changed, tmp_path):
    """Return all shipped mappings with the changed one among them."""
    whole = tmp_path / "whole"
    for source in MAPPINGS.rglob("*.yaml"):
        copy = whole / source.relative_to(MAPPINGS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(source.read_bytes())
    (whole / NAME).write_bytes(changed.read_bytes())
    return whole


def test_kept_messages_are_compared_and_a_revealed_one_says_who_looked(hub, without_names):
    key = hub.punte("key", "new", "ap-1", "--institution", "eessi-access-point").out.strip()
    sent = hub.punte("send", FIXTURE, "--endpoint", "seds", "--key", key, "--json").json["reference"]
    given = ("mapping", "diff", "in-force", without_names, "--last", "10", "--json")
    hidden = hub.punte(*given, code=1)
    assert (hidden.json["compared"], hidden.json["different"]) == (1, 1)
    assert FAMILY not in hidden.out
    assert FAMILY in hub.punte(*given, "--reveal", "--reason", "complaint 7", code=1).out
    entries = hub.punte("messages", "show", sent, "--json").json["entries"]
    assert [one["detail"] for one in entries if one["step"] == "revealed"] == ["complaint 7"]


def test_the_demo_puts_the_delivered_mappings_in_force_where_others_were(hub, changed):
    hub.punte("mapping", "promote", changed, "--reason", "an older version")
    desk = RemoteDesk(hub.home / "control.sock")
    for _ in range(2):
        catch_up(desk)
        told = desk.call("mapping_releases", {})
        assert (told["in_force"], told["folder_is_in_force"]) == (1, True)
    assert len(told["history"]) == 3
