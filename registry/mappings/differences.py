"""Counted differences as JSON data: the most frequent fields first, values masked or not there at all."""

from typing import Any

from hub_core.mapping.trying.compare import FINDING, UNMAPPED, VERDICT, Difference
from hub_core.mapping.trying.tally import Example, Tally
from hub_core.security.masking import mask_at, mask_text


def with_documents(tally: Tally) -> list[dict[str, Any]]:
    """Return the counted fields, each with the names of a few documents; no values."""
    return [row | {"examples": [one.document for one in examples]} for row, examples in _rows(tally)]


def with_values(tally: Tally, *, reveal: bool) -> list[dict[str, Any]]:
    """Return the counted fields, each with a few documents and what they said before and say after."""
    return [row | {"examples": [_example(one, reveal=reveal) for one in examples]} for row, examples in _rows(tally)]


def masked_difference(difference: Difference) -> dict[str, str | None]:
    """Return where two readings differ; values are masked."""
    at = difference.at
    return {
        "at": _place(at),
        "field": _place(difference.field),
        "kind": difference.kind,
        "before": _masked(at, difference.before),
        "after": _masked(at, difference.after),
    }


def _rows(tally: Tally) -> list[tuple[dict[str, Any], list[Example]]]:
    counted = sorted(tally.fields.items(), key=lambda item: (-item[1].documents, item[0]))
    return [
        ({"mapping": mapping, "field": _place(field), "kind": kind, "messages": found.documents}, found.examples)
        for (mapping, field, kind), found in counted
    ]


def _example(example: Example, *, reveal: bool) -> dict[str, Any]:
    difference = example.difference
    before, after = difference.before, difference.after
    if not reveal:
        before, after = _masked(difference.at, before), _masked(difference.at, after)
    return {"document": example.document, "at": _place(difference.at), "before": before, "after": after}


def _place(at: str) -> str:
    """Return a place as it may be shown: the path of an unmapped leaf is what a sender wrote."""
    return UNMAPPED + str(mask_at("unmapped.path", at.removeprefix(UNMAPPED))) if at.startswith(UNMAPPED) else at


def _masked(at: str, value: str | None) -> str | None:
    if value is None or at == VERDICT or at.startswith(FINDING):
        return value
    return mask_text(value) if at.startswith(UNMAPPED) else str(mask_at(at, value))
