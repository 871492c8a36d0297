"""Places in an XML document: found again by walking, named by their ancestors."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from hub_core.document import Document
from hub_core.mapping.language.paths import ANY_NAMESPACE, Filter, Step, Steps, shown_name
from hub_core.mapping.reading.known import Known, applying
from hub_core.mapping.reading.run import SEVERAL, Run, Several

Element = Any  # etree._Element; its stubs say that names and texts may be bytes, which parsed documents never have
Place = tuple[Element, str | None]  # an element, or one of its attributes
_FEW = 8  # siblings that are counted for one element without looking at all
_MAX_NAMES = 1000  # of a mapping's contract; a sender who makes names up fills no memory
_SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"


def again(old: str, new: str | None) -> str:
    """Return what counts when a place occurs once more: the value that is not blank, if they agree."""
    if new is None or not (text := new.strip()) or old.__class__ is Several:
        return old
    before = old.strip()
    return new if not before else old if before == text else SEVERAL


def own_text(element: Element) -> str:
    """Return the text of an element without that of its children; comments do not cut it."""
    text = element.text or ""
    return text + "".join([tail for child in element if (tail := child.tail)]) if len(element) else text


def places(base: Element, steps: Steps) -> list[Place]:
    """Return all places that a path leads to."""
    found = _elements(base, steps)
    if steps and (name := steps[-1].name)[0] == "@":
        return [(element, name[1:]) for element in found if element.get(name[1:]) is not None]
    return [(element, None) for element in found]


def _elements(base: Element, steps: Steps) -> list[Element]:
    """Return the elements that a path leads to, or those whose attribute it names."""
    found: list[Element] = [base]
    for step in steps:
        if (name := step.name)[0] == "@":
            break
        if step.filters or step.index is not None or name.startswith(ANY_NAMESPACE):
            found = [one for element in found for one in _children(element, step)]
        else:
            found = [one for element in found for one in element if one.tag == name]
    return found


def _children(element: Element, step: Step) -> list[Element]:
    """Return the children that a step leads to; comments and instructions have no name."""
    name = step.name
    if name.startswith(ANY_NAMESPACE):
        local = name.removeprefix(ANY_NAMESPACE)
        found = [one for one in element if one.tag.__class__ is str and one.tag.rpartition("}")[2] == local]
    else:
        found = [one for one in element if one.tag == name]
    if step.filters:
        found = [one for one in found if holds(one, step.filters)]
    return found if step.index is None else found[step.index : step.index + 1]


def holds(element: Element, filters: tuple[Filter, ...]) -> bool:
    """Tell whether an element passes filters: by attribute, or else by a child element of that name."""
    return all(_holds(element, one.name, one.literal) for one in filters)


def _holds(element: Element, name: str, literal: str) -> bool:
    value = element.get(name.removeprefix("@"))
    if value is None and not name.startswith("@"):
        return {text for child in element if child.tag == name and (text := own_text(child).strip())} == {literal}
    return value is not None and value.strip() == literal


def value_of(place: Place) -> str:
    """Return the trimmed text of a place."""
    element, attribute = place
    return (own_text(element) if attribute is None else element.get(attribute) or "").strip()


def texts_at(base: Element, steps: Steps) -> list[str]:
    """Return the texts at a path that are not blank."""
    found = _elements(base, steps)
    if steps and (name := steps[-1].name)[0] == "@":
        return [text for element in found if (text := (element.get(name[1:]) or "").strip())]
    return [text for element in found if (text := own_text(element).strip())]


def present_at(base: Element, steps: Steps) -> bool:
    """Tell whether anything lies at a path or below it."""
    return any(next(_leaves(place), None) is not None for place in places(base, steps))


def _leaves(place: Place) -> Iterator[tuple[Place, str]]:
    element, attribute = place
    if attribute is not None:
        if not attribute.startswith(_SCHEMA_INSTANCE) and (text := value_of(place)):
            yield place, text
        return
    for name in element.keys():  # noqa: SIM118 - lxml elements iterate over children
        yield from _leaves((element, name))
    if text := own_text(element).strip():
        yield (element, None), text
    for child in element:
        if child.tag.__class__ is str:
            yield from _leaves((child, None))


class XmlRun(Run):
    """A reading of an XML document. A spot is the element where a scope began.

    Args:
        prefixes: by namespace, for showing names.
        names: names as they were shown before, shared by all readings of one mapping.
    """

    def __init__(self, document: Document, prefixes: Mapping[str, str], names: dict[str, str]) -> None:
        super().__init__(document)
        self._prefixes = prefixes
        self._names = names
        self._fronts: dict[Element, str] = {}

    def path(self, place: Place) -> str:
        """Return the path of a place below the root; an index only among several of one name."""
        element, attribute = place
        front = self._front(element)
        return front + self._shown("@" + attribute) if attribute else front[:-1] or "."

    def _front(self, element: Element) -> str:
        """Return what stands before the names of what is inside an element: its path and a slash.

        Among many siblings, the fronts of all are worked out together, once.
        """
        if element is self.document.root:
            return ""
        front = self._fronts.get(element)
        if front is None:
            parent = element.getparent()
            around = self._front(parent)
            if len(parent) == 1:
                front = self._fronts[element] = f"{around}{self._shown(element.tag)}/"
            elif len(parent) < _FEW:
                twins = [child for child in parent if child.tag == element.tag]
                number = f"[{twins.index(element)}]" if len(twins) > 1 else ""
                front = self._fronts[element] = f"{around}{self._shown(element.tag)}{number}/"
            else:
                self._fronts.update(self._named(parent, around))
                front = self._fronts[element]
        return front

    def _leave(self, place: Place) -> None:
        element, attribute = place
        if attribute is None:
            self._subtrees([(element, self._front(element))])
        elif not attribute.startswith(_SCHEMA_INSTANCE) and (text := value_of(place)):
            self.left[self.path(place)] = text

    def _subtrees(self, fronts: list[tuple[Element, str]]) -> None:
        """Leave elements and all below them; it runs for all that nothing names, so paths grow on the way."""
        left = self.left
        for element, front in fronts:
            for name, value in element.items():
                if text := value.strip():
                    if name[0] != "{":
                        left[f"{front}@{name}"] = text
                    elif not name.startswith(_SCHEMA_INSTANCE):
                        left[front + self._shown("@" + name)] = text
            if len(element):
                self._subtrees(self._named(element, front))
                own = own_text(element)
            else:
                own = element.text
            if own and (own := own.strip()):
                left[front[:-1] or "."] = own

    def _named(self, element: Element, front: str) -> list[tuple[Element, str]]:
        """Return the children of an element with their fronts; an index only among several of one name."""
        tag = element[0].tag
        if len(element) > 1 and tag.__class__ is str:  # most often all have one name, which libxml2 sees sooner
            children = list(element.iterchildren(tag))
            if len(children) == len(element):
                path = front + self._shown(tag)
                return [(child, f"{path}[{number}]/") for number, child in enumerate(children)]
        children = [child for child in element if child.tag.__class__ is str]  # no comments, no instructions
        tags = [child.tag for child in children]
        shown = {tag: front + self._shown(tag) for tag in dict.fromkeys(tags)}
        counts = {tag: iter(range(count)) for tag, count in Counter(tags).items() if count > 1}
        return [
            (child, f"{shown[tag]}[{next(counts[tag])}]/" if tag in counts else f"{shown[tag]}/")
            for child, tag in zip(children, tags, strict=True)
        ]

    def origin(self, spot: Any, steps: Steps) -> tuple[str, int | None]:
        """See ``Run.origin``."""
        found = places(spot, steps)
        for place in found:
            if value_of(place):
                return self.path(place), place[0].sourceline
        if found:
            return self.path(found[0]), found[0][0].sourceline
        tail = "/".join(self._shown(step.name) for step in steps)
        return self._front(spot) + tail or ".", spot.sourceline

    def _shown(self, name: str) -> str:
        shown = self._names.get(name)
        if shown is None:
            shown = shown_name(name, self._prefixes)
            if len(self._names) < _MAX_NAMES:
                self._names[name] = shown
        return shown

    def leave(self, spot: Any, steps: Steps) -> None:
        """See ``Run.leave``."""
        for place in places(spot, steps):
            self._leave(place)

    def values(self, spot: Any, steps: Steps) -> list[tuple[str, str]]:
        """See ``Run.values``."""
        return [(self.path(place), text) for place in places(spot, steps) if (text := value_of(place))]

    def element(self, element: Any) -> None:
        """Leave an element that nothing names; comments and instructions hold no values."""
        if element.tag.__class__ is str:
            self._subtrees([(element, self._front(element))])

    def others(self, element: Any, name: str, *, mixed: bool) -> None:
        """Leave the children of another name, and texts behind them where the element is not ``mixed``."""
        for child in element:
            if child.tag != name:
                self.element(child)
                if not mixed and (child.tail or "").strip():
                    self.text(element)

    def attributes(self, element: Any, known: frozenset[str]) -> None:
        """Leave the attributes that nothing names."""
        for name in element.keys():  # noqa: SIM118 - lxml elements iterate over children
            if name not in known:
                self._leave((element, name))

    def text(self, element: Any) -> None:
        """Leave the text of an element that has none by its contract."""
        if text := own_text(element).strip():
            self.left[self.path((element, None))] = text

    def inside(self, element: Any) -> str:
        """Return the text of an element that is expected to hold only text; leave what else is in it."""
        for child in element:
            self.element(child)
        return own_text(element)

    def matches(self, place: Any, filters: tuple[Filter, ...]) -> bool:
        """See ``Run.matches``."""
        return holds(place, filters)

    def filtered(self, place: Any, one: Filter) -> str:
        """See ``Run.filtered``."""
        bare = one.name.removeprefix("@")
        return f"@{bare}" if place.get(bare) is not None else bare

    def texts_at(self, place: Any, steps: Steps) -> list[str]:
        """See ``Run.texts_at``."""
        return texts_at(place, steps)

    def present_at(self, place: Any, steps: Steps) -> bool:
        """See ``Run.present_at``."""
        return present_at(place, steps)

    def check(self, spot: Any, steps: Steps, *known: Known | bool | None) -> None:
        """See ``Run.check``."""
        candidates = [one for one in known if isinstance(one, Known)]
        for place in places(spot, steps):
            self._check(place[0], candidates)

    def _check(self, element: Element, candidates: list[Known]) -> None:
        named = applying(element, candidates, self)
        if any(one.whole for one in named):
            return
        for name in element.keys():  # noqa: SIM118 - lxml elements iterate over children
            inner = [one.children[f"@{name}"] for one in named if f"@{name}" in one.children]
            self._text((element, name), inner)
        self._text((element, None), named)
        for child in element:
            if inner := [one.children[child.tag] for one in named if child.tag in one.children]:
                self._check(child, inner)
            else:
                self.element(child)

    def _text(self, place: Place, named: list[Known]) -> None:
        if not any(one.text or one.whole for one in named):
            if place[1] is not None:
                self._leave(place)
            else:
                self.text(place[0])
        elif self.doubts and any(one.sure for one in named):
            self.doubts.pop(self.path(place), None)
