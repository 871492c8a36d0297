"""Verbs that only look."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from hub_core.attachments.attachment import Attachment
from hub_core.clock import repair_id
from hub_core.codes import CODES
from hub_core.directory import Direction
from hub_core.errors import ConfigError, Rejected
from hub_core.journal.entries import Attempt, DeliveryRow, Kept, MessageRow, ParkedGroup
from hub_core.message import Entry
from hub_core.security.masking import mask_numbers, mask_text, masked
from registry.desk.arguments import Look, Messages, Nothing, Revealed
from registry.desk.conversing import answers, others
from registry.desk.timeline import steps, waiting
from registry.parts import Parts
from registry.sets.contractfiles import changes_between
from registry.sets.store import Applied

_CLIP: Final = 40  # characters of what a sender calls an attachment


def messages(parts: Parts, wanted: Messages) -> list[dict[str, Any]]:
    """List messages, newest first; with ``after`` those that came later, oldest first."""
    return [_row(row) for row in parts.view.messages(wanted)]


async def message(parts: Parts, look: Look) -> dict[str, Any]:
    """Show one message: what it was, what was decided, what happened since."""
    kept = await asyncio.to_thread(found, parts, look.id)
    await revealing(parts, look)
    return await asyncio.to_thread(_message, parts, kept, look)


def _message(parts: Parts, kept: Kept, look: Look) -> dict[str, Any]:
    outcome, latest = kept.outcome, parts.view.latest(look.id)
    record = msgspec.json.decode(outcome.record) if outcome.record else None
    leaves = msgspec.to_builtins(outcome.unmapped) if record is None else record.get("unmapped", [])
    body = b"" if kept.purged_at else parts.view.body(look.id)
    return {
        "message": _row(kept.message)
        | {"correlation_id": kept.message.correlation_id, "media_type": kept.message.media_type, "size": len(body)}
        # Of a short body a plain hash is as good as the body: all that it may have been can be tried.
        | {"digest": kept.message.digest.hex() if look.reveal else None, "registry_set": kept.message.registry_set}
        | {"purged_at": kept.purged_at}
        | ({"name": kept.message.name} if look.reveal else {}),
        "attachments": _attachments(parts.view.attachments(look.id)),
        "repaired_by": parts.view.message(repair_id(look.id)) and repair_id(look.id),
        "outcome": {
            "state": kept.message.state,
            "decided_at": outcome.decided_at,
            "mapping": outcome.mapping,
            "replayed_with": latest.mapping if latest is not None and latest.record != outcome.record else None,
            "document": outcome.document and mask_numbers(outcome.document),
            "cases": [case if look.reveal else mask_text(case) for case in outcome.cases],
        },
        "record": record if look.reveal or record is None else masked(record),
        "findings": outcome.findings,
        "unmapped": leaves if look.reveal else masked({"unmapped": leaves})["unmapped"],
        "entries": steps(parts, kept),
        "now": waiting(parts, kept),
        "deliveries": [_delivery(row, reveal=look.reveal) for row in parts.view.deliveries(look.id)],
        "rows": _rows(parts, kept),
        "conversation": _conversation(parts, kept),
        "body": body.decode("utf-8", "replace") if look.reveal else None,
    }


def timeline(parts: Parts, look: Look) -> dict[str, Any]:
    """Tell what happened to a message in the order of time, and what it waits for now."""
    kept = found(parts, look.id)
    return {"message": look.id, "state": kept.message.state, "steps": steps(parts, kept), "now": waiting(parts, kept)}


async def revealed(parts: Parts, act: Revealed) -> dict[str, int]:
    """Leave an entry with every message of which values were shown."""
    for message_id in act.ids:
        await revealing(parts, Look(id=message_id, reveal=True, reason=act.reason, by=act.by))
    return {"messages": len(act.ids)}


def _attachments(attachments: Sequence[Attachment]) -> list[dict[str, Any]]:
    """Return what is shown of attachments; senders put what they like into names."""
    return [
        {
            "number": number,
            "size": one.size,
            "media_type": mask_numbers(one.media_type)[:_CLIP],
            "name": mask_numbers(one.name)[:_CLIP] or None,
        }
        for number, one in enumerate(attachments, start=1)
    ]


def _conversation(parts: Parts, kept: Kept) -> list[dict[str, Any]]:
    """Return the other messages of the conversation, and which of them answer this one."""
    found = {row.id for row in answers(parts, kept)}
    return [_row(row) | {"answers": row.id in found} for row in others(parts, kept)]


def _rows(parts: Parts, kept: Kept) -> dict[str, Any] | None:
    """Return how the rows of a file stand; ``None`` for any other message."""
    if kept.outcome.rows is None:
        return None
    rows = parts.view.rows(kept.message.id)
    return {"expected": kept.outcome.rows, "states": rows.states, "complete": rows.complete}


def sets(parts: Parts, _: Nothing) -> Any:
    """List the registry sets, each with the contracts that have another content than in the set before."""
    history, contracts = parts.sets.history(), parts.sets.contracts()
    return [
        _set(parts, applied)
        | {"contracts": changes_between(contracts.get(applied.number - 1, {}), contracts.get(applied.number, {}))}
        for applied in history
    ]


def keys(parts: Parts, _: Nothing) -> Any:
    """List the keys; never the keys themselves."""
    return parts.key_list.all()


def names(parts: Parts, _: Nothing) -> dict[str, list[str]]:
    """List what is registered by its names, for shell completion."""
    directory = parts.directory()
    return {
        "endpoints": sorted(directory.endpoints),
        "outbound": sorted(name for name, it in directory.endpoints.items() if it.direction is Direction.OUT),
        "institutions": sorted(directory.institutions),
        "services": sorted({endpoint.service for endpoint in directory.endpoints.values()}),
        "queries": sorted(directory.queries),
        "keys": sorted(key.name for key in parts.key_list.all() if key.revoked_at is None),
    }


def found(parts: Parts, message_id: str) -> Kept:
    """Return a kept message.

    Raises:
        Rejected: J404.
    """
    kept = parts.view.message(message_id)
    if kept is None:
        raise Rejected("J404", "no message of this id is kept")
    return kept


def described(group: ParkedGroup) -> dict[str, Any]:
    """Return a group with what its code means and what to do."""
    code = CODES.get(group.code)
    shown: dict[str, Any] = msgspec.to_builtins(group)
    return shown | {"why": code.title if code else "", "mend": code.do if code else ""}


async def revealing(parts: Parts, look: Look) -> None:
    """Leave an entry with the message when its values are revealed.

    Raises:
        ConfigError: W400, no reason given.
    """
    if not look.reveal:
        return
    if not look.reason.strip():
        raise ConfigError("W400", "revealing personal values needs a reason", mend='add --reason "..."')
    entry = Entry(
        message_id=look.id, at=parts.clock.now(), step="revealed", by=look.by or "operator", detail=look.reason
    )
    await parts.journal.note(entry)


def _set(parts: Parts, applied: Applied) -> dict[str, Any]:
    current = parts.directory().number
    return {
        "number": applied.number,
        "applied_at": applied.at,
        "by": applied.by,
        "note": applied.note,
        "current": applied.number == current,
    }


def _row(row: MessageRow) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(row, builtin_types=(bytes,))
    shown.pop("digest")
    shown["cases"] = [mask_text(case) for case in row.cases]
    # Senders put what they like there; a kind of document that nobody knows is called what its root is called.
    shown["name"] = None if row.name is None else mask_text(row.name)
    for name in ("sender_id", "document"):
        shown[name] = None if shown[name] is None else mask_numbers(shown[name])
    shown["trace"] = row.trace.id if row.trace else None
    return shown


def _delivery(row: DeliveryRow, *, reveal: bool) -> dict[str, Any]:
    key = row.delivery.order_key
    return {
        "id": row.delivery.id,
        "route": row.delivery.route,
        "endpoint": row.delivery.endpoint,
        "order_key": key if reveal or key is None else mask_text(key),
        "state": row.standing,
        "due_at": row.delivery.due_at,
        # Partners put what they like there.
        "reference": row.reference if reveal or row.reference is None else mask_numbers(row.reference),
        "code": row.code,
        "detail": row.detail if reveal else mask_numbers(row.detail),
        "superseded": row.superseded,
        "attempts": [_attempt(one, reveal=reveal) for one in row.history],
    }


def _attempt(ended: Attempt, *, reveal: bool) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(ended)
    return shown | {"detail": ended.detail if reveal else mask_numbers(ended.detail)}
