"""ANOFM: the employment agency. Typed elements, today's letters, zeros before the sums as in its nightly file."""

from datetime import date, datetime
from typing import Final
from xml.sax.saxutils import escape

from hub_demo.agencies.letters import capitals, element
from hub_demo.agencies.soap import Call, Dialect, Reply, SoapFault, unknown_operation
from hub_demo.identifiers import cnp_is_sound
from hub_demo.population import Population
from hub_demo.registers import Spell

NAMESPACE: Final = "urn:anofm:test:someri:1"


class Anofm:
    """The employment agency over a population; it asks nobody who they are."""

    name = "anofm"
    path = "/ws/Someri"
    contract = "Someri.wsdl"
    basic_credentials: bytes | None = None
    dialect = Dialect(prefix="S")

    def __init__(self, population: Population) -> None:
        self._population = population

    def answer(self, call: Call) -> str:
        """Answer STARE_SOMER."""
        if (call.namespace, call.operation) != (NAMESPACE, "STARE_SOMER"):
            raise unknown_operation()
        number, day = call.value("CNP"), _read_day(call.value("LA_DATA"))
        if day is None or not cnp_is_sound(number):
            return _reply("4", "CNP SAU DATĂ INCORECTĂ")
        begun = [spell for spell in self._population.spells(number) if spell.since <= day]
        if not begun:
            return _reply("1", "NU FIGUREAZĂ")
        return _reply("0", "", _spell(number, max(begun, key=lambda spell: spell.since), day))

    def broken(self, call: Call) -> Reply:
        """Raise the fault that the contract declares."""
        del call
        detail = f'<EROARE xmlns="{NAMESPACE}"><COD>900</COD><TEXT>MENTENANȚĂ</TEXT></EROARE>'
        return self.dialect.fault(SoapFault("Server", "EROARE", detail))


def _read_day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%d.%m.%Y").date()  # noqa: DTZ007  a day of the law, without a zone
    except ValueError:
        return None


def _reply(code: str, message: str, content: str = "") -> str:
    return (
        f'<STARE_SOMER_RASP xmlns="{NAMESPACE}"><COD>{code}</COD><MESAJ>{escape(message)}</MESAJ>{content}'
        "</STARE_SOMER_RASP>"
    )


def _spell(number: str, spell: Spell, day: date) -> str:
    """Write a registration as it stood on a day: what happened later is not known yet."""
    ended = spell.until is not None and spell.until <= day
    visited = spell.visited if spell.visited is not None and spell.visited <= day else None
    fields = {
        "CNP": number,
        "NUME": capitals(spell.family),
        "PREN": capitals(spell.given),
        "JUD": spell.county,
        "TIP": "I" if spell.benefit else "N",
        "DATA_INR": _day(spell.since),
        "DATA_SF": _day(spell.until),
        "CUANTUM": f"{spell.benefit:010.2f}".replace(".", ","),
        "VIZA": "" if visited is None else "L" if spell.visit_missed else "V",
        "DATA_VIZA": _day(visited),
        "COD_INCETARE": spell.end_code if ended else None,
    }
    return f"<SOMER>{''.join(element(name, value) for name, value in fields.items())}</SOMER>"


def _day(day: date | None) -> str:
    return "" if day is None else f"{day:%d.%m.%Y}"
