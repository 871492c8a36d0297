"""Benefits, claims, decisions, payments, services.

Terms: Regulation (EC) 883/2004 art. 3 (branches), CPSV-AP, the Romanian acts named in the code lists.
"""

from typing import Annotated

from hub_core.canonical.person import Identifier
from hub_core.canonical.values import Code, Country, Institution, LegalDate, Money, Period, Struct, says


class Amount(Struct, frozen=True, kw_only=True):
    """An amount in force since a date (SED Amount)."""

    value: Annotated[Money | None, says("Amount and currency (SED amount, currency; DCI benefit_value).")] = None
    text: Annotated[str | None, says("Amount as received where it is not a number.")] = None
    frequency: Annotated[Code | None, says("How often it is paid (SED paymentFrequency).")] = None
    since: Annotated[LegalDate | None, says("Day since which it is in force (SED amountEffectiveSince).")] = None
    period: Annotated[Period | None, says("Days for which it is due (NAV beregning.periode).")] = None
    component: Annotated[
        Code | None, says("Which part is meant: gross, net, basic, supplementary (NAV beloepBrutto, beloepNetto).")
    ] = None


class Benefit(Struct, frozen=True, kw_only=True):
    """A benefit that the person claims, receives, or received (CPSV-AP Output; SED BenefitDetails)."""

    scheme: Annotated[
        Code | None,
        says("Benefit by its code list (CPSV-AP PublicService; Regulation (EC) 883/2004 art. 3; SED benefits)."),
    ] = None
    other_scheme: Annotated[str | None, says("Benefit named in words (SED otherBenefit).")] = None
    legal_basis: Annotated[str | None, says("Act and article, such as Law 76/2002 (CPSV-AP hasLegalResource).")] = None
    status: Annotated[
        Code | None, says("claimed, awarded, suspended, ... (SED BenefitDetails.status; DCI enrollment_status).")
    ] = None
    status_reason: Annotated[Code | None, says("Why it has that status (ANPIS MOTIV).")] = None
    decision: Annotated[str | None, says("Number and date of the decision, as received.")] = None
    period: Annotated[
        Period | None,
        says("Days of entitlement (SED startDateEntitlementBenefits, endDateEntitlementBenefits)."),
    ] = None
    paid: Annotated[
        Period | None, says("Days for which it is paid (SED startDateBenefitsPayment, endDateBenefitsPayment).")
    ] = None
    amounts: Annotated[tuple[Amount, ...], says("Amounts, each with its day and frequency (SED Amount).")] = ()
    payer: Annotated[Institution | None, says("Institution that pays (SED Institution).")] = None
    method: Annotated[Code | None, says("Way of payment: account, postal-order.")] = None
    case_number: Annotated[str | None, says("Number of the case at the payer (SED caseNumber).")] = None
    holder: Annotated[
        Identifier | None, says("Person entitled, where not the subject (titular; NAV pin of the benefit).")
    ] = None
    beneficiary: Annotated[
        Identifier | None, says("Person for whom it is paid, such as the child of Law 61/1993 (beneficiar).")
    ] = None
    based_on: Annotated[Code | None, says("Residence or work (NAV mottasbasertpaa).")] = None


class Decision(Struct, frozen=True, kw_only=True):
    """A decision on a claim (EESSI P6000, A003)."""

    kind: Annotated[
        Code | None, says("Kind of pension, or whether it is the first on the matter (NAV vedtak.type).")
    ] = None
    result: Annotated[Code | None, says("What was decided (NAV vedtak.resultat).")] = None
    number: Annotated[str | None, says("Number of the decision as received.")] = None
    issued: Annotated[LegalDate | None, says("Day of the decision (dct:issued).")] = None
    effective: Annotated[LegalDate | None, says("Day from which it has effect (NAV vedtak.virkningsdato).")] = None
    period: Annotated[Period | None, says("Days for which it holds (NAV vedtak.gjelderperiode).")] = None
    legal_basis: Annotated[
        tuple[Code, ...],
        says("Articles it rests on, such as Regulation (EC) 883/2004 art. 12(1) (CPSV-AP hasLegalResource)."),
    ] = ()
    country: Annotated[
        Country | None,
        says("State whose legislation applies (Regulation (EC) 883/2004 title II; NAV vedtak.land)."),
    ] = None
    grounds: Annotated[tuple[Code, ...], says("Grounds of a rejection (NAV avslagbegrunnelse.begrunnelse).")] = ()
    amounts: Annotated[tuple[Amount, ...], says("Amounts awarded (NAV vedtak.beregning).")] = ()
    appeal: Annotated[
        str | None, says("Time for appeal, in the words of the document (Regulation (EC) 987/2009 art. 48).")
    ] = None


class Application(Struct, frozen=True, kw_only=True):
    """A claim or application (cerere)."""

    kind: Annotated[Code | None, says("What is claimed: kind of pension or benefit, new or changed.")] = None
    date: Annotated[LegalDate | None, says("Day of the claim (SED dateClaim; NAV krav.dato).")] = None
    requested_start: Annotated[
        LegalDate | None, says("Day from which the benefit is asked for (NAV forespurtstartdato).")
    ] = None
    number: Annotated[str | None, says("Number of registration, as received.")] = None
    status: Annotated[Code | None, says("How far the claim has come.")] = None


class Debt(Struct, frozen=True, kw_only=True):
    """An amount that the person owes to an institution."""

    balance: Annotated[Money, says("Amount still owed.")]
    as_of: Annotated[LegalDate | None, says("Day of the balance.")] = None
    creditor: Annotated[Institution | None, says("Institution to which it is owed.")] = None


class BankAccount(Struct, frozen=True, kw_only=True):
    """Where payments go; withheld from most readers (SED InformationPayment.BankInformation)."""

    holder: Annotated[str | None, says("Name of the holder as received (SED accountHolderName).")] = None
    iban: Annotated[str | None, says("IBAN as received (ISO 13616; SED SEPAAccount.IBAN).")] = None
    bic: Annotated[str | None, says("BIC of the bank (ISO 9362; SED BICSWIFT).")] = None
    account: Annotated[str | None, says("Number of an account outside of SEPA (SED NonSEPAAccount.accountNumber).")] = (
        None
    )
    bank: Annotated[str | None, says("Name of the bank (SED NonSEPAAccount.bankName).")] = None
    role: Annotated[Code | None, says("Whose account it is: insured, guardian (SED paymentTo).")] = None


class ServiceReceived(Struct, frozen=True, kw_only=True):
    """A social service that the person receives (Law 292/2011)."""

    service: Annotated[
        Code | None, says("Service by its code in the nomenclature of social services (HG 867/2015).")
    ] = None
    provider: Annotated[Institution | None, says("Who gives it (furnizor; org:Organization).")] = None
    period: Annotated[Period | None, says("Days on which it is given.")] = None
    status: Annotated[Code | None, says("Whether it is given, suspended or ended.")] = None
