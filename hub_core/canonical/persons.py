"""The persons that a record names, by their numbers: for finding messages, never for deciding about them."""

from hub_core.canonical.beneficiary import Beneficiary
from hub_core.canonical.household import Relative
from hub_core.canonical.person import Identifier, Person
from hub_core.persons import is_cnp, person_key


def persons_in(record: Beneficiary) -> tuple[str, ...]:
    """Return every person's number in a record as ``scheme:number``, each once.

    >>> persons_in(Beneficiary(identifiers=(Identifier(scheme="eu.pin", value="285 0415123450"),)))
    ('eu.pin:2850415123450', 'ro.cnp:2850415123450')
    """
    found: list[str] = []
    for person in people(record):
        for identifier in person.identifiers:
            found += handles(identifier)
    for benefit in record.benefits:
        for holder in filter(None, (benefit.holder, benefit.beneficiary)):
            found += handles(holder)
    return tuple(dict.fromkeys(found))


def handles(identifier: Identifier) -> list[str]:
    """Return under what a number is found; what has the form of a CNP is found as one, whatever it was called."""
    scheme, number = identifier.scheme, identifier.value
    own = person_key(scheme, number)
    return [own, person_key("ro.cnp", number)] if scheme != "ro.cnp" and is_cnp(number) else [own]


def people(record: Beneficiary) -> list[Person]:
    """Return the subject and every other person of a record, each followed by father and mother."""
    everybody: list[Beneficiary | Relative | None] = [record, record.spouse, record.survivor, record.guardian]
    everybody += record.children
    everybody += record.relatives
    for household in record.households:
        everybody += [member.person for member in household.members]
    known: list[Person] = []
    for person in everybody:
        if person is not None:
            known += filter(None, (person, person.father, person.mother))
    return known
