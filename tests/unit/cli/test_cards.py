"""What the page of the adapters says of each is what the contract suite tries on it."""

import pytest

from adapters.kit.load import shipped
from cli.pages.cards import EXEMPT, PARTS
from hub_core.directory import Direction
from tests.contract import test_adapters as tried

ADAPTERS = dict(shipped())
CLASSES = [it for it in vars(tried).values() if isinstance(it, type) and it.__name__.startswith("Test")]


@pytest.mark.parametrize("name", ADAPTERS)
def test_a_card_says_kept_where_the_suite_tries_it_and_why_where_it_does_not(name):
    bases = [{base.__name__ for base in one.__mro__} for one in CLASSES if one.adapter.spec.name == name]
    assert bases, f"no class of tests/contract/test_adapters.py tries {name}"
    kept = PARTS.keys() & set.intersection(*bases)
    assert PARTS.keys() - kept == EXEMPT.get(name, {}).keys()
    assert all(EXEMPT.get(name, {}).values())


@pytest.mark.parametrize("name", sorted(ADAPTERS.keys() - {"flat"}))  # whose files no partner answers
def test_whoever_sends_is_not_exempt_from_the_promises_of_sending(name):
    if Direction.OUT in ADAPTERS[name].spec.directions:
        assert not {"Sending", "Lasting"} & EXEMPT.get(name, {}).keys()


@pytest.mark.parametrize("name", ADAPTERS)
def test_nothing_is_sent_by_an_adapter_of_which_that_is_said(name):
    said = "nothing is sent this way" in EXEMPT.get(name, {}).values()
    assert said == (not {Direction.OUT, Direction.ASK} & set(ADAPTERS[name].spec.directions))


def test_nobody_is_exempt_who_is_not_there():
    assert EXEMPT.keys() <= ADAPTERS.keys()
