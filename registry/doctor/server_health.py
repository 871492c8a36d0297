"""Is the server fit that keeps the store? Asked through the hub's own read connection; nothing is changed."""

import time
from collections.abc import Mapping
from contextlib import closing
from typing import Final

from hub_core.errors import ConfigError
from hub_core.journal.engines.connection import Connection
from hub_core.settings import Settings
from registry.doctor.fact import Check

OLDEST: Final = 140_000  # server_version_num; older ones get no security fixes any more
_MUST_BE_ON: Final = {
    "fsync": "without it an outage of power loses accepted messages",
    "full_page_writes": "without it an outage of power may leave torn pages",
}
_APART: Final = 5  # seconds
_ASKED: Final = "SELECT name, setting FROM pg_settings WHERE name IN (?, ?, ?, ?, ?, ?)"
_NAMES: Final = ("server_version", "server_version_num", "data_checksums", "synchronous_standby_names", *_MUST_BE_ON)


_LACKING: Final = (
    "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' "
    "AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT') "
    "AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE')) ORDER BY relname"
)


def reach(settings: Settings, environ: Mapping[str, str]) -> Check:
    """Say whether a new session can write at the server, and what mends it where it cannot."""
    from hub_core.journal.engines.postgresql import Postgresql  # not above: loads psycopg
    from hub_core.journal.engines.postgresql_faults import mend_of
    from hub_core.journal.where import engine_of

    engine, name = engine_of(settings, environ), "database"
    assert isinstance(engine, Postgresql)  # noqa: S101 - the settings name a server
    try:
        with closing(engine.writer()) as connection:
            connection.begin()
            lacking = [table for (table,) in connection.execute(_LACKING)]
    except engine.errors as error:
        text = f"{engine.where} cannot be written ({engine.name_of(error)})"
        return Check(check=name, ok=False, text=text, mend=mend_of(error))
    except ConfigError as error:
        return Check(check=name, ok=False, text=error.text, mend=error.mend)
    if lacking:
        text = f"the hub's role may not read and write {', '.join(lacking)}"
        return Check(check=name, ok=False, text=text, mend="let it own its tables: ALTER TABLE ... OWNER TO")
    return Check(check=name, ok=True, text=f"{engine.where} can be written")


def server_checks(connection: Connection) -> list[Check]:
    """Return what the settings of a PostgreSQL server mean for a hub."""
    found = dict(connection.execute(_ASKED, _NAMES).fetchall())
    version = f"PostgreSQL {found['server_version']}"
    old = int(found["server_version_num"]) < OLDEST
    checks = [Check(check="server", ok=not old, text=version, mend="take version 14 or later" if old else "")]
    for name, why in _MUST_BE_ON.items():
        on = found[name] == "on"
        checks.append(Check(check=name, ok=on, text=found[name] if on else why, mend="" if on else f"set {name} = on"))
    if found["data_checksums"] != "on":
        mend = "pg_checksums --enable, with the server stopped"
        checks.append(Check(check="checksums", ok=None, text="damaged pages are not noticed", mend=mend))
    checks.append(_clocks(connection))
    if found["synchronous_standby_names"]:
        checks.append(Check(check="standby", ok=True, text="a commit waits for a standby"))
    else:
        text, mend = "each message lies on one server only", "set synchronous_standby_names"
        checks.append(Check(check="standby", ok=None, text=text, mend=mend))
    return checks


def _clocks(connection: Connection) -> Check:
    """Compare the clock of the server, which counts for leases, with the one of this machine, which counts for logs."""
    (there,) = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
    apart = abs(time.time() - there)
    if apart > _APART:
        text, mend = f"the clocks of server and hub are {apart:,.0f} s apart", "let NTP keep both"
        return Check(check="clocks", ok=None, text=text, mend=mend)
    return Check(check="clocks", ok=True, text="server and hub agree")
