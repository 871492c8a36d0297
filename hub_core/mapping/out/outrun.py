"""What the generated source of writing calls: it fills a tree of values, the document before it is one.

A tree is a dict by name (XML: ``{namespace}local``, ``@attribute``; JSON: keys). The values are texts, trees, and lists
of them where a place repeats; ``""`` is the own text of a place that holds more than that.
"""

from typing import Any, Final

from hub_core.canonical.values import Code

Tree = dict[str, Any]
# Name, whether it repeats, and the texts that the element must hold: (name, literal) by filter.
Hop = tuple[str, bool, tuple[tuple[str, str], ...]]
Hops = tuple[Hop, ...]
Words = tuple[str, dict[str, str], dict[str, str]]  # list, code by text, text by code
Checks = tuple[tuple[Hops, tuple[str, ...], bool], ...]  # place, texts, whether anything is there
OWN: Final = ""


def reach(tree: Tree, hops: Hops) -> Tree:
    """Return the tree at a place, made where it is missing; of a place that repeats, the first that fits."""
    for name, many, filters in hops:
        below = tree.get(name)
        if filters:
            tree = _picked(tree, name, below, filters, many=many)
        elif below is None:
            made: Tree = {}
            tree[name] = [made] if many else made
            tree = made
        elif below.__class__ is dict:
            tree = below
        elif below.__class__ is list:
            if below[0].__class__ is not dict:
                below[0] = {OWN: below[0]}
            tree = below[0]
        else:
            tree[name] = tree = {OWN: below}
    return tree


def _picked(tree: Tree, name: str, below: Any, filters: tuple[tuple[str, str], ...], *, many: bool) -> Tree:
    """Return the element that passes filters; a list is made where there are several elements of a name."""
    found = below if below.__class__ is list else [] if below is None else [below]
    known: list[Tree] = [one for one in found if _passes(one, filters)]
    if known:
        return known[0]
    made: Tree = dict(filters)
    found.append(made)
    tree[name] = found if many or len(found) > 1 else made
    return made


def _passes(item: Any, filters: tuple[tuple[str, str], ...]) -> bool:
    return item.__class__ is dict and all(item.get(key) == literal for key, literal in filters)


def look(tree: Any, hops: Hops) -> list[Any]:
    """Return what stands at a place, without making anything."""
    found = [tree]
    for name, _, filters in hops:
        inner: list[Any] = []
        for one in found:
            below = one.get(name) if one.__class__ is dict else None
            items = below if below.__class__ is list else () if below is None else (below,)
            inner += [item for item in items if not filters or _passes(item, filters)]
        found = inner
    return found


def text_at(found: Any) -> str | None:
    """Return the own text of something in a tree."""
    if found.__class__ is dict:
        found = found.get(OWN)
    if found.__class__ is list:
        found = found[0] if found else None
    return None if found is None else str(found)


def same_code(value: Code | None, constant: Code) -> bool:
    """Tell whether a coded value is the one that a rule writes by itself."""
    return value is not None and value.code == constant.code and value.list == constant.list


def said(element: Any) -> frozenset[str]:
    """Return the fields of an element that say something."""
    names = getattr(element, "__struct_fields__", None)
    if names is None:
        return frozenset(getattr(element, "__dict__", ())) - {"used"}
    return frozenset(name for name in names if getattr(element, name) not in (None, ()))


class Out:
    """One writing: why a value could not be written, by the object that holds it.

    Args:
        gaps: why a value is missing and how the source said so, by the ``id`` of its object and the field.
        loose: elements of several rules are joined where they do not contradict; else only where each rule reads
            the same of both.
    """

    def __init__(self, gaps: dict[tuple[int, str], tuple[str, str | None]], *, loose: bool = False) -> None:
        self.reasons: dict[tuple[int, str], tuple[str, str, str]] = {}
        self.gaps = gaps
        self.loose = loose
        self.late: list[tuple[Tree, Hops, str]] = []
        self.same: dict[int, int] = {}  # objects that were copied, so that shells stand in them
        self._reads: dict[int, frozenset[str]] = {}

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
        if elements is None and not many:
            tree[name] = element
        else:
            if elements.__class__ is not list:
                elements = tree[name] = [] if elements is None else [elements]
            for one in elements:
                if id(one) not in used and one.__class__ is dict and self._alike(one, element, reads):
                    _join(one, element)
                    used.add(id(one))
                    self._reads[id(one)] = self._reads.get(id(one), reads) | reads
                    return
            elements.append(element)
        used.add(id(element))
        self._reads[id(element)] = reads

    def _alike(self, one: Tree, other: Tree, reads: frozenset[str]) -> bool:
        """Tell whether two elements say the same to both of their rules."""
        if self.loose:
            return _within(other, one)
        names = (reads & self._reads.get(id(one), reads)) | (one.keys() & other.keys())
        return all(one.get(name) == other.get(name) for name in names)


def _within(part: Any, whole: Any) -> bool:
    """Tell whether a tree says nothing that another one denies."""
    if part.__class__ is dict and whole.__class__ is dict:
        return all(_within(value, whole[key]) for key, value in part.items() if key in whole)
    if part.__class__ is list and whole.__class__ is list:
        return all(any(_within(one, other) for other in whole) for one in part)
    return bool(part == whole)


def _join(whole: Tree, part: Tree) -> None:
    for key, value in part.items():
        if key not in whole:
            whole[key] = value
        elif value.__class__ is dict and whole[key].__class__ is dict:
            _join(whole[key], value)


def settled(tree: Any) -> Any:
    """Return a tree without empty places, and with plain texts where a place holds nothing but its own text."""
    if tree.__class__ is list:
        return [one for item in tree if (one := settled(item)) not in ({}, [], None)]
    if tree.__class__ is not dict:
        return tree
    found = {key: one for key, value in tree.items() if (one := settled(value)) not in ({}, [], None)}
    return found[OWN] if found.keys() == {OWN} else found
