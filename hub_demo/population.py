"""The synthetic country: one population from a seed, and what five agencies hold about it.

>>> country = Population(seed=1, size=200)
>>> country.showcase[0].name
'Maria Elena Ionescu-Popa'
>>> len(country.people)
200
"""

from collections.abc import Mapping
from random import Random
from types import MappingProxyType
from typing import Final

import msgspec

from hub_demo.households import settle
from hub_demo.lives import live
from hub_demo.planted import plant_all
from hub_demo.registers import Client, Insured, Person, Registers, Right, Spell, Taxpayer
from hub_demo.showcase import settle_showcase

DEFAULT_SEED: Final = 2025
DEFAULT_SIZE: Final = 10_000
_PEOPLE_PER_PLANT: Final = 1_000


class BenefitFile(msgspec.Struct, frozen=True):
    """ANPIS: a person and every right in which they are the holder or the one it is for."""

    client: Client
    rights: tuple[Right, ...]


class Population:
    """Everyone in the country, the same for the same seed and size.

    Attributes:
        people: everyone by personal number, as they are.
        showcase: nine persons worth asking for, the same for every seed.
        planted: personal numbers by kind of planted contradiction (``planted.PLANTED``), the showcase included.
    """

    def __init__(self, seed: int = DEFAULT_SEED, size: int = DEFAULT_SIZE) -> None:
        land = Registers()
        self.showcase = settle_showcase(land)
        shown = set(land.people)
        # One generator per step, so that a change in one leaves the draws of the others alone.
        settle(land, Random(f"{seed}/households"), size=size)
        newcomers = [person for person in land.people.values() if person.cnp not in shown]
        live(land, Random(f"{seed}/lives"), newcomers)
        drawn = plant_all(land, Random(f"{seed}/planted"), newcomers, per_kind=max(1, size // _PEOPLE_PER_PLANT))
        self.planted: Mapping[str, tuple[str, ...]] = MappingProxyType(
            {
                kind: (*(shown.cnp for shown in self.showcase if shown.kind == kind), *numbers)
                for kind, numbers in drawn.items()
            }
        )
        self.people: Mapping[str, Person] = MappingProxyType(land.people)
        self._land = land
        self._rights = land.rights_by_person()
        self._children = land.children_by_parent()
        self._by_cid = {insured.cid: number for number, insured in land.insured.items()}

    def person(self, number: str) -> Person | None:
        """Return the person who has this number, or had it before it was changed."""
        return self.people.get(self._land.former.get(number, number))

    def holders(self, number: str) -> tuple[Person, ...]:
        """DGEP: return those whom the register of persons holds under this number, foreigners left out."""
        person = self.person(number)
        if person is None or person.foreign:
            return ()
        double = self._land.doubles.get(person.cnp)
        return (person,) if double is None else (person, double)

    def children(self, number: str) -> tuple[Person, ...]:
        """Return the children of the person with this number."""
        return tuple(self.people[child] for child in self._children.get(number, ()))

    def insured(self, number: str) -> Insured | None:
        """CNAS: return the insured person with this personal number."""
        return self._land.insured.get(number)

    def number_of_insured(self, cid: str) -> str | None:
        """CNAS: return the personal number that goes with an insured number."""
        return self._by_cid.get(cid)

    def benefit_file(self, number: str) -> BenefitFile | None:
        """ANPIS: return the file under this number."""
        client = self._land.clients.get(number)
        return None if client is None else BenefitFile(client, self._rights.get(number, ()))

    def spells(self, number: str) -> tuple[Spell, ...]:
        """ANOFM: return the registrations as unemployed, oldest first."""
        return self._land.spells.get(number, ())

    def taxpayer(self, number: str) -> Taxpayer | None:
        """ANAF: return the person's declared income."""
        return self._land.taxpayers.get(number)
