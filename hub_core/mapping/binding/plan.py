"""The plan of a mapping: its rules with all names looked up, as the generator of source reads it.

    Scope ── root: Obj ─┬─ slots    name -> Values, tried in order
                        ├─ objects  name -> Obj
                        └─ lists    name -> Scopes that add elements, Objs that a selector names

A scope is an object of the record made from one place of the source: the record itself, an element of a list, a
relative. Source paths of everything inside it are relative to that place.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from hub_core.mapping.binding.model import Kind
from hub_core.mapping.codecs import Chain
from hub_core.mapping.codelists import CodeList
from hub_core.mapping.language.paths import Steps
from hub_core.mapping.language.rules import Faulty, OnUnknownCode


class Check(msgspec.Struct, frozen=True):
    """One condition of ``when:``; see ``rules.Condition``."""

    steps: Steps
    values: tuple[str, ...]
    present: bool


class Origin(msgspec.Struct, frozen=True):
    """One place that a value is read from."""

    steps: Steps
    chain: Chain


class Value(msgspec.Struct, eq=False):
    """How one field is filled.

    Attributes:
        origins: places; with ``join`` all of them make one text, else the first that holds something counts.
        const: value that needs no source; it only joins an object that holds something.
        document: ``name`` or ``request`` of the document instead of a place.
        plain_code: the field takes the code as text, not a coded value.
        spill: text field that keeps what cannot be read: how many objects further out, and its name.
        never: read, but not written.
        place: ``file:line`` of the rule.
    """

    name: str
    kind: Kind
    place: str
    origins: tuple[Origin, ...] = ()
    join: str | None = None
    const: Any = None
    document: str | None = None
    codes: CodeList | None = None
    plain_code: bool = False
    on_unknown: OnUnknownCode = "refuse"
    absent: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    open: bool = False
    required: bool = False
    faulty: Faulty = "refuse"
    spill: tuple[int, str] | None = None
    checks: tuple[Check, ...] = ()
    never: bool = False

    @property
    def joins_only(self) -> bool:
        """Whether it never makes an object, but joins one that holds something of the source."""
        return not self.origins


class ListSlot(msgspec.Struct, eq=False):
    """A list: elements of the source, and elements that a selector names."""

    scopes: "list[Scope]" = []
    elements: "dict[str, Obj]" = {}


class Obj(msgspec.Struct, eq=False):
    """An object of the record.

    Attributes:
        scopes: rules that make the whole object from one place (``use:``, ``fields:``).
        faulty: what happens when a field without which it cannot be is missing.
    """

    struct: type
    faulty: Faulty
    place: str
    slots: dict[str, list[Value]] = {}
    objects: "dict[str, Obj]" = {}
    lists: dict[str, ListSlot] = {}
    scopes: "list[Scope]" = []

    def values(self) -> Iterator[Value]:
        """Yield the values of this object and of the objects in it, without those of scopes."""
        for values in self.slots.values():
            yield from values
        for inner in self.inner():
            yield from inner.values()

    def inner(self) -> "Iterator[Obj]":
        """Yield the objects right inside this one that belong to the same scope."""
        yield from self.objects.values()
        for slot in self.lists.values():
            yield from slot.elements.values()

    def all_scopes(self) -> "Iterator[Scope]":
        """Yield the scopes whose place is relative to the same base as this object's paths."""
        yield from self.scopes
        for slot in self.lists.values():
            yield from slot.scopes
        for inner in self.inner():
            yield from inner.all_scopes()


class Scope(msgspec.Struct, eq=False):
    """An object, or a plain value of a list, made from one place of the source.

    Attributes:
        base: place, relative to the enclosing scope.
        checks: conditions, relative to the enclosing scope.
        where: conditions that choose among the elements, relative to the element itself.
        root: the object; ``None``: the elements are plain values, made by ``value``.
        call: shared block that fills the object; ``root`` then only holds constants.
        ignored: places inside it that are left out on purpose.
        name: what it is, for people.
    """

    name: str
    place: str
    base: Steps = ()
    checks: tuple[Check, ...] = ()
    where: tuple[Check, ...] = ()
    root: Obj | None = None
    value: Value | None = None
    call: "Scope | None" = None
    faulty: Faulty = "refuse"
    ignored: list[Steps] = []
    named: list[Steps] = []

    def functions(self) -> "Counter[tuple[str, str]]":
        """Return how many rules use each registered function, by its name and version."""
        rules: dict[Value, set[tuple[str, str]]] = {}
        scopes, seen = [self], {self}
        for scope in scopes:  # grows while it is read
            values = list(scope.root.values()) if scope.root else []
            for value in values + ([scope.value] if scope.value else []):
                rules[value] = {function for origin in value.origins for function in origin.chain.functions}
            inner = [*(scope.root.all_scopes() if scope.root else ()), *([scope.call] if scope.call else ())]
            scopes += [one for one in inner if one not in seen]
            seen.update(inner)
        return Counter(function for used in rules.values() for function in used)


class AnswerPlan(msgspec.Struct, eq=False):
    """Status inside an answer: verdict word and reason by token."""

    steps: Steps
    code: Steps | None
    meanings: dict[str, tuple[str, str]]
    place: str


class RecordDate(msgspec.Struct, frozen=True):
    """The day that the record speaks of: where it stands, as written, and how it is read."""

    steps: Steps
    path: str
    chain: Chain
    place: str
    faulty: Faulty
