"""Writes how single values get into a document: codec, code list, place; conditions and constants of rules."""

from dataclasses import dataclass
from typing import Any

from hub_core.canonical.values import Code
from hub_core.mapping.codecs import Chain
from hub_core.mapping.out.places import Where, below, conditions, hardship, holds_text, hops
from hub_core.mapping.paths import Steps
from hub_core.mapping.plan import Check, Obj, Origin, Value
from hub_core.mapping.writer import Writer


@dataclass(frozen=True, slots=True)
class Here:
    """Where rules stand.

    Attributes:
        tree: variable of the tree.
        place: of the contract.
        singles: paths through which single values are written, so that nothing on them is made twice.
    """

    tree: str
    place: Where | None
    singles: frozenset[Steps] = frozenset()


class ValueFill:
    """Writes values of one kind of document.

    Attributes:
        blanks: what stands for no value, by ``id`` of the place of the contract.
    """

    def __init__(self, kind: str, writer: Writer) -> None:
        self.kind = kind
        self.writer = writer
        self.blanks: dict[int, tuple[str, ...]] = {}

    def chosen(self, values: list[Value], here: Here) -> list[Value]:
        """Return the rules of one field that may write it, in order: none behind the first without conditions."""
        found: list[Value] = []
        for value in values:
            if self.written(value, here):
                found.append(value)
                if not _others(value):
                    break
        return found

    def late(self, values: list[Value], here: Here) -> bool:
        """Tell whether a field is written when the others are: they say where, or whether."""
        return any(_others(one) or (len(one.origins) > 1 and one.join is None) for one in self.chosen(values, here))

    def slot(self, name: str, values: list[Value], here: Here, owner: str) -> None:
        """Write one field of an object."""
        usable = self.chosen(values, here)
        if any(value.never for value in values):
            with self.writer.block(f"if {owner}.{name} is not None:"):
                self.no(owner, name, "M408", "its rule says out: never", values[0].place)
        if not usable:
            return
        var = self.writer.name("v")
        self.writer.line(f"{var} = {owner}.{name}")
        default = [one for one in values if one.const is not None and not one.checks]
        given = [f"not {self._equals(var, one.const, exact=True)}" for one in default[:1]]
        with self.writer.block(f"if {' and '.join([f'{var} is not None', *given])}:"):
            self._first(usable, var, here, owner)
        self._absent(usable[0], here, owner)

    def written(self, value: Value, here: Here) -> bool:
        """Tell whether a rule writes, and the contract knows its place."""
        return (
            bool(value.origins) and not value.never and any(holds_text(here.place, one.steps) for one in value.origins)
        )

    def origin(self, value: Value, here: Here) -> Origin:
        """Return the place that a rule writes."""
        return next(one for one in value.origins if holds_text(here.place, one.steps))

    def _first(self, values: list[Value], var: str, here: Here, owner: str) -> None:
        """Write the value by the first rule whose conditions hold; else make those of one hold that can."""
        last = next((value for value in values if not _others(value)), None)
        tried = [(value, "met") for value in values if _others(value)]
        tried += [] if last else [(value, "holds") for value, _ in tried]
        for index, (value, verb) in enumerate(tried):
            checks = self.checks(_others(value), here.place)
            with self.writer.block(f"{'elif' if index else 'if'} w.{verb}({here.tree}, {checks}):"):
                self._value(value, var, here, owner)
        with self.writer.block("else:") if tried else self.writer.same():
            if last:
                self._value(last, var, here, owner)
            else:
                self.no(owner, values[0].name, "M404", "the conditions of its rules do not hold", values[0].place)

    def _absent(self, value: Value, here: Here, owner: str) -> None:
        """Write what stands for a value that the source does not know or may not tell."""
        if value.unknown or value.withheld:
            tokens = self.writer.literal("G", repr((value.unknown, value.withheld)))
            text = self.writer.name("g")
            with self.writer.block(f"elif w.gaps and ({text} := w.gap({owner}, {value.name!r}, {tokens})):"):
                self.store(value, self.origin(value, here).steps, text, here, owner)

    def _value(self, value: Value, var: str, here: Here, owner: str) -> None:
        if value.join is not None:
            self._joined(value, var, here, owner)
            return
        origin = self.origin(value, here)
        text = self.text(value, origin.chain, var, owner)
        with self.writer.block(f"if {text} is not None:"):
            self._places(value, text, here, owner)
            for other in value.origins:
                place = below(here.place, other.steps)
                if len(value.origins) > 1 and place is not None and place.required:
                    way = self.writer.literal("H", repr(hops(other.steps, here.place, self.kind)))
                    self.writer.line(f"w.late.append(({here.tree}, {way}, {text}))")

    def _places(self, value: Value, text: str, here: Here, owner: str) -> None:
        """Write a text at the first place of ``any``; if its parent is not there and wants more than another, there."""
        first, *others = [one for one in value.origins if holds_text(here.place, one.steps)]
        alike = [one for one in others if one.chain.text == first.chain.text]
        easier = min(alike, key=lambda one: hardship(here.place, one.steps), default=first)
        if hardship(here.place, easier.steps) >= hardship(here.place, first.steps):
            self.store(value, first.steps, text, here, owner)
            return
        parent = self.writer.literal("H", repr(hops(first.steps[:-1], here.place, self.kind)))
        with self.writer.block(f"if w.there({here.tree}, {parent}):"):
            self.store(value, first.steps, text, here, owner)
        with self.writer.block("else:"):
            self.store(value, easier.steps, text, here, owner)

    def _joined(self, value: Value, var: str, here: Here, owner: str) -> None:
        """Write a text that reading joins: cut at the separator, one part for each place."""
        origins = [origin for origin in value.origins if holds_text(here.place, origin.steps)]
        text = self.text(value, origins[0].chain, var, owner)
        parts = self.writer.name("p")
        with self.writer.block(f"if {text} is not None:"):
            self.writer.line(f"{parts} = {text}.split({value.join!r})")
            with self.writer.block(f"if len({parts}) == {len(origins)}:"):
                for index, origin in enumerate(origins):
                    self.store(value, origin.steps, f"{parts}[{index}]", here, owner)
            with self.writer.block("else:"):
                self.no(owner, value.name, "M402", "cannot be cut into the parts of its rule", value.place)

    def text(self, value: Value, chain: Chain, var: str, owner: str) -> str:
        """Write a value as its codec and code list do; the variable is ``None`` where that cannot be."""
        text = self.writer.name("t")
        if value.codes is not None:
            self._coded(value, chain, var, text)
            with self.writer.block(f"if {text} is None:"):
                self.no(owner, value.name, "M402", f"{value.codes.name} has no text for the code", value.place)
            return text
        if chain.plain:
            return var
        codec = self.writer.bind("W", chain.format, chain.text, key=chain.text)
        with self.writer.block("try:"):
            self.writer.line(f"{text} = {codec}({var})")
        with self.writer.block("except (ValueError, LookupError):"):
            self.writer.line(f"{text} = None")
            self.no(owner, value.name, "M402", f"cannot be written as {chain.text}", value.place)
        return text

    def _coded(self, value: Value, chain: Chain, var: str, text: str) -> None:
        codes = value.codes
        if codes is None:
            return
        parse = "None" if chain.plain else self.writer.bind("P", chain.parse, chain.text, key=chain.text)
        texts = {entry.code: chain.format(entry.write) for entry in codes.entries.values() if entry.write is not None}
        if value.plain_code:
            words = self.writer.literal("T", repr(texts))
            self.writer.line(f"{text} = {words}.get({var})")
            return
        words = self.writer.literal("T", repr((codes.shown, codes.table(), texts)))
        keeps = value.on_unknown != "refuse"
        self.writer.line(f"{text} = w.word({var}, {words}, {parse}, keeps={keeps})")

    def store(self, value: Value, steps: Steps, text: str, here: Here, owner: str) -> None:
        """Write that a text goes to a place."""
        place = below(here.place, steps)
        if place is not None and value.absent:
            self.blanks.setdefault(id(place), value.absent)
        if place is not None and place.leaf is not None and place.leaf.json != "string":
            text = f"w.plain({text}, {place.leaf.json!r})"
        steps_made = hops(steps, here.place, self.kind) or (("", False, ()),)
        way = self.writer.literal("H", repr(steps_made))
        self.writer.line(f"w.store({here.tree}, {way}, {text}, {owner}, {value.name!r}, {value.place!r})")

    def checks(self, checks: tuple[Check, ...], place: Where | None) -> str:
        """Return the name of conditions as ``Out`` takes them."""
        return self.writer.literal("C", repr(conditions(checks, place, self.kind)))

    def constants(self, obj: Obj, var: str, *, exact: bool = False) -> list[str]:
        """Return tests that an object holds what its rules write by themselves; ``exact``: it may not leave it out."""
        tests = []
        for name, values in obj.slots.items():
            if any(value.never for value in values):
                continue
            known = [value for value in values if value.const is not None]
            if known and len(known) == len(values):
                ways = [self._given(obj, var, values[: index + 1], exact=exact) for index in range(len(values))]
                tests.append(f"({' or '.join(ways if exact else [f'{var}.{name} is None', *ways])})")
            elif known and exact:  # what is left out would be read as the constant
                tests.append(f"{var}.{name} is not None")
        return tests

    def _given(self, obj: Obj, var: str, values: list[Value], *, exact: bool) -> str:
        """Return the test that the last of some rules gives its constant: it is there, and no earlier rule holds."""
        *others, last = values
        tests = [self._equals(f"{var}.{last.name}", last.const, exact=exact)]
        tests += self._told(obj, var, last.checks, exact=exact)
        for other in others:
            told = self._told(obj, var, other.checks, exact=True)
            if other.checks and len(told) == len(other.checks):
                tests.append(f"not ({' and '.join(told)})")
        return f"({' and '.join(tests)})"

    def _told(self, obj: Obj, var: str, checks: tuple[Check, ...], *, exact: bool) -> list[str]:
        """Return conditions on the source as tests of the fields that are read from the same places."""
        tests = []
        for check in checks:
            for name, values in obj.slots.items():
                read = [(one, place) for one in values for place in one.origins if place.steps == check.steps]
                if read and read[0][0].join is None:
                    tests.append(self._says(f"{var}.{name}", check, *read[0], exact=exact))
                    break
        return tests

    def established(self, obj: Obj, var: str, here: Here) -> None:
        """Write the literals under which reading gives an object the constants that it holds."""
        for name, values in obj.slots.items():
            known = [value for value in values if value.const is not None and not value.never]
            if not known or len(known) < len(values):
                continue
            ways: dict[str, list[Value]] = {}
            for value in known:
                if any(check.values for check in value.checks):
                    ways.setdefault(repr(value.const), []).append(value)
            for same in ways.values():
                checks = ", ".join(self.checks(value.checks, here.place) for value in same)
                with self.writer.block(f"if {self._equals(f'{var}.{name}', same[0].const, exact=False)}:"):
                    self.writer.line(f"w.either({here.tree}, ({checks},))")

    def _says(self, field: str, check: Check, value: Value, origin: Origin, *, exact: bool) -> str:
        if not check.values:
            return f"{field} is {'not ' if check.present else ''}None"
        missing = "" if exact else f"{field} is None or "
        if value.codes is not None:
            return f"({missing}getattr({field}, 'text', {field}) in {self.writer.words('S', check.values)})"
        found = []
        for text in check.values:
            try:
                found.append(origin.chain.parse(text))
            except ValueError:
                continue
        return f"({missing}{field} in {self.writer.bind('V', frozenset(found), repr(sorted(map(str, found))))})"

    def _equals(self, var: str, const: Any, *, exact: bool) -> str:
        bound = self.writer.bind("K", const, f"{const!r}", key=("const", repr(const)))
        if isinstance(const, Code):
            return f"({var} == {bound})" if exact else f"same_code({var}, {bound})"
        return f"({var} == {bound})"

    def no(self, owner: str, name: str, code: str, text: str, rule: str) -> None:
        """Write that a value is not carried, and why."""
        self.writer.line(f"w.no({owner}, {name!r}, {code!r}, {text!r}, {rule!r})")


def _others(value: Value) -> tuple[Check, ...]:
    """Return the conditions that speak of other places than the value's own, which it will fill itself."""
    own = {origin.steps for origin in value.origins}
    return tuple(check for check in value.checks if check.steps not in own)
