"""Who looks for unnamed leaves where several scopes read one JSON object: the first of them, for all.

So each object is asked once for keys that nobody names, while it is read. Where what is named depends on values, this
cannot be told beforehand; then ``Run.check`` looks when the scope is finished.
"""

from dataclasses import dataclass, field

from hub_core.mapping.binding.plan import Scope
from hub_core.mapping.reading.tree import Node, Trees


@dataclass(frozen=True, slots=True)
class Duty:
    """What one pass looks for at a place and below it.

    Attributes:
        looks: for unnamed keys, and plain values in place of the object; else an earlier pass does.
        known: keys that others name.
        below: by key, where others come too; all other keys are for this pass alone.
    """

    looks: bool = True
    known: frozenset[str] = frozenset()
    below: "tuple[tuple[str, Duty], ...]" = ()

    def at(self, name: str) -> "Duty":
        """Return the duty for what lies under a key."""
        return dict(self.below).get(name, ALONE)


ALONE = Duty()


@dataclass(slots=True, eq=False)
class Named:
    """What rules name at a place and below it.

    Attributes:
        text: a plain value, or an object in which nothing has a name.
        depends: on values, or on more than one rule for the same leaf.
    """

    children: "dict[str, Named]" = field(default_factory=dict)
    text: bool = False
    depends: bool = False


class Shares:
    """Divides places between the passes over them."""

    def __init__(self, trees: Trees) -> None:
        self._trees = trees
        self._seen: dict[Node, Named] = {}

    def duties(self, node: Node, duty: Duty | None) -> list[Duty] | None:
        """Return the duty of each pass over a place: of the scope's own, if it has one, then of the inner scopes.

        ``duty`` is that for the place as a whole. ``None``: somebody else looks after it, or it depends on values.
        """
        if duty is None or self.named(node).depends:
            return None
        parts = self._parts(node)
        return [_duty(part, parts[:number], parts[number + 1 :], duty) for number, part in enumerate(parts)]

    def named(self, node: Node) -> Named:
        """Return what is named at a node by all passes over it."""
        if node not in self._seen:
            parts = self._parts(node)
            self._seen[node] = found = _merged(parts)
            found.text |= node.known
            found.depends = bool(node.variants) or node.ignored or any(part.depends for part in parts)
            found.depends |= any(_clash(one, other) for i, one in enumerate(parts) for other in parts[:i])
        return self._seen[node]

    def _parts(self, node: Node) -> list[Named]:
        parts = [self._by(scope) for scope in node.scopes]
        if node.passes:
            children = {name: self.named(child) for name, child in node.children.items()}
            parts.insert(0, Named(children, text=node.leaf is not None or node.known))
        return parts

    def _by(self, scope: Scope) -> Named:
        root = self._trees.of(scope.call or scope).root
        found = self.named(root)
        more = self._trees.of(scope).root if scope.call is not None else Node()
        depends = bool(scope.checks or scope.where or more.passes or more.scopes or more.variants)
        empty = not (root.passes or root.scopes)
        return Named(found.children, text=found.text or empty, depends=found.depends or depends)


def _merged(parts: list[Named]) -> Named:
    """Return what several passes name at one place."""
    if len(parts) == 1:
        return Named(parts[0].children, parts[0].text, parts[0].depends)
    names = dict.fromkeys(name for part in parts for name in part.children)
    children = {name: _merged([part.children[name] for part in parts if name in part.children]) for name in names}
    return Named(children, any(part.text for part in parts), any(part.depends for part in parts))


def _clash(one: Named, other: Named) -> bool:
    """Tell whether it has to be seen at the end what two passes over one place leave."""
    if one.depends or other.depends or one.text or other.text:
        return True
    return any(_clash(child, other.children[name]) for name, child in one.children.items() if name in other.children)


def _duty(part: Named, before: list[Named], after: list[Named], whole: Duty) -> Duty:
    looks = whole.looks and not before
    known = whole.known.union(*(other.children for other in (*before, *after))) if looks else frozenset()
    below = []
    for name, child in part.children.items():
        earlier, later = ([one.children[name] for one in ones if name in one.children] for ones in (before, after))
        outer = whole.at(name)
        if (earlier or later or outer is not ALONE) and (duty := _duty(child, earlier, later, outer)) != ALONE:
            below.append((name, duty))
    return Duty(looks, known, tuple(below))
