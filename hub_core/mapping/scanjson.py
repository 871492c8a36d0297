"""Writes the pass over JSON: each object is asked for the keys that rules name, and once for all others."""

from collections.abc import Callable

from hub_core.mapping.generator import Frame, Generator
from hub_core.mapping.paths import Step, Steps
from hub_core.mapping.plan import Scope
from hub_core.mapping.tree import Leaf, Node

Inner = Callable[[Scope, str, Frame, bool], None]


class JsonScan:
    """Writes passes over objects; ``inner`` writes what an inner scope does with one item."""

    def __init__(self, generator: Generator, inner: Inner) -> None:
        self.generator = generator
        self.writer = generator.writer
        self.inner = inner

    def direct(self, frame: Frame) -> set[Leaf]:
        """Return the leaves that are keys of the base itself: their variables need no start value."""
        root = frame.tree.root
        if frame.joins:
            return set()
        if root.leaf is not None or not root.simple:
            return {root.leaf} if root.leaf is not None and not root.children else set()
        return {node.leaf for node in root.children.values() if node.leaf is not None and node.simple}

    def place(self, node: Node, item: str, frame: Frame, *, check: bool) -> None:
        """Write what happens with the item at the base of a scope."""
        if node.leaf is not None and not check:
            frame.shared.add(node.leaf)
        if not node.simple or node.scopes:
            self._shared(node, item, (), frame, check=check)
            return
        if node.leaf is not None and node.children:
            with self.writer.block(f"if {item}.__class__ is dict:"):
                self._object(node, item, (), frame, check=check)
            with self.writer.block("else:"):
                self.writer.line(f"{node.leaf.var} = {item}")
        elif node.leaf is not None:
            self.writer.line(f"{node.leaf.var} = {item}")
            if check:
                with self.writer.block(f"if {item}.__class__ is dict:"):
                    self.writer.line(f"run.objects({frame.spot}, ())")
        elif frame.joins:  # the block may read the plain value that stands here
            with self.writer.block(f"if {item}.__class__ is dict:"):
                self._object(node, item, (), frame, check=check)
        else:
            self._object(node, item, (), frame, check=check)

    def _object(self, node: Node, item: str, steps: Steps, frame: Frame, *, check: bool) -> None:
        """Write what is read from an object and from the objects in it."""
        for name, child in node.children.items():
            self._key(child, item, (*steps, Step(name=name)), frame, check=check)
        if check:
            names = self.writer.words("K", tuple(node.children))
            with self.writer.block(f"if not {names}.issuperset({item}):"):
                self.writer.line(f"run.keys({frame.spot}, {self.generator.steps(steps)}, {names})")

    def _key(self, node: Node, item: str, steps: Steps, frame: Frame, *, check: bool) -> None:
        source = f"{item}.get({steps[-1].name!r})"
        check = check and not node.ignored
        if node.leaf is not None and not check:
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
                self._scope(node.scopes[0], raw, steps, frame, check=check)
        elif node.simple:
            self._inside(node, raw, steps, frame, check=check)
        else:
            with self.writer.block(f"if {raw} is not None:"):
                self._shared(node, raw, steps, frame, check=check)

    def _inside(self, node: Node, raw: str, steps: Steps, frame: Frame, *, check: bool) -> None:
        if node.leaf is not None:
            self.writer.line(f"{node.leaf.var} = {raw}  # {self.generator.shown(steps)!a}")
        if not node.children:
            return
        only = f"one({raw})"
        if check and node.leaf is None and not node.known:
            only = f"run.only({raw}, {frame.spot}, {self.generator.steps(steps)})"
        test = f"{raw}.__class__ is dict or ({raw} := {only})"
        with self.writer.block(f"if {raw} is not None and ({test}):"):
            self._object(node, raw, steps, frame, check=check)

    def _shared(self, node: Node, raw: str, steps: Steps, frame: Frame, *, check: bool) -> None:
        """Several things happen at one place: each goes its own way, then what nobody names is looked for."""
        if node.passes:
            if node.leaf is not None:
                frame.shared.add(node.leaf)
            whole = self.writer.name("o")
            self.writer.line(f"{whole} = {raw}")
            self._inside(node, whole, steps, frame, check=False)
        for scope in node.scopes:
            self._scope(scope, raw, steps, frame, check=False)
        for filters, variant in node.variants.items():
            shown = ", ".join(f"{one.name}={one.literal}" for one in filters)
            bound = self.writer.bind("P", filters, shown, key=filters)
            chosen = self.writer.name("o")
            self.writer.line(f"{chosen} = select({raw}, {bound})")
            filtered = (*steps[:-1], Step(name=steps[-1].name, filters=filters)) if steps else steps
            with self.writer.block(f"if {chosen}:"):
                self._shared(variant, chosen, filtered, frame, check=False)
        if check:
            frame.checks.append((steps, self.generator.known(node, frame)))

    def _scope(self, scope: Scope, raw: str, steps: Steps, frame: Frame, *, check: bool) -> None:
        guard = self.generator.guard(scope.checks, frame)
        if not guard:
            self._each(scope, raw, steps, frame, check=check)
            return
        with self.writer.block(f"if {guard}:"):
            self._each(scope, raw, steps, frame, check=check)
        if check:
            with self.writer.block("else:"):
                self.writer.line(f"run.leave({frame.spot}, {self.generator.steps(steps)})")

    def _each(self, scope: Scope, raw: str, steps: Steps, frame: Frame, *, check: bool) -> None:
        item = self.writer.name("o")
        root = self.generator.trees.of(scope.call or scope).root
        with self.writer.block(f"for {item} in ({raw},) if {raw}.__class__ is dict else items({raw}):"):
            if not self.reads_text(scope) and (root.passes or root.scopes or root.variants):
                with self.writer.block(f"if {item}.__class__ is not dict:"):
                    if check:
                        spot = f"({frame.spot}, {self.generator.steps(steps)}, {item})"
                        self.writer.line(f"run.scalars({spot}, ())")
                    self.writer.line("continue")
            self.inner(scope, item, frame, check)

    def reads_text(self, scope: Scope) -> bool:
        """Tell whether a scope, its block, or a scope that begins at the same place reads a plain value there."""
        roots = [self.generator.trees.of(one).root for one in (scope, scope.call) if one is not None]
        return any(root.leaf is not None or any(map(self.reads_text, root.scopes)) for root in roots)
