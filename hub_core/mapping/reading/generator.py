"""Writes the Python source of a mapping: one function for the record, one for each shared block.

In every function: first the conditions, then one pass over the source level by level that puts raw values into
variables (``scanxml``, ``scanjson``), then the record is built from them (``build``). Nothing is looked up twice, and
no path is written down unless there is something to say about it.
"""

from dataclasses import dataclass, field
from typing import Final, Literal

from hub_core.canonical.values import Code
from hub_core.mapping.binding.plan import Check, Scope, Value
from hub_core.mapping.codelists import CodeList
from hub_core.mapping.dated import dated_table
from hub_core.mapping.language.paths import Steps, shown_key, shown_name
from hub_core.mapping.pythonsource import Writer
from hub_core.mapping.reading.known import conditional, known, takes
from hub_core.mapping.reading.run import Label
from hub_core.mapping.reading.shares import Duty
from hub_core.mapping.reading.tree import Leaf, Node, Tree, Trees

Kind = Literal["xml", "json"]
RECORD: Final = "record"


@dataclass(slots=True)
class Frame:
    """One scope while its source is written.

    Attributes:
        here: variable of the element, object or plain value at its base.
        made: variable of the dictionary that it fills; empty for plain values.
        spot: expression of the place, for findings.
        to: expression of the object in the record, for findings.
        duty: what unnamed leaves are looked for here; ``None``: somebody else does it.
        results: list variable of each inner scope.
        conditions: variable of each condition.
        direct: leaves that can be read only once.
        shared: leaves that inner scopes may read too.
        joins: a shared block has filled the object before; what is taken now, it had left.
        checks: places to be looked at when the scope is finished: path, and what is named there.
        sink: list variable that takes plain values.
        added: ``to`` for a plain value once it has been added.
    """

    scope: Scope
    tree: Tree
    here: str
    made: str
    spot: str
    to: str
    duty: Duty | None
    results: dict[Scope, str] = field(default_factory=dict)
    conditions: dict[Check, str] = field(default_factory=dict)
    direct: set[Leaf] = field(default_factory=set)
    shared: set[Leaf] = field(default_factory=set)
    checks: list[tuple[Steps, list[str]]] = field(default_factory=list)
    sink: str = ""
    added: str = ""
    joins: bool = False


