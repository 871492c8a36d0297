"""Verbs about endpoints: what is registered, what flows, what is held back and why; pausing and resuming."""

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from hub_core.directory import Direction, Endpoint
from hub_core.errors import ConfigError
from hub_core.journal.entries import Queue
from hub_core.outbox import Pause
from hub_core.security.masking import mask_numbers
from registry.crontab import FORGOTTEN_AFTER, STUCK_AFTER, goes_at
from registry.desk.arguments import EndpointName, EndpointPause, EndpointResume, Nothing
from registry.desk.registered import registered
from registry.parts import Parts

if TYPE_CHECKING:
    from hub_core.delivering.gates import Standing

log = logging.getLogger("punte.desk")
_STATES: Final = {"open": "broken", "half-open": "probing"}  # what a breaker's state means for an endpoint


class EndpointRow(msgspec.Struct, frozen=True, kw_only=True):
    """How one outbound endpoint stands.

    Attributes:
        state: ``flowing``; ``paused`` by an operator; ``closed`` outside of its opening hours; ``broken``: left alone
            after failures; ``probing``: one delivery finds out whether it works again; ``gone``: not registered;
            ``collecting``: what waits goes into a file that is not due yet.
        until: when it is looked at again by itself, or when the file is due.
        why: reason of the pause, or code of the failure.
        by: who paused it, ``since`` when.
        oldest: since when the oldest waits that needs no person before it can go.
        in_doubt: of those that wait, how many wait for a person; the first ``in_doubt_since``.
        late: what waits should have been sent by now.
        forgotten: paused for more than a day with no end named, and something waits.
    """

    endpoint: str
    institution: str
    state: str
    until: datetime | None = None
    why: str = ""
    by: str = ""
    since: datetime | None = None
    under_way: int = 0
    waiting: int = 0
    oldest: datetime | None = None
    in_doubt: int = 0
    in_doubt_since: datetime | None = None
    parked: int = 0
    late: bool = False
    forgotten: bool = False


def endpoints(parts: Parts, _: Nothing) -> list[EndpointRow]:
    """List outbound endpoints, and whatever else something waits for."""
    now = parts.clock.now()
    out = {name: it for name, it in parts.directory().endpoints.items() if it.direction is Direction.OUT}
    queues = {queue.endpoint: queue for queue in parts.view.queues()}
    pauses = {pause.endpoint: pause for pause in parts.view.pauses() if pause.holds(now)}
    standings = parts.gates.standing() if parts.serving else {}
    return [
        _row(name, out.get(name), queues.get(name) or Queue(endpoint=name), pauses.get(name), standings.get(name), now)
        for name in sorted(out.keys() | queues.keys())
    ]


def endpoint(parts: Parts, wanted: EndpointName) -> dict[str, Any]:
    """Show what is registered of an endpoint; of an outbound one also how it stands, and who paused it when and why."""
    it = _known(parts, wanted.name)
    shown: dict[str, Any] = {"registered": registered(parts, wanted.name)}
    if it.direction is not Direction.OUT:
        return shown
    (row,) = (row for row in endpoints(parts, Nothing()) if row.endpoint == wanted.name)
    shown |= {"endpoint": row, "pauses": parts.view.pauses(wanted.name), "failure": _failure(parts, wanted.name)}
    if it.collect is not None:
        shown |= {"folder": it.settings.get("folder") or it.url, "files": parts.view.filed(wanted.name)}
    return shown


async def endpoint_pause(parts: Parts, act: EndpointPause) -> dict[str, Any]:
    """Let nothing more go to an endpoint; what is under way ends."""
    now, name = parts.clock.now(), _outbound(parts, act.name)
    if act.until is not None and act.until <= now:
        raise ConfigError("W400", "the pause would be over already", mend="name a time to come, or none")
    await parts.journal.pause(Pause(endpoint=name, at=now, by=act.by, reason=_reason(act.reason), until=act.until))
    parts.deliveries_added()
    log.info("endpoint.paused", extra={"endpoint": name, "by": act.by})
    return endpoint(parts, EndpointName(name=name))


