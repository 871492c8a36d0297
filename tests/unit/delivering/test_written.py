"""Targets that get the document that a mapping writes."""

import msgspec
import pytest

from hub_core.canonical import Beneficiary
from hub_core.canonical.person import Identifier
from hub_core.delivering.written import WritingTarget
from hub_core.errors import ConfigError, Rejected
from hub_core.mapping import load
from hub_core.ports import Sent
from hub_core.testing.builders import FrozenClock
from tests.shipped import SHIPPED
from tests.unit.delivering.staging import ScriptedTarget

CNP = "2850415123450"


def sent(**facts):
    record = Beneficiary(identifiers=(Identifier(scheme="ro.cnp", value=CNP, **facts),))
    return Sent(key="k", message_id="m", correlation_id="c", party="p", service="s", record=msgspec.json.encode(record))


async def delivered(mapping, given):
    target = ScriptedTarget()
    receipt = await WritingTarget(target, SHIPPED.named(mapping), FrozenClock()).send(given)
    return target.sent[0], receipt


async def test_the_partner_gets_the_document_of_its_mapping_under_the_same_key() -> None:
    got, receipt = await delivered("dgep.person/1", sent())
    assert (got.key, got.document.kind, got.document.name) == ("k", "xml", "RASP")
    assert CNP.encode() in got.document.body
    assert "written by dgep.person/1@" in receipt.detail


async def test_what_has_no_place_in_the_document_is_counted_in_the_receipt() -> None:
    record = msgspec.json.encode({"identifiers": [{"scheme": "ro.cnp", "value": CNP}], "cases": [{"number": "7"}]})
    _, receipt = await delivered("dgep.person/1", msgspec.structs.replace(sent(), record=record))
    assert "have no place in it" in receipt.detail


async def test_a_record_that_makes_no_valid_document_is_refused_and_nothing_is_sent() -> None:
    target = ScriptedTarget()
    bad = msgspec.structs.replace(sent(), record=b"{}")
    with pytest.raises(Rejected) as caught:
        await WritingTarget(target, SHIPPED.named("cnas.insured-person/1"), FrozenClock()).send(bad)
    assert caught.value.code.startswith(("M4", "V2"))
    assert target.sent == []


@pytest.mark.parametrize(
    ("mapping", "cnp", "code", "rule"),
    [
        ("dgep.person/1", "7", "M407", "dgep/person.yaml:24"),
        ("cnas.insured-person/1", CNP, "V201", "cnas.insured-person/1"),
    ],
)
async def test_a_refusal_names_the_rule_that_failed_or_the_mapping_where_it_is_none(mapping, cnp, code, rule) -> None:
    record = msgspec.json.encode({"identifiers": [{"scheme": "ro.cnp", "value": cnp}]})
    with pytest.raises(Rejected) as caught:
        await delivered(mapping, msgspec.structs.replace(sent(), record=record))
    assert (caught.value.code, caught.value.findings[0].rule) == (code, rule)


async def test_a_mapping_that_only_reads_is_told_as_such(tmp_path) -> None:
    (tmp_path / "one.yaml").write_text(
        "mapping: own.one/1\nsource: {xml: '{urn:x}a'}\ntarget: Beneficiary@1\n"
        "fields:\n  role: {const: insured, codes: {insured: insured}}\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError):
        await WritingTarget(ScriptedTarget(), load((tmp_path,)).named("own.one/1"), FrozenClock()).send(sent())
