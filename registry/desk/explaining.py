"""Verbs that explain: where a value came from, why a route was taken."""

import asyncio
import re
from datetime import UTC
from typing import Any, NamedTuple

import msgspec

from adapters.kit.load import opened_again
from hub_core.asking.inquiry import ANSWERED, ENDPOINT
from hub_core.asking.query import SourceAnswer, SourceVerdict, judge
from hub_core.canonical import Beneficiary
from hub_core.directory import Directory
from hub_core.directory.routing import explain
from hub_core.errors import ConfigError, Rejected
from hub_core.journal.entries import Kept
from hub_core.mapping.missing import missing
from hub_core.mapping.reading.lines import located
from hub_core.reading import Provenance
from hub_core.security.masking import mask_at
from registry.desk.arguments import RouteExplain, Why
from registry.desk.files import is_file, not_as_one
from registry.desk.looking import found, revealing
from registry.desk.timeline import steps
from registry.parts import Parts

PATHS_SHOWN = 30
NOTHING_THERE = "there is no value at this path"


async def why(parts: Parts, look: Why) -> dict[str, Any]:
    """Tell where each canonical value of a message came from; for a query, where each merged value came from."""
    kept = await asyncio.to_thread(found, parts, look.id)
    await revealing(parts, look)
    return await asyncio.to_thread(_why, parts, kept, look)


def _why(parts: Parts, kept: Kept, look: Why) -> dict[str, Any]:
    if kept.message.endpoint.startswith(ENDPOINT):
        return _why_merged(parts, kept, look)
    traced = trace(parts, kept)
    shown = [
        _shown(value, traced.record, reveal=look.reveal)
        for value in traced.values
        if look.field is None or covers(look.field, value.at)
    ]
    if look.field is not None and not shown:
        mend = _paths(traced.values)
        raise ConfigError("W400", NOTHING_THERE, where=look.field, mend=mend)
    return {
        "message": look.id,
        "mapping": traced.mapping,
        "pinned": kept.outcome.mapping,
        "values": shown,
        "hops": steps(parts, kept),
    }


def _why_merged(parts: Parts, kept: Kept, look: Why) -> dict[str, Any]:
    """Lead from each value of a query's view to the message of its source; the view is made again from those."""
    directory = parts.directory_of(kept.message.registry_set)
    query = directory.queries[kept.message.endpoint.removeprefix(ENDPOINT)]
    cnp = msgspec.json.decode(parts.view.body(look.id))["cnp"]
    used = [entry.detail.split() for entry in parts.view.entries(look.id) if entry.step == ANSWERED]
    answers = [_answer(parts, message_id) for message_id in (used[0] if used else ())]
    result = judge(query, cnp, answers)
    origins = result.merged.origins if result.merged else {}
    used_of = {answer.endpoint: answer.message_id or "" for answer in result.answers if answer.record}
    traces = {endpoint: trace(parts, found(parts, message_id)) for endpoint, message_id in used_of.items()}
    shown = [
        {"merged": path, "from": origin.source, "message": used_of[origin.source]}
        | _shown(value, traces[origin.source].record, reveal=look.reveal)
        for path, origin in origins.items()
        if (wanted := _in_source(look.field, path, origin.at)) is not None
        for value in traces[origin.source].values
        if covers(wanted, value.at)
    ]
    if look.field is not None and not shown:
        raise ConfigError("W400", NOTHING_THERE, where=look.field, mend="the view holds: " + ", ".join(sorted(origins)))
    return {
        "message": look.id,
        "mapping": None,
        "pinned": None,
        "values": shown,
        "hops": steps(parts, kept),
    }


def _in_source(field: str | None, path: str, at: str) -> str | None:
    """Return what to look for in a source's record for a path of the view that came from ``at`` there.

    >>> _in_source(None, "name", "name"), _in_source("name.family", "name", "name"), _in_source("sex", "name", "name")
    ('name', 'name.family', None)
    """
    if field is None or covers(field, path):
        return at
    return at + field[len(path) :] if covers(path, field) else None


