"""Contradictions planted between the registers, so that there is something for the hub to find.

``PLANTED`` is the whole list; everything else in the country agrees. Each plant changes the books of one
agency and leaves the others as they were.
"""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final, NamedTuple

from msgspec.structs import replace

from hub_demo.identifiers import cnp
from hub_demo.places import EMPLOYERS, TOWNS
from hub_demo.registers import REFERENCE_DATE, Cover, Pay, Person, Registers, Right

_OLD: Final = 70  # years
_GROWN: Final = 30  # years
_WAGE_SINCE: Final = date(2025, 8, 1)
_MONTHS: Final = 12


class Books(NamedTuple):
    """The registers and, for looking, the rights of everyone before anything was planted."""

    land: Registers
    rights: Mapping[str, tuple[Right, ...]]


class Plant(NamedTuple):
    """One kind of contradiction.

    ``fits`` says whether a person of the country can carry it, ``plant`` puts it there.
    """

    kind: str
    says: str
    between: tuple[str, str]
    fits: Callable[[Books, Person], bool]
    plant: Callable[[Registers, Person, Random], None]


def _die(land: Registers, person: Person, rng: Random) -> date:
    """Let the person die this autumn, for the register of persons and the tax agency."""
    died = REFERENCE_DATE - timedelta(days=rng.randint(35, 90))
    land.people[person.cnp] = replace(person, died=died)
    taxpayer = land.taxpayers.get(person.cnp)
    if taxpayer is not None:
        ended = tuple(replace(row, until=row.until or died) for row in taxpayer.pays)
        land.taxpayers[person.cnp] = replace(taxpayer, pays=ended)
    return died


def _dead_but_paid(land: Registers, person: Person, rng: Random) -> None:
    died = _die(land, person, rng)
    insured = land.insured[person.cnp]
    covers = tuple(replace(row, until=row.until or died) for row in insured.covers)
    marks = tuple(replace(row, until=row.until or died) for row in insured.marks)
    land.insured[person.cnp] = replace(insured, died=died, covers=covers, marks=marks)


def _dead_but_insured(land: Registers, person: Person, rng: Random) -> None:
    _die(land, person, rng)


def _unemployed_with_wage(land: Registers, person: Person, rng: Random) -> None:
    payer = rng.choice(EMPLOYERS)
    wage = Pay(kind="SAL", payer=payer.name, payer_cui=payer.cui, gross=Decimal(4050), since=_WAGE_SINCE)
    taxpayer = land.taxpayers[person.cnp]
    land.taxpayers[person.cnp] = replace(taxpayer, pays=(*taxpayer.pays, wage))


def _other_family_name(land: Registers, person: Person, _: Random) -> None:
    family = person.birth_family or person.family
    land.spells[person.cnp] = tuple(replace(spell, family=family) for spell in land.spells[person.cnp])


def _birth_date_differs(land: Registers, person: Person, _: Random) -> None:
    swapped = person.born.replace(day=person.born.month, month=person.born.day)
    land.clients[person.cnp] = replace(land.clients[person.cnp], born=swapped)


def _insured_without_job(land: Registers, person: Person, _: Random) -> None:
    insured = land.insured[person.cnp]
    land.insured[person.cnp] = replace(insured, covers=(*insured.covers, Cover("SALARIAT", date(2024, 3, 1))))


def _number_changed(land: Registers, person: Person, rng: Random) -> None:
    """Keep the files of two agencies under the number the person had before."""
    old = person.cnp
    while old in land.people or old in land.former:
        county = rng.choice(TOWNS).number
        old = cnp(sex_digit=int(person.cnp[0]), born=person.born, county=county, serial=rng.randint(1, 999))
    land.former[old] = person.cnp
    land.people[person.cnp] = replace(person, former_cnp=old)
    land.clients[old] = land.clients.pop(person.cnp)
    land.taxpayers[old] = land.taxpayers.pop(person.cnp)
    for position, right in enumerate(land.rights):
        if person.cnp in (right.holder, right.beneficiary):
            land.rights[position] = replace(
                right,
                holder=old if right.holder == person.cnp else right.holder,
                beneficiary=old if right.beneficiary == person.cnp else right.beneficiary,
            )


def _paid_twice(land: Registers, child: Person, rng: Random) -> None:
    first = next(r for r in land.rights if r.beneficiary == child.cnp and r.code == "03")
    other = child.father if first.holder == child.mother else child.mother
    offices = sorted({town.county for town in TOWNS} - {first.office})
    second = replace(first, holder=other, office=rng.choice(offices), decision=_other_decision(first, rng))
    land.rights.append(second)
    holder = land.people[second.holder]
    known = land.clients.get(holder.cnp)
    land.clients[holder.cnp] = known or replace(
        land.clients[first.holder], family=holder.family, given=holder.given, born=holder.born, debt=None
    )


def _other_decision(right: Right, rng: Random) -> str:
    _, _, day = right.decision.partition("/")
    return f"{rng.randint(9801, 9999)}/{day}"


