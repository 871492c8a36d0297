"""Households: who lives with whom, their names, numbers and addresses."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Final, NamedTuple

from msgspec.structs import replace

from hub_demo.identifiers import cnp, sex_digit
from hub_demo.names import FOREIGN, ROMANIAN, Tongue
from hub_demo.places import STREETS, TOWNS, Town
from hub_demo.registers import REFERENCE_DATE, Address, Person, Registers, Sex, years

FIRST_BIRTH: Final = date(1930, 1, 1)
LAST_BIRTH: Final = date(2025, 10, 28)
_LAST_DEATH: Final = date(2025, 10, 20)
_OLDEST_CHILD: Final = 24  # years; older children have moved out
_BLOCK_SHARE: Final = 0.6  # households in a block of flats
_MARRIED_SHARE: Final = 0.85  # couples that are married
_TWO_NAMES_SHARE: Final = 0.45  # persons with two given names
_BORN_HERE_SHARE: Final = 0.8  # persons whose number is of the county they live in
_ABROAD_SHARE: Final = 0.02  # persons living alone whose domicile is abroad
_WOMEN_FIRST_SHARE: Final = 0.6  # women live longer and raise children alone more often
_OWN_NAME_SHARE: Final = 0.1  # wives who keep their name
_JOINED_NAME_SHARE: Final = 0.1  # wives who put both names together
_NUMBER_OF_CHILDREN: Final = (20, 35, 30, 10, 5)  # weights of none to four
_YOUNGEST_PARENT: Final = 19  # years


class Kind(NamedTuple):
    """A kind of household: how common, how many adults of which ages, how many children at most."""

    weight: int
    adults: int
    youngest: int
    oldest: int
    children: int = 0
    widowed: bool = False
    foreign: bool = False


_ALONE: Final = Kind(16, 1, 20, 64)
KINDS: Final = (
    Kind(30, 2, 24, 48, children=4),
    Kind(8, 1, 22, 46, children=3),
    Kind(14, 2, 65, 88),
    Kind(12, 1, 66, 92, widowed=True),
    _ALONE,
    Kind(10, 2, 50, 66),
    Kind(1, 2, 24, 45, children=2, foreign=True),
)


def settle(land: Registers, rng: Random, *, size: int) -> None:
    """Add households until the country has ``size`` people; those already there keep their numbers."""
    number = max((person.household for person in land.people.values()), default=0)
    kind_weights = [kind.weight for kind in KINDS]
    town_weights = [town.weight for town in TOWNS]
    while (room := size - len(land.people)) > 0:
        number += 1
        kind = rng.choices(KINDS, kind_weights)[0]
        if kind.adults + kind.widowed > room:
            kind = _ALONE
        town = rng.choices(TOWNS, town_weights)[0]
        for person in _Household(land, rng, town=town, kind=kind, number=number).people(room):
            land.people[person.cnp] = person


class _Household:
    """Draws the members of one household."""

    def __init__(self, land: Registers, rng: Random, *, town: Town, kind: Kind, number: int) -> None:
        self._land = land
        self._rng = rng
        self._town = town
        self._kind = kind
        self._number = number
        self._tongue = _tongue(rng, town, kind)
        self._home = _address(rng, town)
        self._drawn: set[str] = set()

    def people(self, room: int) -> list[Person]:
        """Return adults first, then children, ``room`` at most."""
        kind, rng = self._kind, self._rng
        first_sex: Sex = "F" if rng.random() < _WOMEN_FIRST_SHARE else "M"
        first = self._adult(first_sex, self._day_of_birth(kind.youngest, kind.oldest))
        adults = [first]
        if kind.adults > 1 or kind.widowed:
            near = rng.randint(-4, 4)
            age = min(max(first.age + near, _YOUNGEST_PARENT), years(FIRST_BIRTH) - 1)
            other = self._adult("M" if first_sex == "F" else "F", self._day_of_birth(age, age))
            adults = self._joined(first, other)
        return adults + self._children(adults, room - len(adults))

    def _joined(self, first: Person, other: Person) -> list[Person]:
        """Return the two as a couple, the other one dead where the household is a widow's or widower's."""
        rng = self._rng
        if not self._kind.widowed and rng.random() > _MARRIED_SHARE:
            return [first, other]
        wife, husband = (first, other) if first.sex == "F" else (other, first)
        family = _married_name(rng, own=wife.family, husband=husband.family)
        died = _LAST_DEATH - timedelta(days=rng.randint(0, 3650)) if self._kind.widowed else None
        maiden = wife.family if family != wife.family else None
        couple = (
            replace(wife, family=family, birth_family=maiden, spouse=husband.cnp),
            replace(husband, spouse=wife.cnp),
        )
        return [replace(p, died=died, abroad=False) if died and p.cnp == other.cnp else p for p in couple]

    def _children(self, adults: Sequence[Person], room: int) -> list[Person]:
        rng = self._rng
        mother = next((p for p in adults if p.sex == "F"), None)
        father = next((p for p in adults if p.sex == "M"), None)
        youngest = min(p.age for p in adults)
        wanted = min(room, rng.choices(range(5), _NUMBER_OF_CHILDREN)[0], self._kind.children)
        if wanted <= 0 or youngest <= _YOUNGEST_PARENT:
            return []
        children = []
        for _ in range(wanted):
            born = self._day_of_birth(0, min(_OLDEST_CHILD, youngest - _YOUNGEST_PARENT))
            sex: Sex = "M" if rng.randrange(2) else "F"
            children.append(
                Person(
                    cnp=self._number_for(sex, born),
                    family=(father or adults[0]).family,
                    given=_given(rng, self._tongue, sex),
                    born=born,
                    sex=sex,
                    home=self._home,
                    household=self._number,
                    father=father.cnp if father else None,
                    mother=mother.cnp if mother else None,
                )
            )
        return children

    def _adult(self, sex: Sex, born: date) -> Person:
        return Person(
            cnp=self._number_for(sex, born),
            family=self._rng.choice(self._tongue.families),
            given=_given(self._rng, self._tongue, sex),
            born=born,
            sex=sex,
            home=self._home,
            household=self._number,
            abroad=self._kind == _ALONE and self._rng.random() < _ABROAD_SHARE,
        )

    def _day_of_birth(self, youngest: int, oldest: int) -> date:
        """Return a birth date of somebody who is ``youngest`` to ``oldest`` years old now."""
        last = min(_years_before(REFERENCE_DATE, youngest), LAST_BIRTH)
        first = max(_years_before(REFERENCE_DATE, oldest + 1) + timedelta(days=1), FIRST_BIRTH)
        return first + timedelta(days=self._rng.randint(0, (last - first).days))

    def _number_for(self, sex: Sex, born: date) -> str:
        """Return a personal number that nobody has yet, mostly of the county the household lives in."""
        rng = self._rng
        digit = (8 if sex == "F" else 7) if self._kind.foreign else sex_digit(male=sex == "M", born=born)
        while True:
            town = self._town if rng.random() < _BORN_HERE_SHARE else rng.choice(TOWNS)
            number = cnp(sex_digit=digit, born=born, county=town.number, serial=rng.randint(1, 999))
            if not self._taken(number):
                self._drawn.add(number)
                return number

    def _taken(self, number: str) -> bool:
        land = self._land
        return number in self._drawn or number in land.people or number in land.former


def _years_before(day: date, number: int) -> date:
    """Return the same day so many years earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - number)
    except ValueError:
        return day.replace(year=day.year - number, day=28)


def _tongue(rng: Random, town: Town, kind: Kind) -> Tongue:
    if kind.foreign:
        return FOREIGN
    return town.minority if rng.random() < town.share else ROMANIAN


def _address(rng: Random, town: Town) -> Address:
    in_block = rng.random() < _BLOCK_SHARE
    return Address(
        siruta=town.siruta,
        county=town.county,
        town=town.name,
        street=rng.choice(STREETS),
        number=str(rng.randint(1, 120)),
        block=f"{rng.choice('ABCDM')}{rng.randint(1, 40)}" if in_block else None,
        flat=str(rng.randint(1, 60)) if in_block else None,
    )


def _given(rng: Random, tongue: Tongue, sex: Sex) -> str:
    pool = tongue.women if sex == "F" else tongue.men
    if rng.random() > _TWO_NAMES_SHARE:
        return rng.choice(pool)
    return rng.choice((" ", " ", " ", "-")).join(rng.sample(pool, 2))


def _married_name(rng: Random, *, own: str, husband: str) -> str:
    draw = rng.random()
    if draw < _OWN_NAME_SHARE or own == husband:
        return own
    return f"{own}-{husband}" if draw < _OWN_NAME_SHARE + _JOINED_NAME_SHARE else husband
