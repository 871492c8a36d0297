"""The examples in the documentation of names and identifiers hold."""

import doctest

import pytest

from hub_core.canonical import identifiers, names

MODULES = [names, identifiers.cnp, identifiers.cui, identifiers.iban, identifiers.nif, identifiers.siruta]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_examples_hold(module):
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0
