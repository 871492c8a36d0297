"""From the plan of a mapping to a Python function."""

import marshal
from collections.abc import Callable
from typing import Any, Final

import msgspec

from hub_core.canonical.names import normal_name
from hub_core.canonical.values import Code
from hub_core.mapping.binding.plan import Obj, Scope
from hub_core.mapping.codecs import BadValue, chain
from hub_core.mapping.codecs.dates import from_iso
from hub_core.mapping.reading import jsonplaces, xmlrun
from hub_core.mapping.reading.build import Build
from hub_core.mapping.reading.generator import Frame, Generator, Kind
from hub_core.mapping.reading.known import covers
from hub_core.mapping.reading.run import NO_LIST, Several
from hub_core.mapping.reading.scanjson import JsonScan
from hub_core.mapping.reading.scanxml import XmlScan
from hub_core.mapping.reading.shares import ALONE, Duty

Read = Callable[[Any, Any], dict[str, Any]]
_HELPERS: Final[dict[Kind, tuple[Callable[..., Any], ...]]] = {
    "xml": (xmlrun.again, xmlrun.own_text, xmlrun.texts_at, xmlrun.present_at),
    "json": (
        covers,
        jsonplaces.items,
        jsonplaces.one,
        jsonplaces.select,
        jsonplaces.text_of,
        jsonplaces.texts_at,
        jsonplaces.present_at,
    ),
}


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """The source of a mapping, and all that is needed to run it without its plan.

    Attributes:
        code: of the source, as ``marshal`` writes it.
        values: by the names that the source knows them by.
        codecs: the reading side of these is bound as well, as rules write them.
    """

    kind: Kind
    source: str
    code: bytes
    values: dict[str, Any]
    codecs: dict[str, str]

    def function(self) -> Read:
        """Return the function that the source defines."""
        namespace: dict[str, Any] = {
            **self.values,
            **{name: chain(text).parse for name, text in self.codecs.items()},
            **{helper.__name__: helper for helper in _HELPERS[self.kind]},
            "BadValue": BadValue,
            "Code": Code,
            "Several": Several,
            "from_iso": from_iso,
            "normal_name": normal_name,
        }
        exec(marshal.loads(self.code), namespace)  # noqa: S102, S302 - own code; texts of a mapping are literals in it
        read: Read = namespace["read"]
        return read


