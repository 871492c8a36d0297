"""Does a registry set hold together? Every name that is used exists, fits its use, and means what it seems to."""

from collections.abc import Collection, Mapping

from hub_core.asking.merge import MERGED
from hub_core.directory import Access, Condition, Direction, Query, Route
from hub_core.message import Finding
from hub_core.ports import Adapter
from hub_core.yaml import Node, closest
from registry.sets.draft import Draft
from registry.sets.endpoints import check_endpoint
from registry.sets.ground import Ground, Place
from registry.sets.institutions import check_institutions


def check(
    draft: Draft, *, adapters: Mapping[str, Adapter], mappings: Collection[str], environ: Mapping[str, str]
) -> list[Finding]:
    """Add every fault of the set to ``draft.faults``; return the warnings."""
    ground = Ground(draft, draft.directory(), adapters, mappings, environ)
    check_institutions(ground)
    for name, endpoint in ground.directory.endpoints.items():
        check_endpoint(ground, name, endpoint)
    for name, route in ground.directory.routes.items():
        _check_route(ground, route, ground.place("routes", name))
    for name, right in ground.directory.access.items():
        _check_access(ground, right, ground.place("access", name))
        _check_fixed_purpose(ground, name, right)
    for name, query in ground.directory.queries.items():
        _check_query(ground, query, ground.place("queries", name))
    return ground.warnings


def _check_route(ground: Ground, route: Route, at: Place) -> None:
    for index, service in enumerate(route.services):
        ground.one_of(at("services", index), service, ground.services(Direction.IN, Direction.ASK), "service")
    if not route.to:
        ground.fault(at("to"), "the route leads nowhere", "name at least one endpoint with direction: out")
    for index, target in enumerate(route.to):
        ground.endpoint_of(at("to", index), target, Direction.OUT)
    for index, condition in enumerate(route.when):
        _check_condition(ground, condition, at("when", index), at("when", index, "at"))
    if route.order_by is not None:
        _check_path(ground, at("order_by"), route.order_by)


def _check_condition(ground: Ground, condition: Condition, node: Node, path: Node) -> None:
    tests = (condition.equals is not None, bool(condition.one_of), condition.present is not None)
    if sum(tests) != 1:
        ground.fault(node, "a condition makes one test", "write one of equals, one_of and present")
    if condition.present is not None:
        ground.path(path, condition.at)
    else:
        _check_path(ground, path, condition.at)


def _check_path(ground: Ground, node: Node, text: str) -> None:
    path = ground.path(node, text)
    if path is not None and not path.plain:
        text = f"{text!r} is a group of values and has none of its own"
        ground.fault(node, text, "go on to one of its fields, or ask for present: true")


def _check_access(ground: Ground, right: Access, at: Place) -> None:
    ground.institution(at("institution"), right.institution)
    services = ground.services(Direction.IN) | {query.service for query in ground.directory.queries.values()}
    ground.one_of(at("service"), right.service, services, "service")
    if not right.purposes:
        ground.fault(at("purposes"), "the right names no purpose", "name at least one")
    elif right.fixed_purpose is not None:
        ground.one_of(at("fixed_purpose"), right.fixed_purpose, right.purposes, "purpose of this right")


def _check_fixed_purpose(ground: Ground, name: str, right: Access) -> None:
    """A call without purpose must have one meaning: at most one right of a caller to a service fixes it."""
    fixed = [
        other
        for other, it in ground.directory.access.items()
        if it.fixed_purpose and (it.institution, it.service) == (right.institution, right.service)
    ]
    if right.fixed_purpose and fixed[0] != name:
        text = f"{fixed[0]!r} already fixes the purpose for this institution and service"
        ground.fault(ground.place("access", name)("fixed_purpose"), text, "keep one of the two")


def _check_query(ground: Ground, query: Query, at: Place) -> None:
    if not query.sources:
        ground.fault(at("sources"), "nobody is asked", "name at least one endpoint with direction: ask")
    for index, source in enumerate(query.sources):
        ground.endpoint_of(at("sources", index), source, Direction.ASK)
        if source in query.sources[:index]:
            ground.fault(at("sources", index), f"{source!r} would be asked twice", "remove one")
    for path, sources in query.precedence.items():
        if path != "*":
            _check_merged(ground, at("precedence", path), path)
        for index, source in enumerate(sources):
            ground.one_of(at("precedence", path, index), source, query.sources, "source of this query")


def _check_merged(ground: Ground, node: Node, text: str) -> None:
    path = ground.path(node, text)
    if path is not None and text not in MERGED:
        whole = path.steps[0].name
        mend = f"write {whole!r} instead" if whole in MERGED else closest(text, MERGED)
        ground.fault(node, f"{text!r} is not merged by itself", mend)
