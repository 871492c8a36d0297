"""The labour inspectorate: a queue. A question gets a receipt, its answers wait at the head until they are committed.

    POST Interogare                 200 and a receipt; all zeros where nothing was taken
    POST Status/PollMessage         200 and the id of what stands at the head, 204 where nothing does
    POST Status/ReadMessage?id=     200 and the answer
    POST Status/CommitRead?id=      200, and it is gone

The first answer to a question says how many with a contract follow. Documents are those of ``itm/Reges.xsd``.
"""

import hmac
import uuid
from collections import deque
from collections.abc import Iterator
from datetime import date
from http import HTTPStatus
from typing import Final, NamedTuple
from urllib.parse import parse_qs

from hub_demo.agencies.contracts import schema
from hub_demo.agencies.letters import capitals, element
from hub_demo.agencies.server import App, Quirks, Receive, Scope, plain
from hub_demo.agencies.soap import Reply, parse
from hub_demo.identifiers import cnp_is_sound
from hub_demo.population import Population
from hub_demo.registers import Pay

NAMESPACE: Final = "urn:itm:test:reges:1"
PATH: Final = "/api/"
NOTHING: Final = "00000000-0000-0000-0000-000000000000"
MOST_WAITING: Final = 10_000
_IDS: Final = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)
SUBMIT, POLL, READ, COMMIT = "Interogare", "Status/PollMessage", "Status/ReadMessage", "Status/CommitRead"
_STEPS: Final = (SUBMIT, POLL, READ, COMMIT)


class Waiting(NamedTuple):
    """An answer that waits in the queue."""

    id: str
    document: str


class Itm:
    """The inspectorate over a population; what employers declare to the tax agency is what they told it."""

    def __init__(self, population: Population) -> None:
        self._population = population
        self._schema = schema("itm/Reges.xsd")
        self._taken: set[str] = set()
        self._waiting: deque[Waiting] = deque()

    def submit(self, key: str, body: bytes) -> str:
        """Take a question and return its receipt; ``NOTHING``: it is none, or about a number that nobody can have.

        The receipt follows from the key: the same key again has no second effect.
        """
        receipt = _id("receipt", key or body.decode("latin-1"))
        if receipt in self._taken:
            return receipt
        try:
            root = parse(body)
        except ValueError:
            return NOTHING
        question = root.tag == f"{{{NAMESPACE}}}Interogare" and self._schema.validate(root)
        number = root.findtext(f"{{{NAMESPACE}}}Cnp", "")
        if not question or not cnp_is_sound(number) or len(self._waiting) >= MOST_WAITING:
            return NOTHING
        self._taken.add(receipt)
        since = date.fromisoformat(root.findtext(f"{{{NAMESPACE}}}DeLa", ""))
        for place, document in enumerate(self._answers(receipt, number, since)):
            self._waiting.append(Waiting(_id(receipt, str(place)), document))
        return receipt

    def head(self) -> Waiting | None:
        """Return what stands at the head; it stays there."""
        return self._waiting[0] if self._waiting else None

    def commit(self) -> None:
        """Take the head from the queue."""
        self._waiting.popleft()

    def _answers(self, receipt: str, number: str, since: date) -> Iterator[str]:
        taxpayer = self._population.taxpayer(number)
        pays = taxpayer.pays if taxpayer else ()
        contracts = [pay for pay in pays if pay.kind == "SAL" and (pay.until is None or pay.until >= since)]
        person = element("Cnp", number)
        if taxpayer is not None:
            person += element("Nume", capitals(taxpayer.family)) + element("Prenume", capitals(taxpayer.given))
        head = f"{element('ResponseId', receipt)}{_done(len(contracts))}<Salariat>{person}</Salariat>"
        yield _document("MessageResult", head)
        for pay in contracts:
            yield _document("MessageResult", head + _contract(number, pay))


class QueueApp(App):
    """The ASGI application of the inspectorate; ``token`` is what callers must show as bearers."""

    def __init__(self, itm: Itm, token: str, quirks: Quirks) -> None:
        super().__init__("itm", quirks)
        self._itm = itm
        self._token = f"Bearer {token}".encode()

    async def _reply(self, scope: Scope, receive: Receive) -> Reply | None:
        step = scope["path"].removeprefix(PATH)
        if scope["method"] != "POST" or step not in _STEPS:
            return plain(HTTPStatus.NOT_FOUND)
        body = await self._call_in(receive)
        if not isinstance(body, bytes):
            return body
        headers = dict(scope["headers"])
        if not hmac.compare_digest(headers.get(b"authorization", b""), self._token):
            return plain(HTTPStatus.UNAUTHORIZED)
        if self._fails():
            return plain(HTTPStatus.SERVICE_UNAVAILABLE)
        if step == SUBMIT:
            receipt = self._itm.submit(headers.get(b"idempotency-key", b"").decode("latin-1"), body)
            return _xml(_document("MessageResponse", element("ResponseId", receipt)))
        return self._step(step, parse_qs(scope["query_string"].decode("latin-1")).get("id", [""])[0])

    def _step(self, step: str, found: str) -> Reply:
        """Answer a call after handing in."""
        head = self._itm.head()
        if step == POLL:
            return _xml(_document("MessageHead", element("MessageId", head.id))) if head else _EMPTY
        if head is None or head.id != found:
            return plain(HTTPStatus.NOT_FOUND)
        if step == READ:
            return _xml(head.document)
        self._itm.commit()
        return plain(HTTPStatus.OK)


_EMPTY: Final = Reply(HTTPStatus.NO_CONTENT, "text/plain; charset=utf-8", b"")


def _id(*names: str) -> str:
    """Return the id that goes with some names."""
    return str(uuid.uuid5(_IDS, "/".join(names)))


def _done(contracts: int) -> str:
    told = element("Description", f"contracte: {contracts}") + element("RelatedResultsExpected", str(contracts))
    return f"<Result>{element('Code', 'SUCCES')}{element('CodeType', 'SUCCES')}{told}</Result>"


def _contract(number: str, pay: Pay) -> str:
    employer = f"<Angajator>{element('Cui', pay.payer_cui)}{element('Denumire', pay.payer)}</Angajator>"
    end = element("DataSfarsit", pay.until.isoformat()) if pay.until else ""
    return (
        f"<Contract>{element('Referinta', _id(number, pay.payer_cui, pay.since.isoformat()))}"
        f"{element('TipContract', 'ContractIndividualMunca')}{element('DataInceput', pay.since.isoformat())}{end}"
        f"{employer}{element('SalariuBaza', f'{pay.gross:f}')}</Contract>"
    )


def _document(name: str, content: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><{name} xmlns="{NAMESPACE}">{content}</{name}>'


def _xml(document: str) -> Reply:
    return Reply(HTTPStatus.OK, "application/xml; charset=utf-8", document.encode())
