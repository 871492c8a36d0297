"""Work, insurance, income, job seeking, disability.

Terms: EESSI data model 4.x, Regulation (EC) 883/2004, Law 448/2006 (disability).
"""

from decimal import Decimal
from typing import Annotated

from hub_core.canonical.person import Address
from hub_core.canonical.values import Code, Country, Institution, LegalDate, Money, Month, Period, Struct, says


class EmployerIdentifier(Struct, frozen=True, kw_only=True):
    """A number of an employer, such as the Romanian CUI."""

    value: Annotated[str, says("Number as received (skos:notation; NAV arbeidsgiver.identifikator.id).")]
    scheme: Annotated[
        str | None, says("ro.cui, or the kind as the source names it (dct:type; NAV arbeidsgiver.identifikator.type).")
    ] = None


class Employer(Struct, frozen=True, kw_only=True):
    """An employer or own business."""

    name: Annotated[str | None, says("Name as received (NAV arbeidsgiver.navn).")] = None
    identifiers: Annotated[
        tuple[EmployerIdentifier, ...], says("Numbers in registers of business, tax or insurance (dct:identifier).")
    ] = ()
    address: Annotated[Address | None, says("Address of the employer (locn:Address).")] = None


class Income(Struct, frozen=True, kw_only=True):
    """Income for one period from one payer (SED IncomeAmount)."""

    kind: Annotated[Code | None, says("wages, pension, rent, ... (Law 227/2015 title IV).")] = None
    gross: Annotated[Money | None, says("Amount before tax and contributions (venit brut).")] = None
    net: Annotated[Money | None, says("Amount after tax and contributions (venit net).")] = None
    amount: Annotated[Money | None, says("Amount where the source does not say gross or net (SED amount).")] = None
    frequency: Annotated[Code | None, says("How often it is paid (SED paymentFrequency).")] = None
    since: Annotated[LegalDate | None, says("Day since which it is in force (SED amountEffectiveSince).")] = None
    month: Annotated[Month | None, says("Month for which it was declared, YYYY-MM (ANAF).")] = None
    payer: Annotated[Employer | None, says("Who pays it.")] = None


class Employment(Struct, frozen=True, kw_only=True):
    """Employment or self-employment (SED EmploymentSelfEmploymentDetails; DCI EmploymentInfo)."""

    kind: Annotated[
        Code | None,
        says(
            "employed, self-employed, ... (Regulation (EC) 883/2004 art. 1(a) and (b); SED employmentSelfEmployment)."
        ),
    ] = None
    employer: Annotated[Employer | None, says("Employer or own business (NAV arbeidsgiver).")] = None
    occupation: Annotated[str | None, says("Occupation in words (SED occupation; DCI occupation).")] = None
    hours_week: Annotated[Decimal | None, says("Hours per week (SED hoursPerWeek).")] = None
    period: Annotated[Period | None, says("Days of the work; a planned start lies ahead.")] = None
    planned_retirement: Annotated[
        LegalDate | None, says("Day on which the person means to retire (NAV planlagtpensjoneringsdato).")
    ] = None
    country: Annotated[Country | None, says("State in which the work is done (NAV arbeidsland).")] = None
    place: Annotated[Address | None, says("Address where the work is done (SED PlaceWork; NAV arbeidssted).")] = None
    place_name: Annotated[str | None, says("Name of the place, ship or home base (NAV arbeidssted.navn).")] = None
    incomes: Annotated[tuple[Income, ...], says("Income from this work (NAV arbeidsforhold.inntekt).")] = ()


class InsurancePeriod(Struct, frozen=True, kw_only=True):
    """A category or period of insurance (Regulation (EC) 883/2004 art. 1(t); CNAS categories)."""

    kind: Annotated[
        Code | None, says("Ground of insurance (Law 95/2006 art. 222 and 224) or type of period (P4000, P5000, U002).")
    ] = None
    scheme: Annotated[Code | None, says("Scheme of insurance: general, employed, miner, ... (P5000 scheme).")] = None
    period: Annotated[Period | None, says("Days of insurance.")] = None
    country: Annotated[Country | None, says("State in which the period was completed (P5000 country).")] = None
    institution: Annotated[Institution | None, says("Institution that confirms the period.")] = None
    employer: Annotated[Employer | None, says("Employer during the period.")] = None
    relevance: Annotated[
        Code | None, says("For which risks it counts: old age, survivors, invalidity (P5000 relevance).")
    ] = None
    calculation: Annotated[Code | None, says("For which risks it enters the amount (P5000 calculation).")] = None
    days: Annotated[Decimal | None, says("Number of days as stated (P5000 totals).")] = None
    months: Annotated[Decimal | None, says("Number of months as stated (P5000 totals).")] = None
    years: Annotated[Decimal | None, says("Number of years as stated (P5000 totals).")] = None
    uncertain: Annotated[bool | None, says("The source marks the dates as uncertain (NAV usikkerDatoIndikator).")] = (
        None
    )


class Insurance(Struct, frozen=True, kw_only=True):
    """State of insurance as a register declares it."""

    state: Annotated[Code, says("insured, not-insured (Law 95/2006 title VIII).")]
    as_of: Annotated[LegalDate | None, says("Day for which the register answers.")] = None


class JobSeeking(Struct, frozen=True, kw_only=True):
    """Registration as unemployed (Law 76/2002)."""

    status: Annotated[
        Code | None, says("With or without unemployment benefit: indemnizat, neindemnizat (ANOFM TIP).")
    ] = None
    county: Annotated[str | None, says("County of the agency (AJOFM) by its letters.")] = None
    period: Annotated[Period | None, says("Days of the registration.")] = None
    visa: Annotated[Code | None, says("State of the monthly visit: made, missed (Law 76/2002 art. 41).")] = None
    visa_date: Annotated[LegalDate | None, says("Day of the last visit (ANOFM DATA_VIZA).")] = None
    end_reason: Annotated[Code | None, says("Why the benefit ended (Law 76/2002 art. 44).")] = None


class Disability(Struct, frozen=True, kw_only=True):
    """Degree of disability or invalidity. No diagnosis is held here."""

    degree: Annotated[
        Code | None,
        says("Degree: grav, accentuat, mediu, ușor (Law 448/2006 art. 86); I to III (Law 360/2023); DCI severity."),
    ] = None
    kind: Annotated[Code | None, says("Type of disability (Law 448/2006 art. 86; DCI limitation).")] = None
    certificate: Annotated[str | None, says("Number of the certificate or decision, as received.")] = None
    issued: Annotated[LegalDate | None, says("Day of the certificate or decision (dct:issued).")] = None
    period: Annotated[Period | None, says("Days of validity; open: permanent.")] = None
