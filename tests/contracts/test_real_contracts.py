"""Contracts of real agencies: read offline, whole, with all their operations."""

from pathlib import Path

import pytest

from hub_core.contract.wsdl import admit

pytestmark = pytest.mark.shared


@pytest.mark.parametrize("agency", ["cnas", "nav"])
def test_every_contract_of_an_agency_is_admitted_and_both_validators_take_it(shared: Path, agency: str) -> None:
    folder = shared / "wsdl" / agency
    for path in sorted(folder.rglob("*.wsdl")):
        admission = admit(path, folder)
        assert admission.contract is not None, admission.findings
        assert {one.code for one in admission.findings} <= {"V523", "V528", "V531", "V532"}
        schemas = admission.contract.schemas
        for operation in admission.contract.operations.values():
            for message in (operation.input, operation.output):
                assert message is None or schemas.element(message.element) is not None
