"""Agencies as processes, and an independent SOAP client that calls them."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import requests
import zeep
from lxml import etree
from zeep.transports import Transport
from zeep.wsse.username import UsernameToken

from hub_demo.population import Population

ROOT = Path(__file__).parents[3]
PARTNERS = ROOT / "schemas" / "partners"
AGENCIES = ("dgep", "cnas", "anpis", "anofm", "anaf")
SEED, SIZE = 11, 3_000
PASSWORDS = {"dgep": "a secret of the test", "cnas": "another secret", "itm": "a third secret"}
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
STRICT = zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=False)
# The one standard schema that rpc/encoded contracts name without bringing it; only its string is used.
SOAP_ENCODING = (
    b'<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="http://schemas.xmlsoap.org/soap/encoding/">'
    b'<complexType name="string"><simpleContent><extension base="string"><attribute name="id" type="ID"/>'
    b"</extension></simpleContent></complexType></schema>"
)
NOBODY = "1010101010012"  # a sound number that was given to nobody


class Recording(Transport):
    """Loads contracts from the loopback or from files only, and keeps the last answer as it came."""

    last: requests.Response

    def load(self, url: str) -> bytes:
        if url == "http://schemas.xmlsoap.org/soap/encoding/":
            return SOAP_ENCODING
        if url.startswith("http://127.0.0.1:"):
            return self.session.get(url, timeout=5).content
        assert not url.startswith("http"), "a contract must not need the network"
        return Path(url).read_bytes()

    def post(self, address, message, headers):
        self.last = super().post(address, message, headers)
        return self.last


class Running(NamedTuple):
    process: subprocess.Popen[str]
    url: str
    wsdl: str


@contextmanager
def running(agency: str, *options: str, size: int = SIZE) -> Iterator[Running]:
    """Run one agency as its own process until the block ends."""
    command = [sys.executable, "-m", "hub_demo.agencies", agency, "--port", "0", "--seed", str(SEED)]
    command += ["--size", str(size), *options]
    password = {f"DEMO_{agency.upper()}_PASSWORD": PASSWORDS[agency]} if agency in PASSWORDS else {}
    process = subprocess.Popen(
        command, cwd=ROOT, env={"PATH": "", "LANG": "C.UTF-8", **password}, stdout=subprocess.PIPE, text=True
    )
    try:
        ready = json.loads(process.stdout.readline())
        assert ready["agency"] == agency
        yield Running(process, ready["url"], ready.get("wsdl", ""))
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


class Caller:
    """One agency as seen from outside: its operations, and the document of its last answer."""

    def __init__(self, agency: str, wsdl: str, session: requests.Session, password: str | None = None) -> None:
        self.agency = agency
        password = PASSWORDS.get(agency) if password is None else password
        if agency == "cnas":
            session.auth = ("hubmm", password)
        self.transport = Recording(session=session)
        token = UsernameToken("HUBMM", password) if agency == "dgep" else None
        self.service = zeep.Client(wsdl, wsse=token, transport=self.transport, settings=STRICT).service

    def ask(self, number: str, operation: str = "") -> etree._Element:
        """Ask for a person and return the document that answers, taken out of its wrapping."""
        if self.agency == "dgep":
            text = self.service[operation or "INTEROGARE_PERS"](CERERE=request(number))
            return etree.fromstring(re.sub(r"^<\?xml[^>]*\?>", "", text))
        if self.agency == "cnas":
            return self.insured(number, datetime(2025, 11, 3), operation or "getInsured")  # noqa: DTZ001  as zeep wants it
        if self.agency == "anpis":
            return etree.fromstring(self.service.DREPTURI_PERS(CNP=number))
        if self.agency == "anofm":
            self.service.STARE_SOMER(CNP=number, LA_DATA="03.11.2025")
        else:
            self.service.VENITURI(CNP=number, AN="2025", LUNA_DE="1", LUNA_LA="12")
        return etree.fromstring(self.transport.last.content).find(f"{{{ENVELOPE}}}Body")[0]

    def insured(self, number: str, moment: datetime, operation: str) -> etree._Element:
        """Ask the insurance house; its string is a type of its own to the client."""
        return etree.fromstring(self.service[operation](number, moment)._value_1)


def request(number: str, *, ground: str = "12") -> str:
    return (
        f'<?xml version="1.0" encoding="ISO-8859-2"?><CER><COD_INST>MM01</COD_INST><TEMEI>{ground}</TEMEI>'
        f"<NR_CER>884512/03.11.2025</NR_CER><CNP>{number}</CNP></CER>"
    )


def envelope(body: str, header: str = "", namespace: str = ENVELOPE) -> str:
    return f'<s:Envelope xmlns:s="{namespace}">{header}<s:Body>{body}</s:Body></s:Envelope>'


def someone(country: Population) -> str:
    return country.showcase[0].cnp


SOMER = (
    '<STARE_SOMER xmlns="urn:anofm:test:someri:1"><CNP>2850415123450</CNP><LA_DATA>03.11.2025</LA_DATA></STARE_SOMER>'
)


def fault_of(response: requests.Response) -> etree._Element:
    found = etree.fromstring(response.content).find(f"{{{ENVELOPE}}}Body/{{{ENVELOPE}}}Fault")
    assert found is not None
    return found


def fault_code(response: requests.Response) -> str:
    """Return the local part of the fault code, whose prefix must be bound to SOAP 1.1."""
    code = fault_of(response).find("faultcode")
    prefix, _, local = code.text.partition(":")
    assert code.nsmap[prefix] == ENVELOPE
    return local
