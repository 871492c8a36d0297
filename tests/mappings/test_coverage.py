"""What the tests of the shipped mappings exercise: most of their rules, so that a changed rule fails a test."""

import pytest

from hub_core.mapping.trying.coverage import Exercised
from hub_core.mapping.trying.tests import run_test
from hub_core.places import MAPPINGS
from tests.shipped import SHIPPED

FLOOR = 0.8
# Their blocks read places that no document of these kinds was seen with, so their contracts do not have them.
LOWER = {"eessi.native.p10000/1": 0.75, "eessi.nav.a003/1": 0.74, "eessi.nav.h001/1": 0.75}


@pytest.mark.parametrize("mapping", SHIPPED.all, ids=lambda mapping: mapping.id)
def test_the_tests_of_a_mapping_exercise_most_of_its_rules(mapping):
    exercised = Exercised(mapping)
    for test in mapping.tests:
        run_test(mapping, test, MAPPINGS, exercised=exercised)
    rules = exercised.coverage().rules
    share = rules.hit / rules.of
    assert share >= LOWER.get(mapping.id, FLOOR), f"not exercised: {', '.join(rules.missed)}"
