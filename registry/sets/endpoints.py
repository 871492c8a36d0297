"""Checks of one endpoint: its names, its address, its secrets, and what its adapter says about it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from adapters.kit.load import guarded, quarantine_of
from hub_core.delivering.hours import plan_of
from hub_core.directory import Direction, Endpoint
from hub_core.directory.policy import OpeningHours
from hub_core.directory.polled import Poll
from hub_core.directory.wording import Answer
from hub_core.errors import ConfigError
from hub_core.message import Finding, Severity
from hub_core.ports import Adapter, Field
from hub_core.typed import MISSING_FIELD, read_struct
from hub_core.yaml import Mapping, Node, where
from registry.crontab import due_at, next_time
from registry.sets.credentials import check_address, check_credentials
from registry.sets.ground import Ground, Place
from registry.sets.references import followed

SHORTEST: Final = timedelta(seconds=1)  # from one fetch of a list to the next
EACH_ARRIVAL_NEW: Final = "R201"
# Fields that only some directions know; elsewhere they would be silently without effect.
ONLY: Final = {
    "message_id": (Direction.IN,),
    "url": (Direction.OUT, Direction.ASK),
    "wsa": (Direction.OUT, Direction.ASK),
    "mtom": (Direction.OUT, Direction.ASK),
    "tls": (Direction.OUT, Direction.ASK),
    "timeout_of": (Direction.OUT, Direction.ASK),
    "retry": (Direction.OUT,),
    "breaker": (Direction.OUT,),
    "concurrency": (Direction.OUT,),
    "rate": (Direction.OUT,),
    "opening": (Direction.OUT,),
    "in_doubt": (Direction.OUT,),
    "parked": (Direction.OUT,),
    "answers": (Direction.IN,),
    "writes": (Direction.OUT,),
    "poll": (Direction.IN,),
    "collect": (Direction.OUT,),
    "ask": (Direction.OUT, Direction.ASK),
    "header": (Direction.OUT, Direction.ASK),
}
#: What an endpoint with ``poll`` knows as well, because the hub calls it.
CALLED: Final = frozenset({"url", "tls", "timeout_of"})
# Fields that only some adapters know: those whose ``Spec`` names them.
OWN: Final = ("header", "in_band", "mtom", "security", "wsa")
# What is about messages that go out one by one.
ALONE: Final = ("retry", "concurrency", "rate", "in_doubt")
DEFAULTS: Final = Endpoint(institution="", direction=Direction.IN, adapter="", service="")


def check_endpoint(ground: Ground, name: str, endpoint: Endpoint) -> None:
    """Add the faults and warnings of one endpoint; its adapter is asked only about one that is right so far."""
    at = ground.place("endpoints", name)
    before = len(ground.draft.faults.findings)
    ground.institution(at("institution"), endpoint.institution)
    for index, mapping in enumerate(endpoint.mappings):
        ground.mapping(at("mappings", index), mapping)
    _check_writing(ground, endpoint, at)
    _check_direction(ground, endpoint, at)
    _check_url(ground, endpoint, at)
    check_credentials(ground, endpoint, at)
    if endpoint.opening is not None:
        _check_opening(ground, endpoint.opening, at)
    if endpoint.poll is not None:
        _check_poll(ground, endpoint, endpoint.poll, at)
    _check_collect(ground, endpoint, at)
    adapter = ground.adapters.get(endpoint.adapter)
    if adapter is None and (fault := quarantine_of(ground.adapters, endpoint.adapter)) is not None:
        ground.fault(at("adapter"), fault.text, fault.mend, fault.code)
    elif adapter is None:
        ground.one_of(at("adapter"), endpoint.adapter, ground.adapters, "adapter")
    elif endpoint.direction not in adapter.spec.directions:
        fault = adapter.spec.cannot(endpoint.direction)
        ground.fault(at("direction"), fault.text, fault.mend)
    elif len(ground.draft.faults.findings) == before:
        _check_own(ground, adapter, endpoint, at)
        _ask_adapter(ground, adapter, name, endpoint)
    if endpoint.direction is Direction.IN and endpoint.message_id is None and endpoint.poll is None:
        _warn_of_repeats(ground, name)


def _check_direction(ground: Ground, endpoint: Endpoint, at: Place) -> None:
    for field, directions in ONLY.items():
        used = getattr(endpoint, field) != getattr(DEFAULTS, field)
        calls = endpoint.poll is not None and field in CALLED
        if used and endpoint.direction not in directions and not calls:
            text = f"{field!r} has no effect at an endpoint with direction: {endpoint.direction}"
            ground.fault(at(field), text, "remove it, or correct the direction")


def _check_writing(ground: Ground, endpoint: Endpoint, at: Place) -> None:
    if endpoint.writes is not None:
        ground.mapping(at("writes"), endpoint.writes)
    for operation, said in endpoint.answers.items():
        _check_answer(ground, said, partial(at, "answers", operation))


def _check_answer(ground: Ground, said: Answer, at: Callable[..., Node]) -> None:
    if said.query is not None:
        ground.one_of(at("query"), said.query, ground.directory.queries, "query")
        for field in ("person", "writes"):
            if getattr(said, field) is None:
                text = f"an answer from a query needs {field!r}"
                ground.fault(at(), text, f"add {field}: ...", MISSING_FIELD)
    elif said.person or said.on or said.writes:
        ground.fault(at(), "nobody is asked here", "add query: with the name of a query, or remove the rest")
    if said.writes is not None:
        ground.mapping(at("writes"), said.writes)


def _check_url(ground: Ground, endpoint: Endpoint, at: Place) -> None:
    if endpoint.url is None:
        called = endpoint.direction is not Direction.IN or endpoint.poll is not None
        if called and _knows(ground.adapters.get(endpoint.adapter), "url"):
            _check_place(ground, endpoint, at)
    else:
        check_address(ground, endpoint.url, at("url"), _address(ground, endpoint))


def _check_own(ground: Ground, adapter: Adapter, endpoint: Endpoint, at: Place) -> None:
    for field in OWN:
        if getattr(endpoint, field) != getattr(DEFAULTS, field) and not _knows(adapter, field):
            ground.fault(at(field), f"the adapter {endpoint.adapter} knows no {field!r}", "remove it")
    if adapter.spec.settings is not None:
        node = at("settings")
        said = node if isinstance(node, Mapping) else _none_at(node)
        read_struct(said, adapter.spec.settings, ground.draft.faults)
    elif endpoint.settings:
        ground.fault(at("settings"), f"the adapter {endpoint.adapter} has no settings of its own", "remove it")


def _knows(adapter: Adapter | None, name: str) -> bool:
    """Return whether a field of the endpoint counts with an adapter; with one that is not there, any may."""
    return adapter is None or any(field.name.partition(".")[0] == name for field in adapter.spec.fields)


def _check_place(ground: Ground, endpoint: Endpoint, at: Place) -> None:
    """Look whether something else says where the partner is."""
    field = _field(ground.adapters.get(endpoint.adapter), "url")
    instead = None if field is None else field.instead
    if instead is None or instead.removeprefix("settings.") not in endpoint.settings:
        what = "poll" if endpoint.poll is not None else f"direction: {endpoint.direction}"
        mend = f"add url: {_address(ground, endpoint)}, or {instead or 'url: env:NAME'}"
        ground.fault(at(), f"an endpoint with {what} needs an address", mend, MISSING_FIELD)


def _address(ground: Ground, endpoint: Endpoint) -> str:
    """Return what an address looks like."""
    adapter = ground.adapters.get(endpoint.adapter)
    return f"{'https' if adapter is None else adapter.spec.schemes[-1]}://host/path"


def _field(adapter: Adapter | None, name: str) -> Field | None:
    return None if adapter is None else next((it for it in adapter.spec.fields if it.name == name), None)


def _none_at(node: Node) -> Mapping:
    """Return settings that are left out, at the place of the endpoint's name."""
    return Mapping(items={}, keys={}, file=node.file, line=node.line, column=node.column)


