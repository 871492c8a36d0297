"""A kept message becomes a test of its mapping: the whole way, with a real hub."""

import json
import shutil
from pathlib import Path

import pytest

from hub_core.places import MAPPINGS

pytestmark = pytest.mark.network

SED = MAPPINGS / "eessi" / "fixtures" / "nav-p2000.json"


@pytest.fixture(scope="module")
def kept_sed(shared_hub):
    """Return the reference of a SED that the hub has kept."""
    key = shared_hub.punte("key", "new", "access-point", "--institution", "eessi-access-point").out.strip()
    given = ["--endpoint", "seds", "--key", key, "--purpose", "european-coordination", "--json"]
    return shared_hub.punte("send", SED, *given).json["reference"]


def test_a_kept_message_becomes_a_fixture_and_a_test(shared_hub, kept_sed, tmp_path):
    folder = tmp_path / "mappings"
    shutil.copytree(MAPPINGS, folder)
    mapping = folder / "eessi" / "nav-p2000.yaml"
    given = ("mapping", "capture", kept_sed, "--name", "a claim as it came", "--into", mapping)
    answer = shared_hub.punte(*given, "--json").json
    fixture = Path(answer["written"])
    assert fixture == folder / "eessi" / "fixtures" / "a-claim-as-it-came.json"
    family = json.loads(SED.read_text(encoding="utf-8"))["nav"]["bruker"]["person"]["etternavn"]
    assert family not in fixture.read_text(encoding="utf-8")
    assert "a claim as it came" in shared_hub.punte("mapping", "test", mapping).out
    assert "a fixture of this name is there" in shared_hub.punte(*given, code=1).err


def test_capturing_is_noted_with_the_message_and_writes_nothing_by_itself(shared_hub, kept_sed):
    shown = shared_hub.punte("mapping", "capture", kept_sed, "--name", "only to look")
    assert shown.out.count("\n- name: ") == 1
    entries = shared_hub.punte("messages", "show", kept_sed, "--json").json["entries"]
    assert "only to look" in [entry["detail"] for entry in entries if entry["step"] == "captured"]
    assert (shared_hub.home / "pseudonyms.key").stat().st_mode & 0o777 == 0o600


def test_a_test_that_does_not_pass_is_taken_back(shared_hub, kept_sed, tmp_path):
    folder = tmp_path / "mappings"
    shutil.copytree(MAPPINGS, folder)
    other = folder / "eessi" / "nav-p8000.yaml"
    before = other.read_text(encoding="utf-8")
    assert "M110" in shared_hub.punte("mapping", "capture", kept_sed, "--into", other, code=1).err
    assert other.read_text(encoding="utf-8") == before
    assert not (folder / "eessi" / "fixtures" / "a-message-as-it-came.json").exists()
