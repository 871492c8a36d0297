"""The places that one scope names, as a tree: one pass over a document follows it level by level."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hub_core.mapping.binding.plan import Check, Scope, Value
from hub_core.mapping.language.paths import Filter, Steps


@dataclass(slots=True, eq=False)
class Leaf:
    """A place that holds one value.

    Attributes:
        steps: from the base of the scope.
        uses: the rules that read it.
        tracked: whether it ends in the record is known only at the end of the scope.
    """

    steps: Steps
    number: int
    uses: list[Value] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    tracked: bool = False
    node: "Node | None" = None

    @property
    def bare(self) -> bool:
        """Whether nothing but a value is expected at the place."""
        node = self.node
        return bool(self.steps) and node is not None and not (node.children or node.scopes or node.variants)

    @property
    def var(self) -> str:
        """Name of its variable in the generated source."""
        return f"v{self.number}"


@dataclass(slots=True, eq=False)
class Node:
    """One place and the places below it.

    Attributes:
        variants: the same place, for elements that pass filters.
        scopes: scopes that begin here.
        known: named, though nothing reads it (the status of an answer).
        ignored: left out on purpose, with all below it.
    """

    children: "dict[str, Node]" = field(default_factory=dict)
    variants: "dict[tuple[Filter, ...], Node]" = field(default_factory=dict)
    scopes: list[Scope] = field(default_factory=list)
    leaf: Leaf | None = None
    known: bool = False
    ignored: bool = False

    @property
    def passes(self) -> bool:
        """Whether rules of the scope itself, not only of inner scopes, read here or below."""
        return self.leaf is not None or self.known or bool(self.children)

    @property
    def simple(self) -> bool:
        """Whether only one thing happens here: reading, or one inner scope."""
        return not self.variants and (len(self.scopes) == 0 or (len(self.scopes) == 1 and not self.passes))

    def all_nodes(self) -> "Iterator[Node]":
        """Yield this node and all below it."""
        yield self
        for node in (*self.children.values(), *self.variants.values()):
            yield from node.all_nodes()


@dataclass(slots=True, eq=False)
class Tree:
    """The tree of one scope."""

    scope: Scope
    root: Node = field(default_factory=Node)
    leaves: dict[Steps, Leaf] = field(default_factory=dict)

    def node(self, steps: Steps) -> Node:
        """Return the node at a path, made where it is missing."""
        node = self.root
        for step in steps:
            node = node.children.setdefault(step.name, Node())
            if step.filters:
                node = node.variants.setdefault(step.filters, Node())
        return node

    def leaf(self, steps: Steps, number: int) -> Leaf:
        """Return the leaf at a path, made with this number where it is missing."""
        node = self.node(steps)
        if node.leaf is None:
            node.leaf = self.leaves[steps] = Leaf(steps, number, node=node)
        return node.leaf


class Trees:
    """Builds the trees of all scopes, numbering leaves across the whole mapping."""

    def __init__(self) -> None:
        self._trees: dict[Scope, Tree] = {}
        self._count = 0

    def of(self, scope: Scope) -> Tree:
        """Return the tree of a scope."""
        if scope not in self._trees:
            self._trees[scope] = tree = Tree(scope)
            self._fill(tree)
        return self._trees[scope]

    def _fill(self, tree: Tree) -> None:
        scope = tree.scope
        for value, rivals in _values(scope):
            for origin in value.origins:
                self._count += 1
                leaf = tree.leaf(origin.steps, self._count)
                leaf.uses.append(value)
                leaf.tracked |= rivals or bool(value.checks) or len(value.origins) > 1 or len(leaf.uses) > 1
            self._conditions(tree, value.checks)
        inner = list(scope.root.all_scopes()) if scope.root else []
        for one in inner:
            tree.node(one.base).scopes.append(one)
            self._conditions(tree, one.checks)
        self._conditions(tree, scope.where)
        for steps in scope.named:
            tree.node(steps).known = True
        for steps in scope.ignored:
            self._ignore(tree, steps)

    def _conditions(self, tree: Tree, checks: tuple[Check, ...]) -> None:
        """A literal that holds says all that its leaf says; presence does not."""
        for check in checks:
            if check.values:
                self._count += 1
                leaf = tree.leaf(check.steps, self._count)
                leaf.checks.append(check)
                leaf.tracked = True

    def _ignore(self, tree: Tree, steps: Steps) -> None:
        """Mark a place in the tree and in the inner scopes that lie on the way to it."""
        for depth in range(len(steps) + 1):
            for scope in list(tree.node(steps[:depth]).scopes) if self._exists(tree, steps[:depth]) else []:
                if scope.call is not None:
                    self._own_copy(scope)
                if steps[depth:] not in scope.ignored:
                    scope.ignored.append(steps[depth:])
        tree.node(steps).ignored = True

    def _exists(self, tree: Tree, steps: Steps) -> bool:
        node: Node | None = tree.root
        for step in steps:
            node = node.children.get(step.name) if node else None
            if node and step.filters:
                node = node.variants.get(step.filters)
        return node is not None

    def _own_copy(self, scope: Scope) -> None:
        """Give a use of a shared block its own block, because it leaves something out."""
        shared = scope.call
        if shared is not None:
            scope.call = Scope(
                shared.name, shared.place, root=shared.root, faulty=shared.faulty, ignored=list(scope.ignored)
            )


def _values(scope: Scope) -> Iterator[tuple[Value, bool]]:
    """Yield the values of a scope, each with whether another rule may fill its field first."""
    if scope.value is not None:
        yield scope.value, False
    objects = [(scope.root, scope.call is not None)] if scope.root else []
    while objects:
        obj, begun = objects.pop(0)
        begun = begun or bool(obj.scopes)
        for values in obj.slots.values():
            for value in values:
                yield value, begun or len(values) > 1
        objects.extend((inner, begun) for inner in obj.inner())
