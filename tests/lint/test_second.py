"""What the lint finds of faults that people make, written by hand without a look at it.

``python -m tests.lint.second.faults`` prints all of it.
"""

import pytest

from tests.lint.equivalence import PROJECT
from tests.lint.proof import escapes, table
from tests.lint.second.faults import faults, found

# A little less than was measured last (1.0, 0.967, 0.902); the goal is 0.95, 0.98 and a hint for each.
FOUND = 0.98
ON_THE_RIGHT_LINE = 0.96
HINTED = 0.89

FAULTS = faults()


def test_the_faults_are_many_each_told_once_and_spread_over_all_kinds_of_files():
    assert len(FAULTS) >= 70
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    folders = {tuple(fault.file.split("/")[:2]) for fault in FAULTS}
    agencies = {("mappings", name) for name in ("anaf", "anofm", "anpis", "cnas", "cnpp", "dgep")}
    assert folders >= agencies | {("mappings", "eessi"), ("mappings", "codes"), ("schemas", "partners")}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_changes_a_text_that_stands_once_in_its_file(fault):
    for change in (*fault.before, fault):
        assert (PROJECT / change.file).read_text("utf-8").count(change.old) == 1
        assert change.new != change.old


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_has_a_line_on_which_a_person_would_say_so(fault):
    clean = (PROJECT / fault.place).read_text("utf-8")
    assert fault.lines(clean, clean.replace(fault.old, fault.new) if fault.place == fault.file else clean)


# All in one, as in the proof: the faults share their copies of the project.
@pytest.mark.timeout(900)
def test_the_lint_finds_faults_that_people_make():
    results = found(FAULTS)
    told = "\n".join((*table(results), *escapes(results)))
    seen = [result for result in results if result.found]
    assert len(seen) >= FOUND * len(results), told
    assert sum(result.right for result in seen) >= ON_THE_RIGHT_LINE * len(seen), told
    assert sum(result.mended or result.named for result in seen) >= HINTED * len(seen), told
