"""The canonical record: one person, and all that one document says about them."""

from typing import Annotated

from msgspec import Meta

from hub_core.canonical.benefit import Application, BankAccount, Benefit, Debt, Decision, ServiceReceived
from hub_core.canonical.case import CaseReference, Document, Exchange, Note
from hub_core.canonical.household import Household, Relative
from hub_core.canonical.person import Person
from hub_core.canonical.values import Code, Gap, Struct
from hub_core.canonical.work import Disability, Employment, Income, Insurance, InsurancePeriod, JobSeeking


class Unmapped(Struct, frozen=True, kw_only=True):
    """A value of the source that no rule names."""

    path: str
    value: str


class Beneficiary(Person, frozen=True, kw_only=True):
    """The subject of a document. Values are plain; where each came from is told by ``punte why``."""

    role: Annotated[Code | None, Meta(description="insured, claimant, deceased, survivor, debtor, child.")] = None
    father: Person | None = None
    mother: Person | None = None
    spouse: Relative | None = None
    children: tuple[Relative, ...] = ()
    survivor: Annotated[
        Relative | None,
        Meta(description="Claimant of a survivor's pension; the subject is then the deceased."),
    ] = None
    guardian: Annotated[Relative | None, Meta(description="Guardian or representative.")] = None
    relatives: Annotated[tuple[Relative, ...], Meta(description="Every other person named.")] = ()
    households: tuple[Household, ...] = ()
    employments: tuple[Employment, ...] = ()
    insured: Insurance | None = None
    insurance: Annotated[tuple[InsurancePeriod, ...], Meta(description="Categories and periods.")] = ()
    incomes: tuple[Income, ...] = ()
    job_seeking: tuple[JobSeeking, ...] = ()
    disabilities: tuple[Disability, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    services: tuple[ServiceReceived, ...] = ()
    applications: tuple[Application, ...] = ()
    decisions: tuple[Decision, ...] = ()
    debts: tuple[Debt, ...] = ()
    bank_accounts: tuple[BankAccount, ...] = ()
    documents: tuple[Document, ...] = ()
    cases: tuple[CaseReference, ...] = ()
    notes: tuple[Note, ...] = ()
    exchange: Exchange | None = None
    gaps: tuple[Gap, ...] = ()
    unmapped: Annotated[
        tuple[Unmapped, ...], Meta(description="What the source says and no field holds; nothing is dropped.")
    ] = ()
