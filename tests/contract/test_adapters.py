"""The adapters keep every promise of the port."""

from datetime import timedelta
from typing import Any, ClassVar

import pytest
from lxml import etree

from adapters.eessi import ADAPTER as EESSI
from adapters.flat import ADAPTER as FLAT
from adapters.queue import ADAPTER as QUEUE
from adapters.rest import ADAPTER as REST
from adapters.soap import ADAPTER as SOAP
from hub_core.directory import Contract, Direction, Endpoint
from hub_core.directory.policy import Collect
from hub_core.directory.polled import Poll
from hub_core.document import Document
from hub_core.playing.partner import Received, Reply
from hub_core.playing.wire import Answered
from hub_core.testing.adapter import (
    AdapterContract,
    Fetching,
    Filing,
    JsonSuite,
    Lasting,
    Opening,
    SendingAdapterContract,
    Telling,
    Told,
    faulty_json,
)
from hub_core.testing.adapter.secrets import SECRET, VARIABLE
from tests.contract.sftp_place import sftp_place

CNP = "2850415123458"
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
BOMB = b'<!DOCTYPE a [<!ENTITY b "%s"><!ENTITY c "%s">]><a>&c;</a>' % (CNP.encode() * 5, b"&b;" * 50)


def envelope(body: str, *, soap: str = SOAP_11, header: str = "", declared: str = "") -> bytes:
    return f'{declared}<s:Envelope xmlns:s="{soap}">{header}<s:Body>{body}</s:Body></s:Envelope>'.encode()


