"""What the simulated agencies answer, each with the habits of its kind."""

from datetime import datetime

import pytest
import zeep
from lxml import etree

from tests.integration.agencies.calling import AGENCIES, NOBODY, PASSWORDS, envelope, fault_of, request, someone

pytestmark = pytest.mark.network


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
