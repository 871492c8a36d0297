"""What happened to one message in the order of time - steps, attempts, acts, holds - and what it waits for now."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from hub_core.clock import repair_id
from hub_core.journal.entries import DeliveryRow, Kept, MessageRow
from hub_core.message import DeliveryState, Entry, State
from hub_core.security.masking import mask_numbers
from registry.desk.conversing import answers
from registry.desk.endpoints import held_back
from registry.parts import Parts

#: A partner that refused a message refuses the same again.
_REFUSED: Final = frozenset({"D201", "D202", "D206"})
_HELD: Final = {"breaker": "endpoint left alone after failures", "closed": "endpoint closed"}

#: What an endpoint does that keeps a delivery waiting.
_KEEPING: Final = {"closed": "closed", "broken": "left alone after failures", "probing": "being probed after failures"}


class _Line(NamedTuple):
    """One line of the timeline; ``until`` of what lasts."""

    entry: Entry
    until: datetime | None = None


def steps(parts: Parts, kept: Kept) -> list[dict[str, Any]]:
    """Return what happened, oldest first, each with the seconds since the step before; of an attempt what it took."""
    message_id = kept.message.id
    lines = [_Line(_linked(kept, entry)) for entry in parts.view.entries(message_id)]
    held = [line for entry, _ in lines for line in _held(kept, entry)]
    paused = [line for row in _first_of_each(parts, message_id) for line in _paused(parts, kept, row)]
    answered = [line for row in _first_of_each(parts, message_id) for line in _answered(parts, row)]
    answered += [_Line(_answer(message_id, row)) for row in answers(parts, kept)]
    ordered = sorted([*lines, *held, *paused, *answered], key=lambda line: line.entry.at)
    before = [ordered[0], *ordered]
    return [_step(line, line.entry.at - last.entry.at) for last, line in zip(before, ordered, strict=False)]


def waiting(parts: Parts, kept: Kept) -> list[dict[str, Any]]:
    """Return what each delivery that is not settled for good waits for."""
    rows = parts.view.deliveries(kept.message.id)
    waits = ((row, _wait(parts, row)) for row in rows if not row.superseded)
    return [{"endpoint": row.delivery.endpoint} | wait for row, wait in waits if wait is not None]


def _step(line: _Line, since: timedelta) -> dict[str, Any]:
    entry = line.entry
    told: dict[str, Any] = msgspec.to_builtins(entry)
    del told["course"]
    took = None if entry.began is None else (entry.at - entry.began).total_seconds()
    # What people and partners wrote may hold a person's number.
    return told | {
        "detail": mask_numbers(entry.detail),
        "seconds": since.total_seconds(),
        "took": took,
        "phases": entry.course.phases,
        "until": line.until,
    }


def _linked(kept: Kept, entry: Entry) -> Entry:
    """Return an entry that names the corrected copy, or in its first line the message that it corrects."""
    if entry.step == "repaired":
        copy = f"the corrected copy is message {repair_id(kept.message.id)}"
        return msgspec.structs.replace(entry, detail=f"{entry.detail}; {copy}")
    if entry.step == "received" and kept.message.repairs is not None:
        return msgspec.structs.replace(entry, detail=f"corrected copy of message {kept.message.repairs}")
    return entry


def _first_of_each(parts: Parts, message_id: str) -> Sequence[DeliveryRow]:
    """Return one delivery per endpoint: pauses are the endpoint's."""
    return [*{row.delivery.endpoint: row for row in parts.view.deliveries(message_id)}.values()]


def _held(kept: Kept, attempt: Entry) -> Iterator[_Line]:
    """Yield what held an attempt back, from when on and until when."""
    for hold in attempt.course.held:
        entry = Entry(
            message_id=kept.message.id,
            at=max(hold.began, kept.outcome.decided_at),
            step="held",
            code=hold.code,
            detail=_HELD[hold.why],
            endpoint=attempt.endpoint,
        )
        yield _Line(entry, hold.until)


