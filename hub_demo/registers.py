"""What the five agencies hold about the synthetic country, before any of them writes it down in its own dialect.

A person is what is true; a row of an agency may say something else (``planted``). Amounts are lei as ``Decimal``,
months the first day of the month, an open end is ``None``.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Literal

import msgspec

REFERENCE_DATE: Final = date(2025, 11, 3)
"""Today, in the synthetic country."""

Sex = Literal["M", "F"]

ADULT_AGE: Final = 18
_UNTAXED_PENSION: Final = Decimal(3000)


def years(born: date, on: date = REFERENCE_DATE) -> int:
    """Return the age in full years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def lei(amount: Decimal) -> Decimal:
    """Round to bani, half up as accountants do."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


class Address(msgspec.Struct, frozen=True):
    """Where a household lives; ``county`` in letters."""

    siruta: str
    county: str
    town: str
    street: str
    number: str
    block: str | None = None
    flat: str | None = None


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One person of the country as they are. Relatives are named by their numbers."""

    cnp: str
    family: str
    given: str
    born: date
    sex: Sex
    home: Address
    household: int
    birth_family: str | None = None
    died: date | None = None
    abroad: bool = False
    former_cnp: str | None = None
    spouse: str | None = None
    father: str | None = None
    mother: str | None = None

    @property
    def foreign(self) -> bool:
        """Whether the person is a foreigner with residence, whom the register of persons does not hold."""
        return self.cnp[0] in "78"

    @property
    def age(self) -> int:
        """Age in full years at the reference date."""
        return years(self.born)


class Cover(msgspec.Struct, frozen=True):
    """CNAS: a ground of insurance, or a state for prescriptions, and when it holds."""

    code: str
    since: date
    until: date | None = None


class Insured(msgspec.Struct, frozen=True):
    """CNAS: what the insurance house knows of a person."""

    cid: str
    covers: tuple[Cover, ...] = ()
    marks: tuple[Cover, ...] = ()
    died: date | None = None


class Right(msgspec.Struct, frozen=True, kw_only=True):
    """ANPIS: one right to a benefit; ``code``, ``state`` and ``reason`` are SAFIR's."""

    code: str
    state: Literal["P", "S", "I", "R", "L"]
    decision: str
    office: str
    holder: str
    amount: Decimal
    first_month: date
    last_month: date | None = None
    beneficiary: str | None = None
    reason: str | None = None
    paid_by: Literal["C", "M"] = "C"


class Client(msgspec.Struct, frozen=True):
    """ANPIS: a person as typed in from the paper form."""

    family: str
    given: str
    born: date
    debt: Decimal | None = None


class Spell(msgspec.Struct, frozen=True, kw_only=True):
    """ANOFM: one registration as unemployed; ``benefit`` is gross per month, zero without benefit."""

    family: str
    given: str
    county: str
    since: date
    until: date | None = None
    benefit: Decimal = Decimal(0)
    visited: date | None = None
    visit_missed: bool = False
    end_code: str | None = None


class Pay(msgspec.Struct, frozen=True, kw_only=True):
    """ANAF: income of one kind from one payer, the same each month from ``since`` to ``until``."""

    kind: Literal["SAL", "PEN", "PFA"]
    payer: str
    payer_cui: str
    gross: Decimal
    since: date
    until: date | None = None

    @property
    def net(self) -> Decimal:
        """Gross less contributions and tax, with the rates of 2025 (CAS 25 %, CASS 10 %, tax 10 %)."""
        tenth = Decimal("0.1")
        if self.kind == "SAL":
            base = self.gross - lei(self.gross * Decimal("0.25")) - lei(self.gross * tenth)
            return base - lei(base * tenth)
        if self.kind == "PEN":
            above = max(self.gross - _UNTAXED_PENSION, Decimal(0))
            contribution = lei(above * tenth)
            return self.gross - contribution - lei((above - contribution) * tenth)
        return self.gross


class Taxpayer(msgspec.Struct, frozen=True):
    """ANAF: a person as named in the last declaration of a payer."""

    family: str
    given: str
    pays: tuple[Pay, ...] = ()


@dataclass
class Registers:
    """The country's people and the rows of the five agencies, by personal number.

    ``doubles`` holds the second person of a number that was given twice, ``former`` leads from old numbers to new.
    """

    people: dict[str, Person] = field(default_factory=dict)
    doubles: dict[str, Person] = field(default_factory=dict)
    former: dict[str, str] = field(default_factory=dict)
    insured: dict[str, Insured] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    rights: list[Right] = field(default_factory=list)
    spells: dict[str, tuple[Spell, ...]] = field(default_factory=dict)
    taxpayers: dict[str, Taxpayer] = field(default_factory=dict)

    def rights_by_person(self) -> dict[str, tuple[Right, ...]]:
        """Return the rights of everyone, as holder or as the one they are for, each once."""
        found: dict[str, list[Right]] = defaultdict(list)
        for right in self.rights:
            for number in {right.holder: None, right.beneficiary or right.holder: None}:
                found[number].append(right)
        return {number: tuple(rights) for number, rights in found.items()}

    def children_by_parent(self) -> dict[str, tuple[str, ...]]:
        """Return the numbers of the children of every parent."""
        found: dict[str, list[str]] = defaultdict(list)
        for person in self.people.values():
            for parent in (person.father, person.mother):
                if parent is not None:
                    found[parent].append(person.cnp)
        return {parent: tuple(children) for parent, children in found.items()}
