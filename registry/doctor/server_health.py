"""Is the server fit that keeps the store? Asked through the hub's own read connection; nothing is changed."""

import re
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


# What follows the name is null for a role that may not see it, postgresql.org/docs/current/monitoring-stats.html
_STANDBYS: Final = (
    "SELECT count(*), count(sync_state), count(*) FILTER (WHERE sync_state IN ('sync', 'quorum')) "
    "FROM pg_stat_replication"
)
_SEVERAL: Final = re.compile(r"\s*(?:(?:ANY|FIRST)\s*)?(\d+)\s*\(", re.IGNORECASE)
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
    return Check(check=name, ok=True, text=f"{engine.where} answers, and the hub's role may write")


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
    return [*checks, _standby(connection, found["synchronous_standby_names"])]


def _standby(connection: Connection, names: str) -> Check:
    """Say whether as many standbys answer as a commit waits for, as far as the role may see it."""
    name = "standby"
    if not names:
        text, mend = "each message lies on one server only", "set synchronous_standby_names"
        return Check(check=name, ok=None, text=text, mend=mend)
    several = _SEVERAL.match(names)
    needed = int(several[1]) if several else 1
    connected, seen, answering = connection.execute(_STANDBYS).fetchone()
    text = f"a commit waits for {needed}"
    if connected and not seen:
        mend = "let it see: GRANT pg_monitor TO the role"
        return Check(check=name, ok=None, text=f"{text}; the hub's role may not see which answer", mend=mend)
    if answering < needed:
        text = f"{text}, and {answering or 'none'} answers: no message is taken"
        return Check(check=name, ok=False, text=text, mend="start the standby, or change synchronous_standby_names")
    return Check(check=name, ok=True, text=f"{text}, {answering} answer")


def _clocks(connection: Connection) -> Check:
    """Compare the clock of the server, which counts for leases, with the one of this machine, which counts for logs."""
    (there,) = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
    apart = abs(time.time() - there)
    if apart > _APART:
        text, mend = f"the clocks of server and hub are {apart:,.0f} s apart", "let NTP keep both"
        return Check(check="clocks", ok=None, text=text, mend=mend)
    return Check(check="clocks", ok=True, text="server and hub agree")
