"""Benefits, claims, decisions, payments, services.

Terms: Regulation (EC) 883/2004 art. 3 (branches), CPSV-AP, the Romanian acts named in the code lists.
"""

from typing import Annotated

from msgspec import Meta

from hub_core.canonical.person import Identifier
from hub_core.canonical.values import Code, Institution, LegalDate, Money, Period, Struct


class Amount(Struct, frozen=True, kw_only=True):
    """An amount in force since a date."""

    value: Money | None = None
    text: Annotated[str | None, Meta(description="Amount as received where it is not a number.")] = None
    frequency: Code | None = None
    since: LegalDate | None = None
    period: Period | None = None
    component: Code | None = None


class Benefit(Struct, frozen=True, kw_only=True):
    """A benefit that the person claims, receives, or received."""

    scheme: Annotated[Code | None, Meta(description="Benefit by its code list.")] = None
    other_scheme: Annotated[str | None, Meta(description="Benefit named in words.")] = None
    legal_basis: Annotated[str | None, Meta(description="Act and article.")] = None
    status: Code | None = None
    status_reason: Code | None = None
    decision: Annotated[str | None, Meta(description="Number and date of the decision, as received.")] = None
    period: Annotated[Period | None, Meta(description="Period of entitlement.")] = None
    paid: Annotated[Period | None, Meta(description="Period of payment.")] = None
    amounts: tuple[Amount, ...] = ()
    payer: Institution | None = None
    method: Annotated[Code | None, Meta(description="Account, postal order, in kind.")] = None
    case_number: str | None = None
    holder: Annotated[Identifier | None, Meta(description="Person entitled, where not the subject.")] = None
    beneficiary: Annotated[Identifier | None, Meta(description="Person for whom it is paid.")] = None
    based_on: Annotated[Code | None, Meta(description="Residence or work.")] = None


class Decision(Struct, frozen=True, kw_only=True):
    """A decision on a claim (EESSI P6000, A003)."""

    kind: Code | None = None
    result: Code | None = None
    number: str | None = None
    issued: LegalDate | None = None
    effective: LegalDate | None = None
    period: Period | None = None
    legal_basis: tuple[Code, ...] = ()
    country: Annotated[str | None, Meta(description="State whose legislation applies, ISO 3166-1.")] = None
    grounds: tuple[Code, ...] = ()
    amounts: tuple[Amount, ...] = ()
    appeal: Annotated[str | None, Meta(description="Time for appeal, in the words of the document.")] = None


class Application(Struct, frozen=True, kw_only=True):
    """A claim or application."""

    kind: Code | None = None
    date: LegalDate | None = None
    requested_start: LegalDate | None = None
    number: str | None = None
    status: Code | None = None


class Debt(Struct, frozen=True, kw_only=True):
    """An amount that the person owes to an institution."""

    balance: Money
    as_of: LegalDate | None = None
    creditor: Institution | None = None


class BankAccount(Struct, frozen=True, kw_only=True):
    """Where payments go (withheld from most readers)."""

    holder: str | None = None
    iban: Annotated[str | None, Meta(description="ISO 13616, as received.")] = None
    bic: str | None = None
    account: Annotated[str | None, Meta(description="Number of a non-SEPA account.")] = None
    bank: str | None = None
    role: Code | None = None


class ServiceReceived(Struct, frozen=True, kw_only=True):
    """A social service that the person receives (Law 292/2011)."""

    service: Code | None = None
    provider: Institution | None = None
    period: Period | None = None
    status: Code | None = None
