"""What the lint finds of faults that people make, written by hand without a look at it, in two sets.

``python -m tests.lint.second.faults`` prints all of the second set, with ``third`` behind it of the third.
"""

import pytest

from tests.lint.equivalence import PROJECT
from tests.lint.proof import escapes, table
from tests.lint.second.faults import faults, found

# Found, on the right line and hinted, a little less than was measured last; the goal is 0.95 and 0.98.
# second: 0.762, 0.753, 0.774 before anything was done for it; 1.000, 0.967, 0.959 since.
# third: 0.713, 0.877, 0.737 before anything was done for it; 0.838, 0.925, 0.866 since.
FLOORS = {"second": (0.98, 0.95, 0.94), "third": (0.82, 0.91, 0.85)}

SETS = {name: faults(name) for name in FLOORS}
FAULTS = [pytest.param(fault, id=f"{name}-{fault.name}") for name, told in SETS.items() for fault in told]


@pytest.mark.parametrize("name", SETS)
def test_the_faults_are_many_each_told_once_and_spread_over_all_kinds_of_files(name):
    told = SETS[name]
    assert len(told) >= 70
    assert len({fault.name for fault in told}) == len(told)
    folders = {tuple(fault.file.split("/")[:2]) for fault in told}
    agencies = {("mappings", name) for name in ("anaf", "anofm", "anpis", "cnas", "cnpp", "dgep")}
    assert folders >= agencies | {("mappings", "eessi"), ("mappings", "codes"), ("schemas", "partners")}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_changes_a_text_that_stands_once_in_its_file(fault):
    for change in (*fault.before, fault):
        assert (PROJECT / change.file).read_text("utf-8").count(change.old) == 1
        assert change.new != change.old


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_has_a_line_on_which_a_person_would_say_so(fault):
    clean = (PROJECT / fault.place).read_text("utf-8")
    assert fault.lines(clean, clean.replace(fault.old, fault.new) if fault.place == fault.file else clean)


# All of a set in one, as in the proof: the faults share their copies of the project.
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", SETS)
def test_the_lint_finds_faults_that_people_make(name):
    results = found(SETS[name])
    told = "\n".join((*table(results), *escapes(results)))
    seen = [result for result in results if result.found]
    share, on_the_right_line, hinted = FLOORS[name]
    assert len(seen) >= share * len(results), told
    assert sum(result.right for result in seen) >= on_the_right_line * len(seen), told
    assert sum(result.mended or result.named for result in seen) >= hinted * len(seen), told