def _answer(parts: Parts, message_id: str) -> SourceAnswer:
    kept = found(parts, message_id)
    record = kept.outcome.record
    return SourceAnswer(
        endpoint=kept.message.endpoint,
        institution=kept.message.party,
        verdict=SourceVerdict.RECORD if record else SourceVerdict.NONE,
        record=msgspec.json.decode(record, type=Beneficiary) if record else None,
        message_id=message_id,
    )


class Traced(NamedTuple):
    """A reading with the origin of every value; ``record`` as JSON data."""

    mapping: str | None
    values: list[Provenance]
    record: Any


def trace(parts: Parts, kept: Kept) -> Traced:
    """Read the kept bytes again with the mapping that decided about them, tracing every value.

    Raises:
        Rejected: F115, it is a file; the bytes cannot be opened; V302 no mapping reads them.
        ConfigError: as ``opened_again``.
    """
    directory = parts.directory_of(kept.message.registry_set)
    endpoint = directory.endpoints[kept.message.endpoint]
    if is_file(parts, kept, endpoint):
        raise not_as_one(kept)
    body = parts.view.body(kept.message.id)
    opened = opened_again(parts.adapters, endpoint, body)
    if opened.dialect == "CANONICAL":
        return Traced(None, [], None)
    pinned = kept.outcome.mapping and parts.mapping_sets.pinned(kept.outcome.mapping)
    mapping = pinned or parts.mappings().find(opened, endpoint.mappings)
    if mapping is None:
        raise Rejected("V302", missing(parts.mappings(), opened, endpoint.mappings))
    on = kept.message.received_at.astimezone(UTC).date()
    reading, values = mapping.explain(opened, on=on)
    values = located(values, body, opened)
    return Traced(mapping.version, values, msgspec.json.decode(msgspec.json.encode(reading.record)))


def covers(field: str, path: str) -> bool:
    """Tell whether a path lies at or below a field; indexes may be left out.

    >>> covers("insurance", "insurance[0].kind"), covers("birth.date", "birth.date"), covers("birth", "birth_name")
    (True, True, False)
    """
    plain = (
        path if "[" in field else "".join(part.partition("]")[2] if "]" in part else part for part in path.split("["))
    )
    return plain == field or plain.startswith((f"{field}.", f"{field}["))


def route_explain(parts: Parts, wanted: RouteExplain) -> Any:
    """Say per route why a message goes there or not."""
    directory: Directory = parts.directory()
    if wanted.id is not None:
        kept = found(parts, wanted.id)
        if kept.outcome.rows is not None:
            raise not_as_one(kept)
        if kept.outcome.record is None:
            raise Rejected("J404", "this message became no record: no route looked at it")
        record, service = msgspec.json.decode(kept.outcome.record, type=Beneficiary), kept.message.service
    else:
        record, service = msgspec.convert(wanted.record or {}, Beneficiary), wanted.service
    return explain(directory, service, record)


def _shown(value: Provenance, record: Any, *, reveal: bool) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(value)
    shown["value"] = standing_at(record, value.at)
    if not reveal:
        shown |= {name: mask_at(value.at, shown[name]) for name in ("raw", "value")}
    return shown


def standing_at(record: Any, path: str) -> Any:
    """Return what stands in a record at a canonical path with indexes; ``None`` if nothing does.

    >>> standing_at({"cases": [{"number": "7"}]}, "cases[0].number"), standing_at({"cases": []}, "cases[0].number")
    ('7', None)
    """
    for step in re.findall(r"[^.\[\]]+", path):
        if isinstance(record, list):
            record = record[int(step)] if step.isdecimal() and int(step) < len(record) else None
        else:
            record = record.get(step) if isinstance(record, dict) else None
    return record


def _paths(provenances: list[Provenance]) -> str:
    known = sorted({value.at for value in provenances})
    return "it holds: " + ", ".join(known[:PATHS_SHOWN]) + (" ..." if len(known) > PATHS_SHOWN else "")
