"""The contracts of the simulated agencies: every validator reads them, and they fit the messages of the real world."""

import re
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

PARTNERS = Path(__file__).parents[2] / "schemas" / "partners"
AGENCIES = ("dgep", "cnas", "anpis", "anofm", "anaf")
SCHEMAS = sorted(path for agency in AGENCIES for path in (PARTNERS / agency).glob("*.xsd"))

# Synthetic documents in the shape that such registers are known to send.
PERSON = (
    "<RASP><COD_RET>0</COD_RET><MSG/><PERS><CNP>2850415123450</CNP><CNP_ANT/><NUME>IONESCU-POPA</NUME>"
    "<PREN>MARIA ELENA</PREN><DN>15.04.1985</DN><STARE>1</STARE><D_DECES/>"
    '<ACT TIP="CI" S="CJ" N="123456" V="15.04.2031"/><DOM><SIRUTA>54975</SIRUTA><STR>STR. EROILOR</STR><NR>10</NR>'
    "<BL/><AP>4</AP></DOM><REZ/></PERS></RASP>"
)
REQUEST = (
    "<CER><COD_INST>MM01</COD_INST><TEMEI>12</TEMEI><NR_CER>884512/03.11.2025</NR_CER><CNP>2850415123450</CNP></CER>"
)
RIGHTS = (
    '<SAFIR_RESP><ERR_COD>0</ERR_COD><ERR_TXT></ERR_TXT><DREPTURI NR="2"><DR COD="03" STARE="P" DEC="4512/12.01.2024"'
    ' AJPIS="CJ" TIT_CNP="2850415123450" BENEF_CNP="5210307431010" DATA_I="01.2021" DATA_S="" SUMA="292" MOD="C"/>'
    '<DR COD="21" STARE="S" MOTIV="07" DEC="88/02.02.2025" TIT_CNP="2850415123450" BENEF_CNP="" DATA_I="01.2024"'
    ' DATA_S="09.2025" SUMA="646,5" MOD="M"/></DREPTURI><DEBIT SOLD="1.204,00" LA="01.11.2025"/></SAFIR_RESP>'
)
INCOME = (
    '<v:VENITURI_RASP xmlns:v="urn:anaf:test:venituri:1"><RASPUNS_VENITURI><COD>00</COD><CNP>2850415123450</CNP><LUNI>'
    '<L AN="2025" LN="10" TIP="SAL" CUI="18547290" BRUT="5.000,00" NET="2.925,00"/></LUNI>'
    "<TOTAL_NET>2.925,00</TOTAL_NET></RASPUNS_VENITURI></v:VENITURI_RASP>"
)
DOCUMENTS = {
    "dgep/Raspuns.xsd": PERSON,
    "dgep/Cerere.xsd": REQUEST,
    "anpis/SafirRaspuns.xsd": RIGHTS,
    "anaf/Venituri.xsd": INCOME,
}
FAULTY = {
    "a month of thirteen": ("anpis/SafirRaspuns.xsd", RIGHTS, "09.2025", "13.2025"),
    "a point and three digits after a comma": ("anpis/SafirRaspuns.xsd", RIGHTS, "646,5", "646,500"),
    "an unknown state": ("anpis/SafirRaspuns.xsd", RIGHTS, 'STARE="P"', 'STARE="Z"'),
    "a decimal point in an income": ("anaf/Venituri.xsd", INCOME, "2.925,00", "2925.00"),
    "a date in the wrong order": ("dgep/Raspuns.xsd", PERSON, "15.04.1985", "1985-04-15"),
    "an unknown outcome": ("dgep/Raspuns.xsd", PERSON, "<COD_RET>0<", "<COD_RET>7<"),
    "letters in a number": ("dgep/Cerere.xsd", REQUEST, "2850415123450", "285041512345O"),
}


def compiled(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(PARTNERS / name)))


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_both_schema_validators_read_every_schema(path):
    assert xmlschema.XMLSchema(str(path)).elements
    assert etree.XMLSchema(etree.parse(str(path))) is not None


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_as_the_registers_send_it_fits(name):
    compiled(name).assertValid(etree.fromstring(DOCUMENTS[name]))
    xmlschema.XMLSchema(str(PARTNERS / name)).validate(DOCUMENTS[name])


@pytest.mark.parametrize("fault", FAULTY)
def test_a_faulty_document_is_refused_by_both_validators(fault):
    name, document, good, bad = FAULTY[fault]
    broken = document.replace(good, bad)
    assert broken != document
    assert not compiled(name).validate(etree.fromstring(broken))
    assert not xmlschema.XMLSchema(str(PARTNERS / name)).is_valid(broken)


def test_the_two_ways_to_write_an_amount_never_overlap():
    schema = xmlschema.XMLSchema(str(PARTNERS / "anpis" / "SafirRaspuns.xsd"))
    comma, point = (re.compile(schema.types[name].patterns.regexps[0]) for name in ("SumaVirgula", "SumaPunct"))
    amounts = [
        f"{whole}{mark}{rest}" for whole in (0, 7, 646, 1204) for mark in ".," for rest in ("", 5, 50, 204, 2040)
    ]
    for amount in (*amounts, "1.204,00", "1.204,5", "12.204.300", "646"):
        assert not (comma.fullmatch(amount) and point.fullmatch(amount)), amount
    assert comma.fullmatch("1.204")
    assert point.fullmatch("646.5")


def test_no_contract_names_an_address_that_could_exist():
    for agency in AGENCIES:
        for path in (PARTNERS / agency).glob("*.wsdl"):
            for address in etree.parse(str(path)).iter("{http://schemas.xmlsoap.org/wsdl/soap/}address"):
                assert re.fullmatch(r"https://[a-z]+\.invalid/.+", address.get("location"))
