"""Places in a JSON document: partners mix one object, a list of them, and nothing."""

from typing import Any

from hub_core.document import Document
from hub_core.mapping.known import Known, applying
from hub_core.mapping.paths import Filter, Step, Steps, shown_key
from hub_core.mapping.plan import Check
from hub_core.mapping.run import SEVERAL, Label, Run, Several, To

Spot = tuple[Any, Steps, Any] | None  # (spot of the enclosing scope, steps from there, object); None: the root
# A path, blank for the root; or while nobody reads it the way to what is around, and a key or an index.
Way = str | tuple[Any, str | int]


def plain_text(value: Any) -> str:
    """Return a scalar as text; objects and lists have none.

    >>> plain_text(True), plain_text(12.5), plain_text(" a ")
    ('true', '12.5', 'a')
    """
    match value:
        case str():
            return value.strip()
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case _:
            return ""


def text_of(value: Any) -> str:
    """Return the text of a value that is no string: of a number, or of a list whose texts agree."""
    if value.__class__ is not list:
        return plain_text(value)
    texts = {text for item in items(value) if (text := plain_text(item))}
    return texts.pop() if len(texts) == 1 else SEVERAL if texts else ""


def items(value: Any) -> list[Any]:
    """Return one value, or the values of a list and of the lists in it, without ``null``."""
    if value.__class__ is list:
        for item in value:
            if item is None or item.__class__ is list:
                return [inner for one in value for inner in items(one)]
        return value
    return [] if value is None else [value]


def one(value: Any) -> dict[str, Any] | None:
    """Return the object of a place: the only one, or one that holds the values of all."""
    objects = [item for item in items(value) if item.__class__ is dict]
    if len(objects) <= 1:
        return objects[0] if objects else None
    merged: dict[str, Any] = {}
    for item in objects:
        for key, inner in item.items():
            merged.setdefault(key, []).append(inner)
    return merged


def written(way: Way) -> str:
    """Return a way as a path."""
    if isinstance(way, str):
        return way
    above, last = way
    path = written(above)
    return f"{path}[{last}]" if isinstance(last, int) else _below(path, last)


def _below(path: str, key: str) -> str:
    return f"{path}.{shown_key(key)}" if path else f"{shown_key(key)}"  # a plain str, whatever the name of a step is


def _entered(value: Any, way: Way) -> list[tuple[Way, Any]]:
    """Return the values of a place, each with its way; lists are entered."""
    if value.__class__ is not list:
        return [] if value is None else [(way, value)]
    found: list[tuple[Way, Any]] = []
    for index, item in enumerate(value):
        if item.__class__ is list:
            found += _entered(item, (way, index))
        elif item is not None:
            found.append(((way, index), item))
    return found


def places(base: Any, steps: Steps, way: Way = "") -> list[tuple[Way, Any]]:
    """Return way and value of all places that steps lead to; lists on the way are entered."""
    found = _entered(base, way)
    for step in steps:
        name, around, found = step.name, found, []
        for above, value in around:
            if value.__class__ is dict and (inner := value.get(name)) is not None:
                there = _entered(inner, (above, name))
                found += _picked(there, step) if step.filters or step.index is not None else there
    return found


def _picked(found: list[tuple[Way, Any]], step: Step) -> list[tuple[Way, Any]]:
    if step.filters:
        found = [pair for pair in found if holds(pair[1], step.filters)]
    return found if step.index is None else found[step.index :][:1]


def holds(value: Any, filters: tuple[Filter, ...]) -> bool:
    """Tell whether an object passes filters."""
    if not filters:
        return True
    return value.__class__ is dict and all(text_of(value.get(f.name, "")) == f.literal for f in filters)


def select(value: Any, filters: tuple[Filter, ...]) -> list[Any]:
    """Return those objects of a place that pass filters."""
    return [item for item in items(value) if holds(item, filters)]


def texts_at(base: Any, steps: Steps) -> list[str]:
    """Return the texts at a path that are not blank."""
    return [text for _, value in places(base, steps) if (text := plain_text(value))]


def present_at(base: Any, steps: Steps) -> bool:
    """Tell whether anything lies at a path or below it."""
    return any(_present(value) for _, value in places(base, steps))


def _present(value: Any) -> bool:
    if value.__class__ is dict or value.__class__ is list:
        return any(map(_present, value.values() if value.__class__ is dict else value))
    return bool(plain_text(value))


