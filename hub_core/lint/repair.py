"""What a rule should say instead, told by its contract, its field, its code lists and the rules beside it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from hub_core.contract.texts import longest, values
from hub_core.lint.finding import Replacement, as_yaml, instead, raw_end
from hub_core.lint.fitting import fitting, like, reads, written
from hub_core.lint.likeness import fit
from hub_core.lint.nearest import Nearest, local, ways
from hub_core.lint.walk import Read, Visit
from hub_core.lint.world import World
from hub_core.mapping.binding.model import Field, codecs_for, fields, listed, needed, takes
from hub_core.mapping.codecs import Chain
from hub_core.yaml import Mapping, Scalar

FEW: Final = 6  # fields that a mend names


@dataclass(frozen=True, slots=True)
class Mend:
    """What to write, in words, and the replacement where it is one."""

    words: str
    replacement: Replacement | None = None


class Repairs:
    """Finds mends for rules that cannot be loaded.

    Args:
        world: all files.
        visits: all rules, at each place of their use.
    """

    def __init__(self, world: World, visits: Sequence[Visit]) -> None:
        self.world = world
        self.visits = visits
        self.ways: dict[str, Callable[[Visit], Mend | None]] = {
            "M104": self._target, "M105": self._codec, "M106": self._codes, "M112": self._needed,
        }  # fmt: skip

    def of(self, code: str, visits: Iterable[Visit]) -> Mend | None:
        """Return the mend of a fault of the rule that is visited; ``None`` if nothing is known of it."""
        way = self.ways.get(code)
        known = [visit for visit in visits if visit.field is not None] if way else []
        known.sort(key=lambda visit: not any(read.spot.place for read in visit.reads))  # with a contract first
        return next((mend for visit in known if way and (mend := way(visit))), None)

    # Targets

    def _target(self, visit: Visit) -> Mend | None:
        """An object where a value is read: a field of it, or another field of the object around it."""
        found = visit.field
        if found is None or found.struct is None or found.many or visit.inner or found.kind == "code":
            return None
        inside = self._like(visit, fields(found.struct).values(), f"{visit.rule.target.text}.")
        new = self._meant(visit, inside) or (None if inside else self._field(visit))
        if new is None and inside:
            return Mend(f"write one of: {', '.join(inside[:FEW])}")
        if new is None:
            taking = [one.name for one in self._free(visit) if self._gives(visit, one)]
            return Mend(f"fill another field, such as {listed(taking[:FEW])}") if taking else None
        parts = listed(f"{found.name}.{name}" for name in fields(found.struct))
        words = f"write {new!r} instead; {found.name} is made of {parts}"
        return Mend(words, _unsure(self._instead(visit.rule.target, new)))

    def _field(self, visit: Visit) -> str | None:
        """Return another target beside that of a rule, which takes what it reads and which its place may mean."""
        if visit.field is None:
            return None
        target = visit.rule.target.text
        found = self._like(visit, self._free(visit), target[: len(target) - len(visit.field.name)])
        return self._meant(visit, found)

    def _free(self, visit: Visit) -> list[Field]:
        """Return the fields of the same object that no rule fills."""
        taken = {one.field.name for one in self._beside(visit) if one.field}
        return [one for one in fields(visit.struct).values() if one.name not in taken] if visit.struct else []

    def _like(self, visit: Visit, known: Iterable[Field], before: str) -> list[str]:
        """Return the targets that take what a rule gives, those first whose names are like that of its place."""
        name, const = _place_name(visit), visit.rule.const is not None
        taking = [one for one in known if one.many == (visit.rule.each is not None) and self._gives(visit, one)]
        exact = [one for one in taking if one.kind != "text"] if const else []
        return sorted((before + one.name for one in exact or taking), key=lambda target: -fit(target, name))

    def _meant(self, visit: Visit, targets: Sequence[str]) -> str | None:
        """Return the first of some targets, if it is the only one or its name says so."""
        sure = len(targets) == 1 or (targets and fit(targets[0], _place_name(visit)) > 0)
        return targets[0] if sure else None

    def _gives(self, visit: Visit, one: Field) -> bool:
        """Whether a rule gives what a field takes."""
        rule = visit.rule
        if rule.codes is not None:
            return one.kind == "code"
        if rule.const is not None:
            return one.kind != "code" and any(reads(codec, rule.const.text) for codec in fitting(one.kind, ()))
        used = written(rule.codec)
        if used is None or one.kind == "code":
            return False
        return takes(one.kind, used.gives)

    # Codecs

    def _codec(self, visit: Visit) -> Mend | None:
        """Another codec; where this one reads what stands there, another field."""
        rule, found = visit.rule, visit.field
        used = written(rule.codec)
        if found is None or rule.const is not None or (used is not None and takes(found.kind, used.gives)):
            return None
        texts = self._texts(visit)
        if used is None:
            return self._parameters(visit, fitting(found.kind, texts) if texts else [])
        codecs = fitting(found.kind, texts) or fitting(found.kind, ())
        if not codecs:
            return None
        best = like(codecs, None if rule.codec is None else used, visit.target)
        others = listed(codecs_for(found.kind) or ["text"])
        if mend := self._misled(visit, used, texts, others):
            return mend
        words = f"write as: {best.text}" + (f", or one of {others}" if len(codecs_for(found.kind)) > 1 else "")
        added = f"as: {as_yaml(best.text)}"
        return Mend(words, self._instead(rule.codec, best.text) if rule.codec else self._added(visit, added))

    def _misled(self, visit: Visit, used: Chain, texts: list[str], others: str) -> Mend | None:
        """The codec reads what stands there, or no codec for this field does: another field is meant."""
        right = bool(texts) and not used.total and all(reads(used, text) for text in texts)
        if visit.field is None or not (right or (texts and not fitting(visit.field.kind, texts))):
            return None
        if new := self._field(visit):
            words = f"write {new!r} instead, which takes a {used.gives}, or as: {others}"
            return Mend(words, _unsure(self._instead(visit.rule.target, new)))
        taking = [one.name for one in self._free(visit) if self._gives(visit, one)]
        return Mend(f"fill another field, such as {listed(taking[:FEW])}, or write as: {others}") if taking else None

    def _parameters(self, visit: Visit, found: list[Chain]) -> Mend | None:
        """The parameters of a codec cannot be read: those by which it reads what stands there."""
        node = visit.rule.codec
        name = node.text.partition("(")[0] if node else ""
        same = [one for one in found if one.text.partition("(")[0] == name]
        return Mend(f"write as: {same[0].text}", self._instead(node, same[0].text)) if same and node else None

    def _texts(self, visit: Visit) -> list[str]:
        """Return what stands at the places of a rule: by the contract, else in the documents of the tests."""
        rule = visit.rule
        tokens = {*rule.absent, *rule.unknown, *rule.withheld}
        places = [read.spot.place for read in _values(visit) if read.spot.place]
        told = [text for place in places if place.leaf for text in longest(place.leaf)]
        seen = [text for place in places for text in visit.subject.examples.get(id(place), ())]
        return [text for text in told or seen if text.strip() and text not in tokens]

    # Code lists

    def _codes(self, visit: Visit) -> Mend | None:
        """A code list for a field that holds a coded value; where a codec reads, another field."""
        rule, found = visit.rule, visit.field
        if found is None or found.kind != "code" or rule.codes is not None:
            return None
        if rule.codec is not None and (new := self._field(visit)):
            words = f"write {new!r} instead, or add codes: and the name of a code list in the place of as:"
            return Mend(words, _unsure(self._instead(rule.target, new)))
        short = self._list(visit)
        if short is None:
            return None
        return Mend(f"add codes: {short}", self._added(visit, f"codes: {short}"))

    def _list(self, visit: Visit) -> str | None:
        """Return the short name of the list that knows what stands there, rather one that nothing else names."""
        leaves = [read.spot.place.leaf for read in _values(visit) if read.spot.place]
        texts = [text for leaf in leaves if leaf for text in values(leaf)] or self._texts(visit)
        named = {(one.rule.codes.file, one.rule.codes.text) for one in self.visits if one.rule.codes}
        scored = []
        for short, name in visit.codes.items():
            known = self.world.lists.get(name.text)
            if known is None or known.broken:
                continue
            table = known.table()
            if visit.rule.const is not None:
                fits = visit.rule.const.text in self.world.lists.get(known.shown, known).entries
            else:
                fits = bool(table) and (not texts or sum(text in table for text in texts) * 2 > len(texts))
            if fits:
                scored.append((fit(visit.target, short), (name.file, short) not in named, short))
        return max(scored)[2] if scored else None

    # Required fields

    def _needed(self, visit: Visit) -> Mend | None:
        """A rule for a field without which the object cannot be: at a place that nobody reads, or as elsewhere."""
        if visit.struct is None or visit.field is None:
            return None
        there = {one.field.name for one in self._beside(visit) if one.field}
        missing = [name for name in needed(visit.struct) if name not in there]
        if not missing:
            return None
        field = fields(visit.struct)[missing[0]]
        target = visit.rule.target.text
        target = target[: len(target) - len(visit.field.name)] + field.name
        rule = self._read_as(visit, field) or self._as_elsewhere(visit, field)
        if rule is None:
            return None
        text = f"{as_yaml(target)}: {rule}"
        return Mend(f"add a rule for {field.name}: {text}", _unsure(self._before(visit.rule.target, text)))

    def _read_as(self, visit: Visit, field: Field) -> str | None:
        """Return the rule for a place beside the others that nobody reads and that such a field may mean."""
        source = visit.subject.file.source
        taken = {id(read.spot.place) for one in self.visits if one.subject is visit.subject for read in one.reads}
        parent = visit.target.rpartition(".")[0]
        found: list[tuple[float, int, tuple[str, ...], str]] = []
        for way, place in ways(visit.base.place) if visit.base.place else ():
            if not way or place.leaf is None or place.many or id(place) in taken:
                continue
            texts = longest(place.leaf) or visit.subject.examples.get(id(place), ())
            codecs = fitting(field.kind, [text for text in texts if text.strip()])
            if codecs:
                alike = max(fit(f"{parent}.{field.name}", local(way[-1])), fit(parent, local(way[-1])))
                found.append((alike - len(way), len(found), way, codecs[0].text))
        if not found:
            return None
        _, _, way, codec = max(found)
        nearest = Nearest(source.kind, source.ns)
        path = as_yaml(nearest.separator.join(nearest.shown(name) for name in way))
        return f"{{at: {path}}}" if codec == "text" else f"{{at: {path}, as: {as_yaml(codec)}}}"

    def _as_elsewhere(self, visit: Visit, field: Field) -> str | None:
        """Return the constant that most other objects of this kind have there."""
        consts = Counter(
            one.rule.const.text for one in self.visits
            if one.struct is visit.struct and one.field and one.field.name == field.name and one.rule.const
        )  # fmt: skip
        return f"{{const: {as_yaml(consts.most_common(1)[0][0])}}}" if consts and field.kind != "code" else None

    def _beside(self, visit: Visit) -> list[Visit]:
        """Return the rules of the same object, this one too."""
        parent = visit.target.rpartition(".")[0]
        return [
            one for one in self.visits
            if one.element == visit.element and one.subject is visit.subject and one.block == visit.block
            and one.struct is visit.struct and one.target.rpartition(".")[0] == parent
        ]  # fmt: skip

    # Replacements

    def _line(self, node: Scalar) -> str:
        lines = self.world.texts.get(node.file, [])
        return lines[node.line - 1] if 0 < node.line <= len(lines) else ""

    def _instead(self, node: Scalar, new: str) -> Replacement | None:
        return instead(self._line(node), node, new)

    def _before(self, node: Scalar, text: str) -> Replacement | None:
        """Return what puts an entry before a key: on a line of its own where the key begins one."""
        line = self._line(node)
        start = line[: node.column - 1]
        between = ", " if start.strip() else f"\n{start}"
        return Replacement(line=node.line, column=node.column, old="", new=text + between) if line else None

    def _added(self, visit: Visit, text: str) -> Replacement | None:
        """Return what puts one more key into a rule: behind its place or constant, else before its first key."""
        rule = visit.rule
        node = rule.places[0].path if len(rule.places) == 1 else rule.each or rule.const
        if node is not None and "{" in self._line(node)[: node.column]:
            column = raw_end(self._line(node), node.column)
            return Replacement(line=node.line, column=column, old="", new=f", {text}")
        keys = rule.node.keys if isinstance(rule.node, Mapping) else {}
        return self._before(next(iter(keys.values())), text) if keys else None


def _unsure(replacement: Replacement | None) -> Replacement | None:
    """Return a replacement of which a person has to say whether it is meant."""
    return msgspec.structs.replace(replacement, sure=False) if replacement else None


def _values(visit: Visit) -> list[Read]:
    return [read for read in visit.reads if read.purpose in {"value", "element"}]


def _place_name(visit: Visit) -> str:
    """Return the name of the last step that a rule reads; at the place itself, that of the place."""
    for read in visit.reads:
        if read.purpose != "condition":
            place = read.spot.place
            return local(read.steps[-1].name) if read.steps else local(place.name) if place else ""
    return ""
