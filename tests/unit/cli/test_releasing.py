"""What commands on mapping releases ask of the desk, and what they print."""

import pytest

pytestmark = pytest.mark.network

HISTORY = {"at": "2026-03-01T10:00:00Z", "by": "ana", "act": "begin", "release": 1, "reason": "delivered"}
COUNTED = {
    "since": "2026-03-02T10:00:00Z",
    "compared": 1200,
    "different": 3,
    "failed": 1,
    "skipped": 40,
    "waiting": 2,
    "more": 0,
    "fields": [{"mapping": "a/1", "field": "sex", "kind": "changed", "messages": 3, "examples": ["m-1", "m-2"]}],
}
RELEASES = {
    "in_force": 1,
    "before": None,
    "shadow": None,
    "folder_is_in_force": True,
    "counted": None,
    "history": [HISTORY],
}
DONE = {
    "in_force": 1,
    "before": None,
    "shadow": 2,
    "changes": [{"action": "changed", "mapping": "a/1"}],
    "running": True,
}


@pytest.fixture
def releases(desk):
    desk.answers |= {"mapping_releases": RELEASES, "mapping_shadow": DONE, "mapping_promote": DONE | {"in_force": 2}}
    return desk


@pytest.fixture
def mapping(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("mapping: a/1\n", encoding="utf-8")
    return path


def test_a_file_and_a_folder_are_sent_with_the_code_lists_beside_them(releases, punte, mapping):
    (mapping.parent / "codes").mkdir()
    (mapping.parent / "codes" / "own@1.yaml").write_text("list: own@1\n")
    lists = {"codes/own@1.yaml": "list: own@1\n"}
    for what, files in (
        (mapping, {str(mapping): "mapping: a/1\n"}),
        (mapping.parent, {"a.yaml": "mapping: a/1\n"} | lists),
    ):
        assert punte("mapping", "shadow", what, "--reason", "try").code == 0
        verb, arguments = releases.asked[-1]
        assert (verb, arguments["whole"], arguments["reason"]) == ("mapping_shadow", False, "try")
        assert (arguments["files"], arguments["beside"]) == (files, lists)
        assert arguments["by"]


def test_only_a_folder_can_be_all_there_is(releases, punte, mapping):
    for what in (mapping.parent, mapping):
        punte("mapping", "promote", what, "--whole")
    assert [arguments["whole"] for _, arguments in releases.asked] == [True, False]


def test_a_release_is_named_by_its_number_and_the_shadow_by_nothing(releases, punte):
    assert "release 2 is in force" in punte("mapping", "promote", "2").out
    assert releases.asked[-1][1]["release"] == 2
    punte("mapping", "promote")
    assert {"release", "files"}.isdisjoint(releases.asked[-1][1])


def test_what_is_no_file_folder_or_release_is_wrong_usage(releases, punte, tmp_path):
    for what in ("nowhere", tmp_path):
        assert punte("mapping", "promote", what).code == 2
    assert releases.asked == []


def test_a_file_that_is_not_utf8_is_named_with_its_place(releases, punte, mapping):
    mapping.write_bytes(b"mapping: a/1\nx: \xff\n")
    result = punte("mapping", "shadow", mapping)
    assert result.code == 1
    assert ":2:4: M101 not UTF-8" in result.err


def test_the_status_of_a_shadow_shows_counts_fields_and_where_to_look(releases, punte):
    releases.answers["mapping_releases"] = RELEASES | {"shadow": 2, "counted": COUNTED}
    out = punte("mapping", "shadow", "status").out
    assert "1,200 messages, 3 of them differ" in out
    assert "40 skipped" in out
    assert "1 could not be read" in out
    assert "sex" in out
    assert "m-1" in out


@pytest.mark.parametrize(
    ("answer", "said"),
    [({}, "nothing runs in shadow"), ({"shadow": 2}, "as soon as the hub runs")],
)
def test_without_counts_the_status_says_why(releases, punte, answer, said):
    releases.answers["mapping_releases"] = RELEASES | answer
    assert said in punte("mapping", "shadow").err


def test_the_history_names_who_what_when_and_why_and_a_folder_that_differs(releases, punte):
    releases.answers["mapping_releases"] = RELEASES | {"folder_is_in_force": False}
    result = punte("mapping", "releases")
    assert "1  begin  2026-03-01 12:00:00 +02  ana  delivered" in result.out
    assert "what was delivered with the hub differs from what is in force: punte doctor" in result.err
    assert punte("mapping", "releases", "--json").code == 0
