"""One reading of a JSON document: what the generated source calls when there is something to say."""

from typing import Any

from hub_core.document import Document
from hub_core.mapping.language.paths import Filter, Steps
from hub_core.mapping.reading.jsonplaces import (
    below,
    entered,
    holds,
    one,
    places,
    plain_text,
    present,
    present_at,
    text_of,
    texts_at,
)
from hub_core.mapping.reading.known import Known, applying
from hub_core.mapping.reading.run import Label, Run, Several, To

Spot = tuple[Any, Steps, Any] | None  # (spot of the enclosing scope, steps from there, object); None: the root


class JsonRun(Run):
    """A reading of a JSON document; see ``Spot`` for what a spot is."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        # By the ids of an object and of the steps from it; the steps are kept, lest their id is given away.
        self._paths: dict[tuple[int, int], tuple[Steps, dict[int, str]]] = {}
        self._plain: dict[tuple[int, int], Steps] = {}
        # What was looked for last: a finding asks for the place of a value, and then for the value itself.
        self._last: tuple[Spot, Steps, list[tuple[str, Any]]] | None = None

    def _path(self, spot: Spot) -> str:
        """Return the path of the object where a scope began."""
        if spot is None:
            return ""
        parent, steps, item = spot
        around = (id(parent[2] if parent is not None else self.document.root), id(steps))
        known = self._paths.get(around)
        if known is None:  # those of all items at once; of equal texts the first
            found = self._places(parent, steps)
            known = self._paths[around] = steps, {id(value): path for path, value in reversed(found)}
        paths = known[1]
        return paths.get(id(item)) or next(reversed(paths.values()), "")

    def _object(self, spot: Spot) -> Any:
        return self.document.root if spot is None else spot[2]

    def _places(self, spot: Spot, steps: Steps) -> list[tuple[str, Any]]:
        last = self._last
        if last is None or last[0] is not spot or last[1] is not steps:
            self._last = last = spot, steps, self._looked_up(spot, steps)
        return last[2]

    def _looked_up(self, spot: Spot, steps: Steps) -> list[tuple[str, Any]]:
        path, here = self._path(spot), self.document.root if spot is None else spot[2]
        for number, step in enumerate(steps):
            if here.__class__ is not dict or step.filters or step.index is not None:
                return places(here, steps[number:], path)
            if step.name not in here:
                return []
            path, here = below(path, step.name), here[step.name]
        return entered(here, path)

    def origin(self, spot: Any, steps: Steps) -> tuple[str, int | None]:
        """See ``Run.origin``."""
        found = self._places(spot, steps)
        for path, value in found:
            if present(value):
                return path, self.document.line
        if found:
            return found[0][0], self.document.line
        path = self._path(spot)
        for step in steps:
            path = below(path, step.name)
        return path, self.document.line

    def leave(self, spot: Any, steps: Steps) -> None:
        """See ``Run.leave``."""
        for path, value in self._places(spot, steps):
            self._keep(value, path)

    def values(self, spot: Any, steps: Steps) -> list[tuple[str, str]]:
        """See ``Run.values``."""
        return [(path, text) for path, value in self._places(spot, steps) if (text := plain_text(value))]

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
        if not steps:
            self._others(self._object(spot), self._path(spot), known)
            return
        for path, value in self._places(spot, steps):
            if value.__class__ is dict:
                self._others(value, path, known)

    def _others(self, value: dict[str, Any], path: str, known: frozenset[str]) -> None:
        for key, inner in value.items():
            if key not in known:
                self._keep(inner, below(path, key))

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
        for path, value in self._places(spot, steps):
            if value.__class__ is dict:
                self._keep(value, path)

    def matches(self, place: Any, filters: tuple[Filter, ...]) -> bool:
        """See ``Run.matches``."""
        return holds(place, filters)

    def filtered(self, place: Any, one: Filter) -> str:  # noqa: ARG002 - the place matters in XML
        """See ``Run.filtered``."""
        return one.name

    def texts_at(self, place: Any, steps: Steps) -> list[str]:
        """See ``Run.texts_at``."""
        return texts_at(place, steps)

    def present_at(self, place: Any, steps: Steps) -> bool:
        """See ``Run.present_at``."""
        return present_at(place, steps)

    def check(self, spot: Any, steps: Steps, *known: Known | bool | None) -> None:
        """See ``Run.check``."""
        candidates = [one for one in known if isinstance(one, Known)]
        for path, value in self._places(spot, steps):
            self._check(value, path, candidates)

    def _check(self, value: Any, path: str, candidates: list[Known]) -> None:
        if value.__class__ is list:
            for index, item in enumerate(value):
                self._check(item, f"{path}[{index}]", candidates)
            return
        named = candidates if len(candidates) == 1 and candidates[0].plain else applying(value, candidates, self)
        if any([known.whole for known in named]):  # noqa: C419 (a list is faster)
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
            if inner.__class__ is str and not self.doubts and _is_named(key, named):
                continue  # most are: conditions could only name more
            inside = [known.children[key] for known in named if key in known.children]
            if inside:
                self._check(inner, below(path, key), inside)
            else:
                self._keep(inner, below(path, key))

    def _check_plainly(self, value: dict[str, Any], path: str, known: Known) -> None:
        children = known.children
        for key, inner in value.items():
            inside = children.get(key)
            if inside is None:
                self._keep(inner, below(path, key))
            elif inner.__class__ is not str or not inside.text:
                self._check(inner, below(path, key), [inside])

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
                self._keep(inner, below(path, key))
        elif value.__class__ is list:
            for index, inner in enumerate(value):
                self._keep(inner, f"{path}[{index}]")
        elif text := plain_text(value):
            self.left[path] = text


def _is_named(key: str, candidates: list[Known]) -> bool:
    """Tell whether one of them names the text under a key, whatever its conditions are."""
    for known in candidates:
        inside = known.children.get(key)
        if inside is not None and inside.text:
            return True
    return False
