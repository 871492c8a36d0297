"""What the lint finds of faults that were made without knowing it.

Here three of each kind: every kind has its turn. ``python -m tests.lint.proof`` makes five and prints all of it.
"""

from collections import Counter

import pytest

from tests.lint.proof import escapes, prove, table

EACH = 3
# A little less than was measured last (0.992, 1.000, 0.983, of these 0.852 by a replacement); the goal is 0.95, 0.98 and
# a hint for each.
FOUND = 0.98
ON_THE_RIGHT_LINE = 0.98
HINTED = 0.97
MENDED = 0.84


@pytest.fixture(scope="module")
def results():
    return prove(EACH)


def told(results):
    return "\n".join((*table(results), *escapes(results)))


# All in one: several workers would each make the mutants anew.
@pytest.mark.timeout(900)
def test_the_lint_finds_faults_on_their_line_and_says_what_mends_them(results):
    found = [result for result in results if result.found]
    assert len(results) >= 200
    assert max(Counter(result.operator for result in results).values()) <= len(results) / 40
    assert len(found) >= FOUND * len(results), told(results)
    assert sum(result.right for result in found) >= ON_THE_RIGHT_LINE * len(found), told(results)
    assert sum(result.mended or result.named for result in found) >= HINTED * len(found), told(results)
    assert sum(result.mended for result in found) >= MENDED * len(found), told(results)
    assert all(line.rpartition("; ")[2] for result in found for line in result.said), told(results)
