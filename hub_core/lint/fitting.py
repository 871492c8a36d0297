"""Codecs that read what stands at a place."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from hub_core.mapping.binding.model import Kind, takes
from hub_core.mapping.codecs import BadParameters, BadValue, Chain, chain
from hub_core.yaml import Scalar

DAYS: Final = ("%d.%m.%Y", "%Y-%m-%d", "%Y%m%d", "%d-%m-%Y", "%d/%m/%Y", "%Y.%m.%d", "%Y/%m/%d", "%d%m%Y")
_MONTHS: Final = ("%m.%Y", "%Y-%m", "%m/%Y", "%Y%m", "%m-%Y")
DAY: Final = Scalar(text="date", file="", line=0, column=0)  # how ``dated:`` reads by itself
# In the order in which they are tried.
_CANDIDATES: Final = (
    "date", "partial_date", "month", "decimal", 'decimal(",")', 'decimal(",", ".")', 'decimal(".", ",")', "integer",
    "country", "country3", "currency", "cnp",
    *(f'{name}("{day}")' for name in ("date", "partial_date") for day in DAYS),
    *(f'{name}("{month}")' for name in ("month", "month_first", "month_last", "partial_date") for month in _MONTHS),
    'yes_no("true", "false")', "text",
)  # fmt: skip


def fitting(kind: Kind, texts: Iterable[str]) -> list[Chain]:
    """Return the codecs that give what a field takes and read all of some texts, the most usual first."""
    samples = list(texts)
    return [one for one in _giving(kind) if all(reads(one, text) for text in samples)]


def like(found: Sequence[Chain], used: Chain | None, target: str) -> Chain:
    """Return the codec of the same name as one that does not fit, else the first that may end in such a target."""
    name = used.text.partition("(")[0] if used else ""
    edge = "month_first" if target.endswith("end") else "month_last"
    right = [one for one in found if not one.text.startswith(edge)] or list(found)
    return next((one for one in right if one.text.partition("(")[0] == name), right[0])


def written(node: Scalar | None) -> Chain | None:
    """Return what stands after ``as:``; ``None`` if it cannot be read, which is a fault of loading."""
    try:
        return chain(node.text if node else "text")
    except BadParameters:
        return None


def reads(used: Chain, text: str) -> bool:
    """Tell whether a codec reads a text."""
    try:
        used.parse(text.strip())
    except BadValue:
        return False
    return True


@lru_cache
def _giving(kind: Kind) -> tuple[Chain, ...]:
    return tuple(one for text in _CANDIDATES if takes(kind, (one := chain(text)).gives))
