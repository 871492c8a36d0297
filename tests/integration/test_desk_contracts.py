"""A contract that changed comes into force by apply, and leaves its trace: who, when, which file, which digest."""

import shutil

import pytest

from hub_core.places import SCHEMAS
from hub_core.settings import Settings
from registry.desk import Desk
from registry.parts import Parts

FILE = "partners/anofm/monthly.rows.yaml"
COUNTRY = f"""
institutions: {{anofm: {{name: Employment agency}}}}
endpoints:
  lists: {{institution: anofm, direction: in, adapter: flat, service: lists, contract: {{rows: {FILE}}}}}
"""


@pytest.fixture
def description(tmp_path, monkeypatch):
    """Return the description of a list, below a folder of contracts of its own."""
    file = tmp_path / "schemas" / FILE
    file.parent.mkdir(parents=True)
    shutil.copy(SCHEMAS / FILE, file)
    for module in (
        "adapters.flat.adapter",
        "adapters.kit.contracts",
        "registry.sets.contractfiles",
        "registry.sets.draft",
    ):
        monkeypatch.setattr(f"{module}.SCHEMAS", tmp_path / "schemas")
    return file


@pytest.fixture
def desk(tmp_path, description):
    parts = Parts(Settings(home=tmp_path / "home", port=0), write=True)
    yield Desk(parts)
    parts.close()


async def apply(desk, note="", verb="apply"):
    return await desk.call(verb, {"files": {"country.yaml": COUNTRY}, "by": "ana", "note": note})


async def contracts(desk):
    """Return what the doctor says of the contracts."""
    (check,) = (one for one in await desk.call("doctor", {}) if one["check"] == "contracts")
    return check["ok"], check["text"]


async def test_the_same_files_and_contracts_stay_the_set_that_they_are(desk):
    assert [(await apply(desk))["number"] for _ in range(2)] == [1, 1]


async def test_a_description_that_changed_makes_a_new_set_that_says_who_when_and_which(desk, description):
    await apply(desk, "first")
    description.write_text(description.read_text() + "# one more word\n")
    planned = (await apply(desk, verb="plan"))["changes"]
    done = await apply(desk, "they have one more word")
    assert (done["number"], done["changes"]) == (2, planned)
    (change,) = planned
    assert (change["action"], change["kind"], change["name"]) == ("changed", "contracts", FILE)
    newest, first = await desk.call("sets", {})
    assert (newest["by"], newest["note"], newest["contracts"]) == ("ana", "they have one more word", [change])
    assert first["contracts"] == []


async def test_the_doctor_names_a_contract_that_nobody_applied(desk, description):
    await apply(desk)
    assert await contracts(desk) == (True, "1 files as they were applied")
    description.write_text(description.read_text() + "# one more word\n")
    assert await contracts(desk) == (None, f"changed since set 1 was applied: {FILE}")
    await apply(desk)
    assert await contracts(desk) == (True, "1 files as they were applied")


async def test_a_contract_whose_endpoint_is_new_or_goes_is_told_with_its_endpoint(desk):
    (_, endpoint) = (await apply(desk, verb="plan"))["changes"]
    assert (endpoint["action"], endpoint["kind"]) == ("added", "endpoints")
