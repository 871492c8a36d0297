"""Which sequences of elements a group allows: regular expressions over names, compared by their derivatives.

Source: J. A. Brzozowski, Derivatives of Regular Expressions, JACM 11 (1964).
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

from hub_core.contract.changes.forms import Element, Group, Particle, Wildcard

Word = tuple[Any, ...]  # ("sym", name), ("seq", (...)), ("alt", {...}), ("all", {...}), ("star", word), ("nothing",)
NOTHING: Final[Word] = ("nothing",)
EMPTY: Final[Word] = ("seq", ())
MAX_STATES: Final = 1_000  # of one comparison
Left = Literal["empty", "out"]


def words(group: Group, known: Mapping[str, str], ranks: Mapping[int, int], *, left: Left, often: bool = True) -> Word:
    """Return the expression of a group.

    Args:
        group: to be compared with another.
        known: names that both have, and under which name they are compared; other elements and wildcards are left out.
        ranks: counts above 1, in both, as small numbers that stand in the same order.
        left: alternatives that are left out leave nothing in their place (``empty``), or are none (``out``).
        often: how often an element itself stands counts; otherwise each stands once.
    """
    return _word(group, _How(known, ranks, left, often)) or EMPTY


class _How:
    def __init__(self, known: Mapping[str, str], ranks: Mapping[int, int], left: Left, often: bool) -> None:  # noqa: FBT001 - one caller, right above
        self.known = known
        self.ranks = ranks
        self.left = left
        self.often = often


def _word(particle: Particle, how: _How) -> Word | None:
    """Return the expression of a particle; ``None``: it is left out."""
    if isinstance(particle, Wildcard):
        return None
    if isinstance(particle, Element):
        name = how.known.get(particle.name)
        if name is None:
            return None
        return _repeated(("sym", name), particle, how) if how.often else ("sym", name)
    made = [_word(item, how) for item in particle.items]
    kept = [one for one in made if one is not None]
    if not kept:
        return None
    if particle.kind == "choice":
        more = [EMPTY] if how.left == "empty" and len(kept) < len(made) else []
        inner = _alt([*kept, *more])
    else:
        inner = ("all", frozenset(kept)) if particle.kind == "all" and len(kept) > 1 else _seq(kept)
    return _repeated(inner, particle, how)


def _repeated(word: Word, particle: Particle, how: _How) -> Word:
    least = how.ranks.get(particle.least, particle.least)
    if particle.most is None:
        return _seq([*[word] * least, ("star", word)])
    most = how.ranks.get(particle.most, particle.most)
    optional = EMPTY
    for _ in range(most - least):
        optional = _alt([EMPTY, _seq([word, optional])])
    return _seq([*[word] * least, optional])


def ranks(*groups: Group) -> dict[int, int]:
    """Return small numbers for the counts above 1 that stand in some groups."""
    found: set[int] = set()
    waiting: list[Particle] = list(groups)
    while waiting:
        one = waiting.pop()
        found |= {count for count in (one.least, one.most) if count is not None and count > 1}
        waiting += one.items if isinstance(one, Group) else ()
    return {count: number for number, count in enumerate(sorted(found), 2)}


def _seq(parts: list[Word]) -> Word:
    flat: list[Word] = []
    for part in parts:
        if part == NOTHING:
            return NOTHING
        flat += part[1] if part[0] == "seq" else [part]
    return flat[0] if len(flat) == 1 else ("seq", tuple(flat))


def _alt(parts: list[Word]) -> Word:
    flat: set[Word] = set()
    for part in parts:
        flat |= part[1] if part[0] == "alt" else {part}
    flat.discard(NOTHING)
    if len(flat) <= 1:
        return next(iter(flat), NOTHING)
    return ("alt", frozenset(flat))


def _ends(word: Word) -> bool:
    """Whether nothing at all fits."""
    kind = word[0]
    if kind in {"seq", "all"}:
        return all(_ends(part) for part in word[1])
    return any(_ends(part) for part in word[1]) if kind == "alt" else kind == "star"


def _first(word: Word) -> set[str]:
    kind = word[0]
    if kind == "sym":
        return {word[1]}
    if kind == "star":
        return _first(word[1])
    found: set[str] = set()
    for part in word[1] if kind != "nothing" else ():
        found |= _first(part)
        if kind == "seq" and not _ends(part):
            break
    return found


def _after(word: Word, name: str) -> Word:
    """Return what may follow once an element stood there."""
    kind = word[0]
    if kind == "sym":
        return EMPTY if word[1] == name else NOTHING
    if kind == "alt":
        return _alt([_after(part, name) for part in word[1]])
    if kind == "star":
        return _seq([_after(word[1], name), word])
    if kind == "all":
        parts = [(after, part) for part in word[1] if (after := _after(part, name)) != NOTHING]
        return _alt([_seq([after, ("all", word[1] - {part})]) for after, part in parts])
    found: list[Word] = []
    for number, part in enumerate(word[1] if kind == "seq" else ()):
        found.append(_seq([_after(part, name), *word[1][number + 1 :]]))
        if not _ends(part):
            break
    return _alt(found)


def includes(wide: Word, narrow: Word) -> bool:
    """Tell whether everything that fits one expression fits another; no, where that takes too long to say."""
    waiting, seen = [(narrow, wide)], {(narrow, wide)}
    while waiting:
        one, other = waiting.pop()
        if one == other:
            continue
        if (_ends(one) and not _ends(other)) or len(seen) > MAX_STATES:
            return False
        for name in _first(one):
            pair = (_after(one, name), _after(other, name))
            if pair[1] == NOTHING:
                return False
            if pair not in seen:
                seen.add(pair)
                waiting.append(pair)
    return True
