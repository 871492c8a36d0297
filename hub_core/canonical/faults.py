"""What is doubtful about a record: every fault, not the first only.

The record can be read, so each fault is a warning: someone should look, nothing is refused. It runs on every
message and is written out by hand: it visits only what is there, and builds a path only for a fault.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from hub_core.canonical.beneficiary import Beneficiary
from hub_core.canonical.benefit import Amount, Benefit
from hub_core.canonical.household import Household, Relative
from hub_core.canonical.identifiers import Level, cnp, cui, iban, nif, siruta
from hub_core.canonical.person import Address, Birth, Death, Identifier, Name, Person
from hub_core.canonical.persons import people
from hub_core.canonical.values import Period, Place
from hub_core.canonical.work import Employer, Employment, Income, InsurancePeriod
from hub_core.message import Finding, Severity

_NUMBER_FAULTS: Final = {
    Level.NONE: ("C201", "does not have the form of"),
    Level.FORMAT: ("C202", "has wrong check digits for"),
    Level.CHECKSUM: ("C203", "cannot be true as"),
}
_PLAUSIBLE: Final = Level.PLAUSIBLE  # a lookup in an enum is slow
_NO_NAMES: Final = (None, Name())
_NO_BIRTHS: Final = (None, Birth())


def check(record: Beneficiary, *, on: date) -> list[Finding]:
    """Return every fault of a record as seen on a day, each with its canonical path and without any value.

    Findings: C201-C203 identifiers, C204 and C205 CNP against birth date and sex, C301 periods, C302 and C303 dates
    of birth and death, C304 nobody.
    """
    found: list[Finding] = []
    if not record.identifiers and not any(map(_is_known, people(record))):
        found.append(Finding(code="C304", severity=Severity.WARNING, text="nobody has a number, a name or a birth"))
    _person(found, record, "", on)
    _family(found, record, on)
    _work(found, record)
    _benefits(found, record, on)
    return found


def _add(found: list[Finding], code: str, at: str, text: str) -> None:
    found.append(Finding(code=code, severity=Severity.WARNING, text=text, at=at))


def _is_known(person: Person) -> bool:
    """Tell whether a person has anything by which one person is told from another."""
    return bool(
        person.identifiers
        or person.name not in _NO_NAMES
        or person.birth not in _NO_BIRTHS
        or person.birth_name not in _NO_NAMES
        or person.former_names
    )


def _family(found: list[Finding], record: Beneficiary, on: date) -> None:
    if record.father is not None:
        _person(found, record.father, "father.", on)
    if record.mother is not None:
        _person(found, record.mother, "mother.", on)
    if record.spouse is not None:
        _relative(found, record.spouse, "spouse.", on)
    if record.survivor is not None:
        _relative(found, record.survivor, "survivor.", on)
    if record.guardian is not None:
        _relative(found, record.guardian, "guardian.", on)
    if record.children:
        _relatives(found, record.children, "children", on)
    if record.relatives:
        _relatives(found, record.relatives, "relatives", on)
    if record.households:
        _households(found, record.households, on)


def _relatives(found: list[Finding], relatives: Sequence[Relative], at: str, on: date) -> None:
    for index, relative in enumerate(relatives):
        _relative(found, relative, f"{at}[{index}].", on)


def _households(found: list[Finding], households: Sequence[Household], on: date) -> None:
    for index, household in enumerate(households):
        for place, member in enumerate(household.members):
            _relative(found, member.person, f"households[{index}].members[{place}].person.", on)


def _relative(found: list[Finding], relative: Relative, at: str, on: date) -> None:
    _person(found, relative, at, on)
    if relative.period is not None:
        _period(found, relative.period, at, "period")
    if relative.father is not None:
        _person(found, relative.father, f"{at}father.", on)
    if relative.mother is not None:
        _person(found, relative.mother, f"{at}mother.", on)


def _person(found: list[Finding], person: Person, at: str, on: date) -> None:
    birth, death = person.birth, person.death
    for index, identifier in enumerate(person.identifiers):
        _identifier(found, identifier, person, f"{at}identifiers[{index}]", on)
    if birth is not None:
        if birth.date is not None and _is_after(birth.date, on):
            _add(found, "C302", f"{at}birth.date", "the date of birth lies in the future")
        if birth.place is not None:
            _place(found, birth.place, f"{at}birth.place")
    if death is not None:
        _death(found, death, birth, at, on)
    if person.addresses:
        for index, address in enumerate(person.addresses):
            _address(found, address, f"{at}addresses[{index}]")


def _is_after(partial: str, day: date) -> bool:
    """Tell whether a date, as far as it is known, lies after a day."""
    return partial > day.isoformat()[: len(partial)]


def _death(found: list[Finding], death: Death, birth: Birth | None, at: str, on: date) -> None:
    if death.place is not None:
        _place(found, death.place, f"{at}death.place")
    if death.date is None:
        return
    if _is_after(death.date, on):
        _add(found, "C302", f"{at}death.date", "the date of death lies in the future")
    if birth is not None and birth.date is not None:
        known = min(len(birth.date), len(death.date))  # partial dates: compare what both know
        if death.date[:known] < birth.date[:known]:
            _add(found, "C303", f"{at}death.date", "the date of death lies before the date of birth")


def _identifier(found: list[Finding], identifier: Identifier, person: Person | None, at: str, on: date) -> None:
    if identifier.valid is not None:
        _period(found, identifier.valid, at, ".valid")
    scheme = identifier.scheme
    if scheme == "ro.cnp":
        _cnp(found, identifier, person, at, on)
    elif scheme == "ro.nif":
        if nif.check(identifier.value).level is Level.NONE:
            _doubt(found, Level.NONE, f"{at}.value", "a NIF")
    elif scheme == "ro.cui":
        _doubt(found, cui.check(identifier.value).level, f"{at}.value", "a CUI")


def _cnp(found: list[Finding], identifier: Identifier, person: Person | None, at: str, on: date) -> None:
    number = cnp.check(identifier.value, on=on)
    level = number.level
    if level is not _PLAUSIBLE:
        if nif.check(identifier.value).level is not Level.NONE:
            return  # registers keep NIFs of foreigners in the place of the CNP; nothing is written inside
        _doubt(found, level, f"{at}.value", "a CNP")
        if level < Level.CHECKSUM:
            return  # wrong digits prove nothing
    # A former number may be former because date or sex were wrong in it.
    if person is None or (identifier.status is not None and identifier.status.code == "former"):
        return
    if person.birth is not None and person.birth.date is not None and number.births:
        birth = person.birth.date
        if not any([day.isoformat().startswith(birth) for day in number.births]):  # noqa: C419 (a list is faster)
            _add(found, "C204", f"{at}.value", "the date of birth in the CNP is not the date of birth in the record")
    if person.sex is not None and person.sex.code != number.sex and person.sex.code in {"male", "female"}:
        _add(found, "C205", f"{at}.value", "the sex in the CNP is not the sex in the record")


def _doubt(found: list[Finding], level: Level, at: str, kind: str) -> None:
    """Add the fault of a number that did not reach the last level."""
    if level is not _PLAUSIBLE:
        code, text = _NUMBER_FAULTS[level]
        _add(found, code, at, f"the number {text} {kind}")


def _place(found: list[Finding], place: Place, at: str) -> None:
    if place.siruta is not None:
        _doubt(found, siruta.check(place.siruta).level, f"{at}.siruta", "a SIRUTA code")


def _address(found: list[Finding], address: Address, at: str) -> None:
    if address.siruta is not None:
        _doubt(found, siruta.check(address.siruta).level, f"{at}.siruta", "a SIRUTA code")


def _period(found: list[Finding], period: Period, at: str, name: str) -> None:
    """Check a period; its path comes in two parts, put together only for a fault."""
    if period.end is not None and period.start is not None and period.end < period.start:
        _add(found, "C301", f"{at}{name}", "the period ends before it starts")


def _work(found: list[Finding], record: Beneficiary) -> None:
    for index, employment in enumerate(record.employments):
        _employment(found, employment, f"employments[{index}].")
    if record.insurance:
        _insurance(found, record.insurance)
    if record.incomes:
        _incomes(found, record.incomes, "incomes")
    for index, seeking in enumerate(record.job_seeking):
        if seeking.period is not None:
            _period(found, seeking.period, f"job_seeking[{index}].", "period")
    for index, disability in enumerate(record.disabilities):
        if disability.period is not None:
            _period(found, disability.period, f"disabilities[{index}].", "period")


def _insurance(found: list[Finding], periods: Sequence[InsurancePeriod]) -> None:
    for index, insured in enumerate(periods):
        period = insured.period
        # The only long list of most messages: no call, and no path, where there is nothing to say.
        if period is not None and period.end is not None and period.start is not None and period.end < period.start:
            _period(found, period, f"insurance[{index}].", "period")
        if insured.employer is not None:
            _employer(found, insured.employer, f"insurance[{index}].employer")


def _employment(found: list[Finding], employment: Employment, at: str) -> None:
    if employment.period is not None:
        _period(found, employment.period, at, "period")
    if employment.place is not None:
        _address(found, employment.place, f"{at}place")
    if employment.employer is not None:
        _employer(found, employment.employer, f"{at}employer")
    _incomes(found, employment.incomes, f"{at}incomes")


def _employer(found: list[Finding], employer: Employer, at: str) -> None:
    for index, identifier in enumerate(employer.identifiers):
        if identifier.scheme == "ro.cui":
            _doubt(found, cui.check(identifier.value).level, f"{at}.identifiers[{index}].value", "a CUI")
    if employer.address is not None:
        _address(found, employer.address, f"{at}.address")


def _incomes(found: list[Finding], incomes: Sequence[Income], at: str) -> None:
    for index, income in enumerate(incomes):
        if income.payer is not None:
            _employer(found, income.payer, f"{at}[{index}].payer")


def _benefits(found: list[Finding], record: Beneficiary, on: date) -> None:
    for index, benefit in enumerate(record.benefits):
        _benefit(found, benefit, f"benefits[{index}].", on)
    for index, decision in enumerate(record.decisions):
        if decision.period is not None:
            _period(found, decision.period, f"decisions[{index}].", "period")
        _amounts(found, decision.amounts, f"decisions[{index}].amounts")
    for index, service in enumerate(record.services):
        if service.period is not None:
            _period(found, service.period, f"services[{index}].", "period")
    for index, account in enumerate(record.bank_accounts):
        if account.iban is not None:
            _doubt(found, iban.check(account.iban).level, f"bank_accounts[{index}].iban", "an IBAN")


def _benefit(found: list[Finding], benefit: Benefit, at: str, on: date) -> None:
    for period, name in ((benefit.period, "period"), (benefit.paid, "paid")):
        if period is not None:
            _period(found, period, at, name)
    _amounts(found, benefit.amounts, f"{at}amounts")
    for person, name in ((benefit.holder, "holder"), (benefit.beneficiary, "beneficiary")):
        if person is not None:
            _identifier(found, person, None, f"{at}{name}", on)


def _amounts(found: list[Finding], amounts: Sequence[Amount], at: str) -> None:
    for index, amount in enumerate(amounts):
        if amount.period is not None:
            _period(found, amount.period, f"{at}[{index}].", "period")
