"""Writes the pass over JSON: each object is asked for the keys that rules name, and once for all others."""

from collections.abc import Callable

from hub_core.mapping.binding.plan import Scope
from hub_core.mapping.language.paths import Step, Steps
from hub_core.mapping.reading.generator import Frame, Generator
from hub_core.mapping.reading.shares import Duty, Shares
from hub_core.mapping.reading.tree import Leaf, Node

Inner = Callable[[Scope, str, Frame, Duty | None], None]


class JsonScan:
    """Writes passes over objects; ``inner`` writes what an inner scope does with one item."""

    def __init__(self, generator: Generator, inner: Inner) -> None:
        self.generator = generator
        self.writer = generator.writer
        self.shares = Shares(generator.trees)
        self.inner = inner

    def direct(self, frame: Frame) -> set[Leaf]:
        """Return the leaves that are keys of the base itself: their variables need no start value."""
        root = frame.tree.root
        if frame.joins:
            return set()
        if root.leaf is not None or not (root.simple or self._sure(frame)):
            return {root.leaf} if root.leaf is not None and not root.children else set()
        return {node.leaf for node in root.children.values() if node.leaf is not None and node.simple}

    def place(self, node: Node, item: str, frame: Frame, *, duty: Duty | None) -> None:
        """Write what happens with the item at the base of a scope."""
        if node.leaf is not None and duty is None:
            frame.shared.add(node.leaf)
        if not node.simple or node.scopes:
            self._shared(node, item, (), frame, duty=duty, sure=self._sure(frame))
            return
        if node.leaf is not None and node.children:
            with self.writer.block(f"if {item}.__class__ is dict:"):
                self._object(node, item, (), frame, duty=duty)
            with self.writer.block("else:"):
                self.writer.line(f"{node.leaf.var} = {item}")
        elif node.leaf is not None:
            self.writer.line(f"{node.leaf.var} = {item}")
            if duty:
                with self.writer.block(f"if {item}.__class__ is dict:"):
                    self.writer.line(f"run.objects({frame.spot}, ())")
        elif frame.joins:  # the block may read the plain value that stands here
            with self.writer.block(f"if {item}.__class__ is dict:"):
                self._object(node, item, (), frame, duty=duty)
        else:
            self._object(node, item, (), frame, duty=duty)

    def _sure(self, frame: Frame) -> bool:
        """Tell whether there can be nothing but an object at the base of a scope."""
        return not frame.joins and not self.reads_text(frame.scope)

    def _object(self, node: Node, item: str, steps: Steps, frame: Frame, *, duty: Duty | None, spot: str = "") -> None:
        """Write what is read from an object and from the objects in it; ``spot``: its own, if it is one of several."""
        for name, child in node.children.items():
            self._key(child, item, (*steps, Step(name=name)), frame, duty=duty and duty.at(name))
        if duty and duty.looks:
            names = self.writer.words("K", (*node.children, *duty.known))
            with self.writer.block(f"if not {names}.issuperset({item}):"):
                place = f"{spot}, ()" if spot else f"{frame.spot}, {self.generator.steps(steps)}"
                self.writer.line(f"run.keys({place}, {names})")

    def _key(self, node: Node, item: str, steps: Steps, frame: Frame, *, duty: Duty | None) -> None:
        source = f"{item}.get({steps[-1].name!r})"
        duty = None if node.ignored else duty
        if node.leaf is not None and duty is None:
            frame.shared.add(node.leaf)
        if node.simple and node.leaf is not None and not node.children:
            self.writer.line(f"{node.leaf.var} = {source}  # {self.generator.shown(steps)!a}")
            return
        if not node.passes and not node.scopes and not node.variants:
            return
        raw = self.writer.name("o")
        self.writer.line(f"{raw} = {source}")
        if node.simple and node.scopes:
            with self.writer.block(f"if {raw} is not None:"):
                self._scope(node.scopes[0], raw, steps, frame, duty=duty)
        elif node.simple:
            self._inside(node, raw, steps, frame, duty=duty)
        else:
            with self.writer.block(f"if {raw} is not None:"):
                self._shared(node, raw, steps, frame, duty=duty)

    def _inside(self, node: Node, raw: str, steps: Steps, frame: Frame, *, duty: Duty | None) -> None:
        if node.leaf is not None:
            self.writer.line(f"{node.leaf.var} = {raw}  # {self.generator.shown(steps)!a}")
        if not node.children:
            return
        looks = duty is not None and duty.looks and node.leaf is None and not node.known
        if not _reads(node):
            with self.writer.block(f"if {raw} is not None:"):
                self._one_by_one(node, raw, steps, frame, duty=duty, looks=looks)
            return
        only = f"run.only({raw}, {frame.spot}, {self.generator.steps(steps)})" if looks else f"one({raw})"
        test = f"{raw}.__class__ is dict or ({raw} := {only})"
        with self.writer.block(f"if {raw} is not None and ({test}):"):
            self._object(node, raw, steps, frame, duty=duty)

    def _one_by_one(self, node: Node, raw: str, steps: Steps, frame: Frame, *, duty: Duty | None, looks: bool) -> None:
        """Write the way through objects to the inner scopes: as nothing is read on it, they need not be merged."""
        item = self.writer.name("o")
        spot = f"({frame.spot}, {self.generator.steps(steps)}, {item})"
        with self.writer.block(f"for {item} in ({raw},) if {raw}.__class__ is dict else items({raw}):"):
            with self.writer.block(f"if {item}.__class__ is not dict:"):
                if looks:
                    self.writer.line(f"run.scalars({frame.spot}, {self.generator.steps(steps)})")
                self.writer.line("continue")
            self._object(node, item, steps, frame, duty=duty, spot=spot)

    def _shared(
        self, node: Node, raw: str, steps: Steps, frame: Frame, *, duty: Duty | None, sure: bool = False
    ) -> None:
        """Several things happen at one place: each goes its own way.

        What nobody names is found on these ways; if that cannot be, it is looked for at the end of the scope.
        """
        duties = self.shares.duties(node, duty)
        turns = iter(duties or [])
        if node.passes:
            own = next(turns, None)
            if node.leaf is not None and own is None:
                frame.shared.add(node.leaf)
            if sure:
                self._object(node, raw, steps, frame, duty=own)
            else:
                whole = self.writer.name("o")
                self.writer.line(f"{whole} = {raw}")
                self._inside(node, whole, steps, frame, duty=own)
        for scope in node.scopes:
            self._scope(scope, raw, steps, frame, duty=next(turns, None), sure=sure)
        for filters, variant in node.variants.items():
            shown = ", ".join(f"{one.name}={one.literal}" for one in filters)
            bound = self.writer.bind("P", filters, shown, key=filters)
            chosen = self.writer.name("o")
            self.writer.line(f"{chosen} = select({raw}, {bound})")
            filtered = (*steps[:-1], Step(name=steps[-1].name, filters=filters)) if steps else steps
            with self.writer.block(f"if {chosen}:"):
                self._shared(variant, chosen, filtered, frame, duty=None)
        if duty and duties is None:
            frame.checks.append((steps, self.generator.known(node, frame)))

    def _scope(
        self, scope: Scope, raw: str, steps: Steps, frame: Frame, *, duty: Duty | None, sure: bool = False
    ) -> None:
        guard = self.generator.guard(scope.checks, frame)
        if not guard:
            self._each(scope, raw, steps, frame, duty=duty, sure=sure)
            return
        with self.writer.block(f"if {guard}:"):
            self._each(scope, raw, steps, frame, duty=duty, sure=sure)
        if duty:
            with self.writer.block("else:"):
                self.writer.line(f"run.leave({frame.spot}, {self.generator.steps(steps)})")

    def _each(self, scope: Scope, raw: str, steps: Steps, frame: Frame, *, duty: Duty | None, sure: bool) -> None:
        if sure:
            self.inner(scope, raw, frame, duty)
            return
        item = self.writer.name("o")
        with self.writer.block(f"for {item} in ({raw},) if {raw}.__class__ is dict else items({raw}):"):
            if self.takes_objects(scope):
                with self.writer.block(f"if {item}.__class__ is not dict:"):
                    if duty and duty.looks:
                        self.writer.line(f"run.scalars({frame.spot}, {self.generator.steps(steps)})")
                    self.writer.line("continue")
            self.inner(scope, item, frame, duty)

    def takes_objects(self, scope: Scope) -> bool:
        """Tell whether a scope reads objects only, so that plain values never reach what it does with an item."""
        root = self.generator.trees.of(scope.call or scope).root
        return not self.reads_text(scope) and bool(root.passes or root.scopes or root.variants)

    def reads_text(self, scope: Scope) -> bool:
        """Tell whether a scope, its block, or a scope that begins at the same place reads a plain value there."""
        roots = [self.generator.trees.of(one).root for one in (scope, scope.call) if one is not None]
        return any(root.leaf is not None or any(map(self.reads_text, root.scopes)) for root in roots)


def _reads(node: Node) -> bool:
    """Tell whether rules of the scope itself read a value below a node."""
    return any(child.leaf is not None or bool(child.variants) or _reads(child) for child in node.children.values())
