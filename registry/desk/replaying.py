"""The verb that judges kept messages again and delivers what comes out: one message, or all that fit a filter.

A replay is one act, known by what it does and why. A message takes part in it once: a command that broke off is given
again and goes on. Messages are judged one after the other, the oldest first, and join the lines of their order keys in
that order.
"""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import msgspec

from hub_core.canonical import Beneficiary
from hub_core.clock import repair_id
from hub_core.codes import entry_of
from hub_core.errors import ConfigError, PunteError, Rejected
from hub_core.journal.replaying import BY_THIS_REPLAY
from hub_core.journal.replays import Replay, Whole
from hub_core.journal.whole import with_bytes
from hub_core.mapping import MappingSet
from hub_core.mapping.trying.compare import Difference, differences, told_in
from hub_core.message import Delivery, Entry, Outcome, Severity, State
from registry.desk import arguments as args
from registry.desk.files import is_file, not_as_one, refused_again
from registry.mappings.differences import masked_difference
from registry.parts import Parts

log = logging.getLogger("punte.desk")
BATCH: Final = 50  # messages of one look, and of one commit; a hub that runs goes on with its own in between
_ID_DIGITS: Final = 7


class Tried(NamedTuple):
    """A message and what judging it again gave: what it said before and says now, or why it could not be judged."""

    message_id: str
    before: Outcome | None = None
    now: Outcome | None = None
    replay: Replay | None = None
    fault: PunteError | None = None


async def replay(parts: Parts, act: args.Replay) -> dict[str, Any]:
    """Replay one message, or a bounded part of those that fit a filter; the next part begins after ``last``.

    Of each message: ``result`` is ``done`` (with ``dry_run`` it would be), ``before`` (by this replay), ``held`` (on
    its way or in doubt), ``nobody`` (no route wants it), ``refused`` or ``failed``; the last four with a code.

    Raises:
        ConfigError: W400. Of one message alone also what it failed with.
    """
    _check(act)
    name = _name(parts, act)
    wanted = [act.id] if act.id is not None else [row.id for row in parts.view.messages(act.filter)]
    rows: list[dict[str, Any]] = []
    while some := wanted[len(rows) : len(rows) + BATCH]:
        tried = []
        for message_id, kept in zip(some, await asyncio.to_thread(parts.view.whole, some), strict=False):
            tried.append(_tried(parts, act, message_id, kept, name))
            await asyncio.sleep(0)
        rows += await _delivered(parts, act, tried)
    if not act.dry_run:
        parts.deliveries_added()
        done = sum(row["result"] == "done" for row in rows)
        log.info("messages.replayed", extra={"replay": name, "count": done, "by": act.by})
    return {"replay": name, "messages": rows, "last": wanted[-1] if wanted else None}


def how_many(parts: Parts, wanted: args.Messages) -> dict[str, int]:
    """Count the messages that fit a filter."""
    return {"count": parts.view.how_many(wanted)}


def whole(parts: Parts, message_id: str) -> Whole:
    """Return all that is kept of a message.

    Raises:
        Rejected: J404; J115 it does not open.
    """
    (kept,) = parts.view.whole([message_id])
    if isinstance(kept, PunteError):
        raise kept
    return kept


def judged_again(parts: Parts, whole: Whole, *, pinned: bool = False) -> Outcome:
    """Decide about a message anew, from its kept bytes.

    Raises:
        Rejected: F115, it is a file of rows; J410 its contents were purged. ConfigError: R105 its endpoint is gone;
            R304 its mapping is.
    """
    kept = whole.kept
    if kept.outcome.rows is not None:
        raise not_as_one(kept)
    message = with_bytes(whole)
    directory = parts.directory()
    if message.endpoint not in directory.endpoints:
        raise ConfigError("R105", f"the endpoint {message.endpoint} is no longer registered", mend="register it again")
    mappings = parts.mappings()
    if pinned and kept.outcome.mapping:
        mapping = parts.mapping_sets.pinned(kept.outcome.mapping)
        if mapping is None:
            text = "no release holds the mapping that decided about this message"
            raise ConfigError("R304", text, where=kept.outcome.mapping, mend="add --mapping current")
        mappings = MappingSet([mapping])
    judge, endpoint = parts.judge_with(mappings), directory.endpoints[message.endpoint]
    if is_file(parts, kept, endpoint):
        return judge.judge(message, refused_again(parts, kept, endpoint, message.body), directory)
    return judge.judge(message, judge.open(message.endpoint, message.body, directory), directory)


