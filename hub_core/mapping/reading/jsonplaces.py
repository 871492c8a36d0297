"""Places in a JSON value: partners mix one object, a list of them, and nothing."""

from typing import Any

from hub_core.mapping.language.paths import Filter, Step, Steps, shown_key
from hub_core.mapping.reading.run import SEVERAL


def plain_text(value: Any) -> str:
    """Return a scalar as text; objects and lists have none.

    >>> plain_text(True), plain_text(12.5), plain_text(" a ")
    ('true', '12.5', 'a')
    """
    if value.__class__ is str:
        text: str = value.strip()
        return text
    if value.__class__ is bool:
        return "true" if value else "false"
    return str(value) if value.__class__ is int or value.__class__ is float else ""


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


def below(path: str, key: str) -> str:
    """Return the path of what lies under a key: a plain ``str``, also where the key is the name of a step."""
    shown = key if key.isascii() and key.isidentifier() else shown_key(key)  # most are, and that is quickly told
    return f"{path}.{shown}" if path else f"{shown}"


def entered(value: Any, path: str) -> list[tuple[str, Any]]:
    """Return the values of a place, each with its path; lists are entered."""
    if value.__class__ is not list:
        return [] if value is None else [(path, value)]
    found: list[tuple[str, Any]] = []
    for index, item in enumerate(value):
        if item.__class__ is list:
            found += entered(item, f"{path}[{index}]")
        elif item is not None:
            found.append((f"{path}[{index}]", item))
    return found


def places(base: Any, steps: Steps, path: str = "") -> list[tuple[str, Any]]:
    """Return path and value of all places that steps lead to; lists on the way are entered."""
    found = entered(base, path)
    for step in steps:
        name, around, found = step.name, found, []
        for above, value in around:
            if value.__class__ is dict and (inner := value.get(name)) is not None:
                there = entered(inner, below(above, name))
                found += _picked(there, step) if step.filters or step.index is not None else there
    return found


def _picked(found: list[tuple[str, Any]], step: Step) -> list[tuple[str, Any]]:
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
    here = base
    for step in steps:  # mostly one object in the other, and nothing to choose from
        if here.__class__ is not dict or step.filters or step.index is not None:
            return [text for _, value in places(base, steps) if (text := plain_text(value))]
        here = here.get(step.name)
    return [text for _, value in entered(here, "") if (text := plain_text(value))]


def present_at(base: Any, steps: Steps) -> bool:
    """Tell whether anything lies at a path or below it."""
    return any(present(value) for _, value in places(base, steps))


def present(value: Any) -> bool:
    """Tell whether there is a text that is not blank, here or below."""
    if value.__class__ is dict or value.__class__ is list:
        return any(map(present, value.values() if value.__class__ is dict else value))
    return bool(plain_text(value))
