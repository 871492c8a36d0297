"""Verbs on mapping releases: what reads, what runs beside it, who changed it and why."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import msgspec

from hub_core.errors import ConfigError
from hub_core.mapping import MappingSet
from hub_core.mapping.files import digest_of
from hub_core.mapping.selection import with_shipped
from registry.desk.arguments import Act as Doing
from registry.desk.arguments import Candidate, Nothing
from registry.mappings.releases import SEE, Act, Standing
from registry.mappings.sets import delivered, load, outline, with_files
from registry.parts import Parts

log = logging.getLogger("punte.mappings")
NOTHING = "R305"


async def begin(parts: Parts) -> None:
    """Make the folder that is delivered with the hub release 1, if there is none; go on with a shadow, if there is.

    A folder that changed later is named in the log, never taken by itself.

    Raises:
        ConfigError: M1xx, the mappings in force cannot be read.
    """
    standing = parts.releases.standing()
    versions = [mapping.version for mapping in parts.mappings().all]
    if standing.in_force is None:
        number = await parts.release_book.keep(delivered(), versions)
        reason = f"delivered with Punte {parts.version}"
        standing = await parts.release_book.act(Act.BEGIN, number, by="hub", reason=reason)
    elif not is_delivered(parts, standing.in_force):
        log.warning("mappings.folder-differs", extra={"release": standing.in_force, "mend": "punte mapping diff"})
    known = set() if standing.in_force is None else parts.releases.versions(standing.in_force)
    if standing.in_force is not None and not known.issuperset(versions):
        # A newer hub gives the same files other hashes.
        await parts.release_book.keep(parts.releases.files(standing.in_force), versions)
    if standing.shadow is not None:
        parts.begin_shadow(standing.shadow, parts.mapping_sets.of(standing.shadow))


async def follow(parts: Parts) -> None:
    """Read with what another process of the hub put in force, and let run in shadow what it let.

    Raises:
        ConfigError: M1xx, this version of the hub cannot read it.
    """
    standing = parts.releases.standing()
    number = standing.in_force
    if number is not None:
        mappings = await asyncio.to_thread(_prepared, lambda: parts.mapping_sets.of(number))
        parts.mapping_sets.use(mappings)
    if standing.shadow is None:
        parts.end_shadow()
    elif parts.shadow is None or parts.shadow.release != standing.shadow:
        beside = standing.shadow
        parts.begin_shadow(beside, await asyncio.to_thread(_prepared, lambda: parts.mapping_sets.of(beside)))


def is_delivered(parts: Parts, number: int) -> bool:
    """Tell whether all that is delivered with the hub now stands in a release; beside it, partners' own may."""
    return not not_taken(parts, number)


def not_taken(parts: Parts, number: int) -> list[str]:
    """Return the delivered files that a release lacks, or holds with another text."""
    files = delivered()
    if digest_of(files) == parts.releases.digest(number):
        return []
    held = parts.releases.files(number)
    return sorted(name for name, body in files.items() if held.get(name) != body)


def releases(parts: Parts, _: Nothing) -> dict[str, Any]:
    """Say what is in force, what runs in shadow and what it counted, and what was done so far, newest first."""
    standing = parts.releases.standing()
    number = standing.in_force
    return {
        "in_force": standing.in_force,
        "before": standing.before,
        "shadow": standing.shadow,
        "folder_is_in_force": None if number is None else is_delivered(parts, number),
        "counted": parts.shadow.counted() if parts.shadow else None,
        "history": parts.releases.history()[::-1],
    }


async def shadow(parts: Parts, act: Candidate) -> dict[str, Any]:
    """Let a release read beside the one in force, without effect."""
    number, mappings = await _wanted(parts, act)
    if number == parts.releases.standing().in_force:
        raise ConfigError(NOTHING, f"release {number} is in force already", mend=SEE)
    changes = outline(parts.mappings(), mappings)
    standing = await parts.release_book.act(Act.SHADOW, number, by=act.by, reason=act.reason)
    parts.begin_shadow(number, mappings)
    return _done(parts, standing, changes)


