"""The reading of a U002 by hand: one pass, and the very ``Reading`` that ``eessi.neessi.u002/1`` gives.

It knows every place that the mapping knows. Of odd shapes it handles what partners send: one object where a list may
stand, a number where a text is expected. What is left over and what cannot be read is told as the mapping tells it.
"""

from datetime import date
from typing import Any

import msgspec

from hub_core.canonical import Beneficiary, Unmapped
from hub_core.canonical.faults import check
from hub_core.canonical.values import Code
from hub_core.message import Finding, Leaf, Severity
from hub_core.reading import Reading, Verdict, bounded
from tests.bench.yardsticks.u002 import (
    CASE,
    CHILD,
    CHILDREN,
    DOCUMENT,
    EMPLOYER,
    IDENTIFIER,
    INCOME,
    KINDS,
    OTHER,
    PAYMENT,
    PAYMENT_PERIOD,
    ROLE,
    UNEMPLOYMENT,
)
from tests.bench.yardsticks.u002_person import address, person, relative
from tests.bench.yardsticks.u002_walk import (
    CURRENCY,
    DAY,
    DECIMAL,
    Json,
    Pass,
    code,
    land,
    objects,
    only,
    plain,
    put,
    texts,
)


def read(root: Json, *, on: date) -> Reading:
    """Read a document."""
    seen = Pass()
    record: Json = {"role": ROLE}
    exchange: Json = {}
    texts(root, exchange, (("type", "sedType"), ("version", "sedVersjon")))
    if exchange:
        record["exchange"] = {"system": "EESSI", "dialect": "NEESSI", **exchange}
    if subject := only(root, "bruker", "", seen):
        relative(subject, record, "bruker", "", seen)
    if (spouse := only(root, "ektefelle", "", seen)) and (made := relative(spouse, {}, "ektefelle", "spouse.", seen)):
        record["spouse"] = made
    _children(root, record, seen)
    _others(root, record, seen)
    if cases := _cases(root, seen):
        record["cases"] = cases
    _periods(root, record, seen)
    if benefits := _benefits(root, seen):
        record["benefits"] = benefits
    if not DOCUMENT.issuperset(root):
        seen.others(root, DOCUMENT, "")
    return _reading(record, seen, on)


def _children(root: Json, record: Json, seen: Pass) -> None:
    children = []
    for one, path in objects(root, "barn", "", seen):
        to = f"children[{len(children)}]."
        child = relative(one, {}, path, to, seen, CHILD)
        for belonging, _ in objects(one, "barnetilhoerigheter", path, seen):
            if belonging.get("relasjonTilPerson") == "søker":
                code(belonging, "relasjonType", "nav-child@1", child, "relation", path, to, seen)
        if child:
            children.append(child)
    if decision := only(root, "vedtak", "", seen):
        for one, path in objects(decision, "barnVedtaketOmfatter", "vedtak", seen):
            child = {}
            person(one, child, path, f"children[{len(children)}].", seen)
            if child:
                children.append(child | {"role": Code(list="person-role@1", code="covered-by-decision")})
        seen.others(decision, CHILDREN, "vedtak")
    if children:
        record["children"] = children


def _others(root: Json, record: Json, seen: Pass) -> None:
    relatives = []
    for key in ("annenPerson", "andrePersoner"):
        for one, path in objects(root, key, "", seen):
            if made := relative(one, {}, path, f"relatives[{len(relatives)}].", seen):
                relatives.append(made | {"role": OTHER})
    if relatives:
        record["relatives"] = relatives


def _cases(root: Json, seen: Pass) -> list[Json]:
    cases: list[Json] = []
    for one, path in objects(root, "lokaleSakIder", "", seen):
        case: Json = {}
        institution: Json = {}
        texts(one, case, (("number", "saksnummer"),))
        texts(one, institution, (("id", "institusjonsid"), ("name", "institusjonsnavn")))
        if institution:
            case["institution"] = institution
        land(one, case, path, f"cases[{len(cases)}].", seen)
        if case:
            cases.append(case)
        if not CASE.issuperset(one):
            seen.others(one, CASE, path)
    return cases


def _periods(root: Json, record: Json, seen: Pass) -> None:  # noqa: C901 (calls cost time here)
    insurance: list[Json] = []
    incomes: list[Json] = []
    notes: dict[str, list[Json]] = {"other insurance period": []}
    for key, kind, known, about in KINDS:
        for one, path in objects(root, key, "", seen):
            to = f"insurance[{len(insurance)}]."
            insured: Json = {}
            if period := _period(one, path, f"{to}period.", seen):
                insured["period"] = period
            employer = one.get("arbeidsgiver")
            if employer is not None and (made := _employer(employer, f"{path}.arbeidsgiver", f"{to}employer.", seen)):
                insured["employer"] = made
            if insured:
                insured["kind"] = kind
                insurance.append(insured)
            if about:
                words, place = about
                if text := plain(one.get(place)):
                    notes.setdefault(words, []).append({"text": text, "about": words})
                if place == "inntektOgTimerInfo":
                    _incomes(one, incomes, path, seen)
            if not known.issuperset(one):
                seen.others(one, known, path)
    if insurance:
        record["insurance"] = insurance
    if incomes:
        record["incomes"] = incomes
    if told := [note for group in notes.values() for note in group]:
        record["notes"] = told