async def endpoint_resume(parts: Parts, act: EndpointResume) -> dict[str, Any]:
    """Let everything flow to an endpoint: its pause ends, its breaker closes. Nothing is done where it flows."""
    now, name = parts.clock.now(), _outbound(parts, act.name)
    resumed = await parts.journal.resume(name, at=now, by=act.by, reason=_reason(act.reason))
    closed = parts.serving and parts.gates.close_breaker(name)
    if resumed or closed:
        parts.deliveries_added()
        log.info("endpoint.resumed", extra={"endpoint": name, "by": act.by, "pause": resumed, "breaker": closed})
    return endpoint(parts, EndpointName(name=name)) | {"pause_ended": resumed, "breaker_closed": closed}


def _failure(parts: Parts, name: str) -> dict[str, Any] | None:
    """Return the last attempt that failed of what is not sent: when, with which code and words, and its message."""
    message_id = parts.view.failed_last(name)
    if message_id is None:
        return None
    there = [row for row in parts.view.deliveries(message_id) if row.delivery.endpoint == name and row.settled_at]
    last = max(there, key=lambda row: str(row.settled_at), default=None)
    if last is None:
        return None
    # What a partner said may hold a person's number.
    told = {"at": last.settled_at, "code": last.code, "text": mask_numbers(last.detail)}
    return {"message": message_id} | told


def _row(
    name: str, it: Endpoint | None, queue: Queue, pause: Pause | None, standing: "Standing | None", now: datetime
) -> EndpointRow:
    state, until, why = ("paused", pause.until, pause.reason) if pause else _standing(it, standing, now)
    before = now - STUCK_AFTER
    due = goes_at(it, queue)
    if state == "flowing" and due is not None and due > now:
        state, until = "collecting", due
    waits_long = due is not None and due < before and _opens(it, before) == before
    return EndpointRow(
        endpoint=name,
        institution=it.institution if it else "",
        state=state,
        until=until,
        why=why,
        by=pause.by if pause else "",
        since=pause.at if pause else None,
        under_way=standing.under_way if standing else 0,
        waiting=queue.waiting,
        oldest=queue.oldest,
        in_doubt=queue.in_doubt,
        in_doubt_since=queue.in_doubt_since,
        parked=queue.parked,
        late=waits_long and state not in {"paused", "closed"},
        forgotten=pause is not None and pause.until is None and pause.at < now - FORGOTTEN_AFTER and queue.waiting > 0,
    )


def held_back(parts: Parts, name: str) -> tuple[str, datetime | None, str]:
    """Return how an endpoint stands by itself, pauses left aside: state, until when, why; see ``EndpointRow``."""
    standing = parts.gates.standing().get(name) if parts.serving else None
    return _standing(parts.directory().endpoints.get(name), standing, parts.clock.now())


def _standing(it: Endpoint | None, standing: "Standing | None", now: datetime) -> tuple[str, datetime | None, str]:
    opens = _opens(it, now)
    if opens is None or opens > now:
        return "closed", opens, ""
    if standing is not None and standing.breaker in _STATES:
        until = None if standing.probe_in is None else now + timedelta(seconds=standing.probe_in)
        return _STATES[standing.breaker], until, standing.code or ""
    return "flowing" if it else "gone", None, ""


def _opens(it: Endpoint | None, at: datetime) -> datetime | None:
    """Return when an endpoint is open next, ``at`` itself if it is; ``None``: never."""
    if it is None or it.opening is None:
        return at
    from hub_core.delivering.hours import next_opening

    return next_opening(it.opening, at)


def _known(parts: Parts, name: str) -> Endpoint:
    known = parts.directory().endpoints
    if name not in known:
        mend = "see punte endpoint list" if known else "punte apply DIR registers some"
        raise ConfigError("R105", f"the endpoint {name} is not registered", mend=mend)
    return known[name]


def _outbound(parts: Parts, name: str) -> str:
    """Return the name of an endpoint to which something goes."""
    if (direction := _known(parts, name).direction) is not Direction.OUT:
        text = f"the endpoint {name} has direction: {direction}, and only what goes out can be held back"
        raise ConfigError("R105", text, mend="see punte endpoint list")
    return name


def _reason(text: str) -> str:
    if not text.strip():
        raise ConfigError("W400", "an act on an endpoint needs a reason", mend='add --reason "..."')
    return text
