"""Reading WSDL: what it says, and what it may not reach."""

from pathlib import Path

import pytest

from adapters.soap.wsdl import read_wsdl
from hub_core.errors import ConfigError
from hub_core.places import SCHEMAS
from hub_core.validation import parse_xml

CNAS = "http://webservices.utils.svapnt.siveco.ro"
HEAD = '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" targetNamespace="urn:t"'
TYPES = '<types><schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t">{}</schema></types>'


def test_the_contract_of_the_insurance_house_is_read_as_it_is() -> None:
    found = read_wsdl(SCHEMAS / "partners/cnas/SiuiInsuredWS.wsdl").operation("getInsured")
    assert (found.soap_version, found.style, found.use, found.action) == ("1.1", "rpc", "encoded", "")
    assert found.asked.name == f"{{{CNAS}}}getInsured"
    assert [(part.name, part.required) for part in found.asked.fields] == [("pid", True), ("requestDate", True)]
    assert found.answered == f"{{{CNAS}}}getInsuredResponse"


@pytest.mark.shared
def test_our_contract_and_the_real_one_of_the_insurance_house_give_the_same_operations(shared: Path) -> None:
    ours = read_wsdl(SCHEMAS / "partners/cnas/SiuiInsuredWS.wsdl").contract.operations
    assert read_wsdl(shared / "wsdl" / "cnas" / "SiuiInsuredWS.wsdl").contract.operations == ours


@pytest.mark.parametrize("agency", ["anaf/Venituri.wsdl", "anofm/Someri.wsdl", "anpis/Safir.wsdl"])
def test_the_schema_inside_a_contract_validates_documents(agency: str) -> None:
    wsdl = read_wsdl(SCHEMAS / "partners" / agency)
    assert wsdl.operation(None).answered in wsdl.contract.schemas.elements
    tag = wsdl.operation(None).answered
    empty = parse_xml(f'<a:{tag.rpartition("}")[2]} xmlns:a="{tag[1:].partition("}")[0]}"/>'.encode())
    assert [found.code for found in wsdl.schema.faults(empty)] == ["V201"]


def test_an_unknown_operation_is_refused_with_those_that_there_are() -> None:
    wsdl = read_wsdl(SCHEMAS / "partners/dgep/EvidentaPersoane.wsdl")
    for name in ("NO_SUCH", None):
        with pytest.raises(ConfigError) as refused:
            wsdl.operation(name)
        assert refused.value.code == "V102"
        assert refused.value.mend == "write one of: INTEROGARE_PERS, RUDENII"


@pytest.mark.parametrize(
    "inside",
    [
        '<import namespace="urn:u" location="/etc/passwd"/>',
        '<import namespace="urn:u" location="file:///etc/passwd"/>',
        '<import namespace="urn:u" location="../outside.wsdl"/>',
        '<import namespace="urn:u" location="http://127.0.0.1:9/x.wsdl"/>',
        TYPES.format('<include schemaLocation="/etc/passwd"/>'),
        TYPES.format('<import namespace="urn:u" schemaLocation="http://127.0.0.1:9/x.xsd"/>'),
        TYPES.format('<include schemaLocation="../outside.xsd"/>'),
    ],
)
def test_a_contract_reaches_nothing_outside_its_folder(tmp_path: Path, inside: str) -> None:
    folder = tmp_path / "contract"
    folder.mkdir()
    (tmp_path / "outside.wsdl").write_text(f"{HEAD}/>", encoding="utf-8")
    (tmp_path / "outside.xsd").write_text('<schema xmlns="http://www.w3.org/2001/XMLSchema"/>', encoding="utf-8")
    path = folder / "x.wsdl"
    path.write_text(f"{HEAD}>{inside}</definitions>", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        read_wsdl(path)
    assert refused.value.code == "V401"
    assert any(told in refused.value.text for told in ("outside", "not a file", "nothing is loaded from the network"))


@pytest.mark.parametrize(
    "text", ["", "hello", "<a/>", f"{HEAD}/>", f"<!DOCTYPE x>{HEAD}/>", f'{HEAD}><binding name="B"/></definitions>']
)
def test_what_is_no_contract_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.wsdl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        read_wsdl(path)
    assert refused.value.code == "V401"