def _two_persons_one_number(land: Registers, person: Person, rng: Random) -> None:
    others = [p for p in land.people.values() if p.sex == person.sex and p.household != person.household]
    other = rng.choice(others)
    land.doubles[person.cnp] = Person(
        cnp=person.cnp,
        family=other.family,
        given=other.given,
        born=person.born,
        sex=person.sex,
        home=other.home,
        household=other.household,
    )


def without_marks(text: str) -> str:
    """Return the text in plain letters, as typed on a keyboard without marks."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _spelled_without_marks(land: Registers, person: Person, _: Random) -> None:
    client = land.clients[person.cnp]
    land.clients[person.cnp] = replace(client, family=without_marks(client.family), given=without_marks(client.given))


def _alive(person: Person) -> bool:
    return person.died is None and not person.abroad and not person.foreign


def _runs(land: Registers, person: Person) -> bool:
    return any(
        s.benefit and s.since < _WAGE_SINCE and (s.until or REFERENCE_DATE) >= REFERENCE_DATE
        for s in land.spells.get(person.cnp, ())
    )


PLANTED: Final = (
    Plant(
        "dead-but-paid",
        "dead in the register of persons, still in payment at the paying agency",
        ("dgep", "anpis"),
        lambda books, p: _alive(p) and p.age >= _OLD and p.cnp in books.rights and p.cnp in books.land.taxpayers,
        _dead_but_paid,
    ),
    Plant(
        "dead-but-insured",
        "dead in the register of persons, insured at the health insurance house",
        ("dgep", "cnas"),
        lambda books, p: _alive(p) and p.age >= _OLD and p.cnp not in books.rights and p.cnp in books.land.taxpayers,
        _dead_but_insured,
    ),
    Plant(
        "unemployed-with-wage",
        "registered as unemployed with benefit, wages declared for the same months",
        ("anofm", "anaf"),
        lambda books, p: _alive(p) and _runs(books.land, p) and p.cnp in books.land.taxpayers,
        _unemployed_with_wage,
    ),
    Plant(
        "other-family-name",
        "married name in the register of persons, maiden name at the employment agency",
        ("dgep", "anofm"),
        lambda books, p: _alive(p) and p.birth_family is not None and p.cnp in books.land.spells,
        _other_family_name,
    ),
    Plant(
        "birth-date-differs",
        "day and month of birth swapped at the paying agency",
        ("dgep", "anpis"),
        lambda books, p: (
            _alive(p) and p.cnp in books.land.clients and p.born.day <= _MONTHS and p.born.day != p.born.month
        ),
        _birth_date_differs,
    ),
    Plant(
        "insured-without-job",
        "insured as an employee, no wage declared by anyone",
        ("cnas", "anaf"),
        lambda books, p: (
            _alive(p) and p.age >= _GROWN and p.cnp not in books.land.taxpayers and not books.land.insured[p.cnp].covers
        ),
        _insured_without_job,
    ),
    Plant(
        "number-changed",
        "new personal number in the register of persons, files under the old one at two agencies",
        ("dgep", "anpis"),
        lambda books, p: (
            _alive(p) and p.cnp in books.rights and p.cnp in books.land.taxpayers and p.cnp in books.land.clients
        ),
        _number_changed,
    ),
    Plant(
        "paid-twice",
        "allowance for one child paid to both parents by two county agencies",
        ("anpis", "anpis"),
        lambda books, p: (
            _alive(p)
            and p.father is not None
            and p.mother is not None
            and any(r.code == "03" and r.state == "P" for r in books.rights.get(p.cnp, ()))
        ),
        _paid_twice,
    ),
    Plant(
        "two-persons-one-number",
        "one personal number given to two persons",
        ("dgep", "dgep"),
        lambda books, p: _alive(p) and p.age >= _GROWN and p.cnp not in books.rights,
        _two_persons_one_number,
    ),
    Plant(
        "spelled-without-marks",
        "name typed without marks at the paying agency",
        ("dgep", "anpis"),
        lambda books, p: _alive(p) and p.cnp in books.land.clients and not (p.family + p.given).isascii(),
        _spelled_without_marks,
    ),
)
BY_KIND: Final = {plant.kind: plant for plant in PLANTED}


def plant_all(land: Registers, rng: Random, among: list[Person], *, per_kind: int) -> dict[str, tuple[str, ...]]:
    """Plant every kind, on one person per household at most; return the numbers by kind."""
    books = Books(land, land.rights_by_person())
    used: set[int] = set()
    planted: dict[str, tuple[str, ...]] = {}
    for plant in PLANTED:
        fitting = [p for p in among if p.household not in used and plant.fits(books, p)]
        chosen: list[Person] = []
        for person in rng.sample(fitting, len(fitting)):
            if len(chosen) == per_kind:
                break
            if person.household not in used:
                used.add(person.household)
                chosen.append(person)
                plant.plant(land, person, rng)
        planted[plant.kind] = tuple(p.cnp for p in chosen)
    return planted
