"""How people live: wages, pensions, registrations as unemployed, insurance and benefits.

The small functions (``employ``, ``retire``, ``allow_child`` ...) each keep the rows of all agencies in step;
whatever disagrees in the country was planted (``planted``). Amounts of benefits are those in force in 2025.
"""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from msgspec.structs import replace

from hub_demo.identifiers import cid
from hub_demo.places import Employer
from hub_demo.registers import (
    ADULT_AGE,
    REFERENCE_DATE,
    Client,
    Cover,
    Insured,
    Pay,
    Person,
    Registers,
    Right,
    Spell,
    Taxpayer,
    years,
)

SMALL_PENSION: Final = Decimal(1830)  # lei; below it medicines are cheaper
_YOUNG: Final = 2  # years; until then the allowance is higher
_ALLOWANCE_BELOW_TWO: Final = Decimal(719)
_ALLOWANCE: Final = Decimal(292)


def insure(land: Registers, person: Person) -> None:
    """Give the person an insured number; grounds are added by what they do."""
    land.insured[person.cnp] = Insured(cid(len(land.insured) + 1), died=person.died)


def cover(land: Registers, person: Person, code: str, since: date, until: date | None = None) -> None:
    """Add a ground of insurance; it ends with the person's life."""
    known = land.insured[person.cnp]
    row = Cover(code, since, until or person.died)
    land.insured[person.cnp] = replace(known, covers=(*known.covers, row))


def mark(land: Registers, person: Person, code: str, since: date) -> None:
    """Add a state for prescriptions."""
    known = land.insured[person.cnp]
    land.insured[person.cnp] = replace(known, marks=(*known.marks, Cover(code, since, person.died)))


def pay(land: Registers, person: Person, row: Pay) -> None:
    """Add income at the tax agency."""
    known = land.taxpayers.get(person.cnp) or Taxpayer(person.family, person.given)
    land.taxpayers[person.cnp] = replace(known, pays=(*known.pays, row))


def employ(
    land: Registers,
    person: Person,
    employer: Employer,
    gross: Decimal,
    *,
    since: date,
    until: date | None = None,
) -> None:
    """Give the person a job: wages declared by the employer, insured as an employee meanwhile."""
    wage = Pay(kind="SAL", payer=employer.name, payer_cui=employer.cui, gross=gross, since=since, until=until)
    pay(land, person, wage)
    cover(land, person, "SALARIAT", since, until)


def retire(land: Registers, person: Person, house: Employer, gross: Decimal, since: date) -> None:
    """Give the person a pension until their death."""
    pension = Pay(kind="PEN", payer=house.name, payer_cui=house.cui, gross=gross, since=since, until=person.died)
    pay(land, person, pension)
    cover(land, person, "PENSIONAR", since)
    if gross < SMALL_PENSION:
        mark(land, person, "PENSIE_MICA", since)


def register_unemployed(land: Registers, person: Person, spell: Spell) -> None:
    """Add a registration as unemployed, insured as such while benefit is paid."""
    land.spells[person.cnp] = (*land.spells.get(person.cnp, ()), spell)
    if spell.benefit:
        cover(land, person, "SOMER", spell.since, spell.until)


def grant(land: Registers, right: Right) -> None:
    """Add a right; holder and beneficiary become known to the paying agency."""
    land.rights.append(right)
    for number in (right.holder, right.beneficiary):
        if number is not None and number not in land.clients:
            person = land.people[number]
            land.clients[number] = Client(person.family, person.given, person.born)


def allow_child(land: Registers, child: Person, holder: Person, *, decision: str, office: str) -> Right:
    """Give one parent the state allowance for a child, stopped (age limit) if it is of age by now; return the right."""
    of_age = not is_child(child)
    young = years(child.born) < _YOUNG
    right = Right(
        code="03",
        state="I" if of_age else "P",
        reason="02" if of_age else None,
        decision=decision,
        office=office,
        holder=holder.cnp,
        beneficiary=child.cnp,
        amount=_ALLOWANCE_BELOW_TWO if young else _ALLOWANCE,
        first_month=child.born.replace(day=1),
        last_month=date(child.born.year + ADULT_AGE, child.born.month, 1) if of_age else None,
    )
    grant(land, right)
    return right


def decision(rng: Random, after: date) -> str:
    """Return number and date of a decision taken within two months after a day, not after today."""
    day = min(after + timedelta(days=rng.randint(5, 60)), REFERENCE_DATE)
    return f"{rng.randint(1, 9800)}/{day:%d.%m.%Y}"


def is_child(person: Person) -> bool:
    """Whether the person is not of age at the reference date."""
    return person.age < ADULT_AGE
