"""What the page of the adapters says of each is what the contract suite tries on it."""

import pytest

from adapters.kit.load import shipped
from cli.pages.cards import EXEMPT, PARTS, exempt_of, rows_of
from tests.contract import test_adapters as tried

ADAPTERS = dict(shipped())
CLASSES = [it for it in vars(tried).values() if isinstance(it, type) and it.__name__.startswith("Test")]


@pytest.mark.parametrize("name", ADAPTERS)
def test_a_card_says_kept_where_the_suite_tries_it_and_why_where_it_does_not(name):
    bases = {base.__name__ for one in CLASSES if one.adapter.spec.name == name for base in one.__mro__}
    assert bases, f"no class of tests/contract/test_adapters.py tries {name}"
    exempt = exempt_of(ADAPTERS[name].spec)
    assert PARTS.keys() - bases == exempt.keys()
    assert all(exempt.values())


@pytest.mark.parametrize(
    ("name", "not_for_it"),
    [
        ("eessi", {"Sending", "Lasting", "Fetching", "Filing"}),
        ("flat", {"Sending", "Lasting", "Fetching"}),
        ("queue", {"Replayed", "Serving", "Filing"}),
        ("rest", {"Filing"}),
        ("soap", {"Fetching", "Filing"}),
    ],
)
def test_what_an_adapter_does_says_which_parts_are_for_it(name, not_for_it):
    rows = rows_of(ADAPTERS[name].spec)
    assert {part for part, _, kept in rows if kept.startswith("exempt")} == not_for_it


def test_nobody_is_exempt_who_is_not_there():
    assert EXEMPT.keys() <= ADAPTERS.keys()
