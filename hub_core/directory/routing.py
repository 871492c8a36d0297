"""Which institutions get a message: pure functions of one registry set and one canonical record.

A message goes to an endpoint once: where several routes name the same one, the first of them counts.
"""

import msgspec

from hub_core.canonical import Beneficiary
from hub_core.canonical.path import canonical_path
from hub_core.directory import Condition, Directory, Route


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One target of a message.

    Attributes:
        order_key: messages with the same key reach this endpoint one after the other; ``None``: in any order.
    """

    route: str
    endpoint: str
    order_key: str | None


class ConditionVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """Why a condition held or not.

    Attributes:
        test: what it asks for, in words.
        count: how many values stand at its path.
        values: those values; personal, so only where they were asked for.
    """

    at: str
    test: str
    held: bool
    count: int
    values: tuple[str, ...] = ()


class RouteVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """Why a route was chosen or not.

    Attributes:
        why: in one sentence, without any value of the record.
        to: endpoints that get the message by this route.
        order_key: whether the value that keeps messages in order is there; ``None``: the route asks for no order.
    """

    route: str
    chosen: bool
    why: str
    conditions: tuple[ConditionVerdict, ...]
    to: tuple[str, ...]
    order_key: bool | None


def select(directory: Directory, service: str, record: Beneficiary) -> list[Choice]:
    """Return the targets of a record that came in through a service, in the order of the registry."""
    chosen: dict[str, Choice] = {}
    for name, route in directory.listening(service).items():
        if _wants(route, record):
            key = _order_key(route, record)
            for endpoint in route.to:
                chosen.setdefault(endpoint, Choice(route=name, endpoint=endpoint, order_key=key))
    return list(chosen.values())


def explain(directory: Directory, service: str, record: Beneficiary, *, reveal: bool = False) -> list[RouteVerdict]:
    """Return the verdict on every route; values of the record only with ``reveal``."""
    taken: dict[str, str] = {}
    verdicts = []
    for name, route in directory.routes.items():
        conditions = tuple(_judged(condition, record, reveal=reveal) for condition in route.when)
        listens = not route.services or service in route.services
        to = tuple(endpoint for endpoint in route.to if listens and all(c.held for c in conditions))
        fresh = tuple(endpoint for endpoint in to if endpoint not in taken)
        verdicts.append(
            RouteVerdict(
                route=name,
                chosen=bool(fresh),
                why=_why(service, listens=listens, conditions=conditions, to=to, taken=taken),
                conditions=conditions,
                to=fresh,
                order_key=None if route.order_by is None else _order_key(route, record) is not None,
            )
        )
        taken |= dict.fromkeys(fresh, name)
    return verdicts


def holds(condition: Condition, record: Beneficiary) -> bool:
    """Tell whether a record passes a test; any of several values is enough."""
    path = canonical_path(condition.at)
    if condition.present is not None:
        return bool(path.find(record)) is condition.present
    values = path.values(record)
    return condition.equals in values if not condition.one_of else not set(values).isdisjoint(condition.one_of)


def _wants(route: Route, record: Beneficiary) -> bool:
    for condition in route.when:  # noqa: SIM110 - all() would make a generator for each route and message
        if not holds(condition, record):
            return False
    return True


def _order_key(route: Route, record: Beneficiary) -> str | None:
    if route.order_by is None:
        return None
    return next(iter(canonical_path(route.order_by).values(record)), None)


def _judged(condition: Condition, record: Beneficiary, *, reveal: bool) -> ConditionVerdict:
    path = canonical_path(condition.at)
    return ConditionVerdict(
        at=condition.at,
        test=_in_words(condition),
        held=holds(condition, record),
        count=len(path.find(record)),
        values=tuple(path.values(record)) if reveal else (),
    )


def _in_words(condition: Condition) -> str:
    if condition.present is not None:
        return "is present" if condition.present else "is absent"
    if condition.one_of:
        return f"is one of {', '.join(condition.one_of)}"
    return f"equals {condition.equals}"


def _standing(count: int) -> str:
    return "nothing stands" if not count else "1 value stands" if count == 1 else f"{count} values stand"


def _why(
    service: str,
    *,
    listens: bool,
    conditions: tuple[ConditionVerdict, ...],
    to: tuple[str, ...],
    taken: dict[str, str],
) -> str:
    if not listens:
        return f"does not look at the service {service}"
    if missed := [condition for condition in conditions if not condition.held]:
        return "; ".join(f"{condition.at} {condition.test}: {_standing(condition.count)} there" for condition in missed)
    if repeated := [endpoint for endpoint in to if endpoint in taken]:
        others = "; ".join(f"{endpoint} already gets it by the route {taken[endpoint]}" for endpoint in repeated)
        return f"all conditions hold; {others}"
    return "all conditions hold"
