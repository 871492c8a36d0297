"""The persons of a U002, read by hand."""

from typing import Final

from tests.bench.yardsticks.u002 import (
    ADDRESS,
    CONTAINER,
    PARENT,
    PERSON,
    PHONE,
    PIN,
    PIN_MISSING,
    PLACE,
)
from tests.bench.yardsticks.u002_walk import (
    DAY,
    PARTIAL,
    Json,
    Pass,
    code,
    land,
    named,
    objects,
    only,
    plain,
    put,
    texts,
)

_DIRECT: Final = PERSON | {"far", "mor"}  # of a container that holds the data of its person itself


def relative(container: Json, made: Json, at: str, to: str, seen: Pass, known: frozenset[str] = CONTAINER) -> Json:
    """Fill a person from a container."""
    if info := only(container, "personInfo", at, seen):
        path = f"{at}.personInfo"
        person(info, made, path, to, seen)
        if not PERSON.issuperset(info):
            seen.others(info, PERSON, path)
    if not _DIRECT.isdisjoint(container):
        person(container, made, at, to, seen)
    addresses = [
        found
        for key in ("adresser", "adresse")
        for one, path in objects(container, key, at, seen)
        if (found := address(one, path, f"{to}addresses[].", seen))
    ]
    if addresses:
        made["addresses"] = addresses
    if phones := _phones(container, at, to, seen):
        made["phones"] = phones
    if emails := [text for one, _ in objects(container, "epost", at, seen) if (text := plain(one.get("adresse")))]:
        made["emails"] = emails
    if not known.issuperset(container):
        seen.others(container, known, at)
    return made


def _phones(container: Json, at: str, to: str, seen: Pass) -> list[Json]:
    phones: list[Json] = []
    for one, path in objects(container, "telefon", at, seen):
        phone: Json = {}
        texts(one, phone, (("number", "nummer"),))
        code(one, "type", "eessi-phone-use@1", phone, "use", path, f"{to}phones[{len(phones)}].", seen)
        if phone:
            phones.append(phone)
        if not PHONE.issuperset(one):
            seen.others(one, PHONE, path)
    return phones


def person(info: Json, made: Json, at: str, to: str, seen: Pass) -> None:
    """Fill a person: numbers, names, birth, sex, citizenships, parents."""
    identifiers = [_pin(one, path, f"{to}identifiers[].", seen) for one, path in objects(info, "pin", at, seen)]
    if identifiers:
        made["identifiers"] = made.get("identifiers", []) + identifiers
    name: Json = {}
    texts(info, name, (("family", "etternavn"), ("given", "fornavn")))
    named(made, "name", name)
    birth: Json = {}
    put(info, "foedselsdato", PARTIAL, "partial_date", birth, "date", at, f"{to}birth.", seen)
    code(info, "kjoenn", "eessi-sex@1", made, "sex", at, to, seen)
    code(info, "adressebeskyttelse", "protection@1", made, "protection", at, to, seen)
    code(info, "adressebeskyttelsesgrad", "protection@1", made, "protection", at, to, seen)
    citizenships = []
    for one, path in objects(info, "statsborgerskap", at, seen):
        citizenship: Json = {}
        inside = f"{to}citizenships[{len(citizenships)}]."
        land(one, citizenship, path, inside, seen)
        put(one, "fraDato", DAY, "date", citizenship, "since", path, inside, seen)
        if "country" in citizenship:
            citizenships.append(citizenship)
    if citizenships:
        made["citizenships"] = citizenships
    for key in ("pinMangler", "pinmangler"):
        if missing := only(info, key, at, seen):
            _birth(missing, made, birth, f"{at}.{key}", to, seen)
    _parents(info, made, at, seen)
    if birth:
        made["birth"] = birth


def _birth(missing: Json, made: Json, birth: Json, at: str, to: str, seen: Pass) -> None:
    name: Json = {}
    texts(missing, name, (("family", "etternavnVedFoedsel"), ("family", "etternavnvedfoedsel")))
    texts(missing, name, (("given", "fornavnVedFoedsel"), ("given", "fornavnvedfoedsel")))
    named(made, "birth_name", name)
    if born := only(missing, "foedested", at, seen):
        place: Json = {}
        texts(born, place, (("locality", "by"), ("region", "region")))
        land(born, place, f"{at}.foedested", f"{to}birth.place.", seen)
        if place:
            birth["place"] = place
        if not PLACE.issuperset(born):
            seen.others(born, PLACE, f"{at}.foedested")
    _parents(missing, made, at, seen)
    if not PIN_MISSING.issuperset(missing):
        seen.others(missing, PIN_MISSING, at)


def _parents(holder: Json, made: Json, at: str, seen: Pass) -> None:
    for name, key in (("father", "far"), ("mother", "mor")):
        if parent := only(holder, key, at, seen):
            own: Json = {}
            called: Json = {}
            texts(parent, called, (("given", "fornavn"), ("family", "etternavn")))
            named(own, "name", called)
            born: Json = {}
            texts(parent, born, (("family", "etternavnVedFoedsel"), ("family", "etternavnvedfoedsel")))
            named(own, "birth_name", born)
            if own:
                made[name] = own
            if not PARENT.issuperset(parent):
                seen.others(parent, PARENT, f"{at}.{key}")


def _pin(one: Json, at: str, to: str, seen: Pass) -> Json:
    made: Json = {"scheme": "ro.cnp" if one.get("landkode") == "ROU" or one.get("land") == "RO" else "eu.pin"}
    texts(one, made, (("value", "identifikator"),))
    land(one, made, at, to, seen)
    code(one, "sektor", "eessi-sector@1", made, "sector", at, to, seen)
    issuer: Json = {}
    texts(one, issuer, (("id", "institusjonsid"), ("name", "institusjonsnavn")))
    if issuer:
        made["issuer"] = issuer
    if not PIN.issuperset(one):
        seen.others(one, PIN, at)
    return made


_ADDRESS: Final = (
    ("street", "gate"),
    ("building", "bygning"),
    ("locality", "by"),
    ("postal_code", "postnummer"),
    ("region", "region"),
)


def address(one: Json, at: str, to: str, seen: Pass) -> Json:
    made: Json = {}
    code(one, "type", "eessi-address-use@1", made, "use", at, to, seen)
    texts(one, made, _ADDRESS)
    land(one, made, at, to, seen)
    if not ADDRESS.issuperset(one):
        seen.others(one, ADDRESS, at)
    return made
