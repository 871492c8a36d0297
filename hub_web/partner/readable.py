"""Made-up values that the hub can read: a contract says "text" where the mapping wants a person's number."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from hub_core.document import Document
from hub_core.mapping.binding.plan import Origin, Scope, Value
from hub_core.mapping.codecs import CODECS, BadValue
from hub_core.mapping.compiled import CompiledMapping
from hub_core.mapping.language.paths import Steps
from hub_core.reading import Verdict

_DAY: Final = date(2026, 1, 1)  # on which samples are read


def make_readable(document: Document, mapping: CompiledMapping) -> bool:
    """Put a text that its codec reads, and a code that its list knows, wherever the mapping could not read the sample.

    Args:
        document: XML; is changed.
        mapping: that reads it.

    Returns:
        Whether it does so now.
    """
    waiting: list[tuple[Scope, Any]] = [(mapping.plan, document.root)]
    seen: set[tuple[int, int]] = set()
    while waiting:
        scope, around = waiting.pop()
        for place in _places(around, scope.base):
            if (id(scope), id(place)) in seen:
                continue
            seen.add((id(scope), id(place)))
            values = [*(scope.root.values() if scope.root else ()), *([scope.value] if scope.value else ())]
            for value in values:
                for origin in value.origins:
                    _mend(place, origin, value)
            inner = [*(scope.root.all_scopes() if scope.root else ()), *([scope.call] if scope.call else ())]
            waiting += [(one, place) for one in inner]
    return mapping.read(document, on=_DAY).verdict is Verdict.RECORD


def _places(around: Any, steps: Steps) -> Iterator[Any]:
    """Yield the elements that a path leads to; attributes belong to their element."""
    here = [around]
    for step in steps:
        if not step.name.startswith("@"):
            here = [child for one in here for child in one.findall(step.name)]
    yield from here


def _mend(place: Any, origin: Origin, value: Value) -> None:
    last = str(origin.steps[-1].name) if origin.steps else ""
    for element in _places(place, origin.steps):
        attribute = last.removeprefix("@") if last.startswith("@") else ""
        text = element.get(attribute) if attribute else element.text
        if text is None or reads(text, origin, value):
            continue
        better = next((one for one in offers(origin, value) if reads(one, origin, value)), None)
        if better is not None and attribute:
            element.set(attribute, better)
        elif better is not None:
            element.text = better


def reads(text: str, origin: Origin, value: Value) -> bool:
    """Tell whether a rule makes a value of a text."""
    try:
        read = text.strip() if origin.chain.plain else origin.chain.parse(text)
    except BadValue:
        return False
    return value.codes is None or str(read) in value.codes.table() or value.on_unknown != "refuse"


def offers(origin: Origin, value: Value) -> Iterator[str]:
    """Yield texts that a rule may read: codes of its list, examples of its codecs."""
    if value.codes is not None:
        yield from value.codes.table()
    for codec in CODECS.values():
        if codec.name in origin.chain.text:
            plain = sorted(codec.examples, key=lambda example: example.back is not None)  # as the codec writes it first
            yield from (example.text for example in plain if example.value is not None)