def _check_opening(ground: Ground, opening: OpeningHours, at: Place) -> None:
    try:
        plan_of(opening)
    except ValueError as error:
        mend = "write a zone such as Europe/Bucharest, and dates such as 2025-12-01"
        ground.fault(at("opening"), str(error), mend)
    if not opening.hours:
        ground.fault(at("opening", "hours"), "it never opens", "name at least one, such as mon-fri 08:00-17:00")


def _check_poll(ground: Ground, endpoint: Endpoint, poll: Poll, at: Place) -> None:
    if (poll.every is None) == (poll.cron is None):
        ground.fault(at("poll"), "a list is fetched every so often or at certain times", "write one of every and cron")
    if poll.every is not None and poll.every < SHORTEST:
        ground.fault(at("poll", "every"), "a list is fetched once a second at most", "write every: 1 s, or longer")
    if poll.cron is not None:
        try:
            next_time(poll, datetime.now(UTC))
        except ValueError as error:
            ground.fault(at("poll", "cron"), f"no such times: {error}", "write them such as 30 6 * * mon-fri")
    adapter = ground.adapters.get(endpoint.adapter)
    if adapter is not None and not adapter.spec.polls:
        ground.fault(at("poll"), f"the adapter {endpoint.adapter} does not poll", "remove it, or use another adapter")
    rights = ground.directory.access.values()
    mine = [it for it in rights if (it.institution, it.service) == (endpoint.institution, endpoint.service)]
    if not any(right.fixed_purpose for right in mine):
        text = f"nobody names a purpose for what is fetched: {endpoint.institution} needs a right to {endpoint.service}"
        ground.fault(at("poll"), text, "add fixed_purpose: to an access right of the institution to the service")


