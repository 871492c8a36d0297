"""The writing of a U002 by hand: the document that ``eessi.neessi.u002/1`` writes for the same record."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import msgspec

from hub_core.canonical import Beneficiary
from hub_core.canonical.person import Address, Citizenship, Identifier, Person
from hub_core.canonical.values import Code, Period
from hub_core.canonical.work import Employer, Income
from hub_core.mapping.codecs import chain
from tests.bench.yardsticks.u002 import KINDS, TABLES, WORDS

Json = dict[str, Any]
_decimal = chain('decimal(".")').format
_encode: Final = msgspec.json.Encoder().encode
_PLACES: Final = {kind.code: key for key, kind, _, _ in KINDS}
_NOTES: Final = {about[0]: (key, about[1]) for key, _, _, about in KINDS if about}
_INCOMES: Final = "perioderAnsattUtenForsikring"


def write(record: Beneficiary) -> bytes:
    """Return the document of a record."""
    tree: Json = {}
    if record.exchange is not None:
        _put(tree, "sedType", record.exchange.type)
        _put(tree, "sedVersjon", record.exchange.version)
    _put(tree, "bruker", _container(record))
    for one in record.cases:
        case: Json = {}
        _put(case, "saksnummer", one.number)
        if one.institution is not None:
            _put(case, "institusjonsid", one.institution.id)
            _put(case, "institusjonsnavn", one.institution.name)
        _put(case, "land", one.country)
        tree.setdefault("lokaleSakIder", []).append(case)
    _insurance(record, tree)
    for benefit in record.benefits:
        payment: Json = {}
        _put(payment, "periode", _period(benefit.paid, {}))
        if benefit.payer is not None:
            payer: Json = {}
            _put(payer, "id", benefit.payer.id)
            _put(payer, "navn", benefit.payer.name)
            _put(payment, "institusjon", payer)
        tree.setdefault("dagpengeperioder", []).append(payment)
    return _encode(tree)


def _put(tree: Json, key: str, value: Any) -> None:
    if value:
        tree[key] = value


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _word(code: Code | None, codes: str) -> str | None:
    """Return a code as it was received, or else as the list writes it."""
    if code is None:
        return None
    return code.text if code.text in TABLES[codes][1] else WORDS[codes].get(code.code or "", code.text)


def _container(record: Beneficiary) -> Json:
    tree: Json = {}
    _put(tree, "personInfo", _person(record))
    return tree


def _person(person: Beneficiary) -> Json:
    tree: Json = {}
    _put(tree, "pin", [_pin(one) for one in person.identifiers])
    if person.name is not None:
        _put(tree, "etternavn", person.name.family)
        _put(tree, "fornavn", person.name.given)
    missing: Json = {}
    if person.birth is not None:
        _put(tree, "foedselsdato", person.birth.date)
        if person.birth.place is not None:
            place: Json = {}
            _put(place, "by", person.birth.place.locality)
            _put(place, "region", person.birth.place.region)
            _put(place, "land", person.birth.place.country)
            _put(missing, "foedested", place)
    _put(tree, "kjoenn", _word(person.sex, "eessi-sex@1"))
    _put(tree, "adressebeskyttelse", _word(person.protection, "protection@1"))
    _put(tree, "statsborgerskap", [_citizenship(one) for one in person.citizenships])
    if person.birth_name is not None:
        _put(missing, "etternavnVedFoedsel", person.birth_name.family)
        _put(missing, "fornavnVedFoedsel", person.birth_name.given)
    for key, parent in (("far", person.father), ("mor", person.mother)):
        if parent is not None:
            _put(missing, key, _parent(parent))
    _put(tree, "pinMangler", missing)
    return tree


def _pin(one: Identifier) -> Json:
    tree: Json = {"identifikator": one.value}
    _put(tree, "land", one.country or ("RO" if one.scheme == "ro.cnp" else None))
    _put(tree, "sektor", _word(one.sector, "eessi-sector@1"))
    if one.issuer is not None:
        _put(tree, "institusjonsid", one.issuer.id)
        _put(tree, "institusjonsnavn", one.issuer.name)
    return tree


def _citizenship(one: Citizenship) -> Json:
    tree: Json = {"land": one.country}
    _put(tree, "fraDato", _day(one.since))
    return tree


def _parent(parent: Person) -> Json:
    tree: Json = {}
    if parent.name is not None:
        _put(tree, "fornavn", parent.name.given)
        _put(tree, "etternavn", parent.name.family)
    if parent.birth_name is not None:
        _put(tree, "etternavnVedFoedsel", parent.birth_name.family)
    return tree


def _insurance(record: Beneficiary, tree: Json) -> None:
    for one in record.insurance:
        insured = _period(one.period, {})
        _put(insured, "arbeidsgiver", _employer(one.employer))
        key = _PLACES.get(one.kind.code if one.kind is not None else None)
        if key is not None and insured:
            tree.setdefault(key, []).append(insured)
    if record.incomes:
        _first(tree, _INCOMES)["inntektOgTimer"] = _incomes(record.incomes)
    for note in record.notes:
        place = _NOTES.get(note.about or "")
        if place is not None and note.text:
            _first(tree, place[0])[place[1]] = note.text


def _first(tree: Json, key: str) -> Json:
    found: Json = tree.setdefault(key, [{}])[0]
    return found


def _period(period: Period | None, tree: Json) -> Json:
    if period is not None:
        _put(tree, "startdato", _day(period.start))
        _put(tree, "sluttdato", _day(period.end))
        _put(tree, "aapenPeriodeType", _word(period.open, "eessi-period-end@1"))
    return tree


def _employer(employer: Employer | None) -> Json:
    tree: Json = {}
    if employer is not None:
        _put(tree, "navn", employer.name)
        _put(tree, "adresse", _address(employer.address))
        numbers = [
            {"id": one.value, "type": one.scheme} if one.scheme else {"id": one.value} for one in employer.identifiers
        ]
        _put(tree, "identifikatorer", numbers)
    return tree


def _address(address: Address | None) -> Json:
    tree: Json = {}
    if address is not None:
        _put(tree, "type", _word(address.use, "eessi-address-use@1"))
        _put(tree, "gate", address.street)
        _put(tree, "bygning", address.building)
        _put(tree, "by", address.locality)
        _put(tree, "postnummer", address.postal_code)
        _put(tree, "region", address.region)
        _put(tree, "land", address.country)
    return tree


def _incomes(incomes: Sequence[Income]) -> list[Json]:
    written = []
    for one in incomes:
        tree: Json = {}
        if one.gross is not None:
            tree["bruttoinntekt"] = _decimal(one.gross.amount)
            _put(tree, "valuta", one.gross.currency)
        if one.since is not None:
            tree["inntektsperiode"] = {"startdato": one.since.isoformat()}
        written.append(tree)
    return written
