"""A file of rows as its senders are shown it: what each column is, and an example that the hub takes."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from hub_core.contract import Place
from hub_core.contract.rows import rows_root
from hub_core.contract.texts import possible
from hub_core.draft.sample import BY_FIELD, Sample, value_of
from hub_core.errors import Rejected
from hub_core.mapping import CompiledMapping, MappingSet
from hub_core.mapping.binding.plan import Origin, Value
from hub_core.mapping.trying.coverage import placed
from hub_core.rows import Description, open_file, whole_file
from hub_core.rows.model import Column
from hub_web.partner.call import fixture_bytes
from hub_web.partner.readable import offers, reads
from registry.offline.filecheck import check_file

_DAY: Final = date(2026, 1, 1)  # on which examples are read
_DAYS: Final = {"%d": "DD", "%m": "MM", "%Y": "YYYY", "%y": "YY", "%H": "HH", "%M": "MM", "%S": "SS"}

Rules = dict[str, list[tuple[str, Origin, Value]]]


class Example(msgspec.Struct, frozen=True):
    """A file of invented persons that a hub takes, and where its rows stand.

    Attributes:
        lines: of its rows.
        first: values of the first row by column; of the header and the trailer as ``header.month``.
    """

    body: bytes
    lines: tuple[int, ...]
    first: dict[str, str]


def rules_of(mapping: CompiledMapping | None) -> Rules:
    """Return the rules that read each column: canonical path, place and rule; of the header as ``header.month``."""
    found: Rules = defaultdict(list)
    for at, base, value in placed(mapping.plan) if mapping is not None else ():
        for origin in value.origins:
            found[".".join(step.name for step in (*base, *origin.steps))].append((at, origin, value))
    return found


def example_of(
    description: Description, mapping: CompiledMapping, mappings: MappingSet, folder: Path
) -> Example | None:
    """Return the fixture of the mapping, else a file of one made-up row; ``None``: there is none that the hub takes."""
    for body in (fixture_bytes((mapping.id,), mappings, folder), _made(description, mapping)):
        if body is None:
            continue
        found = check_file(body, mapping, on=_DAY, begin=lambda _: lambda _: None)
        if found.result == "taken" and found.rows and not found.refused_rows:
            return _example(body, description)
    return None


def _example(body: bytes, description: Description) -> Example:
    rows = list(open_file(body, description).rows())
    first = dict(rows[0].values)
    for part, values in (("header", rows[0].header), ("trailer", rows[0].trailer)):
        first |= {f"{part}.{name}": value for name, value in (values or {}).items()}
    return Example(body, tuple(row.line for row in rows), first)


def _made(description: Description, mapping: CompiledMapping) -> bytes | None:
    root, rules = rows_root(description), rules_of(mapping)
    texts = {id(place): _text(place, rules.get(path, [])) for path, place in _leaves(root)}
    try:
        return whole_file([Sample(texts).tree(root)], description)
    except Rejected:
        return None  # such as a sum over a column that has a pattern of its own


def _leaves(root: Place) -> Iterator[tuple[str, Place]]:
    for name, place in root.children.items():
        if place.leaf is not None:
            yield name, place
        yield from ((f"{name}.{inner}", one) for inner, one in place.children.items())


def _text(place: Place, rules: list[tuple[str, Origin, Value]]) -> str:
    """Return a text that a column allows, one that its rules read if there is one."""
    assert place.leaf is not None  # noqa: S101 - only leaves come here
    offered = [text for at, origin, value in rules for text in (*_known(at), *offers(origin, value))]
    fitting = (text for text in offered if place.leaf is not None and possible(place.leaf, text))
    good = (text for text in fitting if all(reads(text, origin, value) for _, origin, value in rules))
    return next(good, None) or value_of(place.leaf)


def _known(path: str) -> tuple[str, ...]:
    return next((texts for end, texts in BY_FIELD.items() if path.endswith(end)), ())


def form_of(column: Column) -> str:
    """Say in words how a value is written."""
    said = {"text": "text", "integer": "whole number", "decimal": "number", "date": "date"}[column.type]
    if column.type == "decimal" and column.scale is not None:
        said = f"number without its sign: the last {column.scale} digits are the fraction"
    elif column.type == "decimal":
        said = f"number, `{column.point}` before the fraction"
    elif column.type == "date":
        said = f"date, `{day_form(column.format)}`"
    more = [f"one of `{'`, `'.join(column.enum)}`"] if column.enum else []
    more += [f"in the form `{column.pattern}`"] if column.pattern else []
    more += [f"at most {column.max_length} characters"] if column.max_length else []
    return "; ".join([said, *more])


def day_form(form: str) -> str:
    """Return the form of a date as people write it.

    >>> day_form("%d.%m.%Y")
    'DD.MM.YYYY'
    """
    for sign, shown in _DAYS.items():
        form = form.replace(sign, shown)
    return form
