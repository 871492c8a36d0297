"""ANPIS: the agency that pays benefits. SAFIR's document in a CDATA section of an envelope in windows-1250."""

from decimal import Decimal
from typing import Final

from hub_demo.agencies.letters import attributes, cdata, old_capitals
from hub_demo.agencies.soap import Call, Dialect, Reply, unknown_operation
from hub_demo.identifiers import cnp_is_sound
from hub_demo.population import BenefitFile, Population
from hub_demo.registers import REFERENCE_DATE, Right

NAMESPACE: Final = "urn:anpis:test:safir:1"
_POINT_OFFICE: Final = "SM"  # this county agency still runs a system that writes a decimal point


class Anpis:
    """The paying agency over a population; it asks nobody who they are, the network is its fence."""

    name = "anpis"
    path = "/safir/DrepturiPers.asmx"
    contract = "Safir.wsdl"
    basic_credentials: bytes | None = None
    dialect = Dialect(prefix="soap", charset="cp1250", declared="windows-1250")

    def __init__(self, population: Population) -> None:
        self._population = population

    def answer(self, call: Call) -> str:
        """Answer DREPTURI_PERS."""
        if (call.namespace, call.operation) != (NAMESPACE, "DREPTURI_PERS"):
            raise unknown_operation()
        number = call.value("CNP")
        if not cnp_is_sound(number):
            return _reply(_safir("14", "CNP INVALID"))
        found = self._population.benefit_file(number)
        if found is None:
            return _reply(_safir("20", "PERSOANĂ INEXISTENTĂ ÎN SAFIR"))
        return _reply(_safir("0", "", _file(number, found)))

    def broken(self, call: Call) -> Reply:
        """Say 99 inside a good answer."""
        del call
        return self.dialect.envelope(_reply(_safir("99", "BAZA DE DATE INDISPONIBILĂ")))


def _reply(document: str) -> str:
    return f'<DREPTURI_PERS_RASP xmlns="{NAMESPACE}"><SAFIR xmlns="">{cdata(document)}</SAFIR></DREPTURI_PERS_RASP>'


def _safir(code: str, text: str, content: str = "") -> str:
    return f"<SAFIR_RESP><ERR_COD>{code}</ERR_COD><ERR_TXT>{text}</ERR_TXT>{content}</SAFIR_RESP>"


def _file(number: str, found: BenefitFile) -> str:
    client = found.client
    person = attributes(
        CNP=number,
        NUME=old_capitals(client.family),
        PREN=old_capitals(client.given),
        DN=f"{client.born:%d.%m.%Y}",
    )
    rights = "".join(_right(right) for right in sorted(found.rights, key=lambda right: right.first_month))
    debt = ""
    if client.debt is not None:
        balance = attributes(SOLD=_with_comma(client.debt, places=2), LA=f"{REFERENCE_DATE.replace(day=1):%d.%m.%Y}")
        debt = f"<DEBIT{balance}/>"
    return f'<PERS{person}/><DREPTURI NR="{len(found.rights)}">{rights}</DREPTURI>{debt}'


def _right(right: Right) -> str:
    reason = {"MOTIV": right.reason} if right.reason else {}
    row = attributes(
        COD=right.code,
        STARE=right.state,
        **reason,
        DEC=right.decision,
        AJPIS=right.office,
        TIT_CNP=right.holder,
        BENEF_CNP=right.beneficiary or "",
        DATA_I=f"{right.first_month:%m.%Y}",
        DATA_S=f"{right.last_month:%m.%Y}" if right.last_month else "",
        SUMA=_amount(right),
        MOD=right.paid_by,
    )
    return f"<DR{row}/>"


def _amount(right: Right) -> str:
    """Write an amount as short as it goes, in the way of the county agency."""
    if right.office == _POINT_OFFICE:
        return f"{right.amount:f}".rstrip("0").rstrip(".") if right.amount % 1 else f"{right.amount:.0f}"
    places = 0 if right.amount % 1 == 0 else 1 if right.amount * 10 % 1 == 0 else 2
    return _with_comma(right.amount, places=places)


def _with_comma(amount: Decimal, *, places: int) -> str:
    return f"{amount:,.{places}f}".translate(str.maketrans(",.", ".,"))
