"""Binds one rule to one field: codec, code list, tokens and constant must fit the field and each other."""

from collections.abc import Mapping as Map
from dataclasses import dataclass
from typing import Protocol

from hub_core.canonical.values import Code
from hub_core.mapping.binding.model import Field, codecs_for, constant, fields, listed, takes
from hub_core.mapping.binding.plan import Check, Origin, Value
from hub_core.mapping.codecs import BadParameters, Chain, chain
from hub_core.mapping.codelists import CodeList, choice, named, names
from hub_core.mapping.language.paths import Steps
from hub_core.mapping.language.rules import Faulty, Rule
from hub_core.mapping.language.sourcepaths import SourcePaths
from hub_core.yaml import Faults, Node, Scalar, closest

TEXT = chain("text")


class Surroundings(Protocol):
    """What the rule inherits from where it stands; see ``binder.Place``."""

    @property
    def faulty(self) -> Faulty:
        """What happens to values that cannot be read."""
        ...

    @property
    def prefix(self) -> Steps:
        """Source steps before every path."""
        ...

    @property
    def checks(self) -> tuple[Check, ...]:
        """Conditions that hold for every rule."""
        ...


@dataclass(slots=True)
class ValueBinder:
    """Binds the rules of one place."""

    paths: SourcePaths
    faults: Faults
    codes: Map[str, Scalar]
    lists: Map[str, CodeList]
    used: dict[str, CodeList]
    place: Surroundings

    def bind(
        self, rule: Rule, field: Field, structs: list[type], checks: tuple[Check, ...], *, here: bool = False
    ) -> Value | None:
        """Return how a rule fills a field; ``here``: the rule's place is the base itself."""
        before = len(self.faults.findings)
        own = self._chain(rule.codec)
        value = Value(
            name=field.name,
            kind=field.kind,
            place=f"{rule.target.file}:{rule.target.line}",
            codes=self._codelist(rule.codes.text, rule.codes) if rule.codes else None,
            on_unknown=rule.unmapped or rule.faulty or self.place.faulty,
            absent=rule.absent,
            unknown=rule.unknown,
            withheld=rule.withheld,
            open=rule.open,
            required=rule.required,
            faulty=rule.faulty or self.place.faulty,
            checks=self.place.checks + checks,
            never=rule.never,
        )
        self._origins(rule, value, own, here=here)
        if len(self.faults.findings) > before:
            return None
        self._writable(rule, value)
        self._fit(rule, field, value)
        if rule.const is not None:
            self._const(rule.const, field, value)
        if rule.spill is not None:
            self._spill(rule.spill, structs, value)
        return value if len(self.faults.findings) == before else None

    def selected(self, rule: Rule, field: Field, literal: str, codes: str | None) -> Value | None:
        """Return the constant that a selector puts into its element."""
        before = len(self.faults.findings)
        value = Value(name=field.name, kind=field.kind, place=f"{rule.target.file}:{rule.target.line}")
        if codes is not None:
            value.codes = self._codelist(codes, rule.target)
        elif field.kind == "code":
            mend = f"write [{field.name}=list:{literal}] with the short name of a code list"
            self._fault(rule.target, f"{field.name} holds a coded value", mend, "M104")
        if len(self.faults.findings) == before:
            self._const(Scalar(text=literal, file=rule.target.file, line=rule.target.line, column=rule.target.column),
                        field, value)  # fmt: skip
        return value if len(self.faults.findings) == before else None

    def _fault(self, node: Node, text: str, mend: str, code: str) -> None:
        self.faults.add(node, text, mend=mend, code=code)

    def _origins(self, rule: Rule, value: Value, own: Chain, *, here: bool) -> None:
        if rule.derive is not None:
            self._derived(rule, value, own)
        elif here:
            value.origins = (Origin((), own),)
        else:
            value.origins = tuple(
                Origin(self.place.prefix + steps, self._chain(place.codec) if place.codec else own)
                for place in rule.places
                if (steps := self.paths.steps(place.path, place.path.text)) is not None
            )

    def _derived(self, rule: Rule, value: Value, own: Chain) -> None:
        derive = rule.derive
        if derive is None:
            return
        if derive.function == "join":
            paths = (self.paths.steps(derive.node, path) for path in derive.paths)
            value.join = derive.separator
            value.origins = tuple(Origin(self.place.prefix + steps, own) for steps in paths if steps is not None)
        else:
            value.document = "name" if derive.function == "document" else "request"
            if rule.codec or rule.codes:
                mend = "remove as: and codes:"
                self._fault(derive.node, f"{derive.function}() is taken as it is", mend, "M103")

    def _chain(self, node: Scalar | None) -> Chain:
        if node is None:
            return TEXT
        try:
            return chain(node.text)
        except BadParameters as error:
            self._fault(node, "as: cannot be read", str(error), "M105")
            return TEXT

    def _codelist(self, short: str, node: Node) -> CodeList | None:
        written = self.codes.get(short)
        if written is None:
            mend = closest(short, self.codes) if self.codes else f"write codes: {{{short}: list@1}} at the top"
            self._fault(node, f"no code list is called {short!r} here", mend, "M106")
            return None
        found = named(self.lists, written.text)
        if found is None:
            self._fault(written, f"no code list {written.text!r}", choice(written.text, names(self.lists)), "M106")
            return None
        for one in found.versions or (found,):
            self.used[one.name] = one
            if one.of and one.of in self.lists:
                self.used[one.of] = self.lists[one.of]
        return found

    def _writable(self, rule: Rule, value: Value) -> None:
        for origin in value.origins:
            if not (origin.chain.inverse or rule.never):
                text = f"{origin.chain.text} only reads, it has no inverse"
                self._fault(rule.codec or rule.target, text, "add out: never and a reason after why:", "M105")

    def _fit(self, rule: Rule, field: Field, value: Value) -> None:
        node = rule.codec or rule.codes or rule.target
        if field.kind == "code":
            if rule.codes is None:
                self._fault(node, f"{field.name} holds a coded value", "add codes: and the name of a code list", "M106")
            return
        if rule.codes is not None:
            value.plain_code = True
            if field.kind not in {"text", "country", "currency"}:
                self._fault(node, f"{field.name} takes a {field.kind}, not a code", "use as: instead", "M106")
            elif value.on_unknown == "keep":
                self._fault(node, f"{field.name} cannot keep an unknown code", "write unmapped: flag", "M106")
            return
        if rule.const is not None or (value.document and takes(field.kind, "text")):
            return
        for origin in value.origins:
            if not takes(field.kind, origin.chain.gives):
                mend = f"write as: {listed(codecs_for(field.kind)) if codecs_for(field.kind) else 'text'}"
                text = f"{field.name} takes a {field.kind}, the codec gives a {origin.chain.gives}"
                self._fault(node, text, mend, "M105")
                return

    def _const(self, node: Scalar, field: Field, value: Value) -> None:
        if field.kind == "code" and value.codes is not None:
            origin = self.lists.get(value.codes.shown, value.codes)
            if node.text not in origin.entries and not origin.broken:
                mend = choice(node.text, origin.entries)
                self._fault(node, f"{origin.name} has no code {node.text!r}", mend, "M106")
            value.const = Code(list=value.codes.shown, code=node.text)
            return
        if field.kind in {"code", "object"}:
            return
        try:
            value.const = constant(field.kind, node.text)
        except ValueError as error:
            self._fault(node, f"{field.name} takes a {field.kind}, not {node.text!r}", str(error), "M105")

    def _spill(self, node: Scalar, structs: list[type], value: Value) -> None:
        for outwards, struct in enumerate(reversed(structs)):
            found = fields(struct).get(node.text)
            if found is not None and found.kind == "text" and not found.many:
                value.spill = (outwards, node.text)
                break
        else:
            texts = {name for struct in structs for name, one in fields(struct).items() if one.kind == "text"}
            self._fault(node, "spill: names a text field of the same object", closest(node.text, texts), "M104")
        if value.faulty == "refuse":
            self._fault(node, "spill: keeps what cannot be read", "add faulty: flag", "M103")
