"""The verb that says whether the machine, the store and the hub are fit, and what to do where they are not."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hub_core.attachments.taking import check_folder
from hub_core.directory import Endpoint
from hub_core.errors import ConfigError, TryLater
from hub_core.journal.engines.sqlite import SYNCHRONOUS
from hub_core.journal.schema import JOURNAL, pending
from hub_core.places import MAPPINGS
from registry.desk.arguments import Nothing
from registry.doctor import storage
from registry.doctor.fact import Check
from registry.doctor.secretfiles import secret_files
from registry.parts import Parts
from registry.scheduled.polling import found_by
from registry.sets.contractfiles import changes_between, digests_of
from registry.sets.store import REGISTRY

_SHOWN: Final = 3  # names in a text


async def doctor(parts: Parts, _: Nothing) -> list[Check]:
    """Say whether this machine and the hub are fit, and what to do where they are not."""
    from registry.doctor.health import local_checks  # it loads every adapter and mapping

    # It takes a second: the messages of a running hub do not wait for it.
    checks = await asyncio.to_thread(local_checks, parts.settings)
    if parts.settings.store is not None:
        from registry.doctor.server_health import reach

        checks.append(await asyncio.to_thread(reach, parts.settings, parts.environ))
    try:
        return checks + await asyncio.to_thread(_kept, parts)
    except (TryLater, ConfigError) as error:
        mend = error.mend if isinstance(error, ConfigError) else "mend what else fails here; the hub goes on by itself"
        return [*checks, Check(check="store", ok=False, text=error.text, mend=mend)]


def _kept(parts: Parts) -> list[Check]:
    """Return what the store says.

    Raises:
        TryLater: J503, it cannot be read. ConfigError: J102, J103.
    """
    checks: list[Check] = []
    if parts.settings.store is not None:
        from registry.doctor.server_health import server_checks

        with parts.reads.read() as connection:
            checks += server_checks(connection)
    else:
        checks.append(_commits(parts))
    if parts.serving:
        fact = storage.written(parts.database.trouble, parts.settings)
        checks.append(Check(check="store", **fact._asdict()))
    return [
        *checks,
        _schema(parts),
        _in_force(parts),
        _contracts(parts),
        _secrets(parts),
        _callers(parts),
        _released(parts),
        _sealed(parts),
        _attachments(parts),
        _scheduled(parts),
        _stuck(parts),
    ]


def _commits(parts: Parts) -> Check:
    """Say how the file is written: the mode stands in it, the other setting is that of the hub's only writer."""
    with parts.reads.read() as connection:
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    text, well = f"journal_mode {mode}, synchronous {SYNCHRONOUS}", mode == "wal"
    mend = "" if well else "another program changed it; the next start of the hub sets wal"
    return Check(check="commits", ok=well, text=text, mend=mend)


def _in_force(parts: Parts) -> Check:
    directory, name = parts.directory(), "registry"
    if directory.number:
        return Check(check=name, ok=True, text=f"set {directory.number} is in force")
    return Check(check=name, ok=None, text="no registry set is in force", mend="punte init DIR, then punte apply DIR")


def _stuck(parts: Parts) -> Check:
    counts, groups = parts.view.counts(), parts.view.parked()
    text = f"{sum(group.count for group in groups)} given up, {counts.open_deliveries} open"
    return Check(check="deliveries", ok=not groups, text=text, mend="punte parked" if groups else "")


def _contracts(parts: Parts) -> Check:
    """Say whether the contracts are those with which the set in force was applied: a start reads what lies there."""
    directory, name = parts.directory(), "contracts"
    known = parts.sets.contracts().get(directory.number, {})
    changed = [change.name for change in changes_between(known, digests_of(directory))]
    if not changed:
        return Check(check=name, ok=True, text=f"{len(known)} files as they were applied")
    text = f"changed since set {directory.number} was applied: {', '.join(changed)}"
    return Check(check=name, ok=None, text=text, mend="punte apply DIR takes them in force, and says so in its history")


