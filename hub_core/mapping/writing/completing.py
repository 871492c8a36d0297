"""What a document must hold besides what the record says: fixed texts, numbers of elements, empty places."""

import re
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from hub_core.mapping.binding.plan import Scope
from hub_core.mapping.language.paths import Steps
from hub_core.mapping.writing.outrun import OWN, Hops, Tree, look
from hub_core.mapping.writing.places import Where, below
from hub_core.mapping.writing.uses import Uses

# Place, text, and the place whose elements are counted instead.
Fixed = tuple[tuple[Hops, str, Hops | None], ...]
Path = tuple[str, ...]
MAX_DEPTH: Final = 40


@dataclass(frozen=True, slots=True)
class Named:
    """Which places of a contract a mapping writes.

    Attributes:
        texts: what stands for no value, by ``id`` of the place; places live as long as their contract.
        passed: ids of the places that lie on the way to them.
    """

    texts: Mapping[int, tuple[str, ...]]
    passed: AbstractSet[int]


def named(plan: Scope, root: Where, fixed: Iterable[Steps]) -> Named:
    """Return which places rules, literals of their conditions, and fixed texts write."""
    uses = Uses(plan, root)
    texts: dict[int, tuple[str, ...]] = {}
    for key, use in uses.by_place.items():
        tokens = [value.absent for value, _ in use.values if not value.never]
        if tokens or use.literals:
            texts[key] = next((one for one in tokens if one), ())
    for steps in fixed:
        for length in range(len(steps) + 1):
            uses.passed.add(id(below(root, steps[:length])))
        texts.setdefault(id(below(root, steps)), ())
    return Named(texts, uses.passed)


def unwritten(root: Where, known: Named) -> Iterator[Path]:
    """Yield the places for a text that a contract wants where a mapping writes, and that nothing in the mapping writes.

    Args:
        root: of the contract.
        known: what the mapping writes.
    """
    yield from _unwritten(root, (), known, 0)


def _unwritten(place: Where, path: Path, known: Named, depth: int) -> Iterator[Path]:
    begun = {child.group for child in place.children.values() if id(child) in known.passed}
    for name, child in place.children.items():
        asked = child.required or (child.group is not None and child.group in begun)
        if asked and child.leaf is not None and not child.many and id(child) not in known.texts:
            yield *path, name
        if (asked or id(child) in known.passed) and child.children and depth < MAX_DEPTH:
            yield from _unwritten(child, (*path, name), known, depth + 1)


def put_where_parents_are(tree: Tree, hops: Hops, text: str) -> None:
    """Put a text at a place whose parents are there already and which is empty."""
    *way, (key, many, _) = hops
    for holder in look(tree, tuple(way)) if way else (tree,):
        if holder.__class__ is dict and key not in holder:
            holder[key] = [text] if many else text


def fixed(tree: Tree, texts: Fixed) -> None:
    """Put the fixed texts, and the numbers of elements."""
    for hops, text, counted in texts:
        put_where_parents_are(tree, hops, text if counted is None else str(len(look(tree, counted))))


class _Needs:
    """What a contract asks for right below a place.

    Attributes:
        asked: name, optional group, and the text that is put where nothing stands, if there is one.
        made: names of places without a text of their own, which are put in empty.
        groups: optional groups, whose elements ask for each other, by name.
        inner: places that hold others, by name; ``below`` what they need, once one was there.
        nobody: paths of what is asked for and no rule writes, by name.
    """

    __slots__ = ("asked", "below", "groups", "inner", "made", "nobody", "path")

    def __init__(self, place: Where, path: Path, known: Named) -> None:
        self.path = path
        self.asked: list[tuple[str, int | None, str | None]] = []
        self.nobody: dict[str, Path] = {}
        self.groups: dict[str, int] = {}
        for name, child in place.children.items():
            if child.group is not None:
                self.groups[name] = child.group
            if not child.required and child.group is None:
                continue
            if child.leaf is not None and not child.many and id(child) not in known.texts:
                self.nobody[name] = (*path, name)
            group = None if child.required else child.group
            self.asked.append((name, group, _blank(child, known.texts.get(id(child), ()))))
        self.inner: dict[str, Where] = {name: one for name, one in place.children.items() if one.children}
        self.below: dict[str, _Needs] = {}
        self.made = {name for name, one in place.children.items() if one.leaf is None and not one.many}


class Required:
    """Puts what a contract requires and a record does not say: an empty text, or what stands for no value.

    Only places that rules write are filled so; what nobody writes is told.
    """

    def __init__(self, root: Where, known: Named) -> None:
        self._named = known
        self._root = _Needs(root, (), known)

    def complete(self, tree: Tree) -> list[Path]:
        """Complete a whole tree; return the places that the contract wants and no rule writes."""
        missing: list[Path] = []
        self._complete(tree, self._root, missing, 0)
        return missing

    def _complete(self, tree: Tree, needs: _Needs, missing: list[Path], depth: int) -> None:
        self._fill(tree, needs, missing, depth)
        for name in needs.inner.keys() & tree.keys() if needs.inner else ():
            inner = needs.below.get(name)
            if inner is None:
                inner = needs.below[name] = _Needs(needs.inner[name], (*needs.path, name), self._named)
            value = tree[name]
            if value.__class__ is str and inner.asked:
                value = tree[name] = {OWN: value}
            for one in value if value.__class__ is list else (value,):
                if one.__class__ is dict:
                    self._complete(one, inner, missing, depth + 1)

    def _fill(self, tree: Tree, needs: _Needs, missing: list[Path], depth: int) -> None:
        """Put what is asked for right below one place."""
        begun = {needs.groups[name] for name in needs.groups.keys() & tree.keys()} if needs.groups else ()
        for name, group, blank in needs.asked:
            if name in tree or (group is not None and group not in begun):
                continue
            if name in needs.nobody:
                missing.append(needs.nobody[name])
            elif blank is not None:
                tree[name] = blank
            elif name in needs.made and depth <= MAX_DEPTH:
                tree[name] = {}


def _blank(place: Where, tokens: tuple[str, ...]) -> str | None:
    """Return the text that says nothing and that the contract takes; ``None``: there is none."""
    leaf = place.leaf
    if leaf is None or place.many:
        return None
    for text in ("", *tokens):
        fits = not leaf.enum or text in leaf.enum
        fits = fits and (leaf.pattern is None or re.fullmatch(leaf.pattern, text) is not None)
        if fits and len(text) >= leaf.min_length and (text or leaf.kind == "text"):
            return text
    return None
