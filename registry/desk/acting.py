"""Verbs that change something, or ask on somebody's behalf; each names who does it."""

import logging
from datetime import UTC
from pathlib import Path
from typing import Any

import msgspec

from hub_core.directory import Directory
from hub_core.errors import ConfigError, Refused
from hub_core.message import Caller
from hub_core.security.masking import masked
from registry.desk.arguments import Files, KeyNew, KeyRevoke, Look, Query, Rollback
from registry.desk.looking import revealing
from registry.desk.releasing import begin_offline
from registry.parts import Parts
from registry.sets.contractfiles import changes_between
from registry.sets.plan import Change
from registry.sets.plan import plan as plan_of
from registry.sets.reading import RegistrySet, read_files

log = logging.getLogger("punte.desk")


def plan(parts: Parts, wanted: Files) -> dict[str, Any]:
    """Say what applying these files would change."""
    checked = _checked(parts, wanted)
    return {"changes": _changes(parts, parts.directory(), checked), "findings": checked.warnings}


async def apply(parts: Parts, wanted: Files) -> dict[str, Any]:
    """Put these files in force, all or nothing."""
    checked = _checked(parts, wanted)
    changes = _changes(parts, parts.directory(), checked)
    directory = await parts.registry.apply(checked, by=wanted.by or "operator", note=wanted.note)
    await _in_force(parts, directory)
    return {"number": directory.number, "changes": changes, "findings": checked.warnings}


async def rollback(parts: Parts, act: Rollback) -> dict[str, Any]:
    """Bring an older set back as a new one."""
    before = parts.directory()
    directory = await parts.registry.rollback(act.number, by=act.by, note=act.reason)
    await _in_force(parts, directory)
    return {"number": directory.number, "changes": plan_of(before, directory), "findings": []}


async def key_new(parts: Parts, act: KeyNew) -> dict[str, Any]:
    """Make a key; this answer is the only place where it is ever shown."""
    key, secret = await parts.keys.new(act.name, institution=act.institution, directory=parts.directory(), by=act.by)
    log.info("key.made", extra={"key": key.name, "institution": key.institution, "by": act.by})
    return {"name": key.name, "institution": key.institution, "key": secret}


async def key_revoke(parts: Parts, act: KeyRevoke) -> Any:
    """Revoke a key; from now on it is refused."""
    revoked = await parts.keys.revoke(act.name, by=act.by)
    log.info("key.revoked", extra={"key": revoked.name, "by": act.by})
    return revoked


async def query(parts: Parts, act: Query) -> dict[str, Any]:
    """Ask the institutions about one person, under the access right of the named institution, or of the only one."""
    if act.reveal and not act.reason.strip():
        raise ConfigError("W400", "revealing personal values needs a reason", mend='add --reason "..."')
    await begin_offline(parts)
    caller = Caller(institution=act.institution or _only_one(parts.directory(), act), key=f"operator:{act.by}")
    on = act.on or parts.clock.now().astimezone(UTC).date()
    result = await parts.inquiry.ask(act.name, caller=caller, cnp=act.cnp, on=on, purpose=act.purpose)
    shown: dict[str, Any] = msgspec.to_builtins(result)
    await revealing(parts, Look(id=result.id, reveal=act.reveal, reason=act.reason, by=act.by))
    if not act.reveal:
        shown["merged"] = shown["merged"] and masked(shown["merged"])
        for source in shown["sources"]:
            source["record"] = source["record"] and masked(source["record"])
    return shown


def _only_one(directory: Directory, act: Query) -> str:
    """Return the institution that may ask a query for a purpose, where only one may.

    Raises:
        Refused: A403, nobody may; or several, which are named. A404, there is no such query.
    """
    query = directory.queries.get(act.name)
    if query is None:
        raise Refused("A404", "no query of this name is registered")
    may = sorted(
        {
            right.institution
            for right in directory.access.values()
            if right.service == query.service and act.purpose in right.purposes
        }
    )
    if len(may) == 1:
        return may[0]
    text = f"several may ask: say on whose behalf (--as): {', '.join(may)}" if may else "nobody may ask this"
    raise Refused("A403", text)


def _checked(parts: Parts, wanted: Files) -> RegistrySet:
    return read_files(
        wanted.files,
        folder=Path(wanted.folder),
        label="",
        adapters=parts.adapters,
        mappings=[mapping.id for mapping in parts.mappings().all],
        environ=parts.environ,
    )


def _changes(parts: Parts, before: Directory, checked: RegistrySet) -> list[Change]:
    known = parts.sets.contracts().get(before.number, {}) if before.number else {}
    return [*plan_of(before, checked.directory), *changes_between(known, checked.contracts)]


async def _in_force(parts: Parts, directory: Directory) -> None:
    parts.in_force(directory)
    await parts.connections.keep_only(directory)
    log.info("registry.applied", extra={"number": directory.number})
