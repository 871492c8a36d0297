"""Which places are named, for the places where one pass cannot tell: filters, and several rules on one element."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from hub_core.mapping.binding.plan import Check, Scope
from hub_core.mapping.language.paths import Filter, Steps
from hub_core.mapping.reading.tree import Node, Trees


@dataclass(slots=True)
class Known:
    """What is named at a place and below it.

    Attributes:
        text: its own text is named.
        sure: and taken, whatever the values are.
        whole: everything is, down to the leaves.
        variants: what more is named where filters hold.
        chosen: what more is named where the conditions of ``where:`` hold.
    """

    children: "dict[str, Known]" = field(default_factory=dict)
    variants: "list[tuple[tuple[Filter, ...], Known]]" = field(default_factory=list)
    chosen: "list[tuple[tuple[Check, ...], Known]]" = field(default_factory=list)
    text: bool = False
    sure: bool = False
    whole: bool = False

    @property
    def plain(self) -> bool:
        """Whether no more is named under conditions."""
        return not (self.variants or self.chosen)


class Tests(Protocol):
    """Knows whether conditions hold for an element or object."""

    def matches(self, place: Any, filters: tuple[Filter, ...]) -> bool:
        """Tell whether filters hold."""
        ...

    def filtered(self, place: Any, one: Filter) -> str:
        """Return the name of what a filter that holds looked at."""
        ...

    def chosen(self, place: Any, checks: tuple[Check, ...]) -> bool:
        """Tell whether the conditions of ``where:`` hold."""
        ...


def known(node: Node, trees: Trees) -> Known:
    """Return what a node names, with all inner scopes but those that have conditions (see ``conditional``)."""
    found = Known(text=node.leaf is not None or node.known, whole=node.ignored)
    found.sure = node.known or (node.leaf is not None and not node.leaf.tracked)
    for name, child in node.children.items():
        found.children[name] = known(child, trees)
    for filters, variant in node.variants.items():
        found.variants.append((filters, known(variant, trees)))
    for scope in node.scopes:
        if not scope.checks:
            _merge(found, known_by(scope, trees))
    return found


def conditional(node: Node, trees: Trees) -> Iterator[tuple[Scope, Known]]:
    """Yield the scopes with conditions that begin here or below, each with what it names, seen from here."""
    for scope in node.scopes:
        if scope.checks:
            yield scope, known_by(scope, trees)
    for name, child in node.children.items():
        for scope, inner in conditional(child, trees):
            yield scope, Known(children={name: inner})
    for filters, variant in node.variants.items():
        for scope, inner in conditional(variant, trees):
            yield scope, Known(variants=[(filters, inner)])


def known_by(scope: Scope, trees: Trees) -> Known:
    """Return what an inner scope names at its base and below."""
    inner = Known()
    for one in (scope, scope.call):
        if one is not None:
            root = trees.of(one).root
            _merge(inner, known(root, trees))
            inner.chosen += [(below.checks, names) for below, names in conditional(root, trees)]
    return Known(chosen=[(scope.where, inner)]) if scope.where else inner


def _merge(into: Known, other: Known) -> None:
    into.text |= other.text
    into.sure |= other.sure
    into.whole |= other.whole
    into.variants += other.variants
    into.chosen += other.chosen
    for name, child in other.children.items():
        if name in into.children:
            _merge(into.children[name], child)
        else:
            into.children[name] = child


def applying(place: object, candidates: list[Known], tests: Tests) -> list[Known]:
    """Return the candidates with what more is named at a place for which their conditions hold."""
    found = list(candidates)
    for one in found:  # grows while it is read: variants may have variants
        for filters, variant in one.variants:
            if tests.matches(place, filters):
                named = {tests.filtered(place, each): Known(text=True, sure=True) for each in filters}
                found += [variant, Known(children=named)]
        found.extend(chosen for checks, chosen in one.chosen if tests.chosen(place, checks))
    return found


def takes(known: Known, steps: Steps) -> bool:
    """Tell whether the value at a path is taken, whatever else a document says: ``Run.check`` would find it so."""
    for step in steps:
        if known.whole or not known.plain or step.filters or step.index is not None:
            return False
        known = known.children.get(step.name, _NOTHING)
    return known.sure and known.plain and not known.whole


def covers(value: Any, known: Known, *more: Known | bool) -> bool:
    """Tell whether all of a JSON value is named without asking for conditions; if not, ``Run.check`` looks closely.

    Args:
        value: an object, a list or a plain value.
        known: what is named there.
        more: what rules with conditions name there, too; those whose condition failed are no ``Known``.
    """
    if value.__class__ is dict:
        children = known.children
        for key, inner in value.items():
            below = children.get(key)
            if below is None or not (below.text if inner.__class__ is str else covers(inner, below)):
                if known.whole:
                    return True
                if inner != "" and not _is_covered(key, inner, more):
                    return False
        return True
    if value.__class__ is list:
        return all([covers(item, known) for item in value])  # noqa: C419 (a list is faster)
    return known.text or known.whole or value is None


def _is_covered(key: str, value: Any, candidates: Sequence[Known | bool]) -> bool:
    """Tell whether one of several covers what lies under a key; ``False`` among them covers nothing."""
    for one in candidates:
        if isinstance(one, Known):
            below = one.children.get(key)
            if one.whole or (below is not None and covers(value, below)):
                return True
    return False


_NOTHING: Final = Known()
