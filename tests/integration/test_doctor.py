"""What the doctor says of a store and of what the hub does by itself."""

import contextlib
import uuid
from datetime import timedelta

import pytest

from hub_core.ports import Run
from hub_core.settings import Settings
from hub_core.testing.builders import NOW
from registry.desk import doctor
from registry.desk.arguments import Nothing
from registry.doctor import server_health
from registry.parts import Parts


@pytest.fixture
def clerk(postgresql, postgresql_address, tmp_path):
    """Return settings of a hub whose role owns its tables, what it is called, and its schema."""
    name = f"c{uuid.uuid4().hex}"
    space = postgresql_address.rpartition("%3D")[2]
    postgresql.execute(f'CREATE ROLE {name} LOGIN; GRANT ALL ON SCHEMA "{space}" TO {name}')
    settings = Settings(home=tmp_path / "home", store=postgresql_address.replace("user=postgres", f"user={name}"))
    began = Parts(settings, write=True)
    _ = began.database
    began.close()
    yield settings, name, space
    postgresql.execute(f'DROP SCHEMA "{space}" CASCADE; DROP OWNED BY {name}; DROP ROLE {name}')


async def failing(settings):
    """Return what fails, by its name, of a look without a hub."""
    parts = Parts(settings, write=False)
    try:
        return {it.check: it for it in await doctor.doctor(parts, Nothing()) if it.ok is False}
    finally:
        parts.close()


async def test_a_server_that_has_no_connection_left_is_told_with_what_mends_it(postgresql, clerk):
    settings, name, _ = clerk
    postgresql.execute(f"ALTER ROLE {name} CONNECTION LIMIT 0")
    found = await failing(settings)
    assert "no connection is left" in found["database"].text
    assert "max_connections" in found["database"].mend


async def test_a_server_that_only_reads_is_told_with_what_mends_it(postgresql, clerk):
    settings, name, _ = clerk
    postgresql.execute(f"ALTER ROLE {name} SET default_transaction_read_only = on")
    found = await failing(settings)
    assert "only reads" in found["database"].text
    assert "default_transaction_read_only" in found["database"].mend


async def test_rights_that_are_missing_are_told_by_their_tables(postgresql, clerk):
    settings, _, space = clerk
    postgresql.execute(f'ALTER TABLE "{space}".delivery OWNER TO postgres')
    found = await failing(settings)
    assert "delivery" in found["database"].text
    assert "OWNER" in found["database"].mend


def standby(clerk, names):
    """Return what is said of a server whose commits wait for these names."""
    with contextlib.closing(Parts(clerk[0], write=False)) as parts, parts.reads.read() as connection:
        return server_health._standby(connection, names)


def test_a_standby_that_is_waited_for_and_does_not_answer_is_told_with_what_mends_it(clerk):
    check = standby(clerk, "ANY 1 (one)")
    assert (check.ok, check.text) == (False, "a commit waits for 1, and none answers: no message is taken")
    assert "start the standby" in check.mend


def test_a_server_that_waits_for_no_standby_is_no_fault(clerk):
    assert standby(clerk, "").ok is None


class Seen:
    """A connection that sees so many standbys: connected, told about, and waited for."""

    def __init__(self, *counts):
        self.counts = counts

    def execute(self, _):
        return self

    def fetchone(self):
        return self.counts


@pytest.mark.parametrize(
    ("names", "counts", "ok"),
    [
        ("one", (1, 1, 1), True),
        ("ANY 1 (one, two)", (2, 2, 2), True),
        ("2 (one, two)", (2, 2, 1), False),
        ("FIRST 2 (one, two, three)", (3, 3, 2), True),
        ("one", (1, 1, 0), False),  # one is connected that nobody waits for
        ("one", (1, 0, 0), None),  # the role may not see which
    ],
)
def test_as_many_standbys_must_answer_as_a_commit_waits_for(names, counts, ok):
    assert server_health._standby(Seen(*counts), names).ok is ok


@pytest.fixture
def parts(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    parts = Parts(Settings(home=home, port=0), write=True)
    yield parts
    parts.close()


def test_a_file_says_how_its_commits_are_kept(parts):
    check = doctor._commits(parts)
    assert (check.ok, check.text) == (True, "journal_mode wal, synchronous FULL")


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
