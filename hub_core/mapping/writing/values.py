"""Writes how single values get into a document: codec, code list, place."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from hub_core.mapping.binding.plan import Check, Origin, Value
from hub_core.mapping.codecs import Chain
from hub_core.mapping.codelists import CodeList
from hub_core.mapping.dated import in_force, starts
from hub_core.mapping.language.paths import Steps
from hub_core.mapping.pythonsource import Writer
from hub_core.mapping.writing.conditions import Conditions
from hub_core.mapping.writing.places import below, hardship, holds_text, hops
from hub_core.mapping.writing.trees import Here, Trees


class ValueFill:
    """Writes values of one kind of document."""

    def __init__(self, kind: str, writer: Writer, trees: Trees, conditions: Conditions) -> None:
        self.kind = kind
        self.writer = writer
        self.trees = trees
        self.conditions = conditions

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
        given = [f"not {self.conditions.equals(var, one.const, exact=True)}" for one in default[:1]]
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
        tried = [value for value in values if _others(value)]
        tests = [(value, self.conditions.met(here, _others(value))) for value in tried]
        tests += [] if last else [(value, self.conditions.made(here, _others(value))) for value in tried]
        for index, (value, test) in enumerate(tests):
            with self.writer.block(f"{'elif' if index else 'if'} {test}:"):
                self._value(value, var, here, owner)
        with self.writer.block("else:") if tests else self.writer.same():
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
        with self.text(value, self.origin(value, here).chain, var, owner) as text:
            self._places(value, text, here, owner)
            for other in value.origins:
                place = below(here.place, other.steps)
                if len(value.origins) > 1 and place is not None and place.required:
                    self.trees.asked(here, (Check(other.steps, (), present=True),), made=True)
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
        way = first.steps[:-1]
        self.trees.asked(here, (Check(way, (), present=True),))
        parent = self.writer.literal("H", repr(hops(way, here.place, self.kind)))
        with self.writer.block(f"if w.there({here.tree}, {parent}):"):
            self.store(value, first.steps, text, here, owner)
        with self.writer.block("else:"):
            self.store(value, easier.steps, text, here, owner)

    def _joined(self, value: Value, var: str, here: Here, owner: str) -> None:
        """Write a text that reading joins: cut at the separator, one part for each place."""
        origins = [origin for origin in value.origins if holds_text(here.place, origin.steps)]
        with self.text(value, origins[0].chain, var, owner) as text:
            parts = self.writer.name("p")
            self.writer.line(f"{parts} = {text}.split({value.join!r})")
            with self.writer.block(f"if len({parts}) == {len(origins)}:"):
                for index, origin in enumerate(origins):
                    self.store(value, origin.steps, f"{parts}[{index}]", here, owner)
            with self.writer.block("else:"):
                self.no(owner, value.name, "M402", "cannot be cut into the parts of its rule", value.place)

    @contextmanager
    def text(self, value: Value, chain: Chain, var: str, owner: str) -> Iterator[str]:
        """Write a value as its codec and code list do, and what follows is done with the text where there is one."""
        if value.codes is None and chain.plain:
            yield var
            return
        text = self.writer.name("t")
        if value.codes is not None:
            self._coded(value, chain, var, text)
            with self.writer.block(f"if {text} is None:"):
                day = " on the record's date" if value.codes.dated else ""
                self.no(owner, value.name, "M402", f"{value.codes.name} has no text for the code{day}", value.place)
        else:
            with self.writer.block("try:"):
                self.writer.line(f"{text} = {self.writer.format(chain.text)}({var})")
            with self.writer.block("except (ValueError, LookupError):"):
                self.no(owner, value.name, "M402", f"cannot be written as {chain.text}", value.place)
        with self.writer.block("else:"):
            yield text

    def _coded(self, value: Value, chain: Chain, var: str, text: str) -> None:
        codes = value.codes
        if codes is None:
            return
        words = self._words(codes, chain)
        if value.plain_code:
            self.writer.line(f"{text} = {words}[2].get({var})")
            return
        parse = "None" if chain.plain else self.writer.codec(chain.text)
        otherwise = f"{text} = w.word({var}, {words}, {parse}, keeps={value.on_unknown != 'refuse'})"
        if not chain.plain:
            self.writer.line(otherwise)
            return
        self.writer.line(f"{text} = {var}.text")
        with self.writer.block(f"if {words}[1].get({text}, 0) != {var}.code:"):
            self.writer.line(otherwise)

    def _words(self, codes: CodeList, chain: Chain) -> str:
        """Return the name of what a list says, see ``outrun.Words``: of one with days, on the day of the record."""
        spans = []
        for day in starts(codes) if codes.dated else (date.max,):
            version, entries = in_force(codes, day) if codes.dated else (codes, codes.entries)
            table = {text: entry.code for entry in entries.values() for text in entry.read}
            texts = {entry.code: chain.format(entry.write) for entry in entries.values() if entry.write is not None}
            spans.append((day.isoformat(), (version.shown, table, texts)))
        if not codes.dated:
            return self.writer.literal("T", repr(spans[0][1]))
        words = self.writer.name("s")
        self.writer.line(f"{words} = w.in_force({self.writer.literal('T', repr(tuple(spans)))})")
        return words

    def store(self, value: Value, steps: Steps, text: str, here: Here, owner: str, *, name: str | None = None) -> None:
        """Write that a text goes to a place; ``name``: of the field, if not that of the rule."""
        place = below(here.place, steps)
        if place is not None and place.leaf is not None and place.leaf.json != "string":
            text = f"w.plain({text}, {place.leaf.json!r})"
        self.trees.put(here, steps, text, f"{owner}, {(name or value.name)!r}", value.place)

    def no(self, owner: str, name: str, code: str, text: str, rule: str) -> None:
        """Write that a value is not carried, and why."""
        self.writer.line(f"w.no({owner}, {name!r}, {code!r}, {text!r}, {rule!r})")


def _others(value: Value) -> tuple[Check, ...]:
    """Return the conditions that speak of other places than the value's own, which it will fill itself."""
    own = {origin.steps for origin in value.origins}
    return tuple(check for check in value.checks if check.steps not in own)
