"""Verbs that delete what was kept long enough: bodies sooner, what is left of messages later; only what is closed."""

import asyncio
import logging
import time
from datetime import datetime, timedelta
from typing import Any, Final, get_args

import msgspec

from hub_core.journal.entries import PurgePart, PurgeStep
from registry.desk.arguments import Nothing, Purge
from registry.parts import Parts

log = logging.getLogger("punte.desk")
PARTS: Final[tuple[PurgePart, ...]] = get_args(PurgePart)
_STEPS: Final = 16  # in one call


def purgeable(parts: Parts, _: Nothing) -> list[dict[str, Any]]:
    """Say how long bodies and messages are kept, and how many were kept long enough."""
    return [_planned(parts, part) for part in PARTS]


async def purge(parts: Parts, act: Purge) -> dict[str, Any]:
    """Delete a bounded number of what was kept long enough; the next part begins after ``after``."""
    step = await _steps(parts, act.part, act.after)
    if step.done:
        log.info("purged", extra={"part": act.part, "count": step.done, "by": act.by})
    return msgspec.structs.asdict(step)


async def purge_all(parts: Parts, *, by: str) -> dict[PurgePart, int]:
    """Delete everything that was kept long enough; return how much, by part.

    Raises:
        TryLater: J503; what was deleted before stays deleted.
    """
    done: dict[PurgePart, int] = dict.fromkeys(PARTS, 0)
    for part in PARTS:
        after: int | None = 0
        while after is not None:
            answer = await purge(parts, Purge(part=part, after=after, by=by))
            done[part], after = done[part] + answer["done"], answer["after"]
    return done


async def _steps(parts: Parts, part: PurgePart, after: int) -> PurgeStep:
    """Take some steps, with rests between them as long as they take: messages pass meanwhile."""
    done, before = 0, _before(parts, part)
    for _ in range(_STEPS):
        if before is None:
            return PurgeStep(done=0, after=None)
        begun = time.monotonic()
        step = await parts.journal.purge(part, before=before, at=parts.clock.now(), after=after)
        done += step.done
        if step.after is None:
            return PurgeStep(done=done, after=None)
        after = step.after
        await asyncio.sleep(time.monotonic() - begun)
    return PurgeStep(done=done, after=after)


def _planned(parts: Parts, part: PurgePart) -> dict[str, Any]:
    before = _before(parts, part)
    count = 0 if before is None else parts.view.purgeable(part, before=before)
    whole = _before(parts, "messages")
    if part == "bodies" and whole is not None:
        count -= parts.view.purgeable(part, before=whole)  # they go with their messages
    return {"part": part, "days": _days(parts, part), "before": before, "count": count}


def _before(parts: Parts, part: PurgePart) -> datetime | None:
    """Return before when something was received that is not kept any longer; ``None``: everything is."""
    days = _days(parts, part)
    return parts.clock.now() - timedelta(days=days) if days else None


def _days(parts: Parts, part: PurgePart) -> int:
    return parts.settings.keep_bodies if part == "bodies" else parts.settings.keep_metadata
