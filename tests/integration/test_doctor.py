"""What the doctor says of a store and of what the hub does by itself."""

from datetime import timedelta

import pytest

from hub_core.ports import Run
from hub_core.settings import Settings
from hub_core.testing.builders import NOW
from registry.desk import doctor
from registry.parts import Parts


@pytest.fixture
def parts(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    parts = Parts(Settings(home=home, port=0), write=True)
    yield parts
    parts.close()


def test_a_store_of_this_version_has_nothing_to_migrate(parts):
    check = doctor._schema(parts)
    assert check.ok is True
    assert "none to do" in check.text


async def test_a_migration_that_waits_for_older_processes_is_told(parts):
    await parts.database.write(lambda connection: connection.execute("DELETE FROM migration WHERE name LIKE '001%'"))
    check = doctor._schema(parts)
    assert check.ok is None
    assert "001_pre_journal.sql" in check.text
    assert check.mend


async def test_what_scheduled_work_found_is_told_with_the_command(parts):
    assert doctor._scheduled(parts).ok is True
    await parts.journal.begin_run("contracts", at=NOW, every=timedelta(days=1))
    await parts.journal.end_run(Run(job="contracts", begun_at=NOW, ended_at=NOW, code="R404", detail="portal: R103"))
    check = doctor._scheduled(parts)
    assert (check.ok, check.text, check.mend) == (False, "contracts: R404 portal: R103", "punte schedule")
