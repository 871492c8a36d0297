"""What is registered of an endpoint, and what came by it last: of any direction."""

from typing import Any, Final

import msgspec

from hub_core.directory import Access, Direction, Directory, Endpoint
from hub_core.journal.entries import Filter
from registry.desk.arguments import Nothing
from registry.desk.scheduled import JobRow, schedule
from registry.parts import Parts
from registry.scheduled.polling import job_name
from registry.sets.plan import flat

#: Told by themselves, above the other fields.
_APART: Final = ("institution", "direction", "adapter", "service")


def registered(parts: Parts, name: str) -> dict[str, Any]:
    """Return the fields of an endpoint, who may call it, what leads to and from it, and its last message.

    A field never holds a secret, only where one lies. ``fields``: those that are set, by path; a mapping as the
    ``id@hash`` in force.
    """
    directory = parts.directory()
    it = directory.endpoints[name]
    queries = [query for query, one in directory.queries.items() if name in one.sources]
    return {
        "name": name,
        "registry_set": directory.number,
        "direction": it.direction,
        "institution": it.institution,
        "institution_name": directory.institutions[it.institution].name,
        "adapter": it.adapter,
        "service": it.service,
        "fields": _fields(parts, it),
        "rights": [msgspec.to_builtins(right) for right in _rights(directory, it, queries)],
        "routes": _routes(directory, name, it),
        "queries": queries,
        "fetched": _fetched(parts, name) if it.poll is not None else None,
        "last": _last(parts, name) if it.direction is not Direction.OUT else None,
    }


def _fields(parts: Parts, it: Endpoint) -> dict[str, Any]:
    fields = {path: value for path, value in flat(it) if path not in _APART}
    if it.mappings:
        in_force = [parts.mappings().get(mapping) for mapping in it.mappings]
        fields["mappings"] = [
            one.version if one else mapping for one, mapping in zip(in_force, it.mappings, strict=True)
        ]
    return fields


def _rights(directory: Directory, it: Endpoint, queries: list[str]) -> list[Access]:
    """Return who may send to an endpoint, or ask a query that asks it."""
    services = {directory.queries[query].service for query in queries}
    services |= {it.service} if it.direction is Direction.IN else set()
    return [right for right in directory.access.values() if right.service in services]


def _routes(directory: Directory, name: str, it: Endpoint) -> list[dict[str, Any]]:
    """Return the routes that lead to an endpoint, or that look at what comes by it."""
    routes = directory.routes.items()
    if it.direction is Direction.OUT:
        found = [(route, one) for route, one in routes if name in one.to]
    elif it.direction is Direction.IN:
        found = [(route, one) for route, one in routes if not one.services or it.service in one.services]
    else:
        found = []
    return [{"route": route, "services": one.services, "to": one.to} for route, one in found]


def _fetched(parts: Parts, name: str) -> JobRow:
    return next(row for row in schedule(parts, Nothing()) if row.job == job_name(name))


def _last(parts: Parts, name: str) -> dict[str, Any] | None:
    """Return the newest message that came by an endpoint; of a file the file, not its last row."""
    found = parts.view.messages(Filter(endpoint=name, rows=False, limit=1))
    return {"id": found[0].id, "received_at": found[0].received_at, "state": found[0].state} if found else None
