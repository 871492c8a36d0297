"""The persons that a record names, by their numbers: for finding messages, never for deciding about them."""

from collections.abc import Iterator
from itertools import chain

from hub_core.canonical.beneficiary import Beneficiary
from hub_core.canonical.household import Relative
from hub_core.canonical.person import Identifier, Person
from hub_core.persons import is_cnp, person_key


def persons_in(record: Beneficiary) -> tuple[str, ...]:
    """Return every person's number in a record as ``scheme:number``, each once.

    >>> persons_in(Beneficiary(identifiers=(Identifier(scheme="eu.pin", value="285 0415123450"),)))
    ('eu.pin:2850415123450', 'ro.cnp:2850415123450')
    """
    return tuple(dict.fromkeys(chain.from_iterable(map(handles, _identifiers(record)))))


def handles(identifier: Identifier) -> list[str]:
    """Return under what a number is found; what has the form of a CNP is found as one, whatever it was called."""
    schemes = dict.fromkeys((identifier.scheme, "ro.cnp") if is_cnp(identifier.value) else (identifier.scheme,))
    return [person_key(scheme, identifier.value) for scheme in schemes]


def _identifiers(record: Beneficiary) -> Iterator[Identifier]:
    for person in _persons(record):
        yield from person.identifiers
    for benefit in record.benefits:
        yield from filter(None, (benefit.holder, benefit.beneficiary))


def _persons(record: Beneficiary) -> Iterator[Person]:
    yield record
    yield from filter(None, (record.father, record.mother))
    relatives = filter(None, (record.spouse, record.survivor, record.guardian))
    members = (member.person for household in record.households for member in household.members)
    for relative in chain(relatives, record.children, record.relatives, members):
        yield from _with_parents(relative)


def _with_parents(relative: Relative) -> Iterator[Person]:
    yield relative
    yield from filter(None, (relative.father, relative.mother))
