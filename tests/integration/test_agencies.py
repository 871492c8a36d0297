"""The simulated agencies as processes, called over real sockets by an independent SOAP client."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
import requests
import zeep
from lxml import etree
from zeep.transports import Transport
from zeep.wsse.username import UsernameToken

from hub_demo.population import Population

ROOT = Path(__file__).parents[2]
PARTNERS = ROOT / "schemas" / "partners"
AGENCIES = ("dgep", "cnas", "anpis", "anofm", "anaf")
SEED, SIZE = 11, 3_000
PASSWORDS = {"dgep": "a secret of the test", "cnas": "another secret"}
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
STRICT = zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=False)
# The one standard schema that rpc/encoded contracts name without bringing it; only its string is used.
SOAP_ENCODING = (
    b'<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="http://schemas.xmlsoap.org/soap/encoding/">'
    b'<complexType name="string"><simpleContent><extension base="string"><attribute name="id" type="ID"/>'
    b"</extension></simpleContent></complexType></schema>"
)
NOBODY = "1010101010012"  # a sound number that was given to nobody

pytestmark = pytest.mark.network


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
        yield Running(process, ready["url"], ready["wsdl"])
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Running]]:
    with ExitStack() as stack:
        yield {agency: stack.enter_context(running(agency)) for agency in AGENCIES}


@pytest.fixture(scope="module")
def country() -> Population:
    return Population(SEED, SIZE)


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


@pytest.fixture
def caller(servers) -> Iterator[Callable[..., Caller]]:
    with ExitStack() as stack:
        yield lambda agency, **options: Caller(
            agency, servers[agency].wsdl, stack.enter_context(requests.Session()), **options
        )


@pytest.fixture
def post() -> Iterator[Callable[..., requests.Response]]:
    """Return a way to send raw bytes to an agency."""
    with requests.Session() as session:

        def send(url: str, body: str | bytes, content_type: str = "text/xml; charset=utf-8", **options):
            body = body if isinstance(body, bytes) else body.encode()
            return session.post(url, body, headers={"Content-Type": content_type}, **{"timeout": 10, **options})

        yield send


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


CONTRACTS = {
    "dgep": "dgep/Raspuns.xsd",
    "cnas": "cnas/GetInsuredResponse.xsd",
    "anpis": "anpis/SafirRaspuns.xsd",
    "anofm": "anofm/Someri.xsd",
    "anaf": "anaf/Venituri.xsd",
}


@pytest.mark.parametrize(
    ("agency", "operation"),
    [(agency, "") for agency in AGENCIES] + [("dgep", "RUDENII"), ("cnas", "getPersonInfo")],
)
def test_every_answer_about_two_hundred_people_is_valid_by_contract(caller, country, agency, operation):
    contract = etree.XMLSchema(etree.parse(str(PARTNERS / CONTRACTS[agency])))
    asked = Random(4).sample(sorted(country.people), 200)
    asked += [number for numbers in country.planted.values() for number in numbers]
    asked += [shown.cnp for shown in country.showcase]
    asked += [NOBODY, "2850415123451", "12345", "", "O'Neill & <Söhne>"]
    client = caller(agency)
    outcomes = set()
    for number in asked:
        document = client.ask(number, operation)
        assert contract.validate(document), contract.error_log.last_error
        outcomes.add(document[0].get("state") or document[0].findtext("COD") or document[0].text)
    assert len(outcomes) > 2, "found, not found and faulty are told apart"


@pytest.mark.parametrize("agency", AGENCIES)
def test_a_contract_loads_offline_and_strictly_from_its_file(agency):
    (path,) = (PARTNERS / agency).glob("*.wsdl")
    with requests.Session() as session:
        client = zeep.Client(str(path), transport=Recording(session=session), settings=STRICT)
        (service,) = client.wsdl.services.values()
        (port,) = service.ports.values()
        assert port.binding.all()


@pytest.mark.parametrize("agency", AGENCIES)
def test_the_served_contract_names_the_address_it_is_served_from(servers, agency):
    contract = requests.get(servers[agency].wsdl, timeout=5)
    addresses = etree.fromstring(contract.content).iter("{http://schemas.xmlsoap.org/wsdl/soap/}address")
    assert [address.get("location") for address in addresses] == [servers[agency].url]


def test_the_register_of_persons_declares_an_encoding_that_is_not_its_own(caller, country):
    client = caller("dgep")
    person = client.ask(someone(country)).find("PERS")
    raw = client.transport.last
    assert raw.headers["Content-Type"] == "text/xml; charset=UTF-8"
    assert '<![CDATA[<?xml version="1.0" encoding="ISO-8859-2"?><RASP>' in raw.content.decode("utf-8")
    assert person.findtext("NUME") == "IONESCU-POPA"
    assert person.findtext("DOM/STR") == "STR. ŞTEFAN CEL MARE"
    assert person.find("CNP_ANT").text is None


def test_the_register_of_persons_answers_relatives(caller, country):
    relatives = caller("dgep").ask(someone(country), "RUDENII").findall("RUDE/RUDA")
    assert [(row.findtext("GRAD"), row.findtext("PREN")) for row in relatives] == [("S", "ANDREI"), ("C", "ŞTEFAN")]


@pytest.mark.parametrize(
    ("ground", "number", "code"),
    [("12", "2850415123451", "98"), ("", "2850415123450", "9"), ("77", "2850415123450", "9"), ("12", NOBODY, "1")],
)
def test_the_register_of_persons_refuses_inside_a_good_answer(caller, ground, number, code):
    client = caller("dgep")
    answer = client.service.INTEROGARE_PERS(CERERE=request(number, ground=ground))
    assert f"<COD_RET>{code}</COD_RET>" in answer
    assert client.transport.last.status_code == 200


def test_the_register_of_persons_faults_with_status_200_on_a_wrong_password(caller, country):
    client = caller("dgep", password="not it")
    with pytest.raises(zeep.exceptions.Fault, match="could not be authenticated"):
        client.ask(someone(country))
    assert client.transport.last.status_code == 200


def test_the_register_of_persons_faults_without_a_token(servers, post):
    answer = post(servers["dgep"].url, envelope('<e:INTEROGARE_PERS xmlns:e="http://evp.test/ws/v2"/>'))
    assert fault_of(answer).findtext("faultcode") == "wsse:InvalidSecurity"


@pytest.mark.parametrize("credentials", [None, ("hubmm", "wrong"), ("other", PASSWORDS["cnas"])])
def test_the_insurance_house_asks_for_credentials_with_a_page_that_is_no_soap(servers, post, credentials):
    answer = post(servers["cnas"].url, envelope("<x/>"), auth=credentials)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert answer.headers["Content-Type"].startswith("text/html")


def test_the_insurance_house_knows_a_person_by_both_numbers(caller, country):
    client = caller("cnas")
    by_pid = client.ask(someone(country))
    by_cid = client.ask(by_pid[0].get("cid"), "getInsuredByCID")
    assert etree.tostring(by_pid) == etree.tostring(by_cid)
    category = by_pid.find(".//{*}category")
    assert (by_pid[0].get("state"), category.get("code"), category.get("validFrom")) == ("1", "SALARIAT", "2023-02-01")


def test_the_insurance_house_answers_for_the_day_that_is_asked(caller, country):
    client = caller("cnas")
    before = datetime(2023, 1, 15)  # noqa: DTZ001  as zeep wants it
    document = client.insured(someone(country), before, "getInsured")
    assert document.find(".//{*}category").get("code") == "SOMER"


def test_the_paying_agency_writes_windows_1250_and_says_so(caller, country):
    client = caller("anpis")
    document = client.ask(next(s.cnp for s in country.showcase if s.kind == "birth-date-differs"))
    raw = client.transport.last
    assert raw.headers["Content-Type"] == "text/xml; charset=windows-1250"
    assert raw.content.startswith(b'<?xml version="1.0" encoding="windows-1250"?>')
    assert "CĂPRARU".encode("cp1250") in raw.content
    assert document.find("PERS").get("NUME") == "CĂPRARU"
    assert document.find(".//DR").get("SUMA") == "312.5", "the county agency of Satu Mare writes a point"


def test_the_paying_agency_mostly_writes_a_decimal_comma(caller, country):
    document = caller("anpis").ask(someone(country))
    assert [row.get("SUMA") for row in document.iter("DR")] == ["292", "646,5"]
    assert document.find("DEBIT").get("SOLD") == "1.204,00"
    assert [row.get("DATA_S") for row in document.iter("DR")] == ["", "09.2025"]


def test_the_employment_agency_answers_typed_elements(caller, country):
    answer = caller("anofm").service.STARE_SOMER(CNP=someone(country), LA_DATA="03.11.2025")
    assert (answer.COD, answer.SOMER.TIP, answer.SOMER.COD_INCETARE) == ("0", "I", "01")
    assert (answer.SOMER.CUANTUM, answer.SOMER.DATA_SF) == ("0000957,50", "31.01.2023")


def test_the_employment_agency_does_not_know_the_future(caller, country):
    service = caller("anofm").service
    running_then = service.STARE_SOMER(CNP=someone(country), LA_DATA="01.01.2023").SOMER
    assert (running_then.COD_INCETARE, running_then.DATA_VIZA) == (None, None)
    assert service.STARE_SOMER(CNP=someone(country), LA_DATA="14.06.2022").COD == "1"
    assert service.STARE_SOMER(CNP=someone(country), LA_DATA="31.02.2023").COD == "4"


def test_the_tax_agency_writes_iso_8859_2_with_thousands_points(caller, country):
    client = caller("anaf")
    document = client.ask(someone(country))
    raw = client.transport.last
    assert raw.headers["Content-Type"] == "text/xml; charset=ISO-8859-2"
    assert "COMERŢ TEST SRL".encode("iso8859-2") in raw.content
    months = document.findall(".//L")
    # The country lives on after its reference date: what is declared ends with the month before today's.
    assert [row.get("LN") for row in months][:10] == [str(month) for month in range(1, 11)]
    assert {row.get("NET") for row in months} == {"2.925,00"}
    assert document.findtext(".//TOTAL_NET") == f"{2925 * len(months):,}".replace(",", ".") + ",00"


def test_the_tax_agency_refuses_a_period_that_runs_backwards(caller, country):
    answer = caller("anaf").service.VENITURI(CNP=someone(country), AN="2025", LUNA_DE="9", LUNA_LA="3")
    assert answer.COD == "04"


def test_planted_contradictions_show_over_the_wire(caller, country):
    ask = {agency: caller(agency).ask for agency in AGENCIES}
    for number in country.planted["dead-but-paid"]:
        assert ask["dgep"](number).findtext("COD_RET") == "5"
        assert "P" in {row.get("STARE") for row in ask["anpis"](number).iter("DR")}
        assert ask["cnas"](number)[0].get("state") == "3"
    for number in country.planted["unemployed-with-wage"]:
        assert ask["anofm"](number).findtext("{*}SOMER/{*}TIP") == "I"
        assert {("10", "SAL")} <= {(row.get("LN"), row.get("TIP")) for row in ask["anaf"](number).iter("L")}
    for number in country.planted["other-family-name"]:
        assert ask["dgep"](number).findtext("PERS/NUME") != ask["anofm"](number).findtext("{*}SOMER/{*}NUME")
    for number in country.planted["number-changed"]:
        former = ask["dgep"](number).findtext("PERS/CNP_ANT")
        assert ask["anpis"](number).findtext("ERR_COD") == "20"
        assert ask["anpis"](former).findtext("ERR_COD") == "0"
        assert ask["dgep"](former).findtext("PERS/CNP") == number
    for number in country.planted["two-persons-one-number"]:
        answer = ask["dgep"](number)
        assert (answer.findtext("COD_RET"), len(answer.findall("PERS"))) == ("2", 2)
    for number in country.planted["paid-twice"]:
        offices = [row.get("AJPIS") for row in ask["anpis"](number).iter("DR") if row.get("COD") == "03"]
        assert len(set(offices)) == 2


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + envelope(SOMER.replace("03.11.2025", "&b;"))
HOSTILE = {
    "not xml": ("what?", "Client"),
    "nothing": ("", "Client"),
    "cut short": (envelope(SOMER)[:-9], "Client"),
    "document type": ("<!DOCTYPE x>" + envelope(SOMER), "Client"),
    "entities": (BOMB, "Client"),
    "outside file": ('<!DOCTYPE x SYSTEM "file:///etc/passwd">' + envelope(SOMER), "Client"),
    "too deep": (envelope("<a>" * 5_000 + "</a>" * 5_000), "Client"),
    "no envelope": (SOMER, "Client"),
    "two calls": (envelope(SOMER + SOMER), "Client"),
    "no call": (envelope(""), "Client"),
    "unknown operation": (envelope(SOMER.replace("STARE_SOMER", "STERGE_TOT")), "Client"),
    "other namespace": (envelope(SOMER.replace("someri:1", "someri:2")), "Client"),
    "soap 1.2": (envelope(SOMER, namespace="http://www.w3.org/2003/05/soap-envelope"), "VersionMismatch"),
    "must understand": (
        envelope(SOMER, '<s:Header><x xmlns="urn:x" s:mustUnderstand="1"/></s:Header>'),
        "MustUnderstand",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_bad_call_gets_a_fault_and_disturbs_nobody(servers, post, case):
    body, code = HOSTILE[case]
    url = servers["anofm"].url
    answer = post(url, body)
    assert (answer.status_code, fault_code(answer)) == (500, code)
    assert "root:" not in answer.text
    assert post(url, envelope(SOMER)).status_code == 200


def test_what_is_not_a_call_is_refused_by_http_itself(servers, post):
    url = servers["anofm"].url
    assert post(url, envelope(SOMER), content_type="application/soap+xml").status_code == 415
    assert post(url, b" " * 1_000_001).status_code == 413
    assert post(url + "/other", envelope(SOMER)).status_code == 404
    assert requests.put(url, b"", timeout=5).status_code == 405
    assert requests.get(f"{url}?xsd=../dgep/Cerere.xsd", timeout=5).status_code == 404


@pytest.mark.parametrize("agency", AGENCIES)
def test_each_agency_is_out_of_order_in_its_own_way(post, agency):
    calls = {
        "cnas": '<n:getInsured xmlns:n="http://webservices.utils.svapnt.siveco.ro"/>',
        "anpis": '<n:DREPTURI_PERS xmlns:n="urn:anpis:test:safir:1"/>',
        "anofm": SOMER,
        "anaf": '<n:VENITURI xmlns:n="urn:anaf:test:venituri:1"/>',
        "dgep": '<n:INTEROGARE_PERS xmlns:n="http://evp.test/ws/v2"/>',
    }
    signs = {
        "dgep": (200, "<COD_RET>99</COD_RET>"),
        "cnas": (500, "<faultcode>soapenv:Server.userException</faultcode>"),
        "anpis": (200, "<ERR_COD>99</ERR_COD>"),
        "anofm": (500, '<EROARE xmlns="urn:anofm:test:someri:1"><COD>900</COD>'),
        "anaf": (200, "<title>Autentificare</title>"),
    }
    with running(agency, "--fault-rate", "1", size=50) as server:
        answer = post(server.url, envelope(calls[agency]), auth=("hubmm", PASSWORDS["cnas"]))
        status, sign = signs[agency]
        assert answer.status_code == status
        assert sign in answer.text


def test_half_of_the_calls_fail_when_asked_to_and_the_same_ones_each_time(post):
    def outcomes() -> list[int]:
        with running("anofm", "--fault-rate", "0.5", size=50) as server:
            return [post(server.url, envelope(SOMER)).status_code for _ in range(20)]

    first = outcomes()
    assert set(first) == {200, 500}
    assert outcomes() == first


def test_a_late_agency_answers_late(post):
    with running("anofm", "--latency", "0.4", size=50) as server:
        begun = time.monotonic()
        assert post(server.url, envelope(SOMER)).status_code == 200
        assert time.monotonic() - begun >= 0.4


def test_a_silent_agency_takes_the_call_and_still_stops_promptly(post):
    with running("anofm", "--silent", size=50) as server:
        with pytest.raises(requests.ReadTimeout):
            post(server.url, envelope(SOMER), timeout=0.3)
        begun = time.monotonic()
        server.process.terminate()
        assert server.process.wait(timeout=5) == 0
        assert time.monotonic() - begun < 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_being_told_to_stop_is_no_failure(number):
    with running("anpis", size=50) as server:
        begun = time.monotonic()
        server.process.send_signal(number)
        assert server.process.wait(timeout=5) == 0
        assert time.monotonic() - begun < 2


def test_a_guarded_agency_does_not_start_without_a_password():
    command = [sys.executable, "-m", "hub_demo.agencies", "dgep"]
    run = subprocess.run(command, cwd=ROOT, env={"PATH": ""}, capture_output=True, text=True, timeout=20, check=False)
    assert (run.returncode, run.stdout) == (2, "")
    assert "DEMO_DGEP_PASSWORD" in run.stderr


def test_the_agencies_run_without_any_part_of_the_hub():
    code = (
        "import sys, hub_demo.agencies.__main__\n"
        "hub = ('hub_core', 'adapters', 'registry', 'hub_web', 'cli')\n"
        "print([name for name in sys.modules if name.split('.')[0] in hub])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=20, check=True)
    assert run.stdout.strip() == "[]"
