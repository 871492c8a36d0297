"""Nine families written by hand: the same in every country, whatever its seed, so that a story can name them."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from random import Random
from typing import Final, NamedTuple

from msgspec.structs import replace

from hub_demo.identifiers import cnp, sex_digit
from hub_demo.livelihoods import allow_child, cover, employ, grant, insure, mark, register_unemployed, retire
from hub_demo.places import BY_SIRUTA, EMPLOYERS, PENSION_HOUSE
from hub_demo.planted import BY_KIND
from hub_demo.registers import Address, Person, Registers, Right, Sex, Spell


class Showcase(NamedTuple):
    """A person worth asking for: their number, their name, why, and the plant they carry if any."""

    cnp: str
    name: str
    reason: str
    kind: str | None


def _home(siruta: str, street: str, number: str, block: str | None = None, flat: str | None = None) -> Address:
    town = BY_SIRUTA[siruta]
    return Address(siruta, town.county, town.name, street, number, block, flat)


def _settle(land: Registers, *people: Person) -> tuple[Person, ...]:
    for person in people:
        land.people[person.cnp] = person
        insure(land, person)
    return people


def _one(
    given: str,
    family: str,
    sex: Sex,
    born: date,
    *,
    home: Address,
    household: int,
    serial: int,
    county: int | None = None,
    digit: int | None = None,
) -> Person:
    number = cnp(
        sex_digit=digit or sex_digit(male=sex == "M", born=born),
        born=born,
        county=county or BY_SIRUTA[home.siruta].number,
        serial=serial,
    )
    return Person(cnp=number, family=family, given=given, born=born, sex=sex, home=home, household=household)


def _maria_elena(land: Registers) -> Person:
    home = _home("54975", "Str. Ștefan cel Mare", "10", flat="4")
    maria = _one("Maria Elena", "Ionescu-Popa", "F", date(1985, 4, 15), home=home, household=1, serial=345)
    andrei = _one("Andrei", "Popa", "M", date(1983, 11, 2), home=home, household=1, serial=121)
    child = _one("Ștefan", "Popa", "M", date(2021, 3, 7), home=home, household=1, serial=101, county=43)
    maria, andrei, child = _settle(
        land,
        replace(maria, birth_family="Ionescu", spouse=andrei.cnp),
        replace(andrei, spouse=maria.cnp),
        replace(child, mother=maria.cnp, father=andrei.cnp),
    )
    employ(land, andrei, EMPLOYERS[3], Decimal(6200), since=date(2015, 5, 1))
    spell = Spell(
        family=maria.family,
        given=maria.given,
        county="CJ",
        since=date(2022, 6, 15),
        until=date(2023, 1, 31),
        benefit=Decimal("957.50"),
        visited=date(2023, 1, 3),
        end_code="01",
    )
    register_unemployed(land, maria, spell)
    employ(land, maria, EMPLOYERS[0], Decimal(5000), since=date(2023, 2, 1))
    cover(land, child, "COPIL", child.born)
    allow_child(land, child, maria, decision="4512/12.04.2021", office="CJ")
    aid = Right(
        code="21",
        state="S",
        reason="07",
        decision="88/02.02.2024",
        office="CJ",
        holder=maria.cnp,
        amount=Decimal("646.50"),
        first_month=date(2024, 1, 1),
        last_month=date(2025, 9, 1),
        paid_by="M",
    )
    grant(land, aid)
    land.clients[maria.cnp] = replace(land.clients[maria.cnp], debt=Decimal(1204))
    return maria


def _jozsef(land: Registers) -> Person:
    home = _home("83320", "Str. Mihai Eminescu", "3", "B2", "17")
    (jozsef,) = _settle(
        land, _one("József", "Szabó", "M", date(2002, 1, 1), home=home, household=2, serial=234, county=1)
    )
    employ(land, jozsef, EMPLOYERS[2], Decimal(4600), since=date(2023, 3, 1), until=date(2025, 5, 31))
    spell = Spell(
        family=jozsef.family,
        given=jozsef.given,
        county="HR",
        since=date(2025, 6, 15),
        until=date(2026, 3, 14),
        benefit=Decimal("957.50"),
        visited=date(2025, 10, 3),
    )
    register_unemployed(land, jozsef, spell)
    heating = Right(
        code="31",
        state="L",
        decision="",
        office="HR",
        holder=jozsef.cnp,
        amount=Decimal(320),
        first_month=date(2025, 11, 1),
    )
    grant(land, heating)
    return jozsef


def _gheorghe(land: Registers) -> Person:
    home = _home("95060", "Str. Țebei", "28")
    (gheorghe,) = _settle(land, _one("Gheorghe", "Stănescu", "M", date(1948, 2, 19), home=home, household=3, serial=77))
    retire(land, gheorghe, PENSION_HOUSE, Decimal(2140), date(2013, 3, 1))
    _disabled(land, gheorghe, "311/18.05.2021", "IS", date(2021, 5, 1))
    return gheorghe


def _disabled(land: Registers, person: Person, decision: str, office: str, since: date) -> None:
    for code, amount in (("11", 350), ("12", 146)):
        right = Right(
            code=code,
            state="P",
            decision=decision,
            office=office,
            holder=person.cnp,
            amount=Decimal(amount),
            first_month=since,
        )
        grant(land, right)
    cover(land, person, "HANDICAP", since)
    mark(land, person, "HANDICAP", since)


def _ana_maria(land: Registers) -> Person:
    home = _home("40198", "Calea Moților", "51", "C7", "9")
    ana = _one("Ana-Maria", "Șerban", "F", date(1991, 9, 30), home=home, household=4, serial=260)
    radu = _one("Radu", "Șerban", "M", date(1989, 1, 12), home=home, household=4, serial=18)
    ana, radu = _settle(land, replace(ana, birth_family="Țurcanu", spouse=radu.cnp), replace(radu, spouse=ana.cnp))
    employ(land, radu, EMPLOYERS[11], Decimal(7100), since=date(2016, 9, 1))
    spell = Spell(family=ana.family, given=ana.given, county="BV", since=date(2025, 4, 7), visited=date(2025, 10, 7))
    register_unemployed(land, ana, spell)
    cover(land, ana, "COASIGURAT", date(2025, 4, 7))
    return ana


def _vasile(land: Registers) -> Person:
    home = _home("136483", "Str. Gării", "6")
    (vasile,) = _settle(land, _one("Vasile", "Căpraru", "M", date(1979, 8, 5), home=home, household=5, serial=412))
    aid = Right(
        code="21",
        state="P",
        decision="1020/15.03.2024",
        office="SM",
        holder=vasile.cnp,
        amount=Decimal("312.50"),
        first_month=date(2024, 3, 1),
        paid_by="M",
    )
    grant(land, aid)
    cover(land, vasile, "VENIT_MINIM", aid.first_month)
    return vasile


def _mihai(land: Registers) -> Person:
    home = _home("155243", "Bd. Unirii", "112", "A3", "41")
    (mihai,) = _settle(land, _one("Mihai", "Grigorescu", "M", date(1990, 12, 8), home=home, household=6, serial=503))
    return mihai


def _elena(land: Registers) -> Person:
    home = _home("179169", "Aleea Teilor", "8", "M14", "22")
    (elena,) = _settle(land, _one("Elena", "Dumitrașcu", "F", date(1975, 5, 23), home=home, household=7, serial=190))
    employ(land, elena, EMPLOYERS[9], Decimal(4350), since=date(2018, 10, 1))
    _disabled(land, elena, "77/03.02.2022", "B", date(2022, 2, 1))
    return elena


def _matei(land: Registers) -> Person:
    home = _home("26564", "Str. Horea", "19", "D5", "30")
    ioana = _one("Ioana", "Munteanu", "F", date(1990, 4, 2), home=home, household=8, serial=333)
    sorin = _one("Sorin", "Munteanu", "M", date(1988, 7, 21), home=home, household=8, serial=45)
    matei = _one("Matei", "Munteanu", "M", date(2018, 6, 14), home=home, household=8, serial=210)
    ioana, sorin, matei = _settle(
        land,
        replace(ioana, birth_family="Mureșan", spouse=sorin.cnp),
        replace(sorin, spouse=ioana.cnp),
        replace(matei, mother=ioana.cnp, father=sorin.cnp),
    )
    employ(land, ioana, EMPLOYERS[7], Decimal(5550), since=date(2019, 9, 1))
    employ(land, sorin, EMPLOYERS[1], Decimal(5200), since=date(2014, 4, 1))
    cover(land, matei, "COPIL", matei.born)
    allow_child(land, matei, ioana, decision="2210/20.07.2018", office="BH")
    return matei


def _danylo(land: Registers) -> Person:
    home = _home("60419", "Str. Primăverii", "2", "A1", "11")
    oksana = _one("Oksana", "Kovalenko", "F", date(1993, 10, 17), home=home, household=9, serial=61, digit=8)
    danylo = _one("Danylo", "Kovalenko", "M", date(2020, 5, 15), home=home, household=9, serial=62, digit=7)
    oksana, danylo = _settle(land, oksana, replace(danylo, mother=oksana.cnp))
    employ(land, oksana, EMPLOYERS[5], Decimal(4800), since=date(2022, 9, 1))
    cover(land, danylo, "COPIL", date(2022, 9, 1))
    allow_child(land, danylo, oksana, decision="5031/12.10.2022", office="CT")
    return danylo


class _Family(NamedTuple):
    settle: Callable[[Registers], Person]
    reason: str
    kind: str | None = None


_FAMILIES: Final = (
    _Family(_maria_elena, "known to all five agencies, and they agree"),
    _Family(
        _jozsef,
        "known to all five agencies; draws unemployment benefit while an employer declares wages",
        "unemployed-with-wage",
    ),
    _Family(_gheorghe, "died this autumn; the disability indemnity is still in payment", "dead-but-paid"),
    _Family(_ana_maria, "the employment agency still knows her by her maiden name", "other-family-name"),
    _Family(_vasile, "the paying agency swapped day and month of his birth", "birth-date-differs"),
    _Family(_mihai, "insured as an employee, but nobody declares a wage", "insured-without-job"),
    _Family(_elena, "her personal number was changed; two agencies still use the old one", "number-changed"),
    _Family(_matei, "his child allowance is paid to both parents by two counties", "paid-twice"),
    _Family(_danylo, "a foreign child: the register of persons has no record, the number hides the century"),
)


def settle_showcase(land: Registers) -> tuple[Showcase, ...]:
    """Add the nine families to an empty country and plant what they carry."""
    shown = []
    for family in _FAMILIES:
        person = family.settle(land)
        if family.kind is not None:
            # A generator of its own: what is planted here does not depend on the country's seed.
            BY_KIND[family.kind].plant(land, person, Random(person.cnp))
        shown.append(Showcase(person.cnp, f"{person.given} {person.family}", family.reason, family.kind))
    return tuple(shown)
