"""A person is planted at a hub on PostgreSQL; nothing of them stands in the files of the server, nor in a backup."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hub_core.playing.postgresql import PostgresqlServer, programs, running
from hub_core.testing.records import a_record
from tests.acceptance.cli.conftest import Hub
from tests.acceptance.cli.test_on_postgresql import case_system, hubs, places, state, wait_for  # noqa: F401 - fixtures
from tests.acceptance.test_sealed import stands_in

pytestmark = pytest.mark.network
CNP, FAMILY = "2960229173459", "Zvîncă-Quillot"


@pytest.fixture
def server() -> Iterator[PostgresqlServer]:
    """Return a server of the test's own: what others left in theirs takes long to search."""
    with running(durable=False) as server:
        yield server


@pytest.fixture
def postgresql_address(server: PostgresqlServer) -> str:
    return server.address


def test_nothing_of_a_person_stands_in_the_files_of_the_server_nor_in_a_backup(
    hubs: list[Hub],  # noqa: F811 - the fixture
    server: PostgresqlServer,
    tmp_path: Path,
) -> None:
    hub = hubs[0]
    person = {"name": {"family": FAMILY, "given": "Ana"}, "identifiers": [{"scheme": "ro.cnp", "value": CNP}]}
    path = tmp_path / "planted.json"
    path.write_bytes(msgspec.json.encode({"beneficiary": msgspec.to_builtins(a_record()) | person}))
    hub.punte("endpoint", "pause", "case-system", "--reason", f"asked by {CNP}")
    reference = hub.send(path, "--id", f"claim-{CNP}")["reference"]
    hub.punte("endpoint", "resume", "case-system", "--reason", f"{CNP} was served")
    wait_for(lambda: state(hub, reference) == "delivered")
    assert hub.punte("key", "new", f"k{CNP}", "--institution", "ministry", code=None).code != 0
    hub.punte("apply", tmp_path / "registry", "--note", f"for {CNP}")
    server.execute("CHECKPOINT")
    assert (server.data / "pg_wal").is_dir()
    assert stands_in(server.data, [CNP, FAMILY]) == []
    copies = tmp_path / "copies"
    copies.mkdir()
    hub.place.environment["PATH"] = f"{programs()}{os.pathsep}{os.environ['PATH']}"
    hub.punte("backup", copies / "punte.dump")
    unpacked = [programs() / "pg_restore", "--file", copies / "unpacked", copies / "punte.dump"]
    subprocess.run(unpacked, check=True)
    assert reference.encode() in (copies / "unpacked").read_bytes()
    assert stands_in(copies, [CNP, FAMILY]) == []
