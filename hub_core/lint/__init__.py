"""Lint: what is wrong with mapping files, held against the contracts of their partners.

    world                   files, contracts and documents, read once
    walk                    every rule at every place of its use -> Visit
    paths, cardinality      places that are not there, or stand otherwise
    bases                   objects and blocks that stand at a wrong place, or fill another object
    values, joins, literals codecs that do not read what stands there, texts that never stand there
    codelists, listfiles    code lists beside contracts and documents, and by themselves
    conditions, missed      rules that never take effect, and what they pass over
    doubles, swaps          places that were meant for another field
    coverage, written       places that are forgotten, and what is written besides the record
    unused, mappingtests    what nothing names; tests that cannot run
    votes                   a rule of a shared block is right if it is right somewhere
    loaded, repair          faults of loading, with what the contract and the rules beside know of their mend
    nearest, spans, examples, readers, likeness, allowed, fitting
                            what the checks ask
    fixing                  replacements, tried and made
    finding, formats        what is said, and how it is written

Start with ``lint``.
"""

from hub_core.lint.finding import LintFinding, Replacement
from hub_core.lint.fixing import Fix, fixes
from hub_core.lint.linting import Result, lint, run

__all__ = ["Fix", "LintFinding", "Replacement", "Result", "fixes", "lint", "run"]
