"""One writing: what the generated source calls, and why a value could not be written."""

from bisect import bisect_right
from datetime import date
from operator import itemgetter
from typing import Any

from hub_core.canonical.values import Code
from hub_core.mapping.writing.outrun import (
    OWN,
    Checks,
    Hop,
    Hops,
    Spans,
    Tree,
    Words,
    join,
    look,
    reach,
    settle,
    text_at,
    within,
)


class Out:
    """One writing: why a value could not be written, by the object that holds it.

    Args:
        gaps: why a value is missing and how the source said so, by the ``id`` of its object and the field.
        day: that the record speaks of, for the code lists in force.
        loose: elements of several rules are joined where they do not contradict; else only where each rule reads
            the same of both.
    """

    __slots__ = ("_reads", "dated", "day", "gaps", "late", "loose", "missing", "reasons", "same", "torn")

    def __init__(self, gaps: dict[tuple[int, str], tuple[str, str | None]], *, day: date, loose: bool = False) -> None:
        self.day = day.isoformat()
        self.dated = False  # the day made a difference
        self.reasons: dict[tuple[int, str], tuple[str, str, str]] = {}
        self.gaps = gaps
        self.loose = loose
        self.missing: list[tuple[str, ...]] = []
        self.torn = False  # loose or not makes a difference
        self.late: list[tuple[Tree, Hops, str]] = []
        self.same: dict[int, int] = {}  # objects that were copied, so that shells stand in them
        # What rules read of an element, by its id; the element is held, so that no other one gets its id.
        self._reads: dict[int, tuple[Tree, frozenset[str]]] = {}

    def gap(self, owner: object, name: str, tokens: tuple[tuple[str, ...], tuple[str, ...]]) -> str | None:
        """Return how the partner says that a value is unknown (first tokens) or withheld (second)."""
        why, text = self.gaps.get((id(owner), name), ("", None))
        words = tokens[0] if why == "unknown" else tokens[1] if why else ()
        return text if text in words else words[0] if words else None

    def plain(self, text: str, kind: str) -> Any:
        """Return a text as the JSON value that the contract wants."""
        if kind == "boolean":
            return text == "true" if text in {"true", "false"} else text
        try:
            return int(text) if kind == "integer" or text.lstrip("-").isdigit() else float(text)
        except ValueError:
            return text

    def in_force(self, spans: Spans) -> Words:
        """Return what a code list says on the day of the record."""
        self.dated = True
        return spans[bisect_right(spans, self.day, key=itemgetter(0)) - 1][1]

    def settle(self, tree: Tree, ways: tuple[tuple[str, ...], ...]) -> None:
        """Take out what was left empty on some ways into a tree; a tree of its own text only becomes that text."""
        for way in ways:
            settle(tree, way, 0)

    def no(self, owner: object, name: str, code: str, text: str, rule: str) -> None:
        """Note why a field of an object is not in the document; the first reason counts."""
        self.reasons.setdefault((id(owner), name), (code, text, rule))

    def why(self, owner: object, name: str) -> tuple[str, str, str] | None:
        """Return code, text and rule of the reason noted for a field."""
        key = id(owner)
        return self.reasons.get((self.same.get(key, key), name))

    def store(self, tree: Tree, hops: Hops, value: Any, owner: object, name: str, rule: str) -> None:
        """Put a value at a place. What stands there already stays, and the new value is reported."""
        *way, (key, many, filters) = hops
        tree = reach(tree, tuple(way)) if way else tree
        if filters:
            tree, key, many = reach(tree, ((key, many, filters),)), OWN, False
        old = tree.get(key)
        if old is None:
            tree[key] = [value] if many else value
        elif old.__class__ is dict:
            self.store(old, ((OWN, False, ()),), value, owner, name, rule)
        elif old != ([value] if many else value):
            self.no(owner, name, "M403", "another value stands at its place", rule)

    def word(self, value: Code, words: Words, parse: Any, *, keeps: bool) -> str | None:
        """Return the text that a partner writes for a coded value; the text as it was received where it is theirs."""
        shown, codes, texts = words
        text = value.text
        if text is not None:
            try:
                code = codes.get(parse(text) if parse else text)
            except ValueError:
                code = None
            if code == value.code and (code is not None or keeps):
                return text
        if value.code is None or value.list != shown:
            return None
        return texts.get(value.code)

    def there(self, tree: Tree, hops: Hops) -> bool:
        """Tell whether something stands at a place."""
        return bool(look(tree, hops))

    def met(self, tree: Tree, checks: Checks) -> bool:
        """Tell whether the conditions of a rule hold as the tree stands."""
        for hops, values, present in checks:
            found = look(tree, hops)
            if values:
                if not {text_at(one) for one in found} & set(values):
                    return False
            elif bool(found) != present:
                return False
        return True

    def can(self, tree: Tree, checks: Checks) -> bool:
        """Tell whether the conditions of a rule hold, or could if what is not there yet were put in."""
        for hops, values, present in checks:
            found = look(tree, hops)
            if values:
                texts = {text for one in found if (text := text_at(one)) is not None}
                if texts and not texts & set(values):
                    return False
            elif not present and found:
                return False
        return True

    def holds(self, tree: Tree, checks: Checks) -> bool:
        """Make the conditions of a rule hold that name a text; tell whether they can."""
        if not self.can(tree, checks):
            return False
        for hops, values, _ in checks:
            if values and not look(tree, hops):
                *way, (key, many, _) = hops
                reach(tree, tuple(way))[key] = [values[0]] if many else values[0]
        return True

    def either(self, tree: Tree, ways: tuple[Checks, ...]) -> None:
        """Make one of several conditions hold, if none does."""
        if not any(self.met(tree, checks) for checks in ways):
            any(self.holds(tree, checks) for checks in ways)

    def add(self, tree: Tree, hop: Hop, element: Tree, used: set[int], reads: frozenset[str]) -> None:
        """Add an element to a place that repeats, or join it to one of another rule if both read the same as before.

        Args:
            tree: in which the place lies.
            hop: the place.
            element: what to add.
            used: ids of the elements that this rule has used.
            reads: names right below the place that this rule reads.
        """
        name, many, filters = hop
        for key, literal in filters:
            element.setdefault(key, literal)
        if not element:
            return
        elements = tree.get(name)
        if elements is None:
            tree[name] = [element] if many else element
        else:
            if elements.__class__ is not list:
                elements = tree[name] = [elements]
            if len(used) < len(elements):
                for one in elements:
                    if id(one) not in used and one.__class__ is dict and self._alike(one, element, reads):
                        join(one, element)
                        used.add(id(one))
                        self._reads[id(one)] = (one, self._read(one, reads) | reads)
                        return
            elements.append(element)
        used.add(id(element))
        self._reads[id(element)] = (element, reads)

    def add_all(self, tree: Tree, hop: Hop, elements: list[Tree], reads: frozenset[str]) -> None:
        """Add elements of one rule to a place that repeats."""
        used: set[int] = set()
        for element in elements:
            self.add(tree, hop, element, used, reads)

    def _alike(self, one: Tree, other: Tree, reads: frozenset[str]) -> bool:
        """Tell whether two elements say the same to both of their rules."""
        common = one.keys() & other.keys()
        strictly = all(one.get(name) == other.get(name) for name in (*common, *(reads & self._read(one, reads))))
        loosely = not common or within(other, one)
        self.torn = self.torn or strictly != loosely
        return loosely if self.loose else strictly

    def _read(self, one: Tree, otherwise: frozenset[str]) -> frozenset[str]:
        return self._reads[id(one)][1] if id(one) in self._reads else otherwise
