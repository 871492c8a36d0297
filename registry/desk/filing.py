"""Verbs about files of many messages: what the next one would be, and writing it before its time."""

import asyncio
from collections import Counter
from typing import Any

from hub_core.delivering.choosing import collect_of
from hub_core.errors import ConfigError
from hub_core.filed import Early, FiledRow
from hub_core.ports import Filing
from registry.desk.arguments import EndpointName, FileWrite, Nothing
from registry.desk.endpoints import endpoints
from registry.outward import chooser_of, filer_of, filing_of
from registry.parts import Parts


async def file_draft(parts: Parts, wanted: EndpointName) -> dict[str, Any]:
    """Say how many messages wait at an endpoint for a file, and what the next one would be; nothing is written."""
    collect_of(parts.directory(), wanted.name)
    filing = await filing_of(parts, wanted.name)
    return await asyncio.to_thread(_draft, parts, wanted.name, filing)


def _draft(parts: Parts, name: str, filing: Filing) -> dict[str, Any]:
    found = chooser_of(parts).next_file(name, filing)
    row = next(row for row in endpoints(parts, Nothing()) if row.endpoint == name)
    unfit = Counter((one.code, one.detail) for one in found.aside)
    return {
        "endpoint": name,
        "state": row.state,
        "until": row.until,
        "waiting": row.waiting,
        "oldest": row.oldest,
        "closed": _unwritten(parts, name),
        "name": found.file and found.file.name,
        "rows": len(found.file.delivery_ids) if found.file else 0,
        "unfit": [{"code": code, "detail": detail, "count": count} for (code, detail), count in unfit.items()],
    }


async def file_write(parts: Parts, act: FileWrite) -> dict[str, Any]:
    """Write the next file of an endpoint before its time; one that is closed and does not lie there yet, first."""
    if not act.reason.strip():
        raise ConfigError("W400", "a file before its time needs a reason", mend='add --reason "..."')
    if not parts.serving:
        parts.gates.keep_only(parts.directory())
    before = _last(parts, act.name)
    await filer_of(parts).write_now(act.name, Early(by=act.by, reason=act.reason))
    last = _last(parts, act.name)
    return {"file": None if last == before else last, "waiting": parts.view.collecting(act.name).count}


def _last(parts: Parts, name: str) -> FiledRow | None:
    return next(iter(parts.view.filed(name)), None)


def _unwritten(parts: Parts, name: str) -> FiledRow | None:
    last = _last(parts, name)
    return None if last is None or last.written_at is not None else last
