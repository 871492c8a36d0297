"""Small values that many families share: codes, money, dates, periods, places, institutions.

Descriptions of the model name terms and sources: ``foaf:``, ``m8g:``, ``locn:`` and the like are terms of the SEMIC
Core Vocabularies, *SED* is the element in NATIVE documents of EESSI and *NAV* that of the Norwegian dialect, *DCI* is
the field in the interfaces of the Digital Convergence Initiative.
"""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Final

import msgspec
from msgspec import Meta

# In Python ``$`` also matches before a last line feed, in JSON Schema (ECMA 262) it does not. The schema that is
# written out leaves the second half away: engines without look-ahead read it, too.
LINE_FEED_GUARD: Final = r"(?!\n)"
_END: Final = "$" + LINE_FEED_GUARD
_MONTH: Final = "-(0[1-9]|1[0-2])"
_DAY: Final = "-(0[1-9]|[12][0-9]|3[01])"


def says(text: str) -> Meta:
    """Return the description of a field: meaning, then term and source in brackets."""
    return Meta(description=text)


PartialDate = Annotated[
    str,
    Meta(
        pattern=f"^[0-9]{{4}}({_MONTH}({_DAY})?)?{_END}",
        description="Date as far as it is known: YYYY, YYYY-MM or YYYY-MM-DD; never completed by guessing "
        "(m8g:GenericDate).",
    ),
]
LegalDate = Annotated[dt.date, says("Calendar date in the sense of the law, without zone.")]
Month = Annotated[str, Meta(pattern=f"^[0-9]{{4}}{_MONTH}{_END}", description="Calendar month, YYYY-MM.")]
Country = Annotated[
    str,
    Meta(
        pattern=f"^([A-Z]{{2}}|[A-Z]{{4}}){_END}",
        description="ISO 3166-1 alpha-2; XU unknown, XS stateless, XK Kosovo; ISO 3166-3 for former states.",
    ),
]
Currency = Annotated[str, Meta(pattern=f"^[A-Z]{{3}}{_END}", description="ISO 4217.")]


class Struct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of the model: immutable, closed, absent fields are left out of the JSON."""


class Code(Struct, frozen=True, kw_only=True):
    """A coded value (skos:Concept). ``code`` is ``None`` when the value received is not in the list."""

    list: Annotated[str, says("Code list and its version, such as sex@1.")]
    code: Annotated[str | None, says("Code of that list; null: the text is not in it.")] = None
    text: Annotated[str | None, says("Value as received.")] = None


class Money(Struct, frozen=True, kw_only=True):
    """An amount of money."""

    amount: Annotated[Decimal, says("Exact decimal; never a float (SED amount; DCI benefit_value).")]
    currency: Annotated[Currency, says("ISO 4217, three capital letters (SED currency).")]


class Period(Struct, frozen=True, kw_only=True):
    """A span of calendar days, both ends included; an absent ``end`` with ``open`` set is an open period."""

    start: Annotated[LegalDate | None, says("First day (NAV fom, startdato).")] = None
    end: Annotated[LegalDate | None, says("Last day, included (NAV tom, sluttdato).")] = None
    open: Annotated[
        Code | None, says("Why there is no end: open, or end unknown (NAV aapenperiode.type; SED typeOpenPeriod).")
    ] = None


class Institution(Struct, frozen=True, kw_only=True):
    """An institution as a document names it (org:Organization)."""

    id: Annotated[str | None, says("Identifier as received, such as RO:10000 (dct:identifier; SED institutionID).")] = (
        None
    )
    name: Annotated[str | None, says("Name as received (skos:prefLabel; SED institutionName).")] = None
    country: Annotated[Country | None, says("State of the institution, ISO 3166-1.")] = None


class Place(Struct, frozen=True, kw_only=True):
    """A place of birth or death (person:placeOfBirth, person:placeOfDeath)."""

    locality: Annotated[str | None, says("Town or village as received (locn:postName; SED PlaceBirth.town).")] = None
    siruta: Annotated[
        str | None, says("Code of the locality in SIRUTA, the Romanian register of territorial units.")
    ] = None
    region: Annotated[str | None, says("County, land or region (locn:adminUnitL2; SED PlaceBirth.region).")] = None
    country: Annotated[
        Country | None, says("State (person:countryOfBirth, person:countryOfDeath; SED PlaceBirth.country).")
    ] = None


class Gap(Struct, frozen=True, kw_only=True):
    """A value that is not there, and why. What is simply not mentioned has no gap: it is absent.

    ``unknown``: the source says that it does not know. ``withheld``: the source knows and may not tell.
    """

    at: Annotated[str, says("Canonical path of the missing value.")]
    why: Annotated[str, Meta(pattern=f"^(unknown|withheld){_END}", description="unknown or withheld.")]
    text: Annotated[str | None, says("How the source said so.")] = None
