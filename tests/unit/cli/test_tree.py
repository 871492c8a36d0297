"""A canonical record as people read it."""

import pytest

from cli.tree import inline, leaves, show_record
from hub_core.testing.records import a_record

RECORD = {
    "name": {"family": "Ionescu", "given": "Ana"},
    "emails": ["a@example.org", "b@example.org"],
    "sex": {"list": "sex@1", "code": "female", "text": "F"},
    "insurance": [{"kind": {"list": "k@1", "code": None, "text": "x"}, "period": {"start": "2020-01-01"}}],
    "unmapped": [{"path": "a/b", "value": "1"}],
}


@pytest.mark.parametrize(
    ("node", "shown"),
    [
        ({"list": "sex@1", "code": "female", "text": "female"}, "female (sex@1)"),
        ({"list": "sex@1", "code": None, "text": "Q"}, "Q (not in sex@1)"),
        ({"start": "2020-01-01", "end": "2020-12-31"}, "2020-01-01 to 2020-12-31"),
        ({"end": "2020-12-31"}, "? to 2020-12-31"),
        ({"start": "2020-01-01"}, "2020-01-01 to ?"),
        ({"amount": "1.50", "currency": "RON"}, "1.50 RON"),
        ({"amount": "1.50"}, None),
        (True, "yes"),
        ([], "[]"),
        ({}, "{}"),
        (["a"], None),
        ("a\x1b", "a\\x1b"),
    ],
)
def test_small_objects_are_one_value(node, shown):
    assert inline(node) == shown


def test_leaves_carry_their_canonical_paths():
    assert dict(leaves(RECORD)) == {
        "name.family": "Ionescu",
        "name.given": "Ana",
        "emails[0]": "a@example.org",
        "emails[1]": "b@example.org",
        "sex": "female (sex@1, received F)",
        "insurance[0].kind": "x (not in k@1)",
        "insurance[0].period": "2020-01-01 to ?",
        "unmapped[0].path": "a/b",
        "unmapped[0].value": "1",
    }


def test_in_a_pipe_a_record_is_one_line_per_value_without_its_unmapped_leaves(capsys):
    show_record(RECORD, title="Record")
    lines = capsys.readouterr().out.splitlines()
    assert "sex                  female (sex@1, received F)" in lines
    assert not any("unmapped" in line for line in lines)


def test_every_value_of_a_whole_record_is_shown(capsys):
    import msgspec

    record = msgspec.json.decode(msgspec.json.encode(a_record()))
    show_record(record, title="Record")
    out = capsys.readouterr().out
    for value in ("2850415123450", "IONESCU-ŞTEFAN", "1985-04-15", "RO49AAAA1B31007593840000", "0012/03.11.2025"):
        assert value in out
