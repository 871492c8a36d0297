"""L121: parts that are joined in an order that the codec does not read."""

from dataclasses import dataclass
from itertools import permutations
from typing import Final

from hub_core.contract.texts import longest
from hub_core.lint.finding import Findings
from hub_core.lint.fitting import reads, written
from hub_core.lint.walk import Visit
from hub_core.mapping.codecs import Chain
from hub_core.mapping.language.rules import Derive

MAX_JOINED: Final = 4  # parts whose orders are tried


@dataclass(slots=True)
class Joins:
    """Looks at ``derive: join(...)``."""

    findings: Findings

    def look_at(self, visit: Visit) -> None:
        """Take one rule."""
        derive, codec = visit.rule.derive, visit.rule.codec
        if derive is None or codec is None:
            return
        leaves = [read.spot.place.leaf if read.spot.place else None for read in visit.reads if read.purpose == "value"]
        if len(leaves) != len(derive.paths) or len(leaves) > MAX_JOINED:
            return
        used = written(codec)
        texts = [longest(leaf)[:1] if leaf else () for leaf in leaves]
        if used is None or used.total or not all(texts):
            return
        parts = dict(zip(derive.paths, (text[0] for text in texts), strict=True))
        ways = {paths: derive.separator.join(parts[path] for path in paths) for paths in permutations(derive.paths)}
        if not reads(used, ways[derive.paths]):
            fitting = [paths for paths, text in ways.items() if reads(used, text)]
            self._order(visit, derive, used, fitting[0] if len(fitting) == 1 else None)

    def _order(self, visit: Visit, derive: Derive, used: Chain, paths: tuple[str, ...] | None) -> None:
        old, new = ", ".join(derive.paths), ", ".join(paths) if paths else None
        text = f"{used.text} does not read {visit.target} as it is joined of {old}"
        mend = f"write {new} instead" if new else "join what the codec reads, or write another codec"
        self.findings.add("L121", derive.node, text, mend, old=old, new=new, raw=True)
