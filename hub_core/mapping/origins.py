"""Origins of what the hub itself adds to a record: the normal forms of names."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from hub_core.reading import Provenance

NORMAL: Final = "normal"
CODEC: Final = "normal form"


def normal_forms(record: Any, values: Sequence[Provenance], version: str) -> list[Provenance]:
    """Return the origin of every normal form: the first rule of the same name.

    Args:
        record: as the reading made it, before it was checked against the model.
        values: the origins of everything else.
        version: ``id@hash`` of the mapping.
    """
    rules: dict[str, str] = {}
    for value in values:
        rules.setdefault(value.at.rpartition(".")[0], value.rule)
    return [
        Provenance(
            at=f"{name}.{NORMAL}",
            source=None,
            line=None,
            raw=None,
            codec=CODEC,
            codes=None,
            rule=rules.get(name, ""),
            mapping=version,
        )
        for name in _names(record, "")
    ]


def _names(value: Any, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        if NORMAL in value and at:
            yield at
        for key, inner in value.items():
            yield from _names(inner, f"{at}.{key}" if at else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _names(inner, f"{at}[{index}]")
