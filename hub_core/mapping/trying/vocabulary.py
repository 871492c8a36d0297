"""The texts that a mapping itself names: literals of filters and conditions, tokens, statuses of answers.

They are words of the contract, not of a person, and stand in the mapping for everybody to read.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from hub_core.mapping.binding.plan import AnswerPlan, Check, Obj, Scope, Value
from hub_core.mapping.language.paths import Steps
from hub_core.mapping.trying.coverage import values

_BRACKETS: Final = re.compile(r"\[[^\]]*\]")
Named = tuple[str, str]  # name of the last step, as in a document; and the text there


def vocabulary(plan: Scope, answer: AnswerPlan | None) -> frozenset[Named]:
    """Return the texts that a mapping names, each with the last step of the place where it names them."""
    found = set(_of_scope(plan, ""))
    if answer is not None:
        found.update((_last(answer.steps), text) for text in answer.meanings)
    return frozenset(found)


def parts_of_days(plan: Scope) -> frozenset[str]:
    """Return the last steps of places that hold a year, a month or a day alone, of which a rule joins a date."""
    return frozenset(
        _last(origin.steps)
        for _, value in values(plan)
        if value.join is not None
        for origin in value.origins
        if origin.chain.gives in {"date", "partial date", "month"}
    )


def code_texts(plan: Scope) -> dict[str, frozenset[str]]:
    """Return the texts that the code lists of a mapping read, by ``list@version``."""
    lists = {value.codes.name: value.codes for _, value in values(plan) if value.codes is not None}
    versions = [version for one in lists.values() for version in one.versions or (one,)]
    return {version.name: frozenset(version.table()) for version in versions}


def lists_at(plan: Scope, field: str) -> frozenset[str]:
    """Return the code lists that a record names in a coded field, as far as one mapping fills it.

    Args:
        plan: of the mapping.
        field: canonical path, or its end; brackets do not matter.
    """
    wanted = f".{_BRACKETS.sub('', field)}"
    return frozenset(
        version.shown
        for at, value in values(plan)
        if value.codes is not None and f".{_BRACKETS.sub('', at)}".endswith(wanted)
        for version in value.codes.versions or (value.codes,)
    )


def _of_scope(scope: Scope, base: str) -> Iterator[Named]:
    """Yield what a scope names; ``base`` is the last step of the place that its paths start from."""
    yield from _of_steps(scope.base)
    yield from _of_checks(scope.checks, base)
    here = _last(scope.base) or base
    yield from _of_checks(scope.where, here)
    for steps in scope.named:
        yield from _of_steps(steps)
    if scope.value is not None:
        yield from _of_value(scope.value, here)
    for root in (scope.root, scope.call.root if scope.call else None):
        if root is not None:
            yield from _of_object(root, here)


def _of_object(obj: Obj, base: str) -> Iterator[Named]:
    for value in obj.values():
        yield from _of_value(value, base)
    for scope in obj.all_scopes():
        yield from _of_scope(scope, base)


def _of_value(value: Value, base: str) -> Iterator[Named]:
    yield from _of_checks(value.checks, base)
    for origin in value.origins:
        yield from _of_steps(origin.steps)
        name = _last(origin.steps) or base
        yield from ((name, token) for token in (*value.absent, *value.unknown, *value.withheld))


def _of_checks(checks: Iterable[Check], base: str) -> Iterator[Named]:
    for check in checks:
        yield from _of_steps(check.steps)
        yield from ((_last(check.steps) or base, text) for text in check.values)


def _of_steps(steps: Steps) -> Iterator[Named]:
    """A filter without ``@`` may mean an attribute or a child."""
    for step in steps:
        for one in step.filters:
            yield one.name, one.literal
            yield f"@{one.name.removeprefix('@')}", one.literal


def _last(steps: Steps) -> str:
    return steps[-1].name if steps else ""