def _check(act: args.Replay) -> None:
    if (act.id is None) == (act.filter is None):
        raise ConfigError("W400", "name one message or a filter", mend="punte replay ID, or --filter NAME=VALUE")
    if not act.dry_run and not act.reason.strip():
        raise ConfigError("W400", "an act on a message needs a reason", mend='add --reason "..."')
    if act.hop != "received" and act.mapping == "current":
        raise ConfigError("W400", "only bytes are read by a mapping", mend="leave out --mapping, or --from")


def _name(parts: Parts, act: args.Replay) -> str:
    """Return the id of a replay: what it does and why, and which release reads where that is the one in force."""
    release = parts.releases.standing().in_force if act.mapping == "current" else None
    told = "\0".join((act.hop, act.mapping, str(release), act.reason.strip()))
    return "r" + hashlib.sha256(told.encode()).hexdigest()[:_ID_DIGITS]


def _tried(parts: Parts, act: args.Replay, message_id: str, found: Whole | PunteError, name: str) -> Tried:
    """Judge a message again; what fails is told of it alone, but of the only one it is raised."""
    try:
        if isinstance(found, PunteError):
            raise found
        if found.repaired:
            raise Rejected("J418", "a corrected copy took its place", where=repair_id(message_id))
        kept, before = found.kept, found.latest
        now, deliveries = _judged(parts, act, found)
    except PunteError as fault:
        if act.id is not None:
            raise
        return Tried(message_id, fault=fault)
    if not deliveries:
        return Tried(message_id, before, now)
    entry = Entry(message_id=message_id, at=parts.clock.now(), step="replayed", by=act.by, detail=act.reason)
    again = Replay(
        id=name,
        entry=entry,
        deliveries=tuple(msgspec.structs.replace(delivery, due_at=entry.at) for delivery in deliveries),
        outcome=None if now.record == kept.outcome.record else msgspec.structs.replace(now, deliveries=()),
        also_in_doubt=act.also_in_doubt,
    )
    return Tried(message_id, before, now, again)


def _judged(parts: Parts, act: args.Replay, found: Whole) -> tuple[Outcome, Sequence[Delivery]]:
    """Return what is decided from a hop on, and the deliveries that follow from it."""
    before = found.latest
    if act.hop == "received":
        now = judged_again(parts, found, pinned=act.mapping == "pinned")
        return now, now.deliveries
    if act.hop == "mapped":
        if before.record is None:
            return before, ()
        message, record = with_bytes(found), msgspec.json.decode(before.record, type=Beneficiary)
        return before, parts.judge_with(parts.mappings()).route(message, record, parts.directory())[0]
    latest = {delivery.endpoint: delivery for delivery in found.deliveries}
    if act.hop == "deliver":
        return before, [*latest.values()]
    return before, [msgspec.structs.replace(delivery, id=parts.new_id()) for delivery in latest.values()]


async def _delivered(parts: Parts, act: args.Replay, tried: Sequence[Tried]) -> list[dict[str, Any]]:
    """Deliver what came out, or see what would hinder it; return what is told of each message."""
    replays = [one.replay for one in tried if one.replay is not None]
    if act.dry_run:
        codes = await asyncio.to_thread(parts.view.hindered, replays)
    else:
        codes = await parts.journal.replay(replays) if replays else []
    of_message = dict(zip((one.entry.message_id for one in replays), codes, strict=True))
    return [_row(one, act, of_message.get(one.message_id)) for one in tried]


def _row(tried: Tried, act: args.Replay, code: str | None) -> dict[str, Any]:
    result, code = _result(tried, code)
    told = {"message": tried.message_id, "result": result, "code": code}
    text = tried.fault.text if tried.fault else entry_of(code).title if code else ""
    if tried.before is None or tried.now is None:
        return told | {"text": text}
    changed: list[Difference] = []
    if tried.now is not tried.before:
        changed = differences(told_in(tried.before), told_in(tried.now))
    deliveries = tried.replay.deliveries if tried.replay else ()
    return told | {
        "text": text,
        "state": tried.now.state,
        "before": tried.before.mapping,
        "now": tried.now.mapping,
        "differs": len(changed),
        "changes": [masked_difference(one) for one in changed] if act.id is not None or act.diff else [],
        "deliveries": [{"endpoint": delivery.endpoint, "route": delivery.route} for delivery in deliveries],
        "sent": result == "done" and not act.dry_run,
    }


def _result(tried: Tried, code: str | None) -> tuple[str, str | None]:
    """Return what became of a message, and the code that says why it was not delivered."""
    if tried.fault is not None or tried.now is None:
        return "failed", tried.fault.code if tried.fault else None
    if tried.replay is not None:
        return ("before" if code == BY_THIS_REPLAY else "held", code) if code else ("done", None)
    errors = (finding.code for finding in tried.now.findings if finding.severity is Severity.ERROR)
    if tried.now.state in {State.REFUSED, State.PARKED}:
        return "refused", next(errors, None)
    return "nobody", "R301"
