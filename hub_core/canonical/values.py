"""Small values that many families share: codes, money, dates, periods, places, institutions."""

import datetime as dt
from decimal import Decimal
from typing import Annotated

import msgspec
from msgspec import Meta

PartialDate = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
        description="Date as far as it is known: YYYY, YYYY-MM or YYYY-MM-DD; never completed by guessing "
        "(m8g:GenericDate).",
    ),
]
LegalDate = Annotated[dt.date, Meta(description="Calendar date in the sense of the law, without zone.")]
Country = Annotated[
    str,
    Meta(
        pattern=r"^([A-Z]{2}|[A-Z]{4})$",
        description="ISO 3166-1 alpha-2; XU unknown, XS stateless, XK Kosovo; ISO 3166-3 for former states.",
    ),
]


class Struct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of the model: immutable, closed, absent fields are left out of the JSON."""


class Code(Struct, frozen=True, kw_only=True):
    """A coded value. ``code`` is ``None`` when the value received is not in the list."""

    list: Annotated[str, Meta(description="Code list and its version, such as sex@4.")]
    code: Annotated[str | None, Meta(description="Code of that list; null: the text is not in it.")] = None
    text: Annotated[str | None, Meta(description="Value as received.")] = None


class Money(Struct, frozen=True, kw_only=True):
    """An amount of money."""

    amount: Annotated[Decimal, Meta(description="Exact decimal; never a float.")]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$", description="ISO 4217.")]


class Period(Struct, frozen=True, kw_only=True):
    """A span of calendar days, both ends included; an absent ``end`` with ``open`` set is an open period."""

    start: LegalDate | None = None
    end: LegalDate | None = None
    open: Annotated[Code | None, Meta(description="Why there is no end: open, or end unknown.")] = None


class Institution(Struct, frozen=True, kw_only=True):
    """An institution as a document names it (org:Organization)."""

    id: Annotated[str | None, Meta(description="Identifier as received, such as RO:10000.")] = None
    name: Annotated[str | None, Meta(description="skos:prefLabel.")] = None
    country: Country | None = None


class Place(Struct, frozen=True, kw_only=True):
    """A place of birth or death (person:placeOfBirth, locn:Address)."""

    locality: Annotated[str | None, Meta(description="locn:postName, as received.")] = None
    siruta: Annotated[str | None, Meta(description="SIRUTA code of the locality (RO).")] = None
    region: Annotated[str | None, Meta(description="locn:adminUnitL2.")] = None
    country: Country | None = None


class Gap(Struct, frozen=True, kw_only=True):
    """A value that is not there, and why. What is simply not mentioned has no gap: it is absent.

    ``unknown``: the source says that it does not know. ``withheld``: the source knows and may not tell.
    """

    at: Annotated[str, Meta(description="Canonical path of the missing value.")]
    why: Annotated[str, Meta(pattern=r"^(unknown|withheld)$", description="unknown or withheld.")]
    text: Annotated[str | None, Meta(description="How the source said so.")] = None
