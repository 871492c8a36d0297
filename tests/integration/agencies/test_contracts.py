"""What the simulated agencies publish, over real sockets, as an independent SOAP client sees it."""

from random import Random

import pytest
import requests
import zeep
from lxml import etree

from tests.integration.agencies.calling import AGENCIES, NOBODY, PARTNERS, STRICT, Recording

pytestmark = pytest.mark.network

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
