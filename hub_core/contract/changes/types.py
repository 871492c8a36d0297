"""One type against another, and the elements inside that are the same."""

from collections.abc import Iterator

import msgspec

from hub_core.contract.changes.content import Count, counted, paired, renaming
from hub_core.contract.changes.forms import Attribute, Element, Type, Values
from hub_core.contract.changes.model import Delta
from hub_core.contract.changes.values import differences
from hub_core.contract.changes.wildcards import wildcard_compared

TEXT = Values(base="string")


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What came of two types: deltas of the type and of what stands right below, and the pairs to go on with."""

    deltas: tuple[Delta, ...]
    pairs: tuple[tuple[Element, Element], ...] = ()
    derived: tuple[tuple[Type, Type], ...] = ()


def compare_types(old: Type, new: Type) -> Compared:
    """Compare two types, one level deep."""
    if old.open or new.open:
        return Compared(deltas=tuple(_opened(old, new)))
    if _is_text(old) != _is_text(new):
        was, now = ("a text", "an object") if _is_text(old) else ("an object", "a text")
        return Compared(
            deltas=(_at(old, new, Delta(kind="type", text=f"{was} became {now}", narrows=True, widens=True)),)
        )
    deltas = [_at(old, new, one) for one in differences(old.values, new.values)] if old.values and new.values else []
    deltas += [_at(old, new, one) for one in _flags(old, new)]
    deltas += _attributes(old, new)
    inside = paired(old.body.content, new.body.content)
    deltas += inside.deltas
    for one, two in inside.pairs:
        deltas += element_differences(one, two)
    more, both = _derived(old, new)
    return Compared(deltas=(*deltas, *more), pairs=inside.pairs, derived=both)


def element_differences(old: Element, new: Element) -> Iterator[Delta]:
    """Yield what became another in an element itself: nil, default, fixed."""
    if old.nillable != new.nillable:
        text = "may be nil now" if new.nillable else "may no longer be nil"
        yield Delta(
            kind="nillable", text=text, name=old.name, narrows=old.nillable, widens=new.nillable, old=old.at, new=new.at
        )
    if old.items != new.items:
        yield msgspec.structs.replace(_listed(old.items, new.items), name=old.name, old=old.at, new=new.at)
    yield from _given(old, new)


def _listed(old: Count | None, new: Count | None) -> Delta:
    if old is not None and new is not None:
        return counted(old, new)
    text = "one value became a list" if old is None else "a list became one value"
    return Delta(kind="occurrence", text=text, narrows=True, widens=True)


def _given(old: Element | Attribute, new: Element | Attribute) -> Iterator[Delta]:
    """Default and fixed values: what a document means that leaves something out, and what it may say at all."""
    if old.fixed != new.fixed:
        text = f"fixed: {_said(old.fixed)} became {_said(new.fixed)}"
        yield Delta(
            kind="fixed", text=text, name=old.name, narrows=new.fixed is not None, widens=old.fixed is not None,
            old=old.at, new=new.at,
        )  # fmt: skip
    must = isinstance(new, Attribute) and new.required
    if old.default != new.default and not must:
        text = f"what it means where it is left out: {_said(old.default)} became {_said(new.default)}"
        breaks = old.default is not None
        yield Delta(kind="default", text=text, name=old.name, narrows=breaks, widens=breaks, old=old.at, new=new.at)


def _said(value: str | None) -> str:
    return "nothing" if value is None else repr(value[:40])


def _opened(old: Type, new: Type) -> Iterator[Delta]:
    if old.open != new.open:
        text = "anything may stand here now" if new.open else f"anything could stand here, now {new.name or 'a type'}"
        yield _at(old, new, Delta(kind="type", text=text, narrows=old.open, widens=new.open))


def _is_text(type_: Type) -> bool:
    return type_.values is not None


def _at(old: Type, new: Type, delta: Delta) -> Delta:
    return msgspec.structs.replace(delta, old=old.at, new=new.at)


def _flags(old: Type, new: Type) -> Iterator[Delta]:
    if old.mixed != new.mixed:
        text = "text may stand between the elements now" if new.mixed else "no text between the elements any more"
        yield Delta(kind="mixed", text=text, narrows=old.mixed, widens=new.mixed)
    if old.abstract != new.abstract:
        text = "only types derived from it may stand here now" if new.abstract else "its own type may stand here now"
        yield Delta(kind="abstract", text=text, narrows=new.abstract, widens=old.abstract)


def _attributes(old: Type, new: Type) -> Iterator[Delta]:
    ours, theirs = dict(old.body.attributes), dict(new.body.attributes)
    gone = [one for name, one in ours.items() if name not in theirs]
    come = [one for name, one in theirs.items() if name not in ours]
    for name, one in ours.items():
        if name in theirs:
            yield from _attribute(one, theirs[name])
    if len(gone) == len(come) == 1 and _meant(gone[0]) == _meant(come[0]):
        yield renaming(gone[0], come[0])
    else:
        yield from (_removed(one) for one in gone)
        yield from (_added(one) for one in come)
    first, second = old.body.wildcard, new.body.wildcard
    if first is not None and second is not None:
        yield from (_at(old, new, one) for one in wildcard_compared(first, second))
    elif first is not second:
        text = "other attributes may stand here now" if second else "other attributes may no longer stand here"
        yield _at(old, new, Delta(kind="wildcard", text=text, narrows=second is None, widens=False))


def _meant(attribute: Attribute) -> tuple[object, ...]:
    return attribute.required, attribute.values, attribute.default, attribute.fixed


def _removed(one: Attribute) -> Delta:
    text = f"removed, was {'required' if one.required else 'optional'}"
    return Delta(kind="attribute-removed", text=text, name=one.name, narrows=True, widens=one.required, old=one.at)


def _added(one: Attribute) -> Delta:
    text = f"new, {'required' if one.required else 'optional'}"
    return Delta(kind="attribute-added", text=text, name=one.name, narrows=one.required, widens=False, new=one.at)


def _attribute(old: Attribute, new: Attribute) -> Iterator[Delta]:
    if old.required != new.required:
        text = "required now" if new.required else "optional now"
        yield Delta(
            kind="occurrence", text=text, name=old.name, narrows=new.required, widens=old.required,
            old=old.at, new=new.at,
        )  # fmt: skip
    yield from _given(old, new)
    for one in differences(old.values, new.values):
        yield msgspec.structs.replace(one, name=old.name, old=old.said, new=new.said)


def _derived(old: Type, new: Type) -> tuple[list[Delta], tuple[tuple[Type, Type], ...]]:
    """Types that may stand in its place by ``xsi:type``; where it is abstract, one of them has to."""
    ours, theirs = dict(old.derived), dict(new.derived)
    if not ours and not theirs:
        return [], ()
    gone = [name for name, one in ours.items() if name not in theirs and not one.abstract]
    come = [name for name, one in theirs.items() if name not in ours and not one.abstract]
    deltas = [
        Delta(
            kind="derived-type", text=f"{name} can no longer stand here", narrows=True, widens=False,
            old=ours[name].at,
        )
        for name in gone
    ]  # fmt: skip
    deltas += [
        Delta(
            kind="derived-type", text=f"{name} can stand here too", narrows=False, widens=new.abstract,
            new=theirs[name].at,
        )
        for name in come
    ]  # fmt: skip
    return deltas, tuple((one, theirs[name]) for name, one in ours.items() if name in theirs)
