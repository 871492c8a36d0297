"""Lists that town halls and the employment agency leave as files, about persons of the synthetic country."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Final

from hub_demo.agencies.letters import old_capitals
from hub_demo.population import Population
from hub_demo.registers import REFERENCE_DATE, Person, Right, Spell

INCLUSION_AID: Final = "21"  # code of SAFIR
FAMILIES: Final = 6  # at most, on one list
TITLES: Final = ("NR_CRT", "CNP_TIT", "NUME", "PRENUME", "NR_MEMBRI", "SUMA")


def borderou(
    country: Population, siruta: str, *, number: int, eaten: int | None = None, wrong_by: Decimal = Decimal(0)
) -> bytes:
    """Return a town hall's list of families with inclusion aid (CSV, windows-1250, as spreadsheets save it).

    Args:
        country: whose families.
        siruta: of the town.
        number: of the list at the town hall.
        eaten: line whose personal number a spreadsheet has shortened.
        wrong_by: lei that the sum at the end is off.
    """
    aided = list(islice(_aided(country, siruta), FAMILIES))
    rows: list[tuple[object, ...]] = [
        ("BORDEROU", number, f"{REFERENCE_DATE:%d.%m.%Y}", siruta, f"{REFERENCE_DATE:%m.%Y}"),
        TITLES,
    ]
    for place, (person, right) in enumerate(aided, start=1):
        cnp = _shortened(person.cnp) if len(rows) + 1 == eaten else person.cnp
        members = sum(other.household == person.household for other in country.people.values())
        names = old_capitals(person.family), old_capitals(person.given)
        rows.append((place, cnp, *names, members, _comma(right.amount)))
    rows.append(("TOTAL", len(aided), _comma(sum((right.amount for _, right in aided), wrong_by))))
    text = io.StringIO()
    csv.writer(text, delimiter=";", quoting=csv.QUOTE_NONNUMERIC).writerows(rows)
    return text.getvalue().encode("cp1250")


def register_of_unemployed(country: Population, count: int, *, county: str, night: date) -> bytes:
    """Return some rows of ANOFM's register (ISO-8859-2): the first persons in it, and all of a county who are paid.

    The last of the first ones who is paid, but never the very first, has a number with a wrong check digit. The header
    counts a line too many, as it always does.
    """
    first = list(islice(_registered(country), count))
    wrong = max((place for place, (_, spell) in enumerate(first) if place and spell.benefit), default=None)
    paid = [one for one in _registered(country) if one[1].county == county and one[1].benefit and one not in first]
    registered = first + paid
    lines = [f"H|ANOFM|{night:%Y%m%d}|SOMERI|ISO-8859-2|{len(registered) + 1:06d}"]
    for place, (number, spell) in enumerate(registered):
        cnp = f"{number[:-1]}{(int(number[-1]) + 1) % 10}" if place == wrong else number
        lines.append("|".join(("D", cnp, *_spell(spell))))
    total = sum((spell.benefit for _, spell in registered), Decimal(0))
    lines.append(f"T|{len(registered):06d}|{_padded(total)}")
    return "".join(f"{line}\r\n" for line in lines).encode("iso8859-2")


def _aided(country: Population, siruta: str) -> Iterator[tuple[Person, Right]]:
    for number, person in country.people.items():
        file = country.benefit_file(number) if person.home.siruta == siruta else None
        for right in file.rights if file else ():
            if (right.code, right.state, right.holder) == (INCLUSION_AID, "P", number):
                yield person, right


def _registered(country: Population) -> Iterator[tuple[str, Spell]]:
    """Go through those who draw unemployment benefit today, and those who look for work without."""
    for number in country.people:
        spells = country.spells(number)
        if spells and spells[-1].end_code is None:
            yield number, spells[-1]


def _spell(spell: Spell) -> tuple[str, ...]:
    visit = ("L" if spell.visit_missed else "V", f"{spell.visited:%d.%m.%Y}") if spell.visited else ("", "")
    return (
        old_capitals(spell.family),
        old_capitals(spell.given),
        spell.county,
        "I" if spell.benefit else "N",
        f"{spell.since:%d.%m.%Y}",
        f"{spell.until:%d.%m.%Y}" if spell.until else "",
        _padded(spell.benefit),
        *visit,
        "",
    )


def _shortened(number: str) -> str:
    """Return a number as spreadsheets show it.

    >>> _shortened("2850415123450")
    '2,85042E+12'
    """
    return f"{Decimal(number):.5E}".replace(".", ",")


def _comma(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def _padded(amount: Decimal) -> str:
    return f"{amount:010.2f}".replace(".", ",")
