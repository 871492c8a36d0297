"""One small contract for every kind that agencies publish: admitted, and what is said of it."""

from pathlib import Path
from typing import Any

import pytest

from hub_core.contract.wsdl import Admission, admit
from tests.contracts import bindings, files, messages
from tests.contracts.making import written

KINDS = bindings.KINDS | files.KINDS | messages.KINDS


def offered(admission: Admission) -> list[tuple[str, ...]]:
    assert admission.contract is not None, admission.findings
    return [
        (found.name, f"{found.style}/{found.use}", found.soap, found.input.element)
        for service in admission.contract.services
        for port in service.ports
        for found in port.operations
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_contract_of_this_kind_is_admitted(tmp_path: Path, kind: str) -> None:
    contract, codes, operations = KINDS[kind]
    admission = admit(written(tmp_path, contract), tmp_path)
    assert offered(admission) == operations
    assert {finding.code for finding in admission.findings} == codes


@pytest.mark.parametrize("kind", KINDS)
def test_every_message_has_a_literal_document_in_the_schema(tmp_path: Path, kind: str) -> None:
    contract: Any = admit(written(tmp_path, KINDS[kind][0]), tmp_path, compiled=False).contract
    for operation in contract.operations.values():
        for message in filter(None, (operation.input, operation.output)):
            assert message.element in contract.schemas.elements
