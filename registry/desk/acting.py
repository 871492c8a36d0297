"""Verbs that change something, or ask on somebody's behalf; each names who does it."""

import logging
from datetime import UTC
from pathlib import Path
from typing import Any

import msgspec

from hub_core.directory import Directory
from hub_core.errors import ConfigError
from hub_core.message import Caller
from hub_core.security.masking import masked
from registry.desk.arguments import Files, KeyNew, KeyRevoke, Query, Rollback
from registry.parts import Parts
from registry.plan import plan as plan_of
from registry.reading import RegistrySet, read_files

log = logging.getLogger("punte.desk")


def plan(parts: Parts, wanted: Files) -> dict[str, Any]:
    """Say what applying these files would change."""
    checked = _checked(parts, wanted)
    return {"changes": plan_of(parts.directory(), checked.directory), "findings": checked.warnings}


async def apply(parts: Parts, wanted: Files) -> dict[str, Any]:
    """Put these files in force, all or nothing."""
    before, checked = parts.directory(), _checked(parts, wanted)
    directory = await parts.registry.apply(checked, by=wanted.by or "operator", note=wanted.note)
    await _in_force(parts, directory)
    return {
        "number": directory.number,
        "changes": plan_of(before, directory),
        "findings": checked.warnings,
    }


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
    """Ask the institutions about one person, under the access right of the named institution."""
    if act.reveal and not act.reason.strip():
        raise ConfigError("W400", "revealing personal values needs a reason", mend='add --reason "..."')
    caller = Caller(institution=act.institution, key=f"operator:{act.by}")
    on = act.on or parts.clock.now().astimezone(UTC).date()
    result = await parts.inquiry.ask(act.name, caller=caller, cnp=act.cnp, on=on, purpose=act.purpose)
    shown: dict[str, Any] = msgspec.to_builtins(result)
    if not act.reveal:
        shown["merged"] = masked(shown["merged"])
        for source in shown["sources"]:
            source["record"] = source["record"] and masked(source["record"])
    return shown


def _checked(parts: Parts, wanted: Files) -> RegistrySet:
    return read_files(
        wanted.files,
        folder=Path(wanted.folder),
        label="",
        adapters=parts.adapters,
        mappings=[mapping.id for mapping in parts.mappings.all],
        environ=parts.environ,
    )


async def _in_force(parts: Parts, directory: Directory) -> None:
    parts.in_force(directory)
    await parts.connections.keep_only(directory)
    log.info("registry.applied", extra={"number": directory.number})