SOAP_GOOD = envelope(f"<case><cnp>{CNP}</cnp></case>")
SOAP_FAULTY = {
    "is empty": (b"", "B109"),
    "breaks off": (SOAP_GOOD[:-20], "B101"),
    "is no XML": (CNP.encode(), "B101"),
    "has a document type": (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x>%s</x>' % CNP.encode(), "B102"),
    "is an entity bomb": (BOMB, "B102"),
    "is an entity bomb in UTF-16": (BOMB.decode().encode("utf-16"), "B102"),
    "nests too deep": (b"<a>" * 5000 + CNP.encode() + b"</a>" * 5000, "B107"),
    "holds too many attributes": (b"<a %s/>" % b" ".join(b'a%d="1"' % n for n in range(200_001)), "B107"),
    "declares another encoding than it has": (
        '<?xml version="1.0" encoding="UTF-8"?><x>é</x>'.encode("latin-1"),
        "B106",
    ),
    "declares an unknown encoding": (b'<?xml version="1.0" encoding="cp037"?><x/>', "B106"),
    "has two elements in its body": (envelope(f"<a>{CNP}</a><b/>"), "V101"),
    "has nothing in its body": (envelope(CNP), "V101"),
    "is a page": (b"<html><body>%s</body></html>" % CNP.encode(), "V101"),
    "is of an unknown version": (envelope("<a/>", soap="urn:soap:3"), "V104"),
    "demands what is not understood": (
        envelope("<a/>", header='<s:Header><t:x xmlns:t="urn:t" s:mustUnderstand="1"/></s:Header>'),
        "V103",
    ),
    "holds a fault": (
        envelope(f"<s:Fault><faultcode>s:Client</faultcode><faultstring>{CNP}</faultstring></s:Fault>"),
        "D202",
    ),
    "holds a broken document as text": (envelope(f"<a>&lt;b&gt;{CNP}</a>"), "B101"),
    "holds a document type as text": (envelope(f"<a>&lt;!DOCTYPE b&gt;&lt;b&gt;{CNP}&lt;/b&gt;</a>"), "B102"),
}


class _Soap(SendingAdapterContract):
    adapter = SOAP
    secret = CNP
    version = SOAP_11
    good = SOAP_GOOD
    other = envelope("<case><cnp>another</cnp></case>")
    taken = Reply(200, envelope("<ok/>"), {"Content-Type": "text/xml"})
    refused = Reply(
        200,
        envelope("<s:Fault><faultcode>s:Client</faultcode><faultstring>no</faultstring></s:Fault>"),
        {"Content-Type": "text/xml"},
    )
    faulty = SOAP_FAULTY

    def told(self, answered: Answered) -> Told:
        root = etree.fromstring(answered.body)
        assert root.tag == f"{{{self.version}}}Envelope"
        assert answered.headers["content-type"].startswith(self.media_type)
        (fault,) = root.iter(f"{{{self.version}}}Fault")
        (code,) = fault.iter("{urn:punte:problem:1}code")
        (reference,) = fault.iter("{urn:punte:problem:1}reference")
        return Told(code.text or "", reference.text or "")

    def outbound(self, url: str, **changes: Any) -> Endpoint:
        facts = {
            "contract": Contract(wsdl="partners/dgep/EvidentaPersoane.wsdl", operation="INTEROGARE_PERS"),
            "ask": {"CERERE": "{record}"},
        }
        return self.endpoint(direction=Direction.OUT, url=url, message_id=None, **facts | changes)


class TestSoap11(_Soap):
    media_type = "text/xml"


class TestSoap12(_Soap):
    media_type = "application/soap+xml"
    version = SOAP_12
    good = envelope(f"<case><cnp>{CNP}</cnp></case>", soap=SOAP_12)


class TestEessi(JsonSuite, AdapterContract):
    secret = CNP
    adapter = EESSI
    good = b'{"sed": "P2000", "nav": {"bruker": {"person": {"pin": [{"identifikator": "%s"}]}}}}' % CNP.encode()
    other = b'{"sed": "P2000", "nav": {}}'
    faulty = faulty_json(b'{"sed": "P2000", ', CNP) | {
        "is no JSON": (CNP.encode(), "V301"),
        "is no SED": (b'{"person": "%s"}' % CNP.encode(), "V301"),
        "is an event about a SED": (b'{"sedType": "P2000", "navBruker": "%s"}' % CNP.encode(), "V301"),
    }


def a_row(**root: Any) -> Document:
    fine = {"cnp": CNP, "family": "POPESCU", "given": "ANA", "county": "IF", "registered": "03.02.2025", "kind": "I"}
    return Document(kind="json", root=fine | root, name="partners/anofm/monthly", dialect="ROWS")


UNFIT = {
    "is no number": (a_row(cnp=f"{CNP}0"), "F116", "cnp"),
    "is not said": (a_row(family=""), "F116", "family"),
    "has letters that the file has not": (a_row(given=f"Ω {CNP}"), "F116", "given"),
    "holds a line break": (a_row(family=f"{CNP}\n{CNP}"), "F116", "family"),
}


class _Files(JsonSuite, Filing):
    adapter = FLAT
    secret = CNP
    rows = (a_row(), a_row(cnp="1850415123457", given="ŞTEFAN"))
    unfit = UNFIT

    def filed(self, place: Any, **changes: Any) -> Endpoint:
        facts = {"direction": Direction.OUT, "message_id": None, "collect": Collect(every=timedelta(minutes=1))}
        return self.endpoint(**facts | self.where(place) | changes)

    def endpoint(self, **changes: object) -> Endpoint:
        return super().endpoint(**{"contract": Contract(rows="partners/anofm/monthly.rows.yaml")} | changes)

    def where(self, place: Any) -> dict[str, Any]:
        return {"settings": {"folder": place.name, "marker": ".done"}}


class TestFlatOverSftp(_Files):
    @pytest.fixture(autouse=True)
    def _password(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(VARIABLE, SECRET)

    def place(self) -> Any:
        return sftp_place()

    def where(self, place: Any) -> dict[str, Any]:
        settings = {"host_key": [place.host_key], "marker": ".done"}
        return {"url": place.url, "credentials": place.credentials, "settings": settings}


class TestFlat(_Files, AdapterContract):
    exempt: ClassVar = {"a_byte_order_mark_before_a_body_changes_nothing": "the hub itself writes a row"}
    media_type = "text/csv"
    good = b'{"rows": "x/list", "line": 2, "row": {"cnp": "%s"}}' % CNP.encode()
    other = b'{"rows": "x/list", "line": 3, "row": {"cnp": "another"}}'
    faulty = faulty_json(b'{"rows": "x/list", ', CNP) | {
        "is a whole file": (b"CNP;Nume\r\n%s;A\r\n" % CNP.encode(), "F115"),
        "is no row": (b'{"person": "%s"}' % CNP.encode(), "F115"),
        "says a column twice": (
            b'{"rows": "x/list", "line": 2, "row": {"cnp": "1", "cnp": "%s"}}' % CNP.encode(),
            "B104",
        ),
        "is a faulty row": (
            b'{"rows": "x/list", "line": 2, "faults": [{"code": "F102", "text": "too many"}], "text": "%s"}'
            % CNP.encode(),
            "F102",
        ),
    }


class TestRest(JsonSuite, SendingAdapterContract, Fetching):
    secret = CNP
    adapter = REST
    good = b'{"type": "case-file", "cnp": "%s"}' % CNP.encode()
    other = b'{"type": "case-file"}'
    taken = Reply(202, b'{"id": "their-7"}', {"Content-Type": "application/json"})
    faulty = faulty_json(b'{"type": "case-file", ', CNP) | {"is no JSON": (b"hello", "B103")}
    exempt: ClassVar = {
        "a_success_that_means_refusal_is_no_receipt": "any 2xx is a receipt",
        "every_document_has_the_id_that_the_partner_gave_it": "message_id is a path into the document",
        "every_document_names_the_receipt_that_it_answers": "a list answers nothing",
    }

    def outbound(self, url: str, **changes: Any) -> Endpoint:
        return self.endpoint(direction=Direction.OUT, url=url, message_id=None, **changes)

    pages = (
        Reply(200, b'{"items": [{"n": 1}, {"n": 2}], "next": "2"}'),
        Reply(200, b'{"items": [{"n": 3}], "next": "3"}'),
        Reply(200, b'{"items": [], "next": "3"}'),
    )

    def polled(self, url: str, **changes: Any) -> Endpoint:
        facts = {"url": url, "poll": Poll(every=timedelta(minutes=1), items="items", next="next", parameter="after")}
        return self.endpoint(**facts | changes)


class TestQueue(JsonSuite, Opening, Telling, Lasting, Fetching):
    secret = CNP
    adapter = QUEUE
    good = b'{"Result": {"cnp": "%s"}}' % CNP.encode()
    other = b'{"Result": {}}'
    taken = Reply(200, b'{"Id": "their-7"}', {"Content-Type": "application/json"})
    refused = Reply(200, b'{"Id": "00000000-0000-0000-0000-000000000000"}')
    faulty = faulty_json(b'{"Result": {}, ', CNP) | {
        "is a cut element": (b"<Result><cnp>%s" % CNP.encode(), "B101"),
        "declares a document type": (b"<!DOCTYPE x><x>%s</x>" % CNP.encode(), "B102"),
    }

    def endpoint(self, **changes: object) -> Endpoint:
        fetched = {
            "poll": {"path": "queue"},
            "id": "Id",
            "read": {"path": "read?id={id}"},
            "commit": {"path": "queue/{id}"},
            "answers": "Receipt",
        }
        facts = {"url": "http://127.0.0.1:9/", "message_id": None, "settings": fetched}
        polled = {} if "direction" in changes else {"poll": Poll(every=timedelta(seconds=30))}
        return super().endpoint(**facts | polled | changes)

    def outbound(self, url: str, **changes: Any) -> Endpoint:
        submit = {"submit": {"path": "new", "receipt": "Id"}}
        return self.endpoint(direction=Direction.OUT, url=url, settings=submit, **changes)

    pages = (
        Reply(200, b'{"Id": "a-1"}'),
        Reply(200, b'{"Result": 1, "Receipt": "their-7"}'),
        Reply(200, b"{}"),
        Reply(200, b'{"Id": "a-2"}'),
        Reply(200, b'{"Result": 2, "Receipt": "their-7"}'),
        Reply(200, b"{}"),
        Reply(204),
    )
    ids = ("a-1", "a-2")
    receipts = ("their-7", "their-7")

    def commits(self, request: Received) -> bool:
        return "/queue/" in request.path

    def polled(self, url: str, **changes: Any) -> Endpoint:
        return self.endpoint(url=url, **changes)
