"""What a group of elements holds, old against new."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from hub_core.contract.changes.forms import Attribute, Element, Group, Particle, Type, Wildcard, elements, wildcards
from hub_core.contract.changes.model import Delta
from hub_core.contract.changes.wildcards import wildcards_compared
from hub_core.contract.changes.words import Left, Word, includes, ranks, words
from hub_core.contract.wsdl.names import split

Count = tuple[int, int | None]  # at least, at most


class Paired(msgspec.Struct, frozen=True, kw_only=True):
    """Two groups: what became another, and which elements of both are the same, by the name in the old one."""

    deltas: tuple[Delta, ...]
    pairs: tuple[tuple[Element, Element], ...]


class _Stand(msgspec.Struct, frozen=True):
    """How an element stands in a group: whether it must, and whether it is an alternative to one that both have."""

    element: Element
    required: bool
    alternative: bool
    before: str  # the element of both that stands before it


def paired(old: Group, new: Group) -> Paired:
    """Compare two groups, in their shortest form."""
    ours, theirs = _by_name(old), _by_name(new)
    both = ours.keys() & theirs.keys()
    gone = {stand.element.name: stand for stand in _stands(old, both) if stand.element.name not in both}
    come = {stand.element.name: stand for stand in _stands(new, both) if stand.element.name not in both}
    renamed = dict(_renamed(gone, come))
    deltas: list[Delta] = []
    for name, now in renamed.items():
        deltas.append(renaming(gone.pop(name).element, come.pop(now).element))
    known_now = {name: name for name in both} | {now: name for name, now in renamed.items()}
    known = {name: name for name in (*both, *renamed)}
    arranged, alternatives = _arranged(old, new, known, known_now)
    deltas += [_removed(stand) for stand in gone.values()]
    deltas += [_added(stand, alternatives=alternatives) for stand in come.values()]
    deltas += [*arranged, *wildcards_compared(list(wildcards(old)), list(wildcards(new)))]
    pairs = [(ours[name][0], theirs[now][0]) for now, name in sorted(known_now.items(), key=lambda pair: pair[1])]
    return Paired(deltas=tuple(deltas), pairs=tuple(pairs))


def _by_name(group: Group) -> dict[str, list[Element]]:
    found: dict[str, list[Element]] = defaultdict(list)
    for element in elements(group):
        found[element.name].append(element)
    return found


def _stands(group: Group, both: set[str]) -> Iterator[_Stand]:
    before = ""
    for element, required, alternative in _standing(group, both, required=True, alternative=False):
        yield _Stand(element, required, alternative, before)
        before = element.name if element.name in both else before


def _standing(
    particle: Particle, both: set[str], *, required: bool, alternative: bool
) -> Iterator[tuple[Element, bool, bool]]:
    if isinstance(particle, Element):
        yield particle, required and particle.least > 0, alternative
    elif isinstance(particle, Group):
        is_choice = particle.kind == "choice" and any(element.name in both for element in elements(particle))
        for item in particle.items:
            yield from _standing(
                item,
                both,
                required=required and particle.least > 0 and not is_choice,
                alternative=alternative or is_choice,
            )


def _renamed(gone: dict[str, _Stand], come: dict[str, _Stand]) -> Iterator[tuple[str, str]]:
    """Yield old and new names that mean one element: in another namespace, or the same type at the same place."""
    taken: set[str] = set()
    for name, stand in gone.items():
        fitting = [now for now in come if now not in taken and split(now)[1] == split(name)[1]]
        fitting += [
            now
            for now, other in come.items()
            if now not in taken
            and other.before == stand.before
            and other.alternative == stand.alternative
            and _alike(stand.element, other.element)
        ]
        if fitting:
            taken.add(fitting[0])
            yield name, fitting[0]


def _alike(one: Element, other: Element) -> bool:
    same_place = (one.least, one.most, one.nillable) == (other.least, other.most, other.nillable)
    return same_place and _same_type(one.type, other.type)


def _same_type(one: Type, other: Type) -> bool:
    if one.name or other.name:
        return one.name == other.name and one.values == other.values
    return one.values == other.values and {it.name for it in elements(one.body.content)} == {
        it.name for it in elements(other.body.content)
    }


def renaming(old: Element | Attribute, new: Element | Attribute) -> Delta:
    """Return the change of a name."""
    (space, local), (space_now, local_now) = (split(one.name.removeprefix("@")) for one in (old, new))
    kind, text = "renamed", f"renamed to {local_now}"
    if local == local_now:
        kind, text = "moved", f"moved from {space or 'no namespace'} to {space_now or 'no namespace'}"
    return Delta(kind=kind, text=text, name=old.name, narrows=True, widens=True, old=old.at, new=new.at)


def _removed(stand: _Stand) -> Delta:
    element = stand.element
    if stand.alternative:
        kind, text, widens = "alternative-removed", "no longer one of the alternatives", False
    else:
        kind, text, widens = "element-removed", "removed, was " + _must(required=stand.required), stand.required
    return Delta(kind=kind, text=text, name=element.name, narrows=True, widens=widens, old=element.at)


def _added(stand: _Stand, *, alternatives: "Relation | None") -> Delta:
    element = stand.element
    if stand.alternative:
        widens = alternatives is not None and alternatives.widens
        text = "one more alternative"
        return Delta(
            kind="alternative-added", text=text, name=element.name, narrows=False, widens=widens, new=element.at
        )
    text = "new, " + _must(required=stand.required)
    return Delta(
        kind="element-added", text=text, name=element.name, narrows=stand.required, widens=False, new=element.at
    )


def _must(*, required: bool) -> str:
    return "required" if required else "optional"


class Relation(msgspec.Struct, frozen=True):
    """How two languages stand to each other."""

    narrows: bool
    widens: bool

    def __bool__(self) -> bool:
        return self.narrows or self.widens


def _arranged(
    old: Group, new: Group, known: dict[str, str], known_now: dict[str, str]
) -> tuple[list[Delta], Relation | None]:
    """Return what became another in how often and in which order elements of both stand.

    The relation is that of groups that got or lost alternatives, where nothing else became another.
    """
    if not known or (_shape(old, known) == _shape(new, known_now) and _counts(old, known) == _counts(new, known_now)):
        return [], None
    scale = ranks(old, new)

    def relation(left: Left, *, often: bool) -> Relation:
        first = words(old, known, scale, left=left, often=often)
        second = words(new, known_now, scale, left=left, often=often)
        return _relation(first, second)

    whole = relation("empty", often=True)
    if not whole:
        return [], None
    if not relation("out", often=True):
        return [], whole
    grouped = relation("out", often=False)
    deltas: list[Delta] = []
    if grouped:
        deltas.append(_regrouped(old, new, known, known_now, grouped))
    if not grouped or deltas[0].kind == "order":
        deltas += _occurrences(old, new, known, known_now)
    return deltas, whole


def _relation(old: Word, new: Word) -> Relation:
    if old == new:
        return Relation(narrows=False, widens=False)
    return Relation(narrows=not includes(new, old), widens=not includes(old, new))


def _shape(particle: Particle, known: dict[str, str]) -> object:
    """Return how groups stand in each other, without what only one side has; alternatives that it lacks count."""
    if isinstance(particle, Element):
        return known.get(particle.name)
    if isinstance(particle, Wildcard):
        return None
    items = [_shape(item, known) for item in particle.items]
    kept = [item for item in items if item is not None]
    if not kept:
        return None
    lacks = particle.kind == "choice" and len(kept) < len(items)
    kind = particle.kind if len(kept) > 1 or lacks else "sequence"
    order = Counter(map(repr, kept)) if kind == "all" else kept
    return kind, particle.least, particle.most, lacks, repr(order)


def _counts(group: Group, known: dict[str, str]) -> list[tuple[str, int, int | None]]:
    return sorted(
        ((known[one.name], one.least, one.most) for one in elements(group) if one.name in known),
        key=repr,
    )


def _regrouped(old: Group, new: Group, known: dict[str, str], known_now: dict[str, str], relation: Relation) -> Delta:
    before, after = ([names[it.name] for it in elements(group) if it.name in names] for group, names in (
        (old, known), (new, known_now),
    ))  # fmt: skip
    kinds, kinds_now = sorted(_kinds(old)), sorted(_kinds(new))
    if before != after and kinds == kinds_now:
        first, second = next((one, two) for one, two in zip(before, after, strict=False) if one != two)
        text = f"another order: {split(second)[1]} now stands where {split(first)[1]} stood"
        kind = "order"
    else:
        kind, text = "grouping", _told(old, new)
    return Delta(kind=kind, text=text, narrows=relation.narrows, widens=relation.widens, old=old.at, new=new.at)


def _told(old: Group, new: Group) -> str:
    kinds, kinds_now = list(_kinds(old)), list(_kinds(new))
    for one, two in zip(kinds, kinds_now, strict=False):
        if one != two:
            return f"{one} became {two}"
    if len(kinds) != len(kinds_now):
        return "its elements stand in other groups"
    return "how often a group of elements stands"


def _kinds(group: Group) -> Iterator[str]:
    yield f"{group.kind}{_often(group.least, group.most)}"
    for item in group.items:
        if isinstance(item, Group):
            yield from _kinds(item)


def _often(least: int, most: int | None) -> str:
    return "" if (least, most) == (1, 1) else f" ({least}..{'any' if most is None else most})"


def _occurrences(old: Group, new: Group, known: dict[str, str], known_now: dict[str, str]) -> Iterator[Delta]:
    first, second = _by_name(old), _by_name(new)
    for now, name in known_now.items():
        one, two = _total(first[name]), _total(second[now])
        if one == two or name not in known:
            continue
        yield msgspec.structs.replace(counted(one, two), name=name, old=first[name][0].at, new=second[now][0].at)


def counted(old: Count, new: Count) -> Delta:
    """Return the change of a count."""
    (least, most), (least_now, most_now) = old, new
    text = f"stood {_times(least, most)}, now {_times(least_now, most_now)}"
    high, high_now = (float("inf") if count is None else count for count in (most, most_now))
    narrows, widens = least_now > least or high_now < high, least_now < least or high_now > high
    return Delta(kind="occurrence", text=text, narrows=narrows, widens=widens)


def _total(uses: Sequence[Element]) -> Count:
    if len(uses) == 1:
        return uses[0].least, uses[0].most
    most = None if any(use.most is None for use in uses) else max(use.most or 0 for use in uses)
    return min(use.least for use in uses), most


def _times(least: int, most: int | None) -> str:
    if least == most:
        return "once" if least == 1 else f"{least} times"
    if most is None:
        return "any number of times" if least == 0 else f"at least {least} times"
    return f"at most {'once' if most == 1 else f'{most} times'}" if least == 0 else f"{least} to {most} times"
