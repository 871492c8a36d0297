"""Do two sources say the same? Compared is what was meant, not how it was written.

Every function answers ``True``, ``False``, or ``None`` where the two cannot be compared: one of them says nothing
that counts, or they speak in different code lists. Only ``False`` is a contradiction.
"""

from collections.abc import Callable
from datetime import date
from typing import Final, TypeVar

from hub_core.canonical import Beneficiary
from hub_core.canonical.names import key_of, same_but_for_a_and_i, words
from hub_core.canonical.person import Address, Name, Person
from hub_core.canonical.values import Code, Period, Place
from hub_core.canonical.work import Insurance

CNP: Final = "ro.cnp"
A = TypeVar("A")


def names_agree(left: Name, right: Name) -> bool | None:
    """Same words in any order; the old and the new way to write the sound ``â`` are one name."""
    left_key, right_key = name_key(left), name_key(right)
    if not left_key or not right_key:
        return None
    return left_key == right_key or same_but_for_a_and_i(left_key, right_key)


def dates_agree(left: str, right: str) -> bool:
    """Partial dates agree as far as both go.

    >>> dates_agree("1985", "1985-04-15"), dates_agree("1985-04", "1985-05-01")
    (True, False)
    """
    return left.startswith(right) or right.startswith(left)


def codes_agree(left: Code, right: Code) -> bool | None:
    """Same code of the same list, whatever its version; an unmapped or unknown code says nothing."""
    if left.code in {None, "unknown"} or right.code in {None, "unknown"}:
        return None
    if left.list.partition("@")[0] != right.list.partition("@")[0]:
        return None
    return left.code == right.code


def insured_agree(left: Insurance, right: Insurance) -> bool | None:
    """Same state, on the same day where both name one."""
    if left.as_of and right.as_of and left.as_of != right.as_of:
        return None
    return codes_agree(left.state, right.state)


def places_agree(left: Place, right: Place) -> bool | None:
    """Same SIRUTA code, else same country; names of places are written in too many ways to be compared."""
    return _fields_agree(left, right, ("siruta", "country"))


def addresses_agree(left: Address, right: Address) -> bool | None:
    """Same coded parts, and the same locality where only words name it."""
    coded = _fields_agree(left, right, ("siruta", "county", "postal_code", "country"))
    if coded is False or not (left.locality and right.locality) or (left.siruta and right.siruta):
        return coded
    return words(left.locality) == words(right.locality)


def persons_agree(left: Person, right: Person) -> bool | None:
    """A shared CNP; where one has none, name and birth date."""
    left_cnps, right_cnps = cnps_of(left), cnps_of(right)
    if left_cnps and right_cnps:
        return bool(left_cnps & right_cnps)
    if left.name is None or right.name is None:
        return None
    if left.birth and right.birth and left.birth.date and right.birth.date:
        return names_agree(left.name, right.name) and dates_agree(left.birth.date, right.birth.date)
    return names_agree(left.name, right.name)


def contradict_death(record: Beneficiary, died: str | None) -> list[str]:
    """Return the paths at which a source lets a person live on whom another source calls dead.

    Args:
        record: of the source that may not know.
        died: partial date of death, where it is known.
    """
    paths = []
    insured = record.insured
    if insured is not None and insured.state.code == "insured" and _after(insured.as_of, died):
        paths.append("insured")
    running = (it.period or Period() for it in record.benefits if it.status and it.status.code == "awarded")
    if any(_after(period.end, died) for period in running):
        paths.append("benefits")
    return paths


def _after(day: date | None, died: str | None) -> bool:
    """Tell whether a day lies after a death, as far as that is known; without a day it is today."""
    return day is None or died is None or day.isoformat()[: len(died)] > died


def cnps_of(person: Person) -> frozenset[str]:
    """Return every CNP that a record gives its person, former ones included."""
    return frozenset(it.value.strip() for it in person.identifiers if it.scheme == CNP and it.value.strip())


def name_key(name: Name) -> str:
    """Return the key by which names are compared; empty if the name holds no word."""
    if name.normal is not None:
        return name.normal.key
    return key_of(name.family, name.given) or key_of(name.full)


def _fields_agree(left: A, right: A, names: tuple[str, ...]) -> bool | None:
    """Compare the first field that both have."""
    for name in names:
        one, other = getattr(left, name), getattr(right, name)
        if one and other:
            return bool(one.strip().upper() == other.strip().upper())
    return None


# What is compared between sources, by the path that a contradiction names.
COMPARED: Final[dict[str, Callable[..., bool | None]]] = {
    "name": names_agree,
    "birth_name": names_agree,
    "birth.date": dates_agree,
    "birth.place": places_agree,
    "death.date": dates_agree,
    "death.place": places_agree,
    "sex": codes_agree,
    "vital_status": codes_agree,
    "protection": codes_agree,
    "insured": insured_agree,
    "father": persons_agree,
    "mother": persons_agree,
    "spouse": persons_agree,
}