def _released(parts: Parts) -> Check:
    """Say which mappings are in force, and whether what was delivered later waits to be looked at."""
    from registry.desk.releasing import not_taken

    number = parts.releases.standing().in_force
    name = "mapping release"
    if number is None:
        return Check(check=name, ok=None, text="the hub makes the first one when it starts")
    if not (other := not_taken(parts, number)):
        return Check(check=name, ok=True, text=f"release {number} is in force")
    more = f" and {len(other) - _SHOWN} more" if len(other) > _SHOWN else ""
    text = f"release {number} is in force; delivered with another text: {', '.join(other[:_SHOWN])}{more}"
    mend = f"look: punte mapping diff in-force {MAPPINGS} --last 100; take them: punte mapping promote {MAPPINGS}"
    return Check(check=name, ok=None, text=text, mend=mend)


def _sealed(parts: Parts) -> Check:
    """Say whether the keyring opens the whole store, and whether something is still to be sealed."""
    from registry.desk import sealing

    name = "sealing"
    try:
        state = sealing.status(parts, Nothing())
    except ConfigError as error:
        return Check(check=name, ok=False, text=error.text, mend=error.mend)
    if missing := state["missing"]:
        text = f"the keyring does not hold {', '.join(missing)}: their messages cannot be read"
        return Check(check=name, ok=False, text=text, mend="put the keyring back that belongs to this store")
    if state["to_do"]:
        return Check(check=name, ok=None, text=f"{state['to_do']:,} messages to seal anew; the running hub does it")
    return Check(check=name, ok=True, text=f"everything is sealed with the key {parts.vault.key_id}")


def _attachments(parts: Parts) -> Check:
    """Say whether the folder of attachments is the one of this store, whichever process asks."""
    name, folder = "attachments", parts.attachments
    with parts.reads.read() as connection:
        try:
            check_folder(connection, folder)
        except ConfigError as error:
            return Check(check=name, ok=False, text=f"{error.where}: {error.text}", mend=error.mend)
        (count,) = connection.execute("SELECT count(DISTINCT file) FROM attachment").fetchone()
    if folder.store_id is None:
        return Check(check=name, ok=None, text="the first start makes their folder")
    return Check(check=name, ok=True, text=f"{count:,} files in {folder.path}")


def _schema(parts: Parts) -> Check:
    """Say whether the tables are those of this version; what waits for other processes to end is no fault."""
    with parts.reads.read() as connection:
        waiting = [name for _, name in pending(connection, (JOURNAL, REGISTRY))]
        done: int = connection.execute("SELECT count(*) FROM migration").fetchone()[0]
    if waiting:
        mend = "stop every process of the older version; the next start of the hub does the rest"
        return Check(check="schema", ok=None, text=f"still to do: {', '.join(waiting)}", mend=mend)
    return Check(check="schema", ok=True, text=f"{done} migrations, none to do")


def _secrets(parts: Parts) -> Check:
    files = [file for endpoint in parts.directory().endpoints.values() for file in _secret_files_of(endpoint)]
    return Check(check="credentials", **secret_files([Path(file) for file in files if file is not None])._asdict())


def _secret_files_of(endpoint: Endpoint) -> Iterator[str | None]:
    if endpoint.credentials is not None:
        yield endpoint.credentials.secret.file
    if endpoint.security is not None and endpoint.security.sign is not None:
        yield endpoint.security.sign.key.file
    if endpoint.tls is not None:
        yield endpoint.tls.key


def _callers(parts: Parts) -> Check:
    """Say whether the certificates that institutions are registered with can be shown at all."""
    settings, name = parts.settings, "certificates"
    count = sum(bool(institution.certificates) for institution in parts.directory().institutions.values())
    ways = []
    if settings.tls_client_ca is not None and settings.tls_port is not None:
        ways.append(f"over TLS ({settings.tls_client})")
    if settings.proxies is not None:
        ways.append(f"in {settings.proxy_certificate} from {settings.proxies}")
    if count and not ways:
        text = f"{count} institutions are registered with certificates, and nothing takes one"
        mend = "set PUNTE_TLS_CLIENT_CA beside PUNTE_TLS_PORT, or PUNTE_PROXIES and PUNTE_PROXY_CERTIFICATE"
        return Check(check=name, ok=False, text=text, mend=mend)
    if count:
        return Check(check=name, ok=True, text=f"of {count} institutions, {' and '.join(ways)}")
    return Check(check=name, ok=True, text="no institution is registered with one")


def _scheduled(parts: Parts) -> Check:
    faults = [f"{run.job}: {run.code} {run.detail}" for run, _ in found_by(parts)]
    if faults:
        return Check(check="schedule", ok=False, text="; ".join(faults), mend="punte schedule")
    return Check(check="schedule", ok=True, text="scheduled work found nothing for a person")
