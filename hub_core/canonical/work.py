"""Work, insurance, income, job seeking, disability.

Terms: EESSI data model 4.x, Regulation (EC) 883/2004, Law 448/2006 (disability).
"""

from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from hub_core.canonical.person import Address
from hub_core.canonical.values import Code, Country, Institution, LegalDate, Money, Period, Struct


class EmployerIdentifier(Struct, frozen=True, kw_only=True):
    """A number of an employer, such as the Romanian CUI."""

    value: str
    scheme: Annotated[str | None, Meta(description="ro.cui, or the kind as the source names it.")] = None


class Employer(Struct, frozen=True, kw_only=True):
    """An employer or own business."""

    name: str | None = None
    identifiers: tuple[EmployerIdentifier, ...] = ()
    address: Address | None = None


class Income(Struct, frozen=True, kw_only=True):
    """Income for one period from one payer."""

    kind: Code | None = None
    gross: Money | None = None
    net: Money | None = None
    amount: Annotated[Money | None, Meta(description="Where the source does not say gross or net.")] = None
    frequency: Code | None = None
    since: LegalDate | None = None
    month: Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}$", description="YYYY-MM.")] | None = None
    payer: Employer | None = None


class Employment(Struct, frozen=True, kw_only=True):
    """Employment or self-employment."""

    kind: Annotated[Code | None, Meta(description="employed, self-employed, ...")] = None
    employer: Employer | None = None
    occupation: str | None = None
    hours_week: Annotated[Decimal | None, Meta(description="Hours per week.")] = None
    period: Period | None = None
    planned_retirement: LegalDate | None = None
    country: Country | None = None
    place: Address | None = None
    place_name: str | None = None
    incomes: tuple[Income, ...] = ()


class InsurancePeriod(Struct, frozen=True, kw_only=True):
    """A category or period of insurance (Regulation 883/2004 art. 1(t); CNAS categories)."""

    kind: Annotated[Code | None, Meta(description="Category or type of the period.")] = None
    scheme: Code | None = None
    period: Period | None = None
    country: Country | None = None
    institution: Institution | None = None
    employer: Employer | None = None
    relevance: Code | None = None
    calculation: Code | None = None
    days: Annotated[Decimal | None, Meta(description="Number of days as stated.")] = None
    months: Decimal | None = None
    years: Decimal | None = None
    uncertain: Annotated[bool | None, Meta(description="The source marks the dates as uncertain.")] = None


class Insurance(Struct, frozen=True, kw_only=True):
    """State of insurance as a register declares it."""

    state: Annotated[Code, Meta(description="insured, not-insured.")]
    as_of: LegalDate | None = None


class JobSeeking(Struct, frozen=True, kw_only=True):
    """Registration as unemployed (Law 76/2002)."""

    status: Annotated[Code | None, Meta(description="With or without unemployment benefit.")] = None
    county: str | None = None
    period: Period | None = None
    visa: Annotated[Code | None, Meta(description="State of the monthly visa.")] = None
    visa_date: LegalDate | None = None
    end_reason: Annotated[Code | None, Meta(description="Law 76/2002 art. 44.")] = None


class Disability(Struct, frozen=True, kw_only=True):
    """Degree of disability or invalidity (Law 448/2006 art. 86; Law 360/2023). No diagnosis is held here."""

    degree: Code | None = None
    kind: Code | None = None
    certificate: str | None = None
    issued: LegalDate | None = None
    period: Period | None = None
