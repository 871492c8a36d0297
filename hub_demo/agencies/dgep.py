"""DGEP: the register of persons. A document as text in both directions, everything with HTTP 200."""

import hmac
import re
from datetime import date
from typing import Final

from lxml import etree

from hub_demo.agencies.contracts import schema
from hub_demo.agencies.letters import attributes, cdata, element, old_capitals
from hub_demo.agencies.soap import (
    WSSE,
    Call,
    Dialect,
    Reply,
    SoapFault,
    elements,
    local_name,
    parse,
    unknown_operation,
)
from hub_demo.identifiers import cnp_is_sound
from hub_demo.population import Population
from hub_demo.registers import Address, Person

NAMESPACE: Final = "http://evp.test/ws/v2"
USER: Final = "HUBMM"
_INSTITUTION: Final = "MM01"
_GROUNDS: Final = frozenset({"12", "14", "21"})
_CARD_AGE: Final = 14
_LASTING_CARD_AGE: Final = 55  # from then on a card has no end
_NO_END: Final = "31.12.9999"
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
# Left from the years before the envelope was UTF-8, and never true since.
_STALE_DECLARATION: Final = '<?xml version="1.0" encoding="ISO-8859-2"?>'


class Dgep:
    """The register of persons over a population; callers sign on with ``USER`` and the password."""

    name = "dgep"
    path = "/ws/v2/EvidentaPersoane"
    contract = "EvidentaPersoane.wsdl"
    basic_credentials: bytes | None = None
    dialect = Dialect(prefix="soapenv", fault_status=200, understood=frozenset({f"{{{WSSE}}}Security"}))

    def __init__(self, population: Population, password: str) -> None:
        self._population = population
        self._password = password
        self._request = schema("dgep/Cerere.xsd")

    def answer(self, call: Call) -> str:
        """Answer INTEROGARE_PERS or RUDENII."""
        _check_token(call, self._password)
        answers = {"INTEROGARE_PERS": self._person, "RUDENII": self._relatives}
        if call.namespace != NAMESPACE or call.operation not in answers:
            raise unknown_operation()
        return _reply(call.operation, self._outcome(call) or answers[call.operation](self._number(call)))

    def broken(self, call: Call) -> Reply:
        """Say 99 inside a good answer."""
        return self.dialect.envelope(_reply(call.operation, _rasp("99", "EROARE INTERNĂ")))

    def _outcome(self, call: Call) -> str | None:
        """Return the answer to a request that is not to be answered."""
        request = _request(call)
        if request is None or not self._request.validate(request):
            return _rasp("98", "CERERE INCORECTĂ")
        if not cnp_is_sound(request.findtext("CNP") or ""):
            return _rasp("98", "CNP INCORECT")
        if request.findtext("COD_INST") != _INSTITUTION or request.findtext("TEMEI") not in _GROUNDS:
            return _rasp("9", "LIPSĂ TEMEI LEGAL")
        return None

    def _number(self, call: Call) -> str:
        request = _request(call)
        return (request.findtext("CNP") or "") if request is not None else ""

    def _person(self, number: str) -> str:
        holders = self._population.holders(number)
        if not holders:
            return _rasp("1", "PERSOANA NU FIGUREAZĂ ÎN EVIDENŢĂ")
        code = "2" if len(holders) > 1 else "5" if holders[0].died else "0"
        return _rasp(code, "", "".join(_pers(person) for person in holders))

    def _relatives(self, number: str) -> str:
        holders = self._population.holders(number)
        if not holders:
            return _rasp("1", "PERSOANA NU FIGUREAZĂ ÎN EVIDENŢĂ")
        person = holders[0]
        known = [("T", person.father), ("M", person.mother), ("S", person.spouse)]
        known += [("C", child.cnp) for child in self._population.children(person.cnp)]
        rows = [
            _relative(degree, relative)
            for degree, relative_number in known
            if relative_number is not None
            for relative in self._population.holders(relative_number)[:1]
        ]
        head = attributes(CNP=person.cnp, NR=str(len(rows)))
        return _rasp("0", "", f"<RUDE{head}>{''.join(rows)}</RUDE>")


def _check_token(call: Call, password: str) -> None:
    token = next((t for h in call.headers for t in h.iter(f"{{{WSSE}}}UsernameToken")), None)
    if token is None:
        raise SoapFault("wsse:InvalidSecurity", "a UsernameToken is missing")
    given = {local_name(child): child for child in elements(token)}
    user, secret = given.get("Username"), given.get("Password")
    as_text = secret is not None and secret.get("Type", "#PasswordText").endswith("#PasswordText")
    pairs = ((user, USER), (secret, password))
    # Both are always compared, and in constant time.
    same = [hmac.compare_digest(_text(found).encode(), wanted.encode()) for found, wanted in pairs]
    if not (as_text and all(same)):
        raise SoapFault("wsse:FailedAuthentication", "the security token could not be authenticated")


def _text(found: etree._Element | None) -> str:
    return "" if found is None else found.text or ""


def _request(call: Call) -> etree._Element | None:
    text = _DECLARATION.sub("", call.value("CERERE"))
    try:
        return parse(text.encode())
    except ValueError:
        return None


def _reply(operation: str, document: str) -> str:
    return (
        f'<ev:{operation}_RASP xmlns:ev="{NAMESPACE}">'
        f"<RASPUNS>{cdata(_STALE_DECLARATION + document)}</RASPUNS></ev:{operation}_RASP>"
    )


def _rasp(code: str, message: str, content: str = "") -> str:
    return f"<RASP>{element('COD_RET', code)}{element('MSG', message)}{content}</RASP>"


def _day(day: date | None) -> str:
    return "" if day is None else f"{day:%d.%m.%Y}"


def _state(person: Person) -> str:
    return "2" if person.died else "4" if person.abroad else "1"


def _pers(person: Person) -> str:
    home = "<DOM/>" if person.abroad else _address(person.home)
    return (
        f"<PERS>{element('CNP', person.cnp)}{element('CNP_ANT', person.former_cnp)}"
        f"{element('NUME', old_capitals(person.family))}{element('PREN', old_capitals(person.given))}"
        f"{element('DN', _day(person.born))}{element('STARE', _state(person))}"
        f"{element('D_DECES', _day(person.died))}{_card(person)}{home}<REZ/></PERS>"
    )


def _card(person: Person) -> str:
    """Return the identity card: kind, series and end follow from the person, so that they never change."""
    if person.died is not None or person.age < _CARD_AGE:
        return ""
    end = _NO_END
    if person.age < _LASTING_CARD_AGE:
        # Cards end on a birthday, which 29 February has only every four years.
        day = 28 if (person.born.day, person.born.month) == (29, 2) else person.born.day
        end = _day(date(2026 + int(person.cnp[11]) % 6, person.born.month, day))
    number = int(person.cnp) * 7919 % 900_000 + 100_000
    series = person.home.county if len(person.home.county) > 1 else "RD"
    return f"<ACT{attributes(TIP='CI', S=series, N=str(number), V=end)}/>"


def _address(home: Address) -> str:
    return (
        f"<DOM>{element('SIRUTA', home.siruta)}{element('STR', old_capitals(home.street))}"
        f"{element('NR', home.number)}{element('BL', home.block)}{element('AP', home.flat)}</DOM>"
    )


def _relative(degree: str, person: Person) -> str:
    return (
        f"<RUDA>{element('GRAD', degree)}{element('CNP', person.cnp)}"
        f"{element('NUME', old_capitals(person.family))}{element('PREN', old_capitals(person.given))}"
        f"{element('DN', _day(person.born))}{element('STARE', _state(person))}</RUDA>"
    )
