"""What a document must hold besides what the record says: fixed texts, numbers of elements, empty places."""

import re
from typing import Final

from hub_core.mapping.out.outrun import Hops, Tree, look
from hub_core.mapping.out.places import Where

# Place, text, and the place whose elements are counted instead.
Fixed = tuple[tuple[Hops, str, Hops | None], ...]
MAX_DEPTH: Final = 40


def put_where_parents_are(tree: Tree, hops: Hops, text: str) -> None:
    """Put a text at a place whose parents are there already and which is empty."""
    *way, (key, many, _) = hops
    for holder in look(tree, tuple(way)):
        if holder.__class__ is dict and key not in holder:
            holder[key] = [text] if many else text


def fixed(tree: Tree, texts: Fixed) -> None:
    """Put the fixed texts, and the numbers of elements."""
    for hops, text, counted in texts:
        put_where_parents_are(tree, hops, text if counted is None else str(len(look(tree, counted))))


def complete(tree: Tree, place: Where, blanks: dict[int, tuple[str, ...]], depth: int = 0) -> None:
    """Put what the contract requires and the record does not say: an empty text, or what stands for no value.

    Args:
        tree: at the place.
        place: of the contract.
        blanks: texts that stand for no value, by ``id`` of their place.
        depth: bound for contracts that require themselves.
    """
    begun = {child.group for name, child in place.children.items() if name in tree}
    for name, child in place.children.items():
        found = tree.get(name)
        if found is None:
            asked = child.required or (child.group is not None and child.group in begun)
            if not asked or depth > MAX_DEPTH:
                continue
            blank = _blank(child, blanks.get(id(child), ()))
            if blank is not None:
                tree[name] = blank
                continue
            if child.leaf is not None or child.many:
                continue
            found = tree[name] = {}
        for one in found if found.__class__ is list else (found,):
            if one.__class__ is dict:
                complete(one, child, blanks, depth + 1)


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
