"""Reads rules: the keys of the language, their values, and which of them go together."""

import re
from collections.abc import Sequence as Seq
from difflib import get_close_matches
from typing import Final, cast

from hub_core import yaml
from hub_core.mapping.codecs import BadParameters, parameters
from hub_core.mapping.language.rules import Condition, Derive, Faulty, OnUnknownCode, Place, Rule
from hub_core.yaml import Faults, Mapping, Node, Scalar, Sequence

KEYS: Final = (
    "at", "any", "each", "use", "const", "derive", "as", "codes", "unmapped", "absent", "unknown", "withheld", "need",
    "when", "where", "fields", "key", "faulty", "spill", "out", "why",
)  # fmt: skip
_PLACE_KEYS: Final = {"at", "as"}
_FUNCTIONS: Final = ("join", "document", "request")
_DERIVE: Final = re.compile(rf"({'|'.join(_FUNCTIONS)})\((.*)\)")
_FORM: Final = "M103"


class RuleReader:
    """Reads the rules below one ``fields:`` or block."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def rules(self, node: Mapping) -> tuple[Rule, ...]:
        """Return the rules in the order of the file; a target with a list of rules gives several."""
        found: list[Rule] = []
        for target, value in node.items.items():
            alternatives = value.items if isinstance(value, Sequence) else (value,)
            if not alternatives:
                self._fault(value, f"{target!r} has no rule", "write {at: path}, or remove the line")
            for rule in alternatives:
                if isinstance(rule, Mapping):
                    found.append(self._rule(node.keys[target], rule))
                else:
                    self._fault(
                        rule, "a rule is expected", "write {at: path}, {each: path, fields: ...} or {const: text}"
                    )
        return tuple(found)

    def _fault(self, node: Node, text: str, mend: str, *, code: str = _FORM) -> None:
        self.faults.add(node, text, mend=mend, code=code)

    def _rule(self, target: Scalar, node: Mapping) -> Rule:
        for key in node.items.keys() - set(KEYS):
            self._fault(node.keys[key], f"unknown key {key!r} in a rule", yaml.closest(key, KEYS), code="M102")
        need = one_of(node, "need", ("required", "optional"), self.faults)
        absent = tuple(item.text for item in strings(node.items.get("absent"), self.faults))
        ends = target.text == "end" or target.text.endswith(".end")
        fields = node.items.get("fields")
        if fields is not None and not isinstance(fields, Mapping):
            self._fault(fields, "fields: has another form", "write fields: {target: rule}")
        rule = Rule(
            node=node,
            target=target,
            places=self._places(node),
            each=scalar(node, "each", self.faults),
            use=scalar(node, "use", self.faults),
            const=scalar(node, "const", self.faults),
            derive=self._derive(node),
            codec=scalar(node, "as", self.faults),
            codes=scalar(node, "codes", self.faults),
            unmapped=cast("OnUnknownCode | None", one_of(node, "unmapped", ("refuse", "keep", "flag"), self.faults)),
            absent=tuple(text.strip() for text in absent if not (ends and text == "open")),
            open=ends and "open" in absent,
            unknown=tuple(item.text.strip() for item in strings(node.items.get("unknown"), self.faults)),
            withheld=tuple(item.text.strip() for item in strings(node.items.get("withheld"), self.faults)),
            required=need == "required",
            when=self._when(node.items.get("when"), "when"),
            where=self._when(node.items.get("where"), "where"),
            fields=self.rules(fields) if isinstance(fields, Mapping) else None,
            key=strings(node.items.get("key"), self.faults),
            faulty=cast("Faulty | None", one_of(node, "faulty", ("refuse", "flag"), self.faults)),
            spill=scalar(node, "spill", self.faults),
            never=one_of(node, "out", ("never",), self.faults) is not None,
            why=text(node, "why", self.faults) or None,
        )
        self._fitting(rule, node)
        return rule

    def _fitting(self, rule: Rule, node: Mapping) -> None:
        """Check which keys stand together: one origin, and only what belongs to it."""
        given = node.items.keys()
        origins = [key for key in ("at", "any", "each", "const", "derive") if key in given]
        builds = bool(given & {"use", "fields"})
        if len(origins) > 1:
            self._fault(node, f"{' and '.join(origins)} in one rule", f"leave one of them: {', '.join(origins)}")
        elif not origins and not builds:
            self._fault(node, "the rule names no origin", "add at:, any:, each:, use:, const: or derive:")
        if builds and given & {"any", "const", "derive", "as", "codes"}:
            wrong = min(given & {"any", "const", "derive", "as", "codes"})
            self._fault(node.keys[wrong], f"{wrong}: does not go with use: or fields:", "write it in a field inside")
        if rule.const is not None and given & {"as", "absent", "unknown", "withheld", "unmapped"}:
            self._fault(node, "a const is not read", "leave const: alone, with codes: where it is a code")
        belongs = (
            ("key", builds and "each" in given, "each: with fields: or use:", "remove it, or write each: path"),
            ("need", not builds and "each" not in given, "a single value", "write it at a field inside"),
            ("where", builds or "each" in given, "each: and use:", "write when: for a single value"),
            ("unmapped", "codes" in given, "codes:", "add codes: and the name of a code list"),
        )
        for key, right, text, mend in belongs:
            if key in given and not right:
                self._fault(node.keys[key], f"{key}: belongs to {text}", mend)
        tokens = [*{*rule.absent}, *{*rule.unknown}, *{*rule.withheld}]
        if len(tokens) > len(set(tokens)):
            self._fault(node, "one token has two meanings", "leave it in one of absent, unknown, withheld")

    def _places(self, node: Mapping) -> tuple[Place, ...]:
        at, any_of = node.items.get("at"), node.items.get("any")
        if isinstance(at, Scalar):
            return (Place(path=at),)
        if at is not None:
            self._fault(at, "at: takes one path", "write any: [path, path] for several")
        if any_of is None:
            return ()
        if not isinstance(any_of, Sequence) or not any_of.items:
            self._fault(any_of, "any: takes a list of paths", "write any: [path, path]")
            return ()
        return tuple(place for item in any_of.items if (place := self._place(item)))

    def _place(self, node: Node) -> Place | None:
        if isinstance(node, Scalar):
            return Place(path=node)
        if isinstance(node, Mapping) and node.items.keys() <= _PLACE_KEYS and "at" in node.items:
            path = scalar(node, "at", self.faults)
            return Place(path=path, codec=scalar(node, "as", self.faults)) if path else None
        self._fault(node, "an entry of any: is a path", "write path or {at: path, as: codec}")
        return None

    def _when(self, node: Node | None, key: str) -> tuple[Condition, ...]:
        if node is None:
            return ()
        if not isinstance(node, Mapping) or not node.items:
            self._fault(node, f"{key}: has another form", f"write {key}: {{path: literal}} or {{path: present}}")
            return ()
        return tuple(self._condition(node.keys[path], value) for path, value in node.items.items())

    def _condition(self, path: Scalar, node: Node) -> Condition:
        if isinstance(node, Scalar) and not node.quoted and node.text in {"present", "absent"}:
            return Condition(path=path, present=node.text == "present")
        values = tuple(item.text.strip() for item in strings(node, self.faults))
        if not values or "" in values:
            self._fault(node, "a condition compares with nothing", "write a literal, a list of them, present or absent")
        return Condition(path=path, values=values)

    def _derive(self, node: Mapping) -> Derive | None:
        written = scalar(node, "derive", self.faults)
        if written is None:
            return None
        mend = 'write join("-", path, path), document() or request()'
        match = _DERIVE.fullmatch(written.text.strip())
        if not match:
            name = written.text.partition("(")[0]
            near = get_close_matches(name, _FUNCTIONS, n=1)
            mend = f"write {near[0]!r} instead of {name!r}" if near and near[0] != name else mend
            self._fault(written, "derive: knows other functions", mend)
            return None
        try:
            found = _join_parameters(match[2])
        except BadParameters as error:
            self._fault(written, str(error), mend)
            return None
        if (match[1] == "join") != (len(found) > 1):
            self._fault(written, f"{match[1]} takes other parameters", mend)
            return None
        separator, paths = (found[0], tuple(found[1:])) if found else ("", ())
        return Derive(node=written, function=match[1], separator=separator, paths=paths)


def _join_parameters(written: str) -> list[str]:
    """Return the separator and the paths; a path may stand without quotes where it holds neither quote nor comma."""
    separator, comma, rest = written.partition('",')
    if not comma:
        return [str(value) for value in parameters(written)]
    parts = [part.strip() for part in rest.split(",")]
    paths = [str(parameters(part)[0]) if part.startswith('"') else part for part in parts]
    return [str(parameters(separator + '"')[0]), *paths]


def scalar(node: Mapping, key: str, faults: Faults) -> Scalar | None:
    """Return a text of a node; a list or mapping in its place is a fault."""
    value = node.items.get(key)
    if value is None or (isinstance(value, Scalar) and (value.text or value.quoted)):
        return value
    faults.add(value, f"{key}: takes one text", mend=f"write {key}: and its text", code=_FORM)
    return None


def text(node: Mapping, key: str, faults: Faults, *, required: str | None = None) -> str:
    """Return a text, empty if it is not there; ``required`` is the mend if it must be."""
    if key not in node.items and required:
        faults.add(node, f"{key}: is missing", mend=f"write {required}", code=_FORM)
    found = scalar(node, key, faults)
    return found.text if found else ""


def one_of(node: Mapping, key: str, words: Seq[str], faults: Faults) -> str | None:
    """Return a word out of a few."""
    found = scalar(node, key, faults)
    if found is None:
        return None
    if found.text not in words:
        faults.add(found, f"{found.text!r} is no value of {key}:", mend=yaml.closest(found.text, words), code=_FORM)
        return None
    return found.text


def strings(node: Node | None, faults: Faults) -> tuple[Scalar, ...]:
    """Return one text or a list of texts as a tuple."""
    if node is None:
        return ()
    if isinstance(node, Scalar):
        return (node,)
    if isinstance(node, Sequence):
        for item in node.items:
            if not isinstance(item, Scalar):
                faults.add(item, "a text is expected", mend="write it as one line of text", code=_FORM)
        return tuple(item for item in node.items if isinstance(item, Scalar))
    faults.add(node, "a list of texts is expected", mend="write [text, text]", code=_FORM)
    return ()


def entries(node: Node | None, faults: Faults) -> list[tuple[str, Scalar]]:
    """Return the entries of a mapping from names to texts."""
    if node is None:
        return []
    if not isinstance(node, Mapping):
        faults.add(node, "names with texts are expected", mend="write {name: text}", code=_FORM)
        return []
    for value in node.items.values():
        if not isinstance(value, Scalar):
            faults.add(value, "a text is expected", mend="write it as one line of text", code=_FORM)
    return [(key, value) for key, value in node.items.items() if isinstance(value, Scalar)]
