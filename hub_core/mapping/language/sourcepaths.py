"""Source paths of one mapping file; what is no path is a fault."""

import re
from collections.abc import Iterable
from typing import Final

from hub_core.mapping.language.paths import BadPath, Steps, parse_path
from hub_core.mapping.language.rules import Source
from hub_core.yaml import Faults, Node, Scalar

Fixed = tuple[tuple[Steps, str, Steps | None], ...]  # place, text, and the place that ``count(path)`` counts
_COUNT: Final = re.compile(r"count\((.+)\)")


class SourcePaths:
    """Reads the paths of one mapping; blocks that are used often repeat the same ones."""

    def __init__(self, source: Source, faults: Faults) -> None:
        self._source = source
        self._faults = faults
        self._known: dict[str, Steps] = {}

    def steps(self, node: Node, path: str) -> Steps | None:
        """Return the steps of a path that stands at a node; ``None`` after reporting a fault."""
        known = self._known.get(path)
        if known is None:
            try:
                known = self._known[path] = parse_path(path, self._source.kind, self._source.ns)
            except BadPath as error:
                kind = self._source.kind.upper()
                self._faults.add(node, f"not a path into {kind}: {error}", mend=error.mend, code="M107")
                return None
            if any(step.index is not None for step in known):
                mend = "write [] for all of them, or a filter [name=literal]"
                self._faults.add(node, f"{path!r} holds an index, which belongs to tests", mend=mend, code="M107")
        return known

    def fixed(self, entries: Iterable[tuple[Scalar, str]]) -> Fixed:
        """Return the entries of ``fixed:``."""
        found: list[tuple[Steps, str, Steps | None]] = []
        for node, text in entries:
            steps = self.steps(node, node.text)
            counted = _COUNT.fullmatch(text)
            counts = self.steps(node, counted[1]) if counted else None
            if steps:
                found.append((steps, text, counts))
        return tuple(found)
