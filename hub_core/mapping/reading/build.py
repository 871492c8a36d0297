"""Writes how a record is built from the raw values of one scope."""

from hub_core.canonical.person import Name
from hub_core.canonical.values import Code
from hub_core.mapping.binding.model import needed
from hub_core.mapping.binding.plan import ListSlot, Obj, Scope, Value
from hub_core.mapping.pythonsource import Writer
from hub_core.mapping.reading.generator import Frame, Generator
from hub_core.mapping.reading.tree import Leaf
from hub_core.mapping.reading.valuecode import ValueCode


class Build:
    """Writes objects, lists and constants; ``ValueCode`` writes the single values."""

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.writer: Writer = generator.writer
        self.values = ValueCode(generator)
        self._makes: list[str] = []
        self._required: list[tuple[Value, str, str]] = []

    def scope(self, frame: Frame) -> None:
        """Write everything from the raw values of a scope to its finished object or value."""
        self.generator.late_conditions(frame)
        tracked = self._track(frame)
        if frame.scope.value is not None:
            self.values.write(frame.scope.value, frame, sink=f"{frame.sink}.append({{}})", to=frame.to, at="")
        elif frame.scope.root is not None:
            begun = frame.joins
            safe = begun and needed(frame.scope.root.struct) and frame.scope.root.slots
            with self.writer.block(f"if {frame.made}:") if safe else self.writer.same():
                self._fill(frame.scope.root, frame.made, frame, frame.to, whole=frame.scope, begun=begun)
        for leaf in tracked:
            self._account(leaf, frame)
        for steps, named in frame.checks:
            check = f"run.check({frame.spot}, {self.generator.steps(steps)}, {', '.join(named)})"
            if self.generator.kind == "json" and not steps:  # most often all is named, and no path is needed
                check = f"if run.doubts or not covers({frame.here}, {', '.join(named)}): {check}"
            self.writer.line(check)
        if frame.checks:
            self.writer.line("run.settle()")

    def _track(self, frame: Frame) -> list[Leaf]:
        """Write the start of what is known only at the end: which of these leaves nobody has taken."""
        tracked = [leaf for leaf in frame.tree.leaves.values() if leaf.tracked]
        for leaf in tracked:
            self.writer.line(f"u{leaf.number} = {leaf.var}")
            if self.generator.kind == "json" and leaf.bare and leaf not in frame.shared:
                with self.writer.block(f"if {leaf.var} is not None and {leaf.var}.__class__ is not str:"):
                    self.writer.line(f"run.objects({frame.spot}, {self.generator.steps(leaf.steps)})")
            for check in leaf.checks:  # of several values, the condition spoke of one only
                one = f"{leaf.var}.__class__ is not Several"
                if self.generator.kind == "json":
                    one = f"({leaf.var}.__class__ is not list or text_of({leaf.var}).__class__ is not Several)"
                with self.writer.block(f"if {frame.conditions[check]} and {one}:"):
                    self.writer.line(f"u{leaf.number} = None")
        return tracked

    def _account(self, leaf: Leaf, frame: Frame) -> None:
        """Write what happens with a value of which it is known only now whether the record holds it."""
        place = f"{frame.spot}, {self.generator.steps(leaf.steps)}"
        taken = f"if {leaf.var} is not None and u{leaf.number} is None:"
        if frame.joins and frame.duty:
            with self.writer.block(taken):
                self.writer.line(f"run.claim({place})")
            return
        doubtful = leaf in frame.shared
        if doubtful and self.generator.taken_anyway(leaf, frame):
            return
        with self.writer.block(f"if u{leaf.number} is not None:"):
            self.writer.line(f"run.{'doubt' if doubtful else 'drop'}({place})")
        if doubtful:
            with self.writer.block(taken):
                self.writer.line(f"run.take({place})")

    def _fill(
        self, obj: Obj, made: str, frame: Frame, to: str, *, whole: Scope | None = None, begun: bool = False
    ) -> None:
        """Write an object into the dictionary ``made``; ``to`` is its place in the record.

        ``whole`` is the scope whose object it is, unless it lies inside another one of the same scope. ``begun``: a
        block has written into it before, or into the object around it.
        """
        begun = begun or bool(obj.scopes)
        self._makes.append(made)
        for name, values in obj.slots.items():
            self._slot(name, values, made, frame, to, begun=begun)
        late: list[tuple[str, Obj]] = []
        for name, inner in obj.objects.items():
            if _joins_only(inner):
                late.append((name, inner))
            else:
                self._object(name, inner, made, frame, f"({to}, {name!r}, None, -1)", begun=begun)
        for name, slot in obj.lists.items():
            self._list(name, slot, made, frame, to, begun=begun)
        self._required += [(value, made, to) for values in obj.slots.values() for value in values if value.required]
        required, self._required = (self._required, []) if whole is not None else ([], self._required)
        if whole is not None and whole.name == "the record":
            self._finish(obj, made, frame, to, late, required, whole=whole, begun=begun)
        elif late or required or self._has_finish(obj, whole, begun=begun):
            with self.writer.block(f"if {made}:"):
                self._finish(obj, made, frame, to, late, required, whole=whole, begun=begun)
        self._makes.pop()

    def _late(self, late: list[tuple[str, Obj]], made: str, frame: Frame, to: str) -> None:
        """Write objects that hold constants only."""
        for name, inner in late:
            result = self.writer.name("t")
            self.writer.line(f"{result} = {{}}")
            self._finish(inner, result, frame, f"({to}, {name!r}, None, -1)", list(inner.objects.items()), [])
            with self.writer.block(f"if {result}:"):
                self.writer.line(f"{made}[{name!r}] = {result}")

    def _slot(self, name: str, values: list[Value], made: str, frame: Frame, to: str, *, begun: bool) -> None:
        """Write the rules of one field in their order; ``begun``: the object may hold it already."""
        sourced = [value for value in values if not value.joins_only]
        for number, value in enumerate(sourced):
            guard = self.generator.guard(value.checks, frame)
            if number or begun:
                there = " or ".join(f"{frame.tree.leaves[origin.steps].var} is not None" for origin in value.origins)
                guard = f"({there}) and {name!r} not in {made}" + (f" and {guard}" if guard else "")
            holder = self._makes[-1 - value.spill[0]] if value.spill else ""
            with self.writer.block(f"if {guard}:") if guard else self.writer.same():
                self.writer.line(f"# {name} <- {value.place!a}")
                self.values.write(value, frame, sink=f"{made}[{name!r}] = {{}}", to=to, at=name, holder=holder)

    def _object(self, name: str, inner: Obj, made: str, frame: Frame, to: str, *, begun: bool) -> None:
        result = self.writer.name("t")
        if not begun and self._is_one_scope(inner):
            found = frame.results[inner.scopes[0]]
            label = self._scope_label(inner.scopes[0], name)
            one = f"{found}[0] if len({found}) == 1 else run.one_of({label}, {frame.spot}, {to}, {found})"
            with self.writer.block(f"if {found} and ({result} := {one}):"):
                self.writer.line(f"{made}[{name!r}] = {result}")
            return
        self._begin(inner, result, frame, to, name, empty=f"{made}.get({name!r}) or {{}}" if begun else "{}")
        self._fill(inner, result, frame, to, begun=begun)
        with self.writer.block(f"if {result}:"):
            self.writer.line(f"{made}[{name!r}] = {result}")

    def _begin(self, obj: Obj, result: str, frame: Frame, to: str, name: str, *, empty: str = "{}") -> None:
        """Write where an object starts: as the first of the objects that its scopes made, or empty."""
        if not obj.scopes:
            self.writer.line(f"{result} = {empty}")
            return
        word = "if"
        for number, scope in enumerate(obj.scopes):
            found = frame.results[scope]
            label = self._scope_label(scope, name)
            with self.writer.block(f"{word} {found}:"):
                one = f"run.one_of({label}, {frame.spot}, {to}, {found})"
                self.writer.line(f"{result} = {found}[0] if len({found}) == 1 else {one}")
                for loser in obj.scopes[number + 1 :]:
                    with self.writer.block(f"if {frame.results[loser]}:"):
                        self.writer.line(f"run.leave({frame.spot}, {self.generator.steps(loser.base)})")
            word = "elif"
        with self.writer.block("else:"):
            self.writer.line(f"{result} = {empty}")

    def _is_one_scope(self, obj: Obj) -> bool:
        """Whether an object is what one scope makes, and nothing more."""
        alone = len(obj.scopes) == 1 and not (obj.slots or obj.objects or obj.lists)
        return alone and not self._has_finish(obj, None, begun=True)

    def _scope_label(self, scope: Scope, name: str) -> str:
        value = Value(name=name, kind="object", place=scope.place, faulty=scope.faulty)
        return self.generator.label(value, "", scope.base, leave=False, codec=None)

    def _list(self, name: str, slot: ListSlot, made: str, frame: Frame, to: str, *, begun: bool) -> None:
        if len(slot.scopes) == 1 and not slot.elements and not begun:
            found = frame.results[slot.scopes[0]]
            with self.writer.block(f"if {found}:"):
                self.writer.line(f"{made}[{name!r}] = {found}")
            return
        result = self.writer.name("l")
        self.writer.line(f"{result} = {f'list({made}.get({name!r}, ()))' if begun else '[]'}")
        for number, obj in enumerate(slot.elements.values()):
            element = self.writer.name("t")
            inside = f"({to}, {name!r}, {element}, {number})"
            self._begin(obj, element, frame, inside, name)
            self._fill(obj, element, frame, inside)
            with self.writer.block(f"if {element}:"):
                self.writer.line(f"{result}.append({element})")
        for scope in slot.scopes:
            if self.generator.traced:
                self.writer.line(f"run.moved({frame.results[scope]}, len({result}))")
            self.writer.line(f"{result} += {frame.results[scope]}")
        with self.writer.block(f"if {result}:"):
            self.writer.line(f"{made}[{name!r}] = {result}")

    def _has_finish(self, obj: Obj, whole: Scope | None, *, begun: bool) -> bool:
        constants = any(value.joins_only or value.open for values in obj.slots.values() for value in values)
        return constants or obj.struct is Name or bool(self._lacks(obj, whole, begun=begun))

    def _finish(
        self,
        obj: Obj,
        made: str,
        frame: Frame,
        to: str,
        late: list[tuple[str, Obj]],
        required: list[tuple[Value, str, str]],
        *,
        whole: Scope | None = None,
        begun: bool = False,
    ) -> None:
        """Write what joins an object that holds something, and what it must not be without."""
        for name, values in obj.slots.items():
            self._constants(name, values, made, frame, to, begun=begun)
        self._late(late, made, frame, to)
        for value, holder, inside in required:
            self._missing(value, holder, frame, inside)
        self._lacking(obj, made, frame, to, whole, begun=begun)
        if obj.struct is Name and "normal" not in obj.slots:
            parts = ", ".join(f"{made}.get({part!r})" for part in ("family", "given", "full"))
            with self.writer.block(f"if n := normal_name({parts}):"):
                self.writer.line(f"{made}['normal'] = n")

    def _constants(self, name: str, values: list[Value], made: str, frame: Frame, to: str, *, begun: bool) -> None:
        for value in values:
            if value.open:
                opened = Code(list="period-end@1", code="open")
                holds = [self.generator.guard(value.checks, frame)] if value.checks else []
                tests = [f"{name!r} not in {made}", *holds, self.values.blank(value, frame)]
                with self.writer.block(f"if {' and '.join(tests)}:"):
                    self.writer.line(f"{made}['open'] = {self.writer.bind('Q', opened, 'open', key='open')}")
                    if self.generator.traced:
                        label = self.generator.label(value, name, value.origins[0].steps, leave=False, codec=None)
                        self.writer.line(f"run.opened({label}, {frame.spot}, {to})")
            if not value.joins_only:
                continue
            guards = [self.generator.guard(value.checks, frame)] if value.checks else []
            guards += [f"{name!r} not in {made}"] if begun or len(values) > 1 else []
            source = self._constant(value)
            if value.document:
                guards.append(source)
            if guards:
                with self.writer.block(f"if {' and '.join(guards)}:"):
                    self._set(name, source, value, made, to)
            else:
                self._set(name, source, value, made, to)

    def _constant(self, value: Value) -> str:
        if value.document:
            return f"run.document.{value.document}"
        if isinstance(value.const, (str, bool, int)):
            return repr(value.const)
        return self.writer.bind("Q", value.const, f"{value.name} ({value.place})", key=(value.name, str(value.const)))

    def _set(self, name: str, source: str, value: Value, made: str, to: str) -> None:
        self.writer.line(f"{made}[{name!r}] = {source}")
        if self.generator.traced:
            label = self.generator.label(value, name, (), leave=False, codec=None)
            self.writer.line(f"run.constant({label}, {to})")

    def _missing(self, value: Value, holder: str, frame: Frame, to: str) -> None:
        """Write the report about a required value, wherever in the object it belongs."""
        guard = self.generator.guard(value.checks, frame)
        steps = value.origins[0].steps if value.origins else ()
        label = self.generator.label(value, value.name, steps, leave=False, codec=None)
        with self.writer.block(f"if {value.name!r} not in {holder}{' and ' + guard if guard else ''}:"):
            self.writer.line(f"run.missing({label}, {frame.spot}, {to})")

    def _lacks(self, obj: Obj, whole: Scope | None, *, begun: bool) -> list[str]:
        """Return the fields that the model requires and that are not there for certain."""
        if whole is not None and (begun or whole.name == "the record"):
            return []  # the record needs nothing; a block has looked at its own object
        sure = {
            name
            for name, values in obj.slots.items()
            if any(value.joins_only and not value.checks and not value.document for value in values)
        }
        return [name for name in needed(obj.struct) if name not in sure]

    def _lacking(self, obj: Obj, made: str, frame: Frame, to: str, whole: Scope | None, *, begun: bool) -> None:
        for number, name in enumerate(self._lacks(obj, whole, begun=begun)):
            written = [value for value in obj.slots.get(name, ()) if value.origins]
            value = written[0] if written else Value(name=name, kind="text", place=obj.place, faulty=obj.faulty)
            steps = value.origins[0].steps if value.origins else ()
            spilled = ", spilled=True" if value.spill else ""
            label = self.generator.label(value, name, steps, leave=False, codec=None)
            places = [origin.steps for one in obj.values() if not one.spill for origin in one.origins]
            places += [scope.base for scope in obj.all_scopes()]
            if whole is not None:
                places = [()]
            bound = self.writer.bind("S", tuple(places), "all of the object", key=("all", tuple(places)))
            still = f"{made} and " if number else ""  # the block before may have emptied it
            with self.writer.block(f"if {still}{name!r} not in {made}:"):
                self.writer.line(f"{made} = run.lacking({label}, {frame.spot}, {to}, {bound}{spilled})")


def _joins_only(obj: Obj) -> bool:
    """Whether an object holds constants only."""
    return (
        not obj.scopes
        and not obj.lists
        and all(value.joins_only for values in obj.slots.values() for value in values)
        and all(_joins_only(inner) for inner in obj.objects.values())
    )