def _paused(parts: Parts, kept: Kept, row: DeliveryRow) -> Iterator[_Line]:
    """Yield the pauses of an endpoint that held a delivery back, from when on and until when."""
    ended = row.settled_at if row.state in {DeliveryState.SENT, DeliveryState.PARKED} else None
    for pause in parts.view.pauses(row.delivery.endpoint):
        over = pause.resumed_at or pause.until
        begun = max(pause.at, kept.outcome.decided_at)
        if (ended is not None and begun >= ended) or (over is not None and over <= begun):
            continue
        yield _Line(_act(kept, row, begun, "paused", pause.by, pause.reason), pause.until)
        if over is not None and over <= parts.clock.now() and (ended is None or over <= ended):
            why = pause.resumed_reason or "the time was up"
            yield _Line(_act(kept, row, over, "resumed", pause.resumed_by or "hub", why))


def _answered(parts: Parts, row: DeliveryRow) -> Iterator[_Line]:
    """Yield what the partner said of the file in which a message went, unless it refused just this row."""
    file = parts.view.filed_with(row.delivery.id)
    if file is not None and file.answered_at is not None and row.state is DeliveryState.SENT:
        yield _Line(
            Entry(
                message_id=row.delivery.message_id,
                at=file.answered_at,
                step="answered",
                detail=f"the partner says of {file.name}: {file.answer}",
                endpoint=file.endpoint,
            )
        )


def _answer(message_id: str, row: MessageRow) -> Entry:
    """Return an answer as a step of the message that it answers."""
    told = f"answered by message {row.id}, which is {row.state}"
    code = row.codes[0] if row.codes and row.state is State.REFUSED else None
    return Entry(message_id=message_id, at=row.received_at, step="answered", by=row.party, code=code, detail=told)


def _act(kept: Kept, row: DeliveryRow, at: datetime, step: str, by: str, detail: str) -> Entry:
    return Entry(message_id=kept.message.id, at=at, step=step, by=by, detail=detail, endpoint=row.delivery.endpoint)


def _wait(parts: Parts, row: DeliveryRow) -> dict[str, Any] | None:
    """Say what a delivery waits for, since when or until when, and the command that helps; ``None``: for nothing."""
    message_id = row.delivery.message_id
    match row.state:
        case DeliveryState.SENT:
            return None
        case DeliveryState.PARKED if row.code in _REFUSED:
            command = f"punte messages repair {message_id} --with FILE --reason TEXT, or punte discard {message_id}"
            return _waits("refused by the partner: waits for you", row.settled_at, f"{command} --reason TEXT")
        case DeliveryState.PARKED:
            return _waits("given up: waits for you", row.settled_at, f"punte retry {message_id} --reason TEXT")
        case DeliveryState.IN_DOUBT if row.code == "D104":
            command = f"punte messages settle {message_id} --sent|--not-sent --reason TEXT"
            return _waits("in doubt: waits for you", row.settled_at, command)
    return _queued(parts, row)


def _queued(parts: Parts, row: DeliveryRow) -> dict[str, Any]:
    now, name = parts.clock.now(), row.delivery.endpoint
    if row.lease_until is not None and row.lease_until > now:
        return _waits("is being sent", None, "")
    pauses = [pause for pause in parts.view.pauses() if pause.endpoint == name and pause.holds(now)]
    if pauses:
        return _waits(f"{name} is paused", pauses[0].at, f"punte endpoint resume {name} --reason TEXT")
    state, until, why = held_back(parts, name)
    if state in _KEEPING and (until is None or until > row.delivery.due_at):
        command = "" if state == "closed" else f"punte endpoint resume {name} --reason TEXT"
        return _waits(f"{name} is {_KEEPING[state]}" + (f" ({why})" if why else ""), until, command)
    if (other := parts.view.first_in_line(row.delivery.id)) is not None:
        return _waits("stands behind another message of its order key", None, f"punte messages timeline {other}")
    return _waits("is tried again when due" if row.attempts else "is sent when due", row.delivery.due_at, "")


def _waits(why: str, at: datetime | None, command: str) -> dict[str, Any]:
    return {"waits": why, "at": at, "command": command}
