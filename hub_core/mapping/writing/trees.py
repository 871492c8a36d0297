"""Writes how places of a tree are made and filled, as far as possible without a look at what stands there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from hub_core.mapping.binding.plan import Check, Scope
from hub_core.mapping.language.paths import Step, Steps
from hub_core.mapping.pythonsource import Writer
from hub_core.mapping.writing.outrun import OWN, Hops
from hub_core.mapping.writing.places import Where, below, hops
from hub_core.mapping.writing.sites import FRESH, At, Frame, Sites


@dataclass(frozen=True, slots=True)
class Here:
    """Where rules stand.

    Attributes:
        tree: variable of the tree.
        place: of the contract.
        at: the same from the root, see ``sites``.
        singles: paths through which single values are written, so that nothing on them is made twice.
    """

    tree: str
    place: Where | None
    at: At = ()
    singles: frozenset[Steps] = frozenset()


@dataclass(slots=True)
class _Making:
    """What one function, or one round of a loop, makes: variables by place, and ways that may be left empty."""

    frame: Frame
    at: At
    variables: dict[At, str]
    loose: dict[str, set[At]] = field(default_factory=dict)


class Trees:
    """Writes places.

    Args:
        known: from the first time; ``None``: this is the first.
    """

    def __init__(self, kind: str, writer: Writer, known: Sites | None) -> None:
        self.kind = kind
        self.writer = writer
        self.known = known
        self.seen = Sites()
        self._making: list[_Making] = []

    @contextmanager
    def making(self, frame: Frame, here: Here) -> Iterator[None]:
        """Make the places that only this frame makes first, and put those that hold something into the tree last."""
        made = _Making(frame, here.at, {here.at: here.tree})
        own = []
        for at in self.known.nodes[frame] if self.known else ():
            if at[:-1] in made.variables and self._is_own(at):
                own.append(at)
                made.variables[at] = self.writer.name("d")
                self.writer.line(f"{made.variables[at]} = {{}}")
        self._making.append(made)
        yield
        self._making.pop()
        for at in reversed(own):
            self._settled(made, made.variables[at])
            self._attached(made, at)
        self._settled(made, here.tree)

    def _is_own(self, at: At) -> bool:
        return self.known is not None and self.known.is_own(at, xml=self.kind == "xml")

    def _settled(self, made: _Making, tree: str) -> None:
        if tree in made.loose:
            ways = [
                way
                for way in made.loose[tree]
                if not any(other[: len(way)] == way != other for other in made.loose[tree])
            ]
            self.writer.line(f"w.settle({tree}, {self.writer.literal('L', repr(tuple(sorted(ways))))})")

    def _attached(self, made: _Making, at: At) -> None:
        tree, known = made.variables[at], self.known
        many = known is not None and known.nodes[made.frame][at]
        value = self.whole(tree, at)
        with self.writer.block(f"if {tree}:"):
            self.writer.line(f"{made.variables[at[:-1]]}[{at[-1]!r}] = {f'[{value}]' if many else value}")

    def whole(self, tree: str, at: At) -> str:
        """Return a tree as it goes into another one: in JSON its own text, where it holds nothing else."""
        known = self.known
        if known is None or self.kind == "xml" or not known.stored[(*at, OWN)]:
            return tree
        return f'{tree}[""]' if known.holds_text_only(at) else f"own({tree})"

    # Places ---------------------------------------------------------------------------------------------------

    def node(self, here: Here, steps: Steps) -> Here:
        """Write that a place is made; return it."""
        inner, rest = self._followed(here, steps)
        if not rest:
            return inner
        tree = self.writer.name("d")
        self.writer.line(f"{tree} = reach({inner.tree}, {self._way(rest, inner.place)})")
        return Here(tree, below(here.place, steps), _below(here.at, steps))

    def _followed(self, here: Here, steps: Steps) -> tuple[Here, Steps]:
        """Follow a path as far as there are variables; note what is made on it."""
        made = self._maker(here.at)
        at, rest = here, steps
        for number, (step, (_, many, filters)) in enumerate(
            zip(steps, hops(steps, here.place, self.kind), strict=True)
        ):
            inner = _below(here.at, steps[: number + 1])
            self.seen.node(made.frame, inner, many=many)
            if filters:
                self.seen.touched.add(inner)
            if rest and step is rest[0] and (tree := made.variables.get(inner)) is not None:
                at, rest = Here(tree, below(at.place, (step,)), inner), rest[1:]
        if rest:
            self.loose(at, _below((), rest))
        return at, rest

    def _maker(self, at: At) -> _Making:
        return next(one for one in reversed(self._making) if at[: len(one.at)] == one.at)

    def loose(self, here: Here, way: At) -> None:
        """Note that what is made on a way may be left empty, or with its own text only."""
        made, at = self._maker(here.at), here.at
        while at not in made.variables:
            at, way = at[:-1], (at[-1], *way)
        made.loose.setdefault(made.variables[at], set()).add(way)

    def _way(self, steps: Steps, place: Where | None) -> str:
        return self.writer.literal("H", repr(hops(steps, place, self.kind)))

    def fresh(self, here: Here, step: Step, scope: Scope) -> At:
        """Return the place of a new element."""
        return (*here.at, str(step.name), (FRESH, id(scope)))

    # Texts ----------------------------------------------------------------------------------------------------

    def put(self, here: Here, steps: Steps, text: str, owner: str, rule: str) -> None:
        """Write that a text goes to a place.

        Args:
            here: where the path starts.
            steps: empty: the own text of the place.
            text: variable.
            owner: whose value it is, and the name of the field, for what is told if another text stands there.
            rule: ``file:line``.
        """
        otherwise = f"{owner}, {rule!r}"
        made: Hops = hops(steps, here.place, self.kind) or ((OWN, False, ()),)
        key, many, filters = made[-1]
        if filters:
            parent, rest = self._followed(here, steps)
            for length in range(len(steps)):
                self.seen.touched.add(_below(here.at, steps[: length + 1]))
            self.writer.line(f"w.store({parent.tree}, {self._way(rest, parent.place)}, {text}, {otherwise})")
            return
        parent = self.node(here, steps[:-1])
        at = (*parent.at, key)
        self.seen.text(self._maker(here.at).frame, at, otherwise)
        if self.kind == "xml":
            self.seen.stored[*at, OWN].add(at)  # where others stand in the same element
        tree, value = parent.tree, f"[{text}]" if many else text
        variable = self._variable(at)
        if variable is not None:  # an element with its own text, and with others in it
            tree, key, value = variable, OWN, text
            many = False
        if self.known is not None and self.known.is_single(at):
            self.writer.line(f"{tree}[{key!r}] = {value}  # {rule!a}")
            return
        hop = self.writer.literal("H", repr(((key, many, ()),)))
        with self.writer.block(f"if {key!r} in {tree}:"):
            self.writer.line(f"w.store({tree}, {hop}, {text}, {otherwise})")
        with self.writer.block("else:"):
            self.writer.line(f"{tree}[{key!r}] = {value}")

    def _variable(self, at: At) -> str | None:
        return next((one.variables[at] for one in reversed(self._making) if at in one.variables), None)

    # Conditions -----------------------------------------------------------------------------------------------

    def asked(self, here: Here, checks: tuple[Check, ...], *, made: bool = False) -> None:
        """Note the places that conditions look at; ``made``: their literals may be put there."""
        for check in checks:
            at = _below(here.at, check.steps)
            if len(check.steps) == 1 and not check.steps[0].filters:
                self.seen.asked.add(at)
            else:
                self.seen.touched.update(
                    _below(here.at, check.steps[:length]) for length in range(1, len(check.steps) + 1)
                )
            if made and check.steps:
                self.seen.text(("conditions",), at, check)

    def simple(self, here: Here, checks: tuple[Check, ...]) -> bool:
        """Tell whether conditions look at single texts right below a place only."""
        return self.known is not None and all(self._is_simple(here, check) for check in checks)

    def _is_simple(self, here: Here, check: Check) -> bool:
        if self.known is None or len(check.steps) != 1 or check.steps[0].filters:
            return False
        (_, many, _), place = hops(check.steps, here.place, self.kind)[0], below(here.place, check.steps)
        texts = place is None or (place.leaf is not None and place.leaf.json == "string")
        return texts and not many and self.known.is_text(_below(here.at, check.steps))


def _below(at: At, steps: Steps) -> At:
    return (*at, *(str(step.name) for step in steps))
