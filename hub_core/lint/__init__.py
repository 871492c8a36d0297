"""Lint: what is wrong with mapping files, held against the contracts of their partners.

    world                   files, contracts and documents, read once
    walk                    every rule at every place of its use -> Visit
    paths, cardinality, values, codelists, conditions, coverage, unused, mappingtests
                            one family of checks each
    votes                   a rule of a shared block is right if it is right somewhere
    nearest, spans, samples, examples   what the checks ask
    finding, formats        what is said, and how it is written

Start with ``lint``.
"""

from hub_core.lint.finding import LintFinding, Replacement
from hub_core.lint.linting import Result, lint, run

__all__ = ["LintFinding", "Replacement", "Result", "lint", "run"]
