"""Verbs that delete what was kept long enough: bodies sooner, what is left of messages later; only what is closed."""

import asyncio
import logging
import time
from datetime import datetime, timedelta
from typing import Any, Final, get_args

from hub_core.journal.engines.statements import chunks
from hub_core.journal.entries import PurgePart, PurgeStep
from hub_core.journal.failpoints import reach
from registry.desk.arguments import Nothing, Purge
from registry.parts import Parts

log = logging.getLogger("punte.desk")
PARTS: Final[tuple[PurgePart, ...]] = get_args(PurgePart)
YOUNG: Final = timedelta(hours=1)
_STEPS: Final = 16  # in one call


def purgeable(parts: Parts, _: Nothing) -> list[dict[str, Any]]:
    """Say how long bodies and messages are kept, and how many were kept long enough."""
    return [_planned(parts, part) for part in PARTS]


async def purge(parts: Parts, act: Purge) -> dict[str, Any]:
    """Delete a bounded number of what was kept long enough; the next part begins after ``after``, if there is one."""
    before, done, after = _before(parts, act.part), 0, act.after
    for _ in range(_STEPS):
        begun = time.monotonic()
        step = None if before is None else await take_step(parts, act.part, before, after)
        if step is None:
            return {"done": done, "after": None}
        done, after = done + step.done, step.last
        await asyncio.sleep(time.monotonic() - begun)  # as long as it took: messages pass meanwhile
    return {"done": done, "after": after}


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
    log.info("journal.purged", extra={"messages": done["messages"], "bodies": done["bodies"], "by": by})
    return done


async def take_step(parts: Parts, part: PurgePart, before: datetime, after: int) -> PurgeStep | None:
    """Take the next step; where nothing goes, from the first that may. ``None``: nothing may any more."""
    step = await parts.journal.purge(part, before=before, at=parts.clock.now(), after=after)
    if step.freed:
        reach("after-purge-before-files")
        await asyncio.to_thread(parts.attachments.remove, step.freed)
    if step.done:
        return step
    first = (await asyncio.to_thread(parts.view.purgeable, part, before=before, after=step.last)).first
    return None if first is None else PurgeStep(done=0, last=first - 1)


def sweep(parts: Parts, *, age: timedelta = YOUNG) -> int:
    """Remove files of attachments that no message has; return how many there were.

    A crash leaves them between a file and the message that was to name it, or between a purge and its files. Young ones
    are spared: their message may be on its way.
    """
    found = parts.attachments.older(age) if parts.attachments.is_the_stores else iter(())
    removed = sum(parts.attachments.remove(parts.view.unnamed(some)) for some in chunks(found))
    if removed:
        log.info("attachments.swept", extra={"count": removed})
    return removed


def _planned(parts: Parts, part: PurgePart) -> dict[str, Any]:
    before = _before(parts, part)
    count = 0 if before is None else parts.view.purgeable(part, before=before).count
    whole = _before(parts, "messages")
    if part == "bodies" and whole is not None:
        count -= parts.view.purgeable(part, before=whole).count  # they go with their messages
    return {"part": part, "days": _days(parts, part), "before": before, "count": count}


def _before(parts: Parts, part: PurgePart) -> datetime | None:
    """Return before when something was received that is not kept any longer; ``None``: everything is."""
    days = _days(parts, part)
    return parts.clock.now() - timedelta(days=days) if days else None


def _days(parts: Parts, part: PurgePart) -> int:
    return parts.settings.keep_bodies if part == "bodies" else parts.settings.keep_metadata