def _period(one: Json, at: str, to: str, seen: Pass) -> Json:
    period: Json = {}
    put(one, "startdato", DAY, "date", period, "start", at, to, seen)
    put(one, "sluttdato", DAY, "date", period, "end", at, to, seen)
    code(one, "aapenPeriodeType", "eessi-period-end@1", period, "open", at, to, seen)
    return period


def _employer(one: Any, at: str, to: str, seen: Pass) -> Json:
    made: Json = {}
    if one.__class__ is not dict:
        seen.leave(one, at)
        return made
    texts(one, made, (("name", "navn"),))
    identifiers: list[Json] = []
    for number, path in objects(one, "identifikatorer", at, seen):
        identifier: Json = {}
        texts(number, identifier, (("value", "id"), ("scheme", "type")))
        if "value" in identifier:
            identifiers.append(identifier)
        if not IDENTIFIER.issuperset(number):
            seen.others(number, IDENTIFIER, path)
    if identifiers:
        made["identifiers"] = identifiers
    place = only(one, "adresse", at, seen)
    if place and (found := address(place, f"{at}.adresse", f"{to}address.", seen)):
        made["address"] = found
    if not EMPLOYER.issuperset(one):
        seen.others(one, EMPLOYER, at)
    return made


def _incomes(one: Json, incomes: list[Json], at: str, seen: Pass) -> None:
    for item, path in objects(one, "inntektOgTimer", at, seen):
        to = f"incomes[{len(incomes)}]."
        income: Json = {}
        gross: Json = {}
        put(item, "bruttoinntekt", DECIMAL, 'decimal(".")', gross, "amount", path, f"{to}gross.", seen)
        put(item, "valuta", CURRENCY, "currency", gross, "currency", path, f"{to}gross.", seen)
        for name, key in (("amount", "bruttoinntekt"), ("currency", "valuta")):
            if gross and name not in gross:
                said = f"{name} is missing, without which the object cannot be"
                seen.warn("M201", f"{to}gross.{name}", f"{path}.{key}", said)
                seen.leave({one: item.get(one) for one in ("bruttoinntekt", "valuta")}, path)
                gross = {}
        if gross:
            income["gross"] = gross
        if days := only(item, "inntektsperiode", path, seen):
            inside = f"{path}.inntektsperiode"
            put(days, "startdato", DAY, "date", income, "since", inside, to, seen)
            seen.others(days, frozenset({"startdato"}), inside)
        if income:
            incomes.append(income)
        if not INCOME.issuperset(item):
            seen.others(item, INCOME, path)


def _benefits(root: Json, seen: Pass) -> list[Json]:
    benefits: list[Json] = []
    for one, path in objects(root, "dagpengeperioder", "", seen):
        to = f"benefits[{len(benefits)}]."
        benefit: Json = {}
        if days := only(one, "periode", path, seen):
            if paid := _period(days, f"{path}.periode", f"{to}paid.", seen):
                benefit["paid"] = paid
            if not PAYMENT_PERIOD.issuperset(days):
                seen.others(days, PAYMENT_PERIOD, f"{path}.periode")
        if payer := only(one, "institusjon", path, seen):
            institution: Json = {}
            texts(payer, institution, (("id", "id"), ("name", "navn")))
            if institution:
                benefit["payer"] = institution
            seen.others(payer, frozenset({"id", "navn"}), f"{path}.institusjon")
        if benefit:
            benefits.append({"scheme": UNEMPLOYMENT, **benefit})
        if not PAYMENT.issuperset(one):
            seen.others(one, PAYMENT, path)
    return benefits


def _reading(record: Json, seen: Pass, on: date) -> Reading:
    """Make the record, check it, and say what was found."""
    left = seen.left
    if left:
        record["unmapped"] = [Unmapped(path=path, value=value) for path, value in left.items()]
    made = msgspec.convert(record, Beneficiary)
    told = bounded(seen.found + check(made, on=on))
    if left:
        verb = "s of the document are" if len(left) > 1 else " of the document is"
        text = f"{len(left)} value{verb} not mapped"
        told = (*told, Finding(code="M205", severity=Severity.INFO, text=text))
    unmapped = tuple([Leaf(path, value) for path, value in left.items()])
    return Reading(verdict=Verdict.RECORD, record=made, findings=told, unmapped=unmapped)
