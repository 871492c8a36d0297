"""Writes the pass over XML: each level is gone through once, its elements are told apart by their tag."""

from collections.abc import Callable

from hub_core.mapping.binding.plan import Scope
from hub_core.mapping.language.paths import Step, Steps
from hub_core.mapping.reading.generator import Frame, Generator
from hub_core.mapping.reading.shares import ALONE, Duty
from hub_core.mapping.reading.tree import Leaf, Node

Inner = Callable[[Scope, str, Frame, Duty | None], None]


class XmlScan:
    """Writes passes over elements; ``inner`` writes what an inner scope does with an element."""

    def __init__(self, generator: Generator, inner: Inner) -> None:
        self.generator = generator
        self.writer = generator.writer
        self.inner = inner

    def direct(self, frame: Frame) -> set[Leaf]:
        """Return the leaves that are read once, right at the base: their variables need no start value."""
        root = frame.tree.root
        if not root.simple:
            return set()
        nodes = [root, *(node for name, node in root.children.items() if name.startswith("@"))]
        return {node.leaf for node in nodes if node.leaf is not None and not node.variants}

    def place(self, node: Node, item: str, frame: Frame, *, duty: Duty | None) -> None:
        """Write what happens with the element at the base of a scope."""
        self._place(node, item, frame, (), check=duty is not None)

    def _place(self, node: Node, element: str, frame: Frame, steps: Steps, *, check: bool) -> None:
        if node.ignored and not node.passes and not node.scopes and not node.variants:
            return
        if node.simple:
            for scope in node.scopes:
                self._scope(scope, element, frame, check=check and not node.ignored)
            if not node.scopes:
                self._element(node, element, frame, steps, check=check and not node.ignored)
            return
        if node.passes:
            self._element(node, element, frame, steps, check=False)
        for scope in node.scopes:
            self._scope(scope, element, frame, check=False)
        for filters, variant in node.variants.items():
            shown = ", ".join(f"{one.name}={one.literal}" for one in filters)
            bound = self.writer.bind("P", filters, shown, key=filters)
            with self.writer.block(f"if run.matches({element}, {bound}):"):
                self._place(variant, element, frame, (), check=False)
        if check and not node.ignored:
            frame.checks.append((steps, self.generator.known(node, frame)))

    def _scope(self, scope: Scope, element: str, frame: Frame, *, check: bool) -> None:
        guard = self.generator.guard(scope.checks, frame)
        if not guard:
            self.inner(scope, element, frame, ALONE if check else None)
            return
        with self.writer.block(f"if {guard}:"):
            self.inner(scope, element, frame, ALONE if check else None)
        if check:
            with self.writer.block("else:"):
                self.writer.line(f"run.element({element})")

    def _element(self, node: Node, element: str, frame: Frame, steps: Steps, *, check: bool) -> None:
        attributes = {name[1:]: child for name, child in node.children.items() if name.startswith("@")}
        children = {name: child for name, child in node.children.items() if not name.startswith("@")}
        once = node is frame.tree.root
        for name, child in attributes.items():
            if child.leaf is not None:
                # lxml looks names up as bytes.
                key = name.encode() if name.isascii() else name
                self._assign(child.leaf, f"{element}.get({key!r})", once=once)
                self._share(child.leaf, frame, check=check)
        if check:
            self._check_attributes(attributes, element, once=once)
        self._text(node, element, frame, children=bool(children), once=once, check=check)
        if children:
            self._children(children, element, frame, steps, check=check, mixed=node.leaf is not None or node.known)

    def _share(self, leaf: Leaf, frame: Frame, *, check: bool) -> None:
        if not check:
            frame.shared.add(leaf)

    def _assign(self, leaf: Leaf, source: str, *, once: bool) -> None:
        if once:
            self.writer.line(f"{leaf.var} = {source}  # {self.generator.shown(leaf.steps)!a}")
        else:
            again = f"{source} if {leaf.var} is None else again({leaf.var}, {source})"
            self.writer.line(f"{leaf.var} = {again}  # {self.generator.shown(leaf.steps)!a}")

    def _check_attributes(self, attributes: dict[str, Node], element: str, *, once: bool) -> None:
        """Write the test for attributes that nothing names: by counting, where every known one has just been read."""
        if not attributes:
            with self.writer.block(f"if {element}.keys():"):
                self.writer.line(f"run.attributes({element}, frozenset())")
            return
        names = self.writer.words("K", tuple(attributes))
        read = [node.leaf.var for node in attributes.values() if node.leaf is not None]
        if once and len(read) == len(attributes):
            test = f"len({element}.attrib) != {' + '.join(f'({var} is not None)' for var in read)}"
        else:
            test = f"not {names}.issuperset({element}.keys())"
        with self.writer.block(f"if {test}:"):
            self.writer.line(f"run.attributes({element}, {names})")

    def _text(self, node: Node, element: str, frame: Frame, *, children: bool, once: bool, check: bool) -> None:
        if node.leaf is not None:
            if children or not check:
                source = f"own_text({element})"
            else:
                source = f"{element}.text if not len({element}) else run.inside({element})"
            if not once and not children and check:
                source = f"({source})"
            self._assign(node.leaf, source, once=once)
            self._share(node.leaf, frame, check=check)
        elif check and not node.known:
            text = self.writer.name("x")
            with self.writer.block(f"if ({text} := {element}.text) and not {text}.isspace():"):
                self.writer.line(f"run.text({element})")
        if check and node.leaf is None and not children:
            with self.writer.block(f"if len({element}):"):
                self.writer.line(f"run.inside({element})")
                if not node.known:
                    self.writer.line(f"run.text({element})")

    def _children(
        self, children: dict[str, Node], element: str, frame: Frame, steps: Steps, *, check: bool, mixed: bool
    ) -> None:
        if check and _make_a_list(children):
            self._list(children, element, frame, steps, mixed=mixed)
            return
        child, tag = self.writer.name("o"), self.writer.name("n")
        with self.writer.block(f"for {child} in {element}:"):
            self.writer.line(f"{tag} = {child}.tag")
            word = "if"
            for name, node in children.items():
                with self.writer.block(f"{word} {tag} == {name!r}:"):
                    self._place(node, child, frame, (*steps, Step(name=name)), check=check)
                word = "elif"
            if not check:
                return
            with self.writer.block("else:"):
                self.writer.line(f"run.element({child})")
            if not mixed:
                self._tail(child, element)

    def _list(self, children: dict[str, Node], element: str, frame: Frame, steps: Steps, *, mixed: bool) -> None:
        """Write the pass over an element that holds, if all is well, nothing but those of one name.

        libxml2 finds them: to ask each for its name takes longer than to read a value of it.
        """
        [(name, node)] = children.items()
        child, found = self.writer.name("o"), self.writer.name("n")
        self.writer.line(f"{found} = list({element}.iterchildren({name!r}))")
        with self.writer.block(f"for {child} in {found}:"):
            self._place(node, child, frame, (*steps, Step(name=name)), check=True)
            if not mixed:
                self._tail(child, element)
        with self.writer.block(f"if len({found}) != len({element}):"):
            self.writer.line(f"run.others({element}, {name!r}, mixed={mixed})")

    def _tail(self, child: str, element: str) -> None:
        text = self.writer.name("x")
        with self.writer.block(f"if ({text} := {child}.tail) and not {text}.isspace():"):
            self.writer.line(f"run.text({element})")


def _make_a_list(children: dict[str, Node]) -> bool:
    """Tell whether children are elements of one name, each the beginning of an inner scope.

    A name that somebody quoted may hold a ``*``, which lxml would take for any name.
    """
    return len(children) == 1 and all(node.scopes and "*" not in name for name, node in children.items())