def _check_collect(ground: Ground, endpoint: Endpoint, at: Place) -> None:
    """Files are written where the adapter writes them, and only there."""
    adapter, collect = ground.adapters.get(endpoint.adapter), endpoint.collect
    collects = adapter is None or (adapter.spec.collects and endpoint.direction is Direction.OUT)
    if collect is None:
        if adapter is not None and collects:
            text = "a file holds many messages, and nothing says when it is written"
            ground.fault(at(), text, "add collect: {every: 1 h}, or collect: {cron: 0 16 * * mon-fri}", MISSING_FIELD)
        return
    if not collects:
        ground.fault(at("collect"), f"the adapter {endpoint.adapter} writes no files", "remove it")
    if (collect.every is None) == (collect.cron is None):
        ground.fault(
            at("collect"),
            "a file is written so long after its first message, or at certain times",
            "write one of every and cron",
        )
    try:
        due_at(collect, datetime.now(UTC))
    except ValueError as error:
        ground.fault(
            at("collect"),
            f"no such times: {error}",
            "write them such as 0 16 * * mon-fri, and a zone such as Europe/Bucharest",
        )
    if endpoint.writes is None:
        ground.fault(
            at(), "nothing says what stands in a row", "add writes: with a mapping of this file", MISSING_FIELD
        )
    for field in ALONE:
        if getattr(endpoint, field) != getattr(DEFAULTS, field):
            ground.fault(at(field), f"{field!r} has no effect where files are written", "remove it")


def _ask_adapter(ground: Ground, adapter: Adapter, name: str, endpoint: Endpoint) -> None:
    """Let the adapter look.

    Its faults stand at the field that their place names (``url``, ``contract.wsdl``), else at the endpoint's name.
    """
    at = ground.place("endpoints", name)
    try:
        there = followed(endpoint, ground.environ)
        scheme = (there.url or "").partition(":")[0]
        if scheme and scheme not in adapter.spec.schemes:
            ground.fault(at("url"), f"the adapter {endpoint.adapter} calls no {scheme}:", "correct the address")
            return
        with guarded(endpoint.adapter, f"checking {name}"):
            adapter.check(name, there)
    except ConfigError as error:
        own = Finding(code=error.code, severity=Severity.ERROR, text=error.text, rule=error.where, help=error.mend)
        for finding in error.findings or (own,):
            place = finding.rule or ""
            steps = place.split(".")
            known = steps[0] in endpoint.__struct_fields__
            text = finding.text if known or not place else f"{finding.text} ({place})"
            ground.fault(at(*steps) if known else at(), text, finding.help or "", finding.code)


def _warn_of_repeats(ground: Ground, name: str) -> None:
    key = ground.draft.keys["endpoints"][name]
    ground.warnings.append(
        Finding(
            code=EACH_ARRIVAL_NEW,
            severity=Severity.WARNING,
            text=f"{name} declares no message_id: every arrival is a new message, repeats are kept twice",
            rule=where(key),
            line=key.line,
            help="add message_id: header, wsa, or a path into the document",
        )
    )