class Compiler:
    """Writes the source of one mapping.

    Args:
        kind: of the documents.
        plan: of the record.
        prefixes: by namespace, for showing paths.
        traced: also write down where every value came from.
    """

    def __init__(self, kind: Kind, plan: Scope, prefixes: dict[str, str], *, traced: bool = False) -> None:
        self.plan = plan
        self.generator = Generator(kind, prefixes, traced=traced)
        self.writer = self.generator.writer
        self.build = Build(self.generator)
        self.scan = (XmlScan if kind == "xml" else JsonScan)(self.generator, self._inner)

    def source(self) -> str:
        """Return the source."""
        tree = self.generator.trees.of(self.plan)
        spot = "o" if self.generator.kind == "xml" else "None"
        with self.writer.block("def read(o, run):"):
            self.writer.line("t = {}")
            frame = Frame(self.plan, tree, "o", "t", spot, "None", ALONE)
            self._body(frame)
            self.writer.line("return t")
        while self.generator.waiting:
            self._block(*self.generator.waiting.pop(0))
        return self.writer.source()

    def compiled(self, name: str) -> Compiled:
        """Return the source with its code and what it needs; ``name`` is for people."""
        source = self.source()
        return Compiled(
            kind=self.generator.kind,
            source=source,
            code=marshal.dumps(compile(source, f"<mapping {name}>", "exec")),
            values=self.writer.namespace,
            codecs=self.writer.codecs,
        )

    def _block(self, scope: Scope, duty: Duty | None, name: str) -> None:
        self.writer.line("")
        self.writer.line("")
        spot = "o" if self.generator.kind == "xml" else "spot"
        with self.writer.block(f"def {name}(o, t, spot, to, run):  # {scope.name!a} {scope.place!a}"):
            frame = Frame(scope, self.generator.trees.of(scope), "o", "t", spot, "to", duty)
            self._body(frame)
            self.writer.line("return t")

    def _body(self, frame: Frame) -> None:
        frame.direct = self.scan.direct(frame)
        start = self.writer.place()
        self.generator.conditions(frame)
        self.generator.start(frame)
        duty = None if frame.joins else frame.duty
        if frame.tree.root.passes or frame.tree.root.scopes or duty:
            self.scan.place(frame.tree.root, frame.here, frame, duty=duty)
        self.build.scope(frame)
        if frame.checks:
            self.writer.insert(start, "run.enter()")

    def _inner(self, scope: Scope, item: str, outer: Frame, duty: Duty | None) -> None:
        """Write what an inner scope does with one element or item, if ``where:`` chooses it."""
        if not scope.where:
            self._element(scope, item, outer, duty)
            return
        tests = " and ".join(self.generator.condition(one, item) for one in scope.where)
        with self.writer.block(f"if {tests}:"):
            self._element(scope, item, outer, duty)
        if duty:
            with self.writer.block("else:"):
                if self.generator.kind == "xml":
                    self.writer.line(f"run.element({item})")
                else:
                    spot = f"({outer.spot}, {self.generator.steps(scope.base)}, {item})"
                    self.writer.line(f"run.leave({spot}, ())")

    def _element(self, scope: Scope, item: str, outer: Frame, duty: Duty | None) -> None:
        results = outer.results[scope]
        tail, many = _tail(scope, outer.scope.root, "") or (scope.name, True)
        spot = item
        if self.generator.kind == "json":
            same = not scope.base and item == outer.here
            spot = outer.spot if same else f"({outer.spot}, {self.generator.steps(scope.base)}, {item})"
        if scope.root is None:
            to = f"({outer.to}, {tail!r}, None, len({results}))"
            frame = Frame(scope, self.generator.trees.of(scope), item, "", spot, to, duty, sink=results)
            frame.added = f"({outer.to}, {tail!r}, {results}, len({results}) - 1)"
            self._body(frame)
            return
        made = self.writer.name("t")
        self.writer.line(f"{made} = {{}}")
        to = f"({outer.to}, {tail!r}, {made}, {f'len({results})' if many else NO_LIST})"
        frame = Frame(scope, self.generator.trees.of(scope), item, made, spot, to, duty)
        if scope.call is None:
            self._body(frame)
        else:
            block = self.generator.function(scope.call, duty)
            call = f"{made} = {block}({item}, {made}, {spot}, {to}, run)"
            scan = self.scan
            if isinstance(scan, JsonScan) and not scan.takes_objects(scope) and not scan.reads_text(scope.call):
                with self.writer.block(f"if {item}.__class__ is dict:"):
                    self.writer.line(call)
                if duty:
                    with self.writer.block("else:"):
                        self.writer.line(f"run.scalars({outer.spot}, {self.generator.steps(scope.base)})")
            else:
                self.writer.line(call)
            frame.joins = True
            self._body(frame)
        with self.writer.block(f"if {made}:"):
            self.writer.line(f"{results}.append({made})")


def _tail(scope: Scope, obj: Obj | None, path: str) -> tuple[str, bool] | None:
    """Return the canonical path at which a scope's object lies, and whether it is an element of a list."""
    if obj is None:
        return None
    if scope in obj.scopes:
        return path, False
    for name, slot in obj.lists.items():
        here = f"{path}.{name}" if path else name
        if scope in slot.scopes:
            return here, True
        for shown, element in slot.elements.items():
            if found := _tail(scope, element, f"{here}[{shown.replace('=None:', '=')}]"):
                return found
    for name, inner in obj.objects.items():
        if found := _tail(scope, inner, f"{path}.{name}" if path else name):
            return found
    return None