class Generator:
    """What all parts of the generation share: the writer, the trees, the functions still to be written."""

    def __init__(self, kind: Kind, prefixes: dict[str, str], *, traced: bool) -> None:
        self.kind = kind
        self.traced = traced
        self.writer = Writer()
        self.trees = Trees()
        self._prefixes = prefixes
        self._functions: dict[tuple[Scope, Duty | None], str] = {}
        self.waiting: list[tuple[Scope, Duty | None, str]] = []

    def function(self, scope: Scope, duty: Duty | None) -> str:
        """Return the name of the function of a shared block; it is written later."""
        key = (scope, duty)
        if key not in self._functions:
            self._functions[key] = self.writer.name("block_")
            self.waiting.append((scope, duty, self._functions[key]))
        return self._functions[key]

    # Constants of the source ---------------------------------------------------------------------------------

    def steps(self, steps: Steps) -> str:
        """Return the expression of a path."""
        return self.writer.bind("S", steps, self.shown(steps), key=steps) if steps else "()"

    def label(self, value: Value, at: str, steps: Steps, *, leave: bool, codec: str | None) -> str:
        """Return the expression of a label."""
        label = Label(
            at=at,
            steps=steps,
            path=self.shown(steps),
            rule=value.place,
            codec=codec,
            codes=value.codes.name if value.codes else None,
            severe=value.faulty == "refuse",
            leave=leave,
        )
        return self.writer.bind("L", label, f"{label.at} <- {label.path} ({label.rule})", key=label)

    def known(self, node: Node, frame: Frame) -> list[str]:
        """Return the expressions of what is named at a node, the later ones with their conditions."""
        parts = [self.writer.bind("T", known(node, self.trees), "what is named at a place", key=node)]
        for scope, names in conditional(node, self.trees):
            bound = self.writer.bind("T", names, "what is named by one rule", key=(node, scope))
            parts.append(f"{self.guard(scope.checks, frame)} and {bound}")
        return parts

    def taken_anyway(self, leaf: Leaf, frame: Frame) -> bool:
        """Tell whether another rule takes a value for sure, as far as the checks at the end of the scope would see."""
        for steps, parts in frame.checks:
            if leaf.steps[: len(steps)] == steps:
                return takes(self.writer.namespace[parts[0]], leaf.steps[len(steps) :])
        return False

    def codes(self, codelist: CodeList, *, ready: bool) -> str:
        """Return the expression of a code table: coded values ready for the record, or codes only.

        That of a list of which parts are in force at different times still has to be asked for the day.
        """
        if codelist.dated:
            table = dated_table(codelist, ready=ready)
            return self.writer.bind("C", table, f"{codelist.name}, by day", key=(codelist.name, ready))
        codes = codelist.table()
        entries: dict[str, object] = dict(codes)
        if ready:
            entries = {text: Code(list=codelist.shown, code=code, text=text) for text, code in codes.items()}
        return self.writer.bind("C", entries, f"{codelist.name}", key=(codelist.name, ready))

    def shown(self, steps: Steps) -> str:
        """Return a path for people."""
        if self.kind == "xml":
            return "/".join(shown_name(step.name, self._prefixes) for step in steps) or "."
        return ".".join(shown_key(step.name) for step in steps) or "."

    # Parts that both kinds of documents share ----------------------------------------------------------------

    def conditions(self, frame: Frame) -> None:
        """Write the conditions that decide during the pass, each once."""
        tree = frame.tree
        early = {check for node in tree.root.all_nodes() for scope in node.scopes for check in scope.checks}
        for check in self._all_checks(frame):
            if check in early or not check.values:
                frame.conditions[check] = name = self.writer.name("c")
                self.writer.line(f"{name} = {self.condition(check, frame.here)}  # {self.shown(check.steps)!a}")

    def late_conditions(self, frame: Frame) -> None:
        """Write the conditions that only values depend on: their texts have been read by now."""
        for check in self._all_checks(frame):
            if check not in frame.conditions:
                frame.conditions[check] = name = self.writer.name("c")
                var, words = frame.tree.leaves[check.steps].var, self.writer.words("W", check.values)
                several = f"{var} is not None and {self.condition(check, frame.here)}"
                self.writer.line(f"{name} = {var}.strip() in {words} if {var}.__class__ is str else {several}")

    def _all_checks(self, frame: Frame) -> list[Check]:
        tree = frame.tree
        checks = [check for leaf in tree.leaves.values() for value in leaf.uses for check in value.checks]
        checks += [check for leaf in tree.leaves.values() for check in leaf.checks]
        checks += [check for node in tree.root.all_nodes() for scope in node.scopes for check in scope.checks]
        if frame.scope.root is not None:
            checks += [check for value in frame.scope.root.values() for check in value.checks]
        return list(dict.fromkeys(checks))

    def condition(self, check: Check, here: str) -> str:
        """Return the expression of one condition, relative to a place."""
        place = f"{here}, {self.steps(check.steps)}"
        if check.values:
            return f"not {self.writer.words('W', check.values)}.isdisjoint(texts_at({place}))"
        return f"present_at({place})" if check.present else f"not present_at({place})"

    def guard(self, checks: tuple[Check, ...], frame: Frame) -> str:
        """Return the expression that all conditions hold; empty if there are none."""
        return " and ".join(dict.fromkeys(frame.conditions[check] for check in checks))

    def start(self, frame: Frame) -> None:
        """Write what a scope needs before its pass: lists for inner scopes, empty variables for leaves."""
        for node in frame.tree.root.all_nodes():
            for scope in node.scopes:
                frame.results[scope] = self.writer.name("b")
                self.writer.line(f"{frame.results[scope]} = []  # {scope.name!a} {scope.place!a}")
        later = [leaf.var for leaf in frame.tree.leaves.values() if leaf not in frame.direct]
        for start in range(0, len(later), 12):
            self.writer.line(f"{' = '.join(later[start : start + 12])} = None")
