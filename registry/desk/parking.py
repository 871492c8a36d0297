"""Verbs about what was given up or is in doubt: what waits for a person and why, trying it again, closing it."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from hub_core.errors import ConfigError, PunteError, Rejected
from hub_core.journal.entries import DeliveryRow, ParkedGroup, ParkedRow
from hub_core.message import DeliveryState, Entry
from registry.desk.arguments import Doubts, Parked, ParkedAct, Settle
from registry.desk.looking import described, found
from registry.desk.replaying import judged_again, whole
from registry.parts import Parts

log = logging.getLogger("punte.desk")
DOUBT: Final = "D104"
STEPS: Final = {"retry": "retried", "reject": "rejected", "discard": "discarded"}


def parked(parts: Parts, wanted: Parked) -> dict[str, Any]:
    """Say what was given up, by cause; of a named group or message also what it holds.

    Raises:
        Rejected: J414 nothing is parked under this name.
    """
    answer: dict[str, Any] = {"at": parts.clock.now()}
    if wanted.of is None:
        return answer | {"groups": [described(group) for group in parts.view.parked()]}
    groups, message_id = _asked(parts, wanted.of)
    if not groups:
        raise Rejected("J414", "nothing is parked under this name", where=wanted.of)
    rows = [
        {"group": group.id, "message": row.message_id, "delivery": row.delivery and row.key, "parked_at": row.parked_at}
        for group in groups
        for row in parts.view.parked_in(group, message_id=message_id, limit=wanted.limit)
    ]
    return answer | {"groups": [described(group) for group in groups], "messages": rows[: wanted.limit]}


async def parked_act(parts: Parts, act: ParkedAct) -> dict[str, Any]:
    """Try again, reject or discard a bounded part of a group; the next part begins after ``last``.

    Each is an act of its own in the history of its message. What cannot be done is named, and stays as it is.
    """
    _need(act.reason)
    groups, message_id = _asked(parts, act.of)
    rows = [
        row
        for group in groups
        for row in parts.view.parked_in(group, message_id=message_id, until=act.until, after=act.after, limit=act.limit)
    ][: act.limit]
    faults = [fault for fault in await asyncio.gather(*(_one(parts, act, row) for row in rows)) if fault]
    parts.deliveries_added()
    done = len(rows) - len(faults)
    log.info("parked.acted", extra={"act": act.what, "group": act.of, "count": done, "by": act.by})
    return {"done": done, "faults": faults, "last": rows[-1].key if rows else None}


def doubts(parts: Parts, wanted: Doubts) -> dict[str, Any]:
    """List deliveries that wait for a person to say whether the partner has them, and the last message looked at.

    Raises:
        Rejected: J404 no such message; J413 no delivery of a named one is in doubt.
    """
    named = wanted.filter if wanted.filter.code else msgspec.structs.replace(wanted.filter, code=DOUBT)
    ids = wanted.ids or [row.id for row in parts.view.messages(named)]
    rows = []
    for message_id in ids:
        here = _in_doubt(parts, message_id, wanted.endpoint)
        if wanted.ids and not here:
            raise _none_in_doubt(message_id)
        rows += [
            {"message": message_id, "endpoint": row.delivery.endpoint, "since": row.settled_at}
            for row in here
            if wanted.ids or row.code == DOUBT
        ]
    return {"doubts": rows, "last": ids[-1] if ids else None}


async def settle(parts: Parts, act: Settle) -> dict[str, Any]:
    """Write down what a person found out about the deliveries of a message that are in doubt.

    Raises:
        Rejected: J404 no such message; J413 none of its deliveries is in doubt, or somebody sends it just now.
    """
    _need(act.reason)
    found(parts, act.id)
    waiting = [row.delivery for row in _in_doubt(parts, act.id, act.endpoint)]
    if not waiting:
        raise _none_in_doubt(act.id)
    if len({delivery.endpoint for delivery in waiting}) > 1:
        names = ", ".join(sorted(delivery.endpoint for delivery in waiting))
        raise ConfigError("W400", f"several partners are in doubt: {names}", mend="add --endpoint NAME")
    for delivery in waiting:
        word = "sent" if act.sent else "not sent"
        entry = _entry(parts, act.id, "settled", act.by, f"{word}; {act.reason}")
        await parts.journal.settle_doubt(delivery.id, entry, sent=act.sent)
    parts.deliveries_added()
    log.info("doubt.settled", extra={"reference": act.id, "sent": act.sent, "by": act.by})
    kept = found(parts, act.id)
    return {"message": act.id, "state": kept.message.state, "endpoint": waiting[0].endpoint, "count": len(waiting)}


def _in_doubt(parts: Parts, message_id: str, endpoint: str | None) -> list[DeliveryRow]:
    return [
        row
        for row in parts.view.deliveries(message_id)
        if row.state is DeliveryState.IN_DOUBT and endpoint in {None, row.delivery.endpoint}
    ]


def _none_in_doubt(message_id: str) -> Rejected:
    return Rejected("J413", "no delivery of it is in doubt", where=message_id)


def _asked(parts: Parts, name: str) -> tuple[Sequence[ParkedGroup], str | None]:
    """Return the groups that a name asks for, and the message if it is the id of one."""
    groups = [group for group in parts.view.parked() if group.id == name]
    return (groups, None) if groups else (parts.view.parked(name), name)


async def _one(parts: Parts, act: ParkedAct, row: ParkedRow) -> dict[str, str] | None:
    """Do it; return why not where that fails."""
    entry = _entry(parts, row.message_id, STEPS[act.what], act.by, act.reason)
    try:
        if act.what == "retry":
            await _retry(parts, row, entry)
        else:
            await parts.journal.close_parked(row, entry, refused=act.what == "reject")
    except PunteError as fault:
        return {"message": row.message_id, "code": fault.code, "text": fault.text}
    return None


async def _retry(parts: Parts, row: ParkedRow, entry: Entry) -> None:
    """Try a delivery again under its own key; what was parked as it was decided is decided again.

    Raises:
        Rejected: J412.
    """
    if row.delivery is not None:
        again = msgspec.structs.replace(row.delivery, due_at=parts.clock.now())
        await parts.journal.redeliver([again], entry)
        return
    now = judged_again(parts, whole(parts, row.message_id))
    if not now.deliveries:
        raise Rejected("J412", f"decided again it is {now.state}: nothing to deliver", where=row.message_id)
    await parts.journal.redeliver(now.deliveries, entry, msgspec.structs.replace(now, deliveries=()))


def _entry(parts: Parts, message_id: str, step: str, by: str, detail: str) -> Entry:
    return Entry(message_id=message_id, at=parts.clock.now(), step=step, by=by, detail=detail)


def _need(reason: str) -> None:
    if not reason.strip():
        raise ConfigError("W400", "an act on a message needs a reason", mend='add --reason "..."')
