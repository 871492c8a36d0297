"""Documents, from their root down: which places a change is met at."""

from collections.abc import Mapping
from typing import Final

import msgspec

from hub_core.contract.changes.forms import Element, Type
from hub_core.contract.changes.model import NOWHERE, At, Change, Delta, Use, Way
from hub_core.contract.changes.types import Compared, compare_types, element_differences
from hub_core.mapping.language.paths import Kind, shown_key, shown_name

MAX_USES: Final = 500  # of one change that are named
MAX_DEPTH: Final = 40  # steps of a path
MAX_TIMES: Final = 3  # that one pair of types is walked through for one document

_Key = tuple[str, str, At, At]


class _Found(msgspec.Struct):
    """A change while it is collected."""

    delta: Delta
    ways: set[Way] = set()
    operations: dict[str, None] = {}
    uses: list[Use] = []
    count: int = 0


class Document(msgspec.Struct, frozen=True):
    """Whose document is walked through."""

    operation: str
    way: Way
    root: str = ""


class Walk:
    """Collects changes, each once, with all places that it is met at.

    Args:
        kind: how paths are written.
        prefixes: by namespace.
    """

    def __init__(self, kind: Kind, prefixes: Mapping[str, str]) -> None:
        self.kind = kind
        self.prefixes = prefixes
        self._found: dict[_Key, _Found] = {}
        self._compared: dict[tuple[Type, Type], Compared] = {}
        self._times: dict[tuple[Document, Type, Type], int] = {}

    def note(self, document: Document, delta: Delta, steps: tuple[str, ...] = ()) -> None:
        """Take a change in."""
        key = (delta.kind, delta.text, delta.old, delta.new)
        if delta.kind == "moved":
            key = (delta.kind, delta.text, NOWHERE, NOWHERE)  # all elements of a namespace: one change
        found = self._found.setdefault(key, _Found(delta))
        found.ways.add(document.way)
        found.operations[document.operation] = None
        found.count += 1
        if len(found.uses) < MAX_USES:
            found.uses.append(self._use(document, steps))

    def root(self, document: Document, old: Element, new: Element) -> None:
        """Walk through a document from its root element, which has the same name in both."""
        for delta in element_differences(old, new):
            self.note(document, delta)
        self.types(document, old.type, new.type)

    def types(self, document: Document, old: Type, new: Type, steps: tuple[str, ...] = ()) -> None:
        """Walk through what two types hold."""
        key = (document, old, new)
        self._times[key] = self._times.get(key, 0) + 1
        if self._times[key] > MAX_TIMES or len(steps) > MAX_DEPTH:
            return
        compared = self._compared.get((old, new))
        if compared is None:
            compared = self._compared[old, new] = compare_types(old, new)
        for delta in compared.deltas:
            self.note(document, delta, (*steps, delta.name) if delta.name else steps)
        for one, two in compared.pairs:
            self.types(document, one.type, two.type, (*steps, one.name))
        for first, second in compared.derived:
            self.types(document, first, second, steps)

    def rest(self, document: Document, old: Type, new: Type) -> None:
        """Walk through types that no document of both was met in: other schemas may use them."""
        if (old, new) not in self._compared:
            self.types(document, old, new)

    def _use(self, document: Document, steps: tuple[str, ...]) -> Use:
        shown = [shown_name(step, self.prefixes) if self.kind == "xml" else shown_key(step) for step in steps]
        path = ("/" if self.kind == "xml" else ".").join(shown) or "."
        return Use(operation=document.operation, way=document.way, root=document.root, path=path, steps=steps)

    def changes(self) -> tuple[Change, ...]:
        """Return what was found, the worst first."""
        made = [_change(found) for found in self._found.values()]
        return tuple(sorted(made, key=lambda one: (not one.breaking, not (one.writers and one.readers))))


def _change(found: _Found) -> Change:
    delta = found.delta
    return Change(
        kind=delta.kind,
        text=delta.text,
        writers=delta.narrows and bool(found.ways & {"request", "document"}),
        readers=delta.widens and bool(found.ways & {"answer", "document"}),
        old=delta.old,
        new=delta.new,
        operations=tuple(name for name in found.operations if name),
        uses=tuple(found.uses),
        more=found.count - len(found.uses),
    )
