"""The canonical record: one person, and all that one document says about them."""

from typing import Annotated

from hub_core.canonical.benefit import Application, BankAccount, Benefit, Debt, Decision, ServiceReceived
from hub_core.canonical.case import CaseReference, Document, Exchange, Note
from hub_core.canonical.household import Household, Relative
from hub_core.canonical.person import Person
from hub_core.canonical.values import Code, Gap, Struct, says
from hub_core.canonical.work import Disability, Employment, Income, Insurance, InsurancePeriod, JobSeeking


class Unmapped(Struct, frozen=True):
    """A value of the source that no rule names."""

    path: Annotated[str, says("Where it stands in the document as received, with indexes.")]
    value: Annotated[str, says("Value as received.")]


class Beneficiary(Person, frozen=True, kw_only=True):
    """The subject of a document. Values are plain; where each came from is told by ``punte why``."""

    role: Annotated[
        Code | None,
        says("What the subject is in the case: insured, claimant, deceased, survivor, debtor, child (SED container)."),
    ] = None
    father: Annotated[Person | None, says("Father (SED forenameFather, fatherFamilyNameAtBirth).")] = None
    mother: Annotated[Person | None, says("Mother (SED forenameMother, motherFamilyNameAtBirth).")] = None
    spouse: Annotated[Relative | None, says("Spouse or partner; the relation says which (SED Spouse).")] = None
    children: Annotated[tuple[Relative, ...], says("Children named in the document (SED Children.Child).")] = ()
    survivor: Annotated[
        Relative | None,
        says("Claimant of a survivor's pension; the subject is then the deceased (SED ClaimantSurvivorPension)."),
    ] = None
    guardian: Annotated[
        Relative | None, says("Guardian or representative (SED InformationRepresentativeLegalGuardian).")
    ] = None
    relatives: Annotated[
        tuple[Relative, ...], says("Every other person named (SED OtherPerson; DCI related_person).")
    ] = ()
    households: Annotated[tuple[Household, ...], says("Units to which the subject belongs (DCI Group).")] = ()
    employments: Annotated[
        tuple[Employment, ...],
        says("Work, past and present (SED EmploymentSelfEmploymentDetails; DCI EmploymentInfo)."),
    ] = ()
    insured: Annotated[Insurance | None, says("State of health insurance as a register declares it (CNAS).")] = None
    insurance: Annotated[
        tuple[InsurancePeriod, ...],
        says("Categories and periods of insurance (Regulation (EC) 883/2004 art. 1(t); P4000, P5000, U002)."),
    ] = ()
    incomes: Annotated[
        tuple[Income, ...], says("Income that belongs to no employment in the document (SED IncomeAmount; ANAF).")
    ] = ()
    job_seeking: Annotated[
        tuple[JobSeeking, ...], says("Registrations as unemployed (Law 76/2002; DCI employment_status).")
    ] = ()
    disabilities: Annotated[
        tuple[Disability, ...], says("Degrees of disability or invalidity (Law 448/2006; DCI DisabilityInfo).")
    ] = ()
    benefits: Annotated[
        tuple[Benefit, ...],
        says("Benefits claimed, awarded, ended (CPSV-AP Output; SED BenefitDetails; DCI benefits)."),
    ] = ()
    services: Annotated[tuple[ServiceReceived, ...], says("Social services received (Law 292/2011).")] = ()
    applications: Annotated[tuple[Application, ...], says("Claims and applications (NAV nav.krav).")] = ()
    decisions: Annotated[tuple[Decision, ...], says("Decisions on claims (NAV vedtak; P6000, P7000, A003).")] = ()
    debts: Annotated[tuple[Debt, ...], says("Amounts owed to institutions (R documents of EESSI).")] = ()
    bank_accounts: Annotated[
        tuple[BankAccount, ...], says("Accounts for payments (SED InformationPayment.BankInformation).")
    ] = ()
    documents: Annotated[tuple[Document, ...], says("Documents that the message names (CCCEV Evidence).")] = ()
    cases: Annotated[tuple[CaseReference, ...], says("Numbers of the case (SED LocalCaseNumbers).")] = ()
    notes: Annotated[tuple[Note, ...], says("Free texts of the sender (rdfs:comment).")] = ()
    exchange: Annotated[Exchange | None, says("Kind of document that the record was read from.")] = None
    gaps: Annotated[tuple[Gap, ...], says("Values that the source marks as unknown or withheld.")] = ()
    unmapped: Annotated[tuple[Unmapped, ...], says("What the source says and no field holds; nothing is dropped.")] = ()