class JsonRun(Run):
    """A reading of a JSON document; see ``Spot`` for what a spot is."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        # By the ids of an object and of the steps from it; the steps are kept, lest their id is given away.
        self._ways: dict[tuple[int, int], tuple[Steps, dict[int, Way]]] = {}
        self._plain: dict[tuple[int, int], Steps] = {}

    def _way(self, spot: Spot) -> str:
        """Return the path of the object where a scope began."""
        if spot is None:
            return ""
        parent, steps, item = spot
        around = (id(self._object(parent)), id(steps))
        if around not in self._ways:  # those of all items at once; of equal texts the first
            found = self._places(parent, steps)
            self._ways[around] = steps, {id(value): way for way, value in reversed(found)}
        _, ways = self._ways[around]
        way = ways.get(id(item)) or next(reversed(ways.values()), "")
        if isinstance(way, str):
            return way
        ways[id(item)] = path = written(way)
        return path

    def _object(self, spot: Spot) -> Any:
        return self.document.root if spot is None else spot[2]

    def _places(self, spot: Spot, steps: Steps) -> list[tuple[Way, Any]]:
        path, here = self._way(spot), self._object(spot)
        for number, step in enumerate(steps):
            if here.__class__ is not dict or step.filters or step.index is not None:
                return places(here, steps[number:], path)
            if step.name not in here:
                return []
            path, here = _below(path, step.name), here[step.name]
        return _entered(here, path)

    def origin(self, spot: Any, steps: Steps) -> tuple[str, int | None]:
        """See ``Run.origin``."""
        found = self._places(spot, steps)
        for way, value in found:
            if _present(value):
                return written(way), self.document.line
        if found:
            return written(found[0][0]), self.document.line
        path = written(self._way(spot))
        for step in steps:
            path = _below(path, step.name)
        return path, self.document.line

    def leave(self, spot: Any, steps: Steps) -> None:
        """See ``Run.leave``."""
        for way, value in self._places(spot, steps):
            self._keep(value, written(way))

    def values(self, spot: Any, steps: Steps) -> list[tuple[str, str]]:
        """See ``Run.values``."""
        return [(written(way), text) for way, value in self._places(spot, steps) if (text := plain_text(value))]

    def text(self, value: Any, label: Label, spot: Spot, to: To) -> str:
        """Return the text of a value that is no string; objects are no values: what lies in them is left."""
        if value.__class__ is dict or value.__class__ is list:
            self.objects(spot, label.steps)
        return self.word(value, label, spot, to)

    def word(self, value: Any, label: Label, spot: Spot, to: To) -> str:
        """Return the text of a value that is no string, at a place where objects are somebody else's."""
        text = text_of(value)
        if text.__class__ is Several:
            self.several(label, spot, to)
        return text

    def keys(self, spot: Spot, steps: Steps, known: frozenset[str]) -> None:
        """Leave what lies under keys that nothing names."""
        for way, value in self._places(spot, steps):
            if value.__class__ is dict:
                path = written(way)
                for key, inner in value.items():
                    if key not in known:
                        self._keep(inner, _below(path, key))

    def scalars(self, spot: Spot, steps: Steps) -> None:
        """Leave the plain values where objects are expected, all of a place when the first of them is seen."""
        place = (id(self._object(spot)), id(steps))
        if place not in self._plain:
            self._plain[place] = steps
            self.left.update(self.values(spot, steps))

    def only(self, value: Any, spot: Spot, steps: Steps) -> dict[str, Any] | None:
        """Return the object of a place where one is expected (see ``one``); plain values there are left."""
        self.scalars(spot, steps)
        return one(value)

    def objects(self, spot: Spot, steps: Steps) -> None:
        """Leave what lies in objects where plain values are expected."""
        for way, value in self._places(spot, steps):
            if value.__class__ is dict:
                self._keep(value, written(way))

    def matches(self, place: Any, filters: tuple[Filter, ...]) -> bool:
        """See ``Run.matches``."""
        return holds(place, filters)

    def filtered(self, place: Any, one: Filter) -> str:  # noqa: ARG002 - the place matters in XML
        """See ``Run.filtered``."""
        return one.name

    def chosen(self, place: Any, checks: tuple[Check, ...]) -> bool:
        """See ``Run.chosen``."""
        return all(
            not set(check.values).isdisjoint(texts_at(place, check.steps))
            if check.values
            else present_at(place, check.steps) is check.present
            for check in checks
        )

    def check(self, spot: Any, steps: Steps, *known: Known | bool | None) -> None:
        """See ``Run.check``."""
        candidates = [one for one in known if isinstance(one, Known)]
        for way, value in self._places(spot, steps):
            self._check(value, written(way), candidates)

    def _check(self, value: Any, path: str, candidates: list[Known]) -> None:
        if value.__class__ is list:
            for index, item in enumerate(value):
                self._check(item, f"{path}[{index}]", candidates)
            return
        named = candidates if len(candidates) == 1 and candidates[0].plain else applying(value, candidates, self)
        for one in named:
            if one.whole:
                return
        if value.__class__ is dict:
            self._check_keys(value, path, named)
        else:
            self._check_text(value, path, named)

    def _check_keys(self, value: dict[str, Any], path: str, named: list[Known]) -> None:
        if len(named) == 1 and not self.doubts:
            self._check_plainly(value, path, named[0])
            return
        for key, inner in value.items():
            if below := [one.children[key] for one in named if key in one.children]:
                self._check(inner, _below(path, key), below)
            else:
                self._keep(inner, _below(path, key))

    def _check_plainly(self, value: dict[str, Any], path: str, known: Known) -> None:
        children = known.children
        for key, inner in value.items():
            below = children.get(key)
            if below is None:
                self._keep(inner, _below(path, key))
            elif inner.__class__ is not str or not below.text:
                self._check(inner, _below(path, key), [below])

    def _check_text(self, value: Any, path: str, named: list[Known]) -> None:
        if not any(one.text for one in named):
            self._keep(value, path)
        elif self.doubts and any(one.sure for one in named):
            self.doubts.pop(path, None)

    def _keep(self, value: Any, path: str) -> None:
        if value.__class__ is str:
            if text := value.strip():
                self.left[path] = text
        elif value.__class__ is dict:
            for key, inner in value.items():
                self._keep(inner, _below(path, key))
        elif value.__class__ is list:
            for index, inner in enumerate(value):
                self._keep(inner, f"{path}[{index}]")
        elif text := plain_text(value):
            self.left[path] = text
