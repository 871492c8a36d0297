"""The verb that says whether all is well, and if not, what waits for a person, since when, why, and what mends it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final

import msgspec

from hub_core.codes import CODES
from hub_core.journal.entries import ParkedGroup
from hub_core.security.masking import mask_numbers
from registry.desk.arguments import Nothing
from registry.desk.endpoints import EndpointRow, endpoints
from registry.desk.looking import described
from registry.parts import Parts
from registry.refusing import Refusing, refusing
from registry.scheduled.polling import found_by, runs_of
from registry.scheduled.schedule import late

REFUSALS_SHOWN: Final = 10_000
MINUTES_SHOWN: Final = 120  # longer spans are told in hours
_UNDO: Final = {"broken", "probing"}  # states of an endpoint that a person may end before the hub does


class Stuck(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that needs a human.

    Attributes:
        what: ``hub``, ``store``, ``parked``, ``in doubt``, ``late``, ``paused``, ``refused``, ``scheduled`` or
            ``disk``.
        where: endpoint, job, or nothing.
        command: shows or mends it.
    """

    what: str
    where: str = ""
    count: int = 1
    since: datetime | None = None
    why: str
    command: str


def status(parts: Parts, _: Nothing) -> dict[str, Any]:
    """Say on one screen what is there, what is stuck since when, and whether a human is needed."""
    counts, groups, rows = parts.view.counts(), parts.view.parked(), endpoints(parts, Nothing())
    surges, now = refusing(parts), parts.clock.now()
    stuck = [*map(_parked, groups), *(it for row in rows for it in _waiting(row))]
    stuck += [_forgotten(row) for row in rows if row.forgotten]
    stuck += [*(_refused(it, now) for it in surges), *_scheduled(parts)]
    stuck = [*_hub(parts), *_store(parts), *stuck, *_disk(parts)]
    return {
        "running": parts.address is not None,
        "version": parts.version,
        "address": parts.address,
        "started_at": parts.started_at,
        "registry_set": parts.directory().number,
        "messages": counts.messages,
        "open": {"count": counts.open_deliveries, "oldest": counts.oldest_open},
        "parked": [described(group) for group in groups],
        "files_open": len(parts.view.unsplit()),
        "refusing": surges,
        "refusals": _turned_away(parts),
        "endpoints": [row for row in rows if row.state != "flowing" or row.in_doubt or row.late],
        "stuck": stuck,
        "needs_human": bool(stuck),
        "scheduled": [{"job": run.job, "begun_at": run.begun_at} for run in runs_of(parts)],
        "last_message_at": counts.newest,
    }


def _hub(parts: Parts) -> Iterator[Stuck]:
    """Yield why no hub says this itself: without one the rest waits, so it stands first."""
    from registry.doctor.answering import hub

    if not parts.serving:
        why = f"{hub(parts.settings).text}: here nothing is taken and nothing delivered"
        yield Stuck(what="hub", why=why, command="punte doctor")


def _store(parts: Parts) -> Iterator[Stuck]:
    """Yield what keeps the running hub from writing: the worst there is, so it stands first."""
    from registry.doctor import storage

    if parts.serving and (trouble := parts.database.trouble) is not None:
        why = storage.written(trouble, parts.settings).text
        yield Stuck(what="store", since=storage.since(trouble), why=why, command="punte doctor")


def _turned_away(parts: Parts) -> list[dict[str, Any]]:
    """Return who was turned away with which code, how often and when last; the latest first.

    What the callers asked for is left out: they choose it, and the number of a person may stand in it.
    """
    found: dict[tuple[str, str | None], dict[str, Any]] = {}
    for refusal in parts.view.refusals(REFUSALS_SHOWN):  # the newest first
        fresh = {"code": refusal.code, "party": refusal.party, "count": 0, "newest": refusal.at}
        found.setdefault((refusal.code, refusal.party), fresh)["count"] += 1
    return list(found.values())


def _parked(group: ParkedGroup) -> Stuck:
    return Stuck(
        what="parked",
        where=group.endpoint,
        count=group.count,
        since=group.oldest,
        why=_told(group.code),
        command=f"punte parked {group.id}",
    )


def _waiting(row: EndpointRow) -> Iterator[Stuck]:
    """Yield what waits at an endpoint for a person, or longer than it should."""
    if row.in_doubt:
        yield Stuck(
            what="in doubt",
            where=row.endpoint,
            count=row.in_doubt,
            since=row.in_doubt_since,
            why=_told("D104"),
            command="punte messages list --code D104",
        )
    if row.late:
        why = " ".join(filter(None, (f"the endpoint is {row.state}", row.why)))
        act = f"resume {row.endpoint} --reason TEXT" if row.state in _UNDO else f"show {row.endpoint}"
        yield Stuck(
            what="late",
            where=row.endpoint,
            count=row.waiting - row.in_doubt,
            since=row.oldest,
            why=why,
            command=f"punte endpoint {act}",
        )


def _forgotten(row: EndpointRow) -> Stuck:
    return Stuck(
        what="paused",
        where=row.endpoint,
        count=row.waiting,
        since=row.since,
        why=f"no end was named by {row.by}: {mask_numbers(row.why)}",
        command=f"punte endpoint resume {row.endpoint} --reason TEXT",
    )


def _refused(it: Refusing, now: datetime) -> Stuck:
    minutes = ceil((now - it.begins) / timedelta(minutes=1))
    span = f"{minutes} min" if minutes <= MINUTES_SHOWN else f"{minutes // 60} h"
    return Stuck(
        what="refused",
        where=it.endpoint,
        count=it.count,
        since=it.since,
        why=f"of {it.of} messages in {span}, usually {it.usual:.0%}; most: {_told(it.code)}",
        command=f"punte messages list --endpoint {it.endpoint} --state refused --code {it.code}",
    )


def _scheduled(parts: Parts) -> Iterator[Stuck]:
    for run, since in found_by(parts):
        yield Stuck(what="scheduled", where=run.job, since=since, why=_told(run.code or ""), command="punte schedule")
    for job, since in late(parts).items():
        yield Stuck(what="scheduled", where=job, since=since, why="it did not run", command="punte schedule")


def _disk(parts: Parts) -> Iterator[Stuck]:
    from registry.doctor.health import disk

    fact = disk(parts.settings)
    if fact.ok is False:
        yield Stuck(what="disk", why=fact.text, command="punte doctor")


def _told(code: str) -> str:
    return f"{code} {CODES[code].title}" if code in CODES else code
