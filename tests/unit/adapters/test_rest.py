"""JSON documents that are sent to the hub."""

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.rest import ADAPTER
from hub_core.directory import Contract, Direction, Endpoint
from hub_core.errors import ConfigError


def endpoint(**facts: Any) -> Endpoint:
    return Endpoint(
        **{"institution": "i", "direction": Direction.IN, "adapter": "rest", "service": "case-file", **facts}
    )


def test_a_canonical_record_is_recognised_by_its_wrapping() -> None:
    document = ADAPTER.open(b'{"beneficiary": {"sex": null}}')
    assert (document.dialect, document.name, document.root) == ("CANONICAL", "beneficiary", {"sex": None})


@pytest.mark.parametrize("value", [{"beneficiary": {}, "more": 1}, {"beneficiary": []}, {"person": {}}])
def test_anything_else_is_a_document_that_needs_a_mapping(value: object) -> None:
    document = ADAPTER.open(json.dumps(value).encode())
    assert (document.dialect, document.root) == ("JSON", value)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"type": "case-file"}, "case-file"),
        ({"document": "application"}, "application"),
        ({"type": "Ionescu Maria"}, "document"),
        ({"type": 7}, "document"),
        ([], "document"),
    ],
)
def test_a_document_is_called_what_it_calls_itself_if_that_is_a_name(value: object, name: str) -> None:
    assert ADAPTER.open(json.dumps(value).encode()).name == name


def test_a_document_is_validated_by_the_schema_of_its_contract(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    path.write_text('{"required": ["cnp"], "type": "object"}', encoding="utf-8")
    bound = endpoint(contract=Contract(json_schema=str(path)))
    ADAPTER.check("cases", bound)
    (found,) = ADAPTER.validate(bound, ADAPTER.open(b"{}"))
    assert found.code == "V202"
    assert ADAPTER.validate(bound, ADAPTER.open(b'{"cnp": ""}')) == []


def test_a_changed_contract_counts_from_the_next_registration(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    bound = endpoint(contract=Contract(json_schema=str(path)))
    path.write_text('{"required": ["cnp"], "type": "object"}', encoding="utf-8")
    ADAPTER.check("cases", bound)
    path.write_text("{}", encoding="utf-8")
    assert ADAPTER.validate(bound, ADAPTER.open(b"{}")) != []
    ADAPTER.check("cases", bound)
    assert ADAPTER.validate(bound, ADAPTER.open(b"{}")) == []


def test_a_faulty_contract_is_refused_and_the_one_in_force_stays(tmp_path: Path) -> None:
    path = tmp_path / "case.json"
    bound = endpoint(contract=Contract(json_schema=str(path)))
    path.write_text('{"required": ["cnp"], "type": "object"}', encoding="utf-8")
    ADAPTER.check("cases", bound)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        ADAPTER.check("cases", bound)
    assert (refused.value.code, refused.value.where) == ("V401", "contract.json_schema")
    assert ADAPTER.validate(bound, ADAPTER.open(b"{}")) != []


def test_a_contract_that_is_not_there_is_refused_with_the_mend() -> None:
    with pytest.raises(ConfigError) as refused:
        ADAPTER.check("cases", endpoint(contract=Contract(json_schema="partners/none.json")))
    assert refused.value.where == "contract.json_schema"
    assert refused.value.mend