async def shadow_stop(parts: Parts, act: Doing) -> dict[str, Any]:
    """Let nothing read beside the release in force."""
    before = parts.releases.standing()
    if before.shadow is None:
        raise ConfigError(NOTHING, "no release runs in shadow", mend="punte mapping shadow FOLDER")
    counted = parts.shadow.counted() if parts.shadow else None
    standing = await parts.release_book.act(Act.STOP, before.shadow, by=act.by, reason=act.reason)
    parts.end_shadow()
    return _done(parts, standing, []) | {"counted": counted}


async def promote(parts: Parts, act: Candidate) -> dict[str, Any]:
    """Put a release in force, by default the one in shadow: the next message is read by it."""
    number, mappings = await _wanted(parts, act)
    if number == parts.releases.standing().in_force:
        raise ConfigError(NOTHING, f"release {number} is in force already", mend=SEE)
    return await _put_in_force(parts, Act.PROMOTE, number, mappings, act)


async def rollback(parts: Parts, act: Doing) -> dict[str, Any]:
    """Return to the release that was in force before."""
    number = parts.releases.standing().before
    if number is None:
        raise ConfigError(NOTHING, "there is no earlier release to return to", mend=SEE)
    mappings = await asyncio.to_thread(_prepared, lambda: parts.mapping_sets.of(number))
    return await _put_in_force(parts, Act.ROLLBACK, number, mappings, act)


async def _put_in_force(
    parts: Parts, what: Act, number: int, mappings: MappingSet, act: Candidate | Doing
) -> dict[str, Any]:
    _check_in_use(parts, mappings)
    changes = outline(parts.mappings(), mappings)
    standing = await parts.release_book.act(what, number, by=act.by, reason=act.reason)
    parts.mapping_sets.use(mappings)
    parts.end_shadow()
    log.info("mappings.in-force", extra={"release": number, "act": what.value, "by": act.by})
    return _done(parts, standing, changes)


async def _wanted(parts: Parts, act: Candidate) -> tuple[int, MappingSet]:
    """Return number and mappings of what is meant; files are kept as a release.

    Raises:
        ConfigError: M1xx, what is wrong with the files; R304, R305.
    """
    if act.files is None:
        number = act.release if act.release is not None else parts.releases.standing().shadow
        if number is None:
            raise ConfigError(NOTHING, "no release runs in shadow", mend="name a release or a folder")
        return number, await asyncio.to_thread(_prepared, lambda: parts.mapping_sets.of(number))
    await begin_offline(parts)
    files = _files(parts, act)
    mappings = await asyncio.to_thread(_prepared, lambda: load(files))
    number = await parts.release_book.keep(files, [mapping.version for mapping in mappings.all])
    return number, mappings


def _prepared(make: Callable[[], MappingSet]) -> MappingSet:
    """Return a set that is compiled already: no message waits for it."""
    mappings = make()
    mappings.prepare()
    return mappings


async def begin_offline(parts: Parts) -> None:
    """Make release 1 where no hub has run yet, so that there is something to return to."""
    if parts.releases.standing().in_force is None:
        await begin(parts)


def _files(parts: Parts, act: Candidate) -> dict[str, bytes]:
    """Return the files of a whole release; unless they are all of it, they take their places among those in force."""
    files, beside = ({name: text.encode() for name, text in some.items()} for some in (act.files or {}, act.beside))
    if act.whole:
        return with_shipped(beside | files)
    number = parts.releases.standing().in_force
    return with_files(delivered() if number is None else parts.releases.files(number), files, beside)


def _check_in_use(parts: Parts, mappings: MappingSet) -> None:
    """Refuse mappings that lack one that a registered endpoint names.

    Raises:
        ConfigError: R306.
    """
    for name, endpoint in parts.directory().endpoints.items():
        for mapping in endpoint.mappings:
            if mappings.get(mapping) is None:
                text = f"the endpoint {name} reads with {mapping}, which is not there"
                raise ConfigError("R306", text, where=name, mend="keep the mapping, or change the endpoint first")


def _done(parts: Parts, standing: Standing, changes: list[dict[str, str]]) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(standing)
    return shown | {"changes": changes, "running": parts.serving}
