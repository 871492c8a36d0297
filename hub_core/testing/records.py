"""A synthetic record for tests: a test names only what matters to it."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from hub_core.canonical.beneficiary import Beneficiary
from hub_core.canonical.benefit import Amount, BankAccount, Benefit
from hub_core.canonical.case import CaseReference, Exchange
from hub_core.canonical.household import Relative
from hub_core.canonical.person import Address, Birth, Citizenship, CivilStatus, Identifier, Name, NormalName, Person
from hub_core.canonical.values import Code, Institution, Money, Period, Place
from hub_core.canonical.work import Employer, EmployerIdentifier, Employment, Income, Insurance, InsurancePeriod


def a_code(code: str, code_list: str = "test@1") -> Code:
    """Return a code as a mapping would make it."""
    return Code(list=code_list, code=code, text=code)


def a_cnp(value: str = "2850415123450") -> Identifier:
    """Return a CNP; without argument that of a woman born on 15 April 1985."""
    return Identifier(value=value, scheme="ro.cnp", country="RO")


def a_name(family: str = "IONESCU-ŞTEFAN", given: str = "IOANA") -> Name:
    """Return a name as a register sends it: capitals, cedilla."""
    key = " ".join(sorted(f"{family} {given}".replace("-", " ").replace("Ş", "S").split()))
    normal = NormalName(key=key, family=family.replace("Ş", "Ș"), given=given)
    return Name(family=family, given=given, normal=normal)


def a_record(**changes: Any) -> Beneficiary:
    """Return a record without any fault; ``changes`` replaces whole fields of ``Beneficiary``."""
    record = Beneficiary(
        identifiers=(a_cnp(),),
        name=a_name(),
        birth=Birth(date="1985-04-15", place=Place(locality="AIUD", siruta="1213", country="RO")),
        sex=a_code("female", "sex@1"),
        citizenships=(Citizenship(country="RO"),),
        addresses=(Address(use=a_code("domicile"), street="STR. MORII", number="7", siruta="1213", country="RO"),),
        civil_status=(CivilStatus(status=a_code("married"), since=date(2010, 6, 12)),),
        father=Person(name=a_name(given="ION")),
        spouse=Relative(relation=a_code("spouse"), name=a_name(given="MIHAI"), birth=Birth(date="1984")),
        children=(_a_child(),),
        employments=(_an_employment(),),
        insured=Insurance(state=a_code("insured"), as_of=date(2025, 11, 3)),
        insurance=(
            InsurancePeriod(kind=a_code("employee"), period=Period(start=date(2018, 2, 1), open=a_code("open"))),
            InsurancePeriod(kind=a_code("student"), period=Period(start=date(2004, 10, 1), end=date(2008, 9, 30))),
        ),
        benefits=(_a_benefit(),),
        bank_accounts=(BankAccount(holder="IONESCU-STEFAN IOANA", iban="RO49AAAA1B31007593840000"),),
        cases=(CaseReference(number="0012/03.11.2025", institution=Institution(id="RO:10000"), country="RO"),),
        exchange=Exchange(system="TEST", type="answer"),
    )
    return msgspec.structs.replace(record, **changes)


def _a_child() -> Relative:
    return Relative(
        relation=a_code("own-child"),
        identifiers=(a_cnp("5120301123457"),),
        name=a_name(given="ANDREI"),
        birth=Birth(date="2012-03-01"),
        sex=a_code("male", "sex@1"),
    )


def _an_employment() -> Employment:
    employer = Employer(name="MOARA SRL", identifiers=(EmployerIdentifier(value="RO18547290", scheme="ro.cui"),))
    return Employment(
        kind=a_code("employed"),
        employer=employer,
        hours_week=Decimal("37.5"),
        period=Period(start=date(2018, 2, 1)),
        incomes=(Income(gross=Money(amount=Decimal("5230.00"), currency="RON"), month="2025-10", payer=employer),),
    )


def _a_benefit() -> Benefit:
    return Benefit(
        scheme=a_code("ASC"),
        legal_basis="Legea 61/1993",
        status=a_code("active"),
        period=Period(start=date(2012, 4, 1), end=date(2030, 3, 1)),
        amounts=(Amount(value=Money(amount=Decimal(292), currency="RON"), since=date(2025, 1, 1)),),
        payer=Institution(id="ANPIS", country="RO"),
        beneficiary=a_cnp("5120301123457"),
    )
