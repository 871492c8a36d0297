"""The mutants that count: of every operator a few, spread over the shipped files, the same in every run."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from tests.lint import contracts, lists, paths, structure, values
from tests.lint.equivalence import Stage, shipped, witness
from tests.lint.mutant import OPERATORS, File, Mutant

MODULES: Final = (paths, values, structure, lists, contracts)  # importing them fills the table
CAP: Final = 5  # of one operator at most, so that none outweighs the others
TRIES: Final = 16  # candidates of one operator that are looked at
SEED: Final = "punte"


def candidates(name: str, files: Sequence[File]) -> Iterator[Mutant]:
    """Yield the mutants of one operator, one of each file in turn, files and mutants in a random but fixed order.

    A file that is new takes a place among the others and leaves theirs as they are.
    """
    kinds, function = OPERATORS[name]
    placed: list[tuple[float, list[Mutant]]] = []
    for file in files:
        if file.kind in kinds.split():
            rng = Random(f"{SEED}:{name}:{file.name}")
            each = list(function(file, rng))
            rng.shuffle(each)
            placed.append((rng.random(), each))
    made = [each for _, each in sorted(placed, key=lambda one: one[0])]
    while made := [each for each in made if each]:
        for each in made:
            yield each.pop()


def chosen(name: str, stages: dict[str, Stage], cap: int) -> list[tuple[Mutant, Stage]]:
    """Return the first mutants of one operator that are faults, each with the mapping in which it shows."""
    found: list[tuple[Mutant, Stage]] = []
    known = list(stages.values())
    for tried, mutant in enumerate(candidates(name, shipped())):
        if len(found) == cap or tried == TRIES:
            break
        if stage := witness(mutant, known):
            found.append((mutant, stage))
    return found
