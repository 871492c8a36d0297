"""Writes the conditions and constants of rules: when a rule takes an object, and what makes its conditions hold."""

from typing import Any

from hub_core.canonical.values import Code
from hub_core.mapping.binding.plan import Check, Obj, Origin, Value
from hub_core.mapping.pythonsource import Writer
from hub_core.mapping.writing.places import below, conditions, hops
from hub_core.mapping.writing.trees import Here, Trees


class Conditions:
    """Writes conditions on the tree, and tests of the fields that are read from the same places."""

    def __init__(self, kind: str, writer: Writer, trees: Trees) -> None:
        self.kind = kind
        self.writer = writer
        self.trees = trees

    def met(self, here: Here, checks: tuple[Check, ...]) -> str:
        """Return the test whether conditions hold as the tree stands."""
        self.trees.asked(here, checks)
        if self.trees.simple(here, checks):
            return " and ".join(self._stands(here, check) for check in checks)
        return f"w.met({here.tree}, {self._listed(here, checks)})"

    def can(self, here: Here, checks: tuple[Check, ...]) -> str:
        """Return the test whether conditions hold, or could if what is not there yet were put in."""
        self.trees.asked(here, checks)
        if not self.trees.simple(here, checks):
            return f"w.can({here.tree}, {self._listed(here, checks)})"
        tests = []
        for check in checks:
            if check.values:
                allowed = ", ".join(map(repr, (None, *check.values)))
                tests.append(f"{here.tree}.get({str(check.steps[0].name)!r}) in ({allowed})")
            elif not check.present:
                tests.append(self._stands(here, check))
        return " and ".join(tests) or "True"

    def made(self, here: Here, checks: tuple[Check, ...]) -> str:
        """Return the test whether conditions could be made to hold, which makes them hold."""
        self.trees.asked(here, checks, made=True)
        return f"w.holds({here.tree}, {self._listed(here, checks)})"

    def hold(self, here: Here, checks: tuple[Check, ...]) -> None:
        """Write that conditions are made to hold where they can."""
        test = self.made(here, checks)
        if len(checks) == 1 and checks[0].values and self.trees.simple(here, checks):
            self.writer.line(f"{here.tree}.setdefault({str(checks[0].steps[0].name)!r}, {checks[0].values[0]!r})")
        else:
            self.writer.line(test)

    def either(self, here: Here, ways: list[tuple[Check, ...]]) -> None:
        """Write that one of several conditions is made to hold, if none does."""
        for checks in ways:
            self.trees.asked(here, checks, made=True)
        met = [self.met(here, checks) for checks in ways if self.trees.simple(here, checks)]
        with self.writer.block(f"if not ({' or '.join(met)}):") if met else self.writer.same():
            self.writer.line(f"w.either({here.tree}, ({', '.join(self._listed(here, one) for one in ways)},))")

    def room(self, here: Here, checks: tuple[Check, ...], base: Any) -> str:
        """Return the test of ``can`` for conditions whose paths start behind a base that stands once."""
        for check in checks:
            self.trees.asked(here, (Check(steps=base + check.steps, values=check.values, present=check.present),))
        first = hops(base, here.place, self.kind)
        listed = conditions(checks, below(here.place, base), self.kind)
        inside = tuple((first + place, texts, present) for place, texts, present in listed)
        return f"w.can({here.tree}, {self.writer.literal('C', repr(inside))})"

    def _listed(self, here: Here, checks: tuple[Check, ...]) -> str:
        return self.writer.literal("C", repr(conditions(checks, here.place, self.kind)))

    def _stands(self, here: Here, check: Check) -> str:
        name = str(check.steps[0].name)
        if not check.values:
            return f"{name!r} {'in' if check.present else 'not in'} {here.tree}"
        if len(check.values) == 1:
            return f"{here.tree}.get({name!r}) == {check.values[0]!r}"
        return f"{here.tree}.get({name!r}) in {check.values!r}"

    # Constants ------------------------------------------------------------------------------------------------

    def constants(self, obj: Obj, var: str, *, exact: bool = False) -> list[str]:
        """Return tests that an object holds what its rules write by themselves; ``exact``: it may not leave it out."""
        tests = []
        for name, values in obj.slots.items():
            if any(value.never for value in values):
                continue
            known = [value for value in values if value.const is not None]
            if known and len(known) == len(values):
                ways = [self._given(obj, var, values[: index + 1], exact=exact) for index in range(len(values))]
                tests.append(_any(ways if exact else [f"{var}.{name} is None", *ways]))
            elif known:  # what is not written would be read as the constant
                tests += [f"{var}.{name} is not None"] if exact else []
                tests += self._sayable(f"{var}.{name}", values)
        return tests

    def _sayable(self, field: str, values: list[Value]) -> list[str]:
        """Return the test that a coded field is not there, or can be written by one of its rules."""
        lists = [one for value in values if value.codes is not None for one in value.codes.versions or (value.codes,)]
        codes = {entry.code for one in lists for entry in one.entries.values() if entry.write is not None}
        codes |= {value.const.code for value in values if isinstance(value.const, Code) and value.const.code}
        if any(value.plain_code or value.codes is None for value in values):
            return []
        texts = sorted({text for one in lists for text in one.table()})
        known, read = (self.writer.words("S", tuple(words)) for words in (sorted(codes), texts))
        return [f"({field} is None or {field}.code in {known} or {field}.text in {read})"]

    def _given(self, obj: Obj, var: str, values: list[Value], *, exact: bool) -> str:
        """Return the test that the last of some rules gives its constant: it is there, and no earlier rule holds."""
        *others, last = values
        tests = [self.equals(f"{var}.{last.name}", last.const, exact=exact)]
        tests += self._told(obj, var, last.checks, exact=exact)
        for other in others:
            told = self._told(obj, var, other.checks, exact=True)
            if other.checks and len(told) == len(other.checks):
                tests.append(f"not ({' and '.join(told)})")
        return " and ".join(tests)

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
        shown = repr(sorted(map(repr, found)))
        return f"({missing}{field} in {self.writer.bind('V', frozenset(found), shown, key=('V', shown))})"

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
                with self.writer.block(f"if {self.equals(f'{var}.{name}', same[0].const, exact=False)}:"):
                    self.either(here, [value.checks for value in same])

    def equals(self, var: str, const: Any, *, exact: bool) -> str:
        """Return the test that a field is a constant; ``exact``: a code without a text of its own."""
        if const.__class__ is str:
            return f"{var} == {const!r}"
        bound = self.writer.bind("K", const, f"{const!r}", key=("const", repr(const)))
        if isinstance(const, Code) and not exact:
            return f"same_code({var}, {bound})"
        return f"{var} == {bound}"


def _any(ways: list[str]) -> str:
    """Return the test that one of several holds."""
    return ways[0] if len(ways) == 1 else f"({' or '.join(f'({way})' if ' and ' in way else way for way in ways)})"
