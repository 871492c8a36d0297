"""Source paths of one mapping file; what is no path is a fault."""

from hub_core.mapping.paths import BadPath, Steps, parse_path
from hub_core.mapping.rules import Source
from hub_core.yaml import Faults, Node


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
                self._faults.add(node, f"not a path into {kind}: {error}", mend="correct the path", code="M107")
                return None
        return known
