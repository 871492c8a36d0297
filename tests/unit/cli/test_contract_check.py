"""The command that says whether a contract can be used: where it looks for what the contract imports."""

import json
from pathlib import Path

import pytest

SCHEMA = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{}</xs:schema>'
NAMED = '<xs:element name="person" type="xs:string"/>'


@pytest.fixture
def contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a contract that includes a file of a folder below it, seen from a folder elsewhere."""
    partner = tmp_path / "partner"
    (partner / "types").mkdir(parents=True)
    (partner / "types" / "person.xsd").write_text(SCHEMA.format(NAMED))
    main = partner / "main.xsd"
    main.write_text(SCHEMA.format('<xs:include schemaLocation="types/person.xsd"/>'))
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")
    return main


def test_a_contract_from_elsewhere_imports_from_its_own_folder(punte, contract):
    done = punte("contract", "check", contract)
    assert (done.code, "admitted" in done.out) == (0, True)


def test_files_of_the_folder_one_is_in_do_not_stand_in_for_those_of_a_contract_from_elsewhere(punte, contract):
    (contract.parent / "types" / "person.xsd").rename("person.xsd")
    done = punte("contract", "check", contract)
    assert (done.code, "V504" in done.out) == (1, True)
    assert f"files were looked for below {contract.parent}; --root names another folder" in done.err


def test_a_contract_below_the_folder_one_is_in_imports_from_all_of_it(punte, contract, monkeypatch):
    (contract.parent / "types" / "person.xsd").rename(contract.parent.parent / "person.xsd")
    contract.write_text(contract.read_text().replace("types/", "../"))
    monkeypatch.chdir(contract.parent.parent)
    done = punte("contract", "check", contract, "--json")
    assert (done.code, json.loads(done.out)["admitted"]) == (0, True)
