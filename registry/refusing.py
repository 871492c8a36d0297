"""Endpoints that refuse far more than is usual there: a partner has changed something, or we have.

Of the newest 100 messages of an endpoint, none older than a day, at least 20 were refused, and their share is at least
20 points above that of a week ago. Who always sends much that is refused is told when it becomes more.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from hub_core.journal.entries import Judged
from hub_core.message import Severity
from hub_core.ports import JournalView
from registry.parts import Parts

NEWEST: Final = 100
LEAST: Final = 20
MORE: Final = 0.2
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_USUAL: Final = 1000  # messages that say what is usual
_EXACT: Final = timedelta(minutes=1)


class Refusing(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that refuses more than usual.

    Attributes:
        code: of most of the refusals.
        count: refused, ``of`` so many that came from ``begins`` on.
        since: the first refusal of this kind.
        usual: share that was refused a week ago; 0 if nothing came then.
        example: the newest message that was refused with this code.
    """

    endpoint: str
    code: str
    count: int
    of: int
    begins: datetime
    since: datetime
    usual: float
    example: str


def refusing(parts: Parts) -> list[Refusing]:
    """Return the endpoints that refuse more than usual."""
    now = parts.clock.now()
    found = (_refusing(parts.view, name, now) for name in sorted(parts.directory().endpoints))
    return [it for it in found if it is not None]


def _refusing(view: JournalView, name: str, now: datetime) -> Refusing | None:
    newest = _newest(view, name, now)
    if not _is_more(newest, 0):
        return None
    usual = _share(view.judged(name, until=now - _WEEK, limit=_USUAL))
    if not _is_more(newest, usual):
        return None
    refused = [it for it in newest if it.refused]
    code, example = _most(view, refused)
    return Refusing(
        endpoint=name,
        code=code,
        count=len(refused),
        of=len(newest),
        begins=newest[-1].at,
        since=_since(view, name, now, usual=usual, code=code),
        usual=usual,
        example=example,
    )


def _newest(view: JournalView, name: str, at: datetime) -> list[Judged]:
    return [it for it in view.judged(name, until=at, limit=NEWEST) if it.at > at - _DAY]


def _is_more(newest: Sequence[Judged], usual: float) -> bool:
    return sum(it.refused for it in newest) >= LEAST and _share(newest) >= usual + MORE


def _share(judged: Sequence[Judged]) -> float:
    return sum(it.refused for it in judged) / len(judged) if judged else 0.0


def _most(view: JournalView, refused: Sequence[Judged]) -> tuple[str, str]:
    """Return the error of most refusals, whatever warnings stand beside it, and the newest message that has it."""
    (codes, _), *_ = Counter(it.codes for it in refused).most_common()
    example = next(it.id for it in refused if it.codes == codes)
    kept = view.message(example)
    findings = kept.outcome.findings if kept else ()
    return next((it.code for it in findings if it.severity is Severity.ERROR), " ".join(codes)), example


def _since(view: JournalView, name: str, now: datetime, *, usual: float, code: str) -> datetime:
    """Return when the first was refused with this code, of those that made it more than usual."""
    before, after = now - _WEEK, now
    while after - before > _EXACT:
        middle = before + (after - before) / 2
        before, after = (before, middle) if _is_more(_newest(view, name, middle), usual) else (middle, after)
    refused = [it for it in _newest(view, name, after) if it.refused]
    return min(it.at for it in [it for it in refused if code in it.codes] or refused)
