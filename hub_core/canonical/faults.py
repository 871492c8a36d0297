"""What is doubtful about a record: every fault, not the first only.

The record can be read, so each fault is a warning: someone should look, nothing is refused. It runs on every
message and is written out by hand: it visits only what is there, and builds a path only for a fault.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from hub_core.canonical.beneficiary import Beneficiary
from hub_core.canonical.benefit import Amount, Benefit
from hub_core.canonical.household import Relative
from hub_core.canonical.identifiers import Level, cnp, cui, iban, nif, siruta
from hub_core.canonical.person import Address, Birth, Death, Identifier, Person
from hub_core.canonical.values import Period, Place
from hub_core.canonical.work import Employer, Employment, Income
from hub_core.message import Finding, Severity

_NUMBER_FAULTS: Final = {
    Level.NONE: ("C201", "does not have the form of"),
    Level.FORMAT: ("C202", "has wrong check digits for"),
    Level.CHECKSUM: ("C203", "cannot be true as"),
}


class _Walk(NamedTuple):
    """What every step needs: where faults go, and the day they are judged on."""

    found: list[Finding]
    on: date
    today: str

    def add(self, code: str, at: str, text: str) -> None:
        self.found.append(Finding(code=code, severity=Severity.WARNING, text=text, at=at))


def check(record: Beneficiary, *, on: date) -> list[Finding]:
    """Return every fault of a record as seen on a day, each with its canonical path and without any value.

    Findings: C201-C203 identifiers, C204 and C205 CNP against birth date and sex, C301 periods, C302 and C303 dates
    of birth and death.
    """
    walk = _Walk([], on, on.isoformat())
    _person(walk, record, "")
    _relatives(walk, record)
    _work(walk, record)
    _benefits(walk, record)
    return walk.found


def _relatives(walk: _Walk, record: Beneficiary) -> None:
    if record.father is not None:
        _person(walk, record.father, "father.")
    if record.mother is not None:
        _person(walk, record.mother, "mother.")
    if record.spouse is not None:
        _relative(walk, record.spouse, "spouse.")
    if record.survivor is not None:
        _relative(walk, record.survivor, "survivor.")
    if record.guardian is not None:
        _relative(walk, record.guardian, "guardian.")
    for index, child in enumerate(record.children):
        _relative(walk, child, f"children[{index}].")
    for index, relative in enumerate(record.relatives):
        _relative(walk, relative, f"relatives[{index}].")
    for index, household in enumerate(record.households):
        for place, member in enumerate(household.members):
            _relative(walk, member.person, f"households[{index}].members[{place}].person.")


def _relative(walk: _Walk, relative: Relative, at: str) -> None:
    _person(walk, relative, at)
    _period(walk, relative.period, at, "period")
    if relative.father is not None:
        _person(walk, relative.father, f"{at}father.")
    if relative.mother is not None:
        _person(walk, relative.mother, f"{at}mother.")


def _person(walk: _Walk, person: Person, at: str) -> None:
    birth, death = person.birth, person.death
    for index, identifier in enumerate(person.identifiers):
        _identifier(walk, identifier, person, f"{at}identifiers[{index}]")
    if birth is not None:
        _place(walk, birth.place, at, "birth.place")
        if birth.date is not None and birth.date > walk.today[: len(birth.date)]:
            walk.add("C302", f"{at}birth.date", "the date of birth lies in the future")
    if death is not None:
        _place(walk, death.place, at, "death.place")
        _death(walk, death, birth, at)
    for index, address in enumerate(person.addresses):
        if address.siruta is not None:
            _siruta(walk, address.siruta, f"{at}addresses[{index}].siruta")


def _death(walk: _Walk, death: Death, birth: Birth | None, at: str) -> None:
    if death.date is None:
        return
    if death.date > walk.today[: len(death.date)]:
        walk.add("C302", f"{at}death.date", "the date of death lies in the future")
    if birth is not None and birth.date is not None:
        known = min(len(birth.date), len(death.date))  # partial dates: compare what both know
        if death.date[:known] < birth.date[:known]:
            walk.add("C303", f"{at}death.date", "the date of death lies before the date of birth")


def _identifier(walk: _Walk, identifier: Identifier, person: Person | None, at: str) -> None:
    _period(walk, identifier.valid, at, ".valid")
    scheme = identifier.scheme
    if scheme == "ro.cnp":
        _cnp(walk, identifier, person, f"{at}.value")
    elif scheme == "ro.nif":
        if nif.check(identifier.value).level < Level.FORMAT:
            _number(walk, Level.NONE, f"{at}.value", "a NIF")
    elif scheme == "ro.cui":
        _number(walk, cui.check(identifier.value).level, f"{at}.value", "a CUI")


def _cnp(walk: _Walk, identifier: Identifier, person: Person | None, at: str) -> None:
    if nif.check(identifier.value).level is Level.FORMAT:
        return  # registers keep NIFs of foreigners in the place of the CNP; nothing is written inside
    number = cnp.check(identifier.value, on=walk.on)
    _number(walk, number.level, at, "a CNP")
    former = identifier.status is not None and identifier.status.code == "former"
    # A former number may be former because date or sex were wrong in it; one with wrong digits proves nothing.
    if person is None or former or number.level < Level.CHECKSUM:
        return
    birth = person.birth.date if person.birth is not None else None
    if birth is not None and number.births and not any(day.isoformat().startswith(birth) for day in number.births):
        walk.add("C204", at, "the date of birth in the CNP is not the date of birth in the record")
    sex = person.sex.code if person.sex is not None else None
    if sex in {"male", "female"} and sex != number.sex:
        walk.add("C205", at, "the sex in the CNP is not the sex in the record")


def _number(walk: _Walk, level: Level, at: str, kind: str) -> None:
    if level is not Level.PLAUSIBLE:
        code, text = _NUMBER_FAULTS[level]
        walk.add(code, at, f"the number {text} {kind}")


def _siruta(walk: _Walk, code: str, at: str) -> None:
    _number(walk, siruta.check(code).level, at, "a SIRUTA code")


def _place(walk: _Walk, place: Place | None, at: str, name: str) -> None:
    if place is not None and place.siruta is not None:
        _siruta(walk, place.siruta, f"{at}{name}.siruta")


def _address(walk: _Walk, address: Address | None, at: str) -> None:
    if address is not None and address.siruta is not None:
        _siruta(walk, address.siruta, f"{at}.siruta")


def _period(walk: _Walk, period: Period | None, at: str, name: str) -> None:
    if period is not None:
        start, end = period.start, period.end
        if start is not None and end is not None and end < start:
            walk.add("C301", f"{at}{name}", "the period ends before it starts")


def _work(walk: _Walk, record: Beneficiary) -> None:
    for index, employment in enumerate(record.employments):
        _employment(walk, employment, f"employments[{index}].")
    for index, insured in enumerate(record.insurance):
        # Inlined, the only long list of most messages.
        period = insured.period
        if period is not None and period.end is not None and period.start is not None and period.end < period.start:
            _period(walk, period, f"insurance[{index}].", "period")
        if insured.employer is not None:
            _employer(walk, insured.employer, f"insurance[{index}].employer")
    _incomes(walk, record.incomes, "incomes")
    for index, seeking in enumerate(record.job_seeking):
        _period(walk, seeking.period, f"job_seeking[{index}].", "period")
    for index, disability in enumerate(record.disabilities):
        _period(walk, disability.period, f"disabilities[{index}].", "period")


def _employment(walk: _Walk, employment: Employment, at: str) -> None:
    _period(walk, employment.period, at, "period")
    _address(walk, employment.place, f"{at}place")
    if employment.employer is not None:
        _employer(walk, employment.employer, f"{at}employer")
    _incomes(walk, employment.incomes, f"{at}incomes")


def _employer(walk: _Walk, employer: Employer, at: str) -> None:
    for index, identifier in enumerate(employer.identifiers):
        if identifier.scheme == "ro.cui":
            _number(walk, cui.check(identifier.value).level, f"{at}.identifiers[{index}].value", "a CUI")
    _address(walk, employer.address, f"{at}.address")


def _incomes(walk: _Walk, incomes: Sequence[Income], at: str) -> None:
    for index, income in enumerate(incomes):
        if income.payer is not None:
            _employer(walk, income.payer, f"{at}[{index}].payer")


def _benefits(walk: _Walk, record: Beneficiary) -> None:
    for index, benefit in enumerate(record.benefits):
        _benefit(walk, benefit, f"benefits[{index}].")
    for index, decision in enumerate(record.decisions):
        _period(walk, decision.period, f"decisions[{index}].", "period")
        _amounts(walk, decision.amounts, f"decisions[{index}].amounts")
    for index, service in enumerate(record.services):
        _period(walk, service.period, f"services[{index}].", "period")
    for index, account in enumerate(record.bank_accounts):
        if account.iban is not None:
            _number(walk, iban.check(account.iban).level, f"bank_accounts[{index}].iban", "an IBAN")


def _benefit(walk: _Walk, benefit: Benefit, at: str) -> None:
    _period(walk, benefit.period, at, "period")
    _period(walk, benefit.paid, at, "paid")
    _amounts(walk, benefit.amounts, f"{at}amounts")
    if benefit.holder is not None:
        _identifier(walk, benefit.holder, None, f"{at}holder")
    if benefit.beneficiary is not None:
        _identifier(walk, benefit.beneficiary, None, f"{at}beneficiary")


def _amounts(walk: _Walk, amounts: Sequence[Amount], at: str) -> None:
    for index, amount in enumerate(amounts):
        _period(walk, amount.period, f"{at}[{index}].", "period")
