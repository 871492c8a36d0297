"""CNAS: the health insurance house. SOAP rpc/encoded as Axis 1 writes it, the answer a document in a string."""

from collections.abc import Iterable
from datetime import date
from typing import Final
from xml.sax.saxutils import escape

from hub_demo.agencies.letters import attributes
from hub_demo.agencies.soap import Call, Dialect, Reply, SoapFault, unknown_operation
from hub_demo.identifiers import CNP_LENGTH, cnp_is_sound
from hub_demo.population import Population
from hub_demo.registers import REFERENCE_DATE, Cover, Insured

NAMESPACE: Final = "http://webservices.utils.svapnt.siveco.ro"
DOCUMENT_NAMESPACE: Final = "http://www.cnas.ro/siui/2.0"
USER: Final = "hubmm"
_ENCODING: Final = "http://schemas.xmlsoap.org/soap/encoding/"
_CID_LENGTH: Final = 20
_ERROR, _NOBODY, _INSURED, _NOT_INSURED, _DEAD = -1, 0, 1, 2, 3


class Cnas:
    """The insurance house over a population; callers come with ``USER`` and the password as HTTP Basic."""

    name = "cnas"
    path = "/svapntws/services/SiuiInsuredWS"
    contract = "SiuiInsuredWS.wsdl"
    dialect = Dialect(
        prefix="soapenv",
        declared="utf-8",
        namespaces=(
            ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ),
    )

    def __init__(self, population: Population, password: str) -> None:
        self._population = population
        self.basic_credentials: bytes | None = f"{USER}:{password}".encode()

    def answer(self, call: Call) -> str:
        """Answer getInsured, getInsuredByCID or getPersonInfo."""
        if call.namespace != NAMESPACE:
            raise unknown_operation()
        if call.operation == "getInsured":
            document = self._at(call.value("pid"), call.value("requestDate"))
        elif call.operation == "getInsuredByCID":
            document = self._by_cid(call.value("cid"), call.value("requestDate"))
        elif call.operation == "getPersonInfo":
            document = self._since(call.value("pid"), call.value("fromDate"))
        else:
            raise unknown_operation()
        return _reply(call.operation, document)

    def broken(self, call: Call) -> Reply:
        """Throw as the real container does, with its host name in the detail."""
        del call
        host = '<ns1:hostname xmlns:ns1="http://xml.apache.org/axis/">siui-app-02</ns1:hostname>'
        return self.dialect.fault(SoapFault("Server.userException", "java.lang.NullPointerException", host))

    def _at(self, pid: str, moment: str) -> str:
        day = _day(moment)
        if day is None or not cnp_is_sound(pid):
            return _document(_ERROR, pid=pid)
        insured = self._population.insured(pid)
        if insured is None:
            return _document(_NOBODY, pid=pid)
        covers = [row for row in insured.covers if _holds(row, day)]
        marks = [row for row in insured.marks if _holds(row, day)]
        return _document(_state(insured, day), pid=pid, cid=insured.cid, covers=covers, marks=marks)

    def _by_cid(self, cid: str, moment: str) -> str:
        if len(cid) != _CID_LENGTH or not (cid.isascii() and cid.isdigit()):
            return _document(_ERROR)
        pid = self._population.number_of_insured(cid)
        return _document(_NOBODY, cid=cid) if pid is None else self._at(pid, moment)

    def _since(self, pid: str, moment: str) -> str:
        """The same document for a span: everything that held on some day since then, the state of today."""
        day = _day(moment)
        insured = self._population.insured(pid)
        if day is None or insured is None:
            return self._at(pid, moment)
        covers = [row for row in insured.covers if row.until is None or row.until >= day]
        marks = [row for row in insured.marks if row.until is None or row.until >= day]
        return _document(_state(insured, REFERENCE_DATE), pid=pid, cid=insured.cid, covers=covers, marks=marks)


def _day(moment: str) -> date | None:
    """Return the date of an xs:dateTime, whose time and zone say nothing here."""
    try:
        return date.fromisoformat(moment.strip()[:10])
    except ValueError:
        return None


def _holds(row: Cover, day: date) -> bool:
    return row.since <= day and (row.until is None or row.until >= day)


def _state(insured: Insured, day: date) -> int:
    if insured.died is not None and insured.died <= day:
        return _DEAD
    return _INSURED if any(_holds(row, day) for row in insured.covers) else _NOT_INSURED


def _document(
    state: int, *, pid: str = "", cid: str = "", covers: Iterable[Cover] = (), marks: Iterable[Cover] = ()
) -> str:
    head = {"pid": pid, "cid": cid, "state": str(state)}
    if len(pid) != CNP_LENGTH or not (pid.isascii() and pid.isdigit()):
        del head["pid"]
    if not cid:
        del head["cid"]
    content = _rows("categories", "category", covers) + _rows("states", "state", marks)
    return (
        f'<insuredResponse xmlns="{DOCUMENT_NAMESPACE}"><insured{attributes(**head)}>{content}</insured>'
        "</insuredResponse>"
    )


def _rows(outer: str, inner: str, rows: Iterable[Cover]) -> str:
    written = "".join(
        f"<{inner}{attributes(code=row.code, validFrom=row.since.isoformat())}"
        f"{attributes(validTo=row.until.isoformat()) if row.until else ''}/>"
        for row in rows
    )
    return f"<{outer}>{written}</{outer}>" if written else ""


def _reply(operation: str, document: str) -> str:
    return (
        f'<ns1:{operation}Response soapenv:encodingStyle="{_ENCODING}" xmlns:ns1="{NAMESPACE}">'
        f'<{operation}Return xsi:type="soapenc:string" xmlns:soapenc="{_ENCODING}">{escape(document)}'
        f"</{operation}Return></ns1:{operation}Response>"
    )
