"""ANAF: the tax agency. Income by month, sums with decimal comma, an envelope in ISO-8859-2."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from hub_demo.agencies.contracts import schema
from hub_demo.agencies.letters import attributes, element, old_capitals
from hub_demo.agencies.soap import Call, Dialect, Reply, unknown_operation
from hub_demo.identifiers import cnp_is_sound
from hub_demo.population import Population
from hub_demo.registers import REFERENCE_DATE, Pay, Taxpayer

NAMESPACE: Final = "urn:anaf:test:venituri:1"
_LOGIN_PAGE: Final = (
    b"<!DOCTYPE html><html><head><title>Autentificare</title></head>"
    b'<body><form action="/login"><input name="user"></form></body></html>'
)


class Anaf:
    """The tax agency over a population; it asks nobody who they are."""

    name = "anaf"
    path = "/patrimven/Venituri"
    contract = "Venituri.wsdl"
    basic_credentials: bytes | None = None
    dialect = Dialect(prefix="soapenv", charset="iso8859-2", declared="ISO-8859-2", header="<soapenv:Header/>")

    def __init__(self, population: Population) -> None:
        self._population = population
        self._request = schema("anaf/Venituri.xsd")

    def answer(self, call: Call) -> str:
        """Answer VENITURI."""
        if (call.namespace, call.operation) != (NAMESPACE, "VENITURI"):
            raise unknown_operation()
        number = call.value("CNP")
        if not self._request.validate(call.element) or not cnp_is_sound(number):
            return _reply("04", "CERERE INCORECTĂ")
        year, first, last = (int(call.value(name)) for name in ("AN", "LUNA_DE", "LUNA_LA"))
        if first > last or year < date.min.year:
            return _reply("04", "PERIOADĂ INCORECTĂ")
        taxpayer = self._population.taxpayer(number)
        if taxpayer is None:
            return _reply("01", "CONTRIBUABIL INEXISTENT", element("CNP", number))
        return _reply("00", "", _income(number, taxpayer, [date(year, month, 1) for month in range(first, last + 1)]))

    def broken(self, call: Call) -> Reply:
        """Send the login page of the portal in front, with HTTP 200."""
        del call
        return Reply(200, "text/html; charset=utf-8", _LOGIN_PAGE)


def _reply(code: str, message: str, content: str = "") -> str:
    return (
        f'<v:VENITURI_RASP xmlns:v="{NAMESPACE}"><RASPUNS_VENITURI>{element("COD", code)}'
        f"{element('MESAJ', message)}{content}</RASPUNS_VENITURI></v:VENITURI_RASP>"
    )


def _income(number: str, taxpayer: Taxpayer, months: list[date]) -> str:
    rows = list(_rows(taxpayer, months))
    total = sum((row.net for _, row in rows), Decimal(0))
    return (
        f"{element('CNP', number)}{element('NUME', old_capitals(taxpayer.family))}"
        f"{element('PREN', old_capitals(taxpayer.given))}"
        f"<LUNI>{''.join(_row(month, row) for month, row in rows)}</LUNI>{element('TOTAL_NET', _sum(total))}"
    )


def _last_declared() -> date:
    """Return the last month that employers have declared: the one before this; what runs in the country runs on."""
    today = max(datetime.now(UTC).date(), REFERENCE_DATE)
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def _rows(taxpayer: Taxpayer, months: list[date]) -> Iterator[tuple[date, Pay]]:
    last_declared = _last_declared()
    for month in months:
        for row in taxpayer.pays:
            began = row.since.replace(day=1) <= month
            runs = row.until is None or row.until >= month
            if began and runs and month <= last_declared:
                yield month, row


def _row(month: date, row: Pay) -> str:
    written = attributes(
        AN=str(month.year),
        LN=str(month.month),
        TIP=row.kind,
        CUI=row.payer_cui,
        DEN=old_capitals(row.payer),
        BRUT=_sum(row.gross),
        NET=_sum(row.net),
    )
    return f"<L{written}/>"


def _sum(amount: Decimal) -> str:
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
