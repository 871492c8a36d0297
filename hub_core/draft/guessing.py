"""Which rule a leaf suggests, by its name, its type and its texts."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hub_core.canonical import Beneficiary
from hub_core.contract import Place
from hub_core.contract.words import LISTS, OF_OTHERS, PERSON, list_meant, meant, others, parts, plainly
from hub_core.draft.leaves import Leaf
from hub_core.draft.sample import BY_FIELD, value_of
from hub_core.mapping.binding.model import Kind, fields
from hub_core.mapping.codecs import BadValue, chain
from hub_core.mapping.codelists import CodeList

CNP: Final = "identifiers[scheme=ro.cnp].value"
SHARE: Final = 0.6  # of the contract's texts that a code list must know to be suggested
_CODECS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "date": ("date", 'date("%d.%m.%Y")', 'split("T", 0) | date'),
    "partial date": ("partial_date", 'partial_date("%d.%m.%Y")'),
    "month": ("month", 'month("%m.%Y")'),
    "decimal": ("decimal",),
    "integer": ("integer",),
    "country": ("country", "country3"),
    "currency": ("currency",),
    "yes/no": ("yes_no",),
}
_SELECTOR: Final = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True, kw_only=True)
class Group:
    """Rules that stand together: those of the record itself, or of the elements of one of its lists."""

    field: str = ""  # of the record; empty: the record itself
    way: tuple[Place, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Guess:
    """One suggested rule.

    Attributes:
        target: below its group.
        text: of the sample document.
        codec: empty: text.
        codes: name of a code list; empty: none.
    """

    leaf: Leaf
    group: Group
    target: str
    text: str
    codec: str = ""
    codes: str = ""


def guesses(
    found: Sequence[Leaf], *, title: str, lists: Mapping[str, CodeList], persons: Collection[str] = ()
) -> list[Guess]:
    """Return at most one rule per leaf and per target.

    Args:
        found: leaves of the contract.
        title: name of the document.
        lists: code lists.
        persons: names under which the partner is asked about a person's number.
    """
    made: dict[tuple[str, str], Guess] = {}
    ways: dict[str, Group] = {}  # two lists for one field would be guessing too much: the first counts
    # What stands nearer to the root is more often about the person that the document is about.
    for leaf in sorted(found, key=lambda one: (not plainly(one.names[-1]), len(one.way))):
        guess = None if others(leaf.names[:-1]) else _guess(leaf, title, lists, persons)
        if guess is not None and ways.setdefault(guess.group.field, guess.group) == guess.group:
            made.setdefault((guess.group.field, guess.target), guess)
    order = {id(leaf): number for number, leaf in enumerate(found)}
    return sorted(made.values(), key=lambda one: order[id(one.leaf)])


def hints(found: Sequence[Leaf], *, title: str, lists: Mapping[str, CodeList]) -> dict[int, str]:
    """Return, by identity of the leaf, the field that it may be meant for, though no rule could be made of it."""
    said: dict[int, str] = {}
    for leaf in found:
        if meaning := _meaning(leaf, title):
            group, target = meaning
            shown = f"{group.field}[].{target}" if group.field else target
            missing = _kind_in(group, target) == "code" and not _codes_of(leaf, group, target, lists)
            said[id(leaf)] = f"{shown}, with a code list of yours (see punte codes)" if missing else shown
    return said


def _guess(leaf: Leaf, title: str, lists: Mapping[str, CodeList], persons: Collection[str]) -> Guess | None:
    if leaf.names[-1] in persons and list_meant(leaf.names[:-1]) not in OF_OTHERS | {"children"}:
        return _typed(leaf, Group(), CNP, lists)  # in a list as well: different numbers there are refused
    meaning = None if leaf.open else _meaning(leaf, title)
    return _typed(leaf, *meaning, lists) if meaning and "[]" not in meaning[1] else None


def _meaning(leaf: Leaf, title: str) -> tuple[Group, str] | None:
    """Return where in the record a leaf may belong, by the names on its way."""
    if leaf.way[-1].many:
        return None
    group = _group(leaf, title)
    target = meant(leaf.names[len(group.way) :], LISTS[group.field][1]) if group.field else None
    if target is None and not leaf.lists and list_meant(leaf.names[:-1]) not in OF_OTHERS:
        group, target = Group(), meant(leaf.names, PERSON)
    if target is None and len(leaf.way) == 1 and (field := list_meant((title,))):
        group, target = Group(field=field), meant(leaf.names, LISTS[field][1])  # the document is one of a list
    return None if target is None else (group, target)


def _group(leaf: Leaf, title: str) -> Group:
    """Return the list of the record that the list on the way, or a single object, speaks of."""
    if leaf.lists:
        *outer, last = leaf.lists
        depth = last + 1
        field = list_meant(leaf.names[last:depth] if outer else (title, *leaf.names[:depth]))
        if any(list_meant(leaf.names[at : at + 1]) not in {None, field} for at in outer):
            field = None  # such as the addresses of children
        return Group(field=field or "", way=leaf.way[:depth])
    for depth in range(len(leaf.way) - 1, 0, -1):
        if field := list_meant(leaf.names[depth - 1 : depth]):
            return Group(field=field, way=leaf.way[:depth])
    return Group()


def _typed(leaf: Leaf, group: Group, target: str, lists: Mapping[str, CodeList]) -> Guess | None:
    kind = _kind_in(group, target)
    if kind == "code":
        codes = _codes_of(leaf, group, target, lists)
        known = lists[codes].table() if codes else {}
        said = {word.strip() for word in leaf.type.enum} or set(leaf.seen)
        text = value_of(leaf.type, tuple(sorted(known, key=lambda word: word not in said)))
        return Guess(leaf=leaf, group=group, target=target, text=text, codes=codes) if codes else None
    text = value_of(leaf.type, BY_FIELD.get(target, ()))
    codecs = ("cnp",) if "ro.cnp" in target else _CODECS.get(kind, ("",))
    codec = next((one for one in codecs if not one or _reads(one, text)), None)
    return None if codec is None else Guess(leaf=leaf, group=group, target=target, text=text, codec=codec)


def _kind_in(group: Group, target: str) -> Kind:
    """Return what the field of a target holds."""
    path = f"{group.field}.{target}" if group.field else target
    struct: type = Beneficiary
    kind: Kind = "text"
    for name in _SELECTOR.sub("", path).split("."):
        field = fields(struct)[name]
        kind, struct = field.kind, field.struct or struct
    return kind


def _reads(codec: str, text: str) -> bool:
    try:
        chain(codec).parse(text)
    except BadValue:
        return False
    return True


def _codes_of(leaf: Leaf, group: Group, target: str, lists: Mapping[str, CodeList]) -> str:
    """Return the name of a list for a coded field: by the texts of the contract, or by those that were seen.

    A few texts that were seen fit many lists: only one that is named like the field is taken.
    """
    if leaf.type.enum:
        return code_list(leaf.type.enum, lists)
    named = {*parts(target), *parts(group.field.removesuffix("s"))}
    alike = {name: one for name, one in lists.items() if one.of and set(parts(one.of.partition("@")[0])) <= named}
    usual = "eessi-sex@1" if target == "sex" and not leaf.seen else ""
    return code_list(leaf.seen, alike) or usual


def code_list(texts: Sequence[str], lists: Mapping[str, CodeList]) -> str:
    """Return the name of the list that knows most of some texts; empty if none knows enough of them."""
    words = {word.strip() for word in texts}
    shares = {name: len(words & one.table().keys()) / len(words) for name, one in lists.items() if one.of and words}
    best = max(shares, key=lambda name: shares[name], default="")
    return best if best and shares[best] >= SHARE else ""
