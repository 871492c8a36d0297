"""The strict YAML reader: text, positions, and nothing that surprises."""

import pytest

from hub_core import yaml
from hub_core.errors import ConfigError


def read(text):
    return yaml.parse(text, file="x.yaml")


def faults(text, **kwargs):
    with pytest.raises(ConfigError) as caught:
        yaml.parse(text, file="x.yaml", **kwargs)
    return caught.value


def test_every_scalar_is_the_text_that_stands_there():
    node = read("a: NO\nb: 012\nc: 12:30\nd: ~\ne: null\nf: 1.0\ng: 2024-01-01\nh:\ni: ''\nj: 0x1F\nk: <<\n")
    assert yaml.plain(node) == {
        "a": "NO", "b": "012", "c": "12:30", "d": "~", "e": "null", "f": "1.0", "g": "2024-01-01", "h": "", "i": "",
        "j": "0x1F", "k": "<<",
    }  # fmt: skip


def test_quotes_tell_an_empty_text_from_nothing():
    node = read("a:\nb: ''\n")
    assert (node.items["a"].quoted, node.items["b"].quoted) == (False, True)


def test_every_node_knows_its_line_and_column():
    node = read("a: 1\nlist:\n  - x\n  - {deep: y}\n")
    listed = node.items["list"]
    assert yaml.where(node) == "x.yaml:1:1"
    assert yaml.where(node.keys["list"]) == "x.yaml:2:1"
    assert yaml.where(listed.items[0]) == "x.yaml:3:5"
    assert yaml.where(listed.items[1].items["deep"]) == "x.yaml:4:12"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: &x 1\n", "x.yaml:1:4", "anchor"),
        ("a: &x 1\nb: *x\n", "x.yaml:1:4", "anchor"),
        ("b: *x\n", "x.yaml:1:4", "alias"),
        ("a: !!int 1\n", "x.yaml:1:4", "tag"),
        ("a: ! 1\n", "x.yaml:1:4", "tag"),
        ("a: !!python/object/apply:os.system [ls]\n", "x.yaml:1:4", "tag"),
        ("a: 1\nb: 2\na: 3\n", "x.yaml:3:1", "twice"),
        ("a: 1\n---\nb: 2\n", "x.yaml:2:1", "second document"),
        ("%YAML 1.1\n---\na: 1\n", "x.yaml:1:1", "directive"),
        ("[a]: 1\n", "x.yaml:1:1", "not text"),
        ("a: [1\n", "x.yaml:2:1", "not YAML"),
        ("a: 1\n\tb: 2\n", "x.yaml:2:1", "a tab"),
        ("", "x.yaml:1:1", "empty"),
        ("# only words\n", "x.yaml:1:1", "empty"),
        (b"a: 1\nb: \xff\n", "x.yaml:2:4", "UTF-8"),
        ("a: 1\nb: x\u2028y\n", "x.yaml:2:5", "U+2028"),
        ("a: \x07\n", "x.yaml:1:1", "not YAML"),
    ],
)
def test_what_surprises_is_refused_with_its_place(text, place, words):
    error = faults(text)
    assert (error.code, error.where) == ("M101", place)
    assert words in error.text
    assert error.mend


def test_all_faults_of_a_file_are_reported_together():
    error = faults("a: &x 1\na: 2\nb: !t 3\n", code="R101")
    assert [finding.rule for finding in error.findings] == ["x.yaml:1:4", "x.yaml:2:1", "x.yaml:3:4"]
    assert {finding.code for finding in error.findings} == {"R101"}
    assert error.where == "x.yaml:1:4"


def test_depth_is_bounded():
    assert "deeper" in faults("[" * 60 + "]" * 60).text
    assert "deeper" in faults("\n".join("  " * n + "a:" for n in range(60))).text


def test_size_is_bounded():
    assert "too large" in faults("a: " + "x" * yaml.MAX_BYTES).text


def test_an_error_never_repeats_a_value():
    assert "sesame" not in str(faults("password: &sesame sesame\npassword: sesame\n"))


def test_a_missing_file_is_a_fault_with_its_name(tmp_path):
    with pytest.raises(ConfigError) as caught:
        yaml.load(tmp_path / "none.yaml", file="none.yaml", code="R101")
    assert (caught.value.code, caught.value.where) == ("R101", "none.yaml")


def test_a_byte_order_mark_is_no_part_of_the_text():
    assert yaml.plain(read(b"\xef\xbb\xbfa: \xc8\x98erban\n")) == {"a": "Șerban"}


def test_a_misspelt_word_is_answered_with_the_nearest():
    assert yaml.closest("birht", ["birth", "death"]) == "write 'birth' instead"
    assert yaml.closest("zzz", ["birth", "death"]) == "write one of: birth, death"


def test_the_parser_written_in_python_gives_the_same(monkeypatch):
    text = "a: 012\nlist: [x, {y: 'z'}]\n"
    fast = read(text)
    monkeypatch.setattr(yaml, "LOADER", yaml.yaml.SafeLoader)
    assert read(text) == fast
