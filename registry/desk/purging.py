"""Verbs that delete what was kept long enough."""

from typing import Any

from hub_core.journal.entries import PurgePart
from registry.desk.arguments import Nothing, Purge
from registry.parts import Parts
from registry.purging import PARTS, before_of, days_of, purge_some


def purgeable(parts: Parts, _: Nothing) -> list[dict[str, Any]]:
    """Say how long bodies and messages are kept, and how many were kept long enough."""
    return [_planned(parts, part) for part in PARTS]


async def purge(parts: Parts, act: Purge) -> dict[str, Any]:
    """Delete a bounded number of what was kept long enough; the next part begins after ``after``, if there is one."""
    done, after = await purge_some(parts, act.part, act.after)
    return {"done": done, "after": after}


def _planned(parts: Parts, part: PurgePart) -> dict[str, Any]:
    before = before_of(parts, part)
    count = 0 if before is None else parts.view.purgeable(part, before=before).count
    whole = before_of(parts, "messages")
    if part == "bodies" and whole is not None:
        count -= parts.view.purgeable(part, before=whole).count  # they go with their messages
    return {"part": part, "days": days_of(parts, part), "before": before, "count": count}
