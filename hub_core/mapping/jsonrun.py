"""Places in a JSON document: partners mix one object, a list of them, and nothing."""

from collections.abc import Iterator
from typing import Any

from hub_core.mapping.known import Known, applying
from hub_core.mapping.paths import Filter, Steps, shown_key
from hub_core.mapping.plan import Check
from hub_core.mapping.run import SEVERAL, Run

Spot = tuple[Any, Steps, Any] | None  # (spot of the enclosing scope, steps from there, object); None: the root


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
        return [item for one in value for item in items(one)]
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


def _indexed(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield the values of a place, each with its path."""
    if value.__class__ is list:
        for index, item in enumerate(value):
            yield from _indexed(item, f"{path}[{index}]")
    elif value is not None:
        yield path, value


def _below(path: str, key: str) -> str:
    return f"{path}.{shown_key(key)}" if path else shown_key(key)


def places(base: Any, steps: Steps, path: str = "") -> list[tuple[str, Any]]:
    """Return path and value of all places that steps lead to; lists on the way are entered."""
    found = list(_indexed(base, path))
    for step in steps:
        inner: list[tuple[str, Any]] = []
        for above, value in found:
            if value.__class__ is dict and step.name in value:
                here = list(_indexed(value[step.name], _below(above, step.name)))
                here = [pair for pair in here if holds(pair[1], step.filters)]
                inner += here if step.index is None else here[step.index :][:1]
        found = inner
    return found


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
    return any(next(leaves(value, path), None) is not None for path, value in places(base, steps))


def leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield path and text of every value that is not blank, here and below."""
    for here, item in _indexed(value, path):
        if item.__class__ is dict:
            for key, inner in item.items():
                yield from leaves(inner, _below(here, key))
        elif text := plain_text(item):
            yield here, text


class JsonRun(Run):
    """A reading of a JSON document; see ``Spot`` for what a spot is."""

    def path(self, spot: Spot) -> str:
        """Return the path of the object where a scope began."""
        if spot is None:
            return ""
        parent, steps, item = spot
        above = self.path(parent)
        found = places(self._object(parent), steps, above)
        return next((path for path, value in found if value is item), found[0][0] if found else above)

    def _object(self, spot: Spot) -> Any:
        return self.document.root if spot is None else spot[2]

    def origin(self, spot: Any, steps: Steps) -> tuple[str, int | None]:
        """See ``Run.origin``."""
        path = self.path(spot)
        found = places(self._object(spot), steps, path)
        for here, value in found:
            if next(leaves(value, here), None):
                return here, None
        for step in steps if not found else ():
            path = _below(path, step.name)
        return (found[0][0] if found else path), None

    def leave(self, spot: Any, steps: Steps) -> None:
        """See ``Run.leave``."""
        for path, value in places(self._object(spot), steps, self.path(spot)):
            self.left.update(leaves(value, path))

    def values(self, spot: Any, steps: Steps) -> list[tuple[str, str]]:
        """See ``Run.values``."""
        found = places(self._object(spot), steps, self.path(spot))
        return [(path, text) for path, value in found if (text := plain_text(value))]

    def text(self, value: Any, spot: Spot, steps: Steps) -> str:
        """Return the text of a value that is no string; what lies in objects there is left."""
        if value.__class__ is dict or value.__class__ is list:
            self.objects(spot, steps)
        return text_of(value)

    def keys(self, spot: Spot, steps: Steps, known: frozenset[str]) -> None:
        """Leave what lies under keys that nothing names."""
        for path, value in places(self._object(spot), steps, self.path(spot)):
            if value.__class__ is dict:
                for key in value:
                    if key not in known:
                        self.left.update(leaves(value[key], _below(path, key)))

    def scalars(self, spot: Spot, steps: Steps) -> None:
        """Leave plain values where objects are expected."""
        for path, value in places(self._object(spot), steps, self.path(spot)):
            if text := plain_text(value):
                self.left[path] = text

    def objects(self, spot: Spot, steps: Steps) -> None:
        """Leave what lies in objects where plain values are expected."""
        for path, value in places(self._object(spot), steps, self.path(spot)):
            if value.__class__ is dict:
                self.left.update(leaves(value, path))

    def matches(self, place: Any, filters: tuple[Filter, ...]) -> bool:
        """See ``Run.matches``."""
        return holds(place, filters)

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
        for path, value in places(self._object(spot), steps, self.path(spot)):
            self._check(value, path, candidates)
            if self.doubts:
                self.settle(path)

    def _check(self, value: Any, path: str, candidates: list[Known]) -> None:
        for here, item in _indexed(value, path):
            named = applying(item, candidates, self)
            if any(one.whole for one in named):
                continue
            if item.__class__ is not dict:
                if not any(one.text for one in named):
                    self.left.update(leaves(item, here))
                elif self.doubts and any(one.sure for one in named):
                    self.doubts.pop(here, None)
                continue
            for key, inner in item.items():
                if below := [one.children[key] for one in named if key in one.children]:
                    self._check(inner, _below(here, key), below)
                else:
                    self.left.update(leaves(inner, _below(here, key)))
