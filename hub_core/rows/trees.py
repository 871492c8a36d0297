"""Records whose columns are found by their paths: JSON objects and XML elements, both as trees of texts.

An element is a tree of its attributes, ``@name``, and of its children; its own text beside them has the name "".
What stands more than once is a list.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

import msgspec

from hub_core.rows.cells import scaled, unscaled
from hub_core.rows.model import BadLine, Column, Description, Record, Values
from hub_core.security.masking import mask_numbers

Tree = dict[str, Any]  # of str, Tree, list
_STEP: Final = re.compile(r"(?:\{[^{}]*\}|[^/{}])+")
_HARMFUL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_CLIP: Final = 80  # characters of a path that a fault names
_DEEPEST: Final = 30
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")  # RFC 8259, section 6, without exponents
_EXACT: Final = 15  # characters of a number that every reader of JSON keeps: IEEE 754 binary64
_LIST: Final = "[]"  # stands for whatever is in a list


@cache
def steps_of(path: str) -> tuple[str, ...]:
    """Return the steps of a path.

    >>> steps_of("{urn:x/y}address/@id")
    ('{urn:x/y}address', '@id')
    """
    return tuple(_STEP.findall(path))


def path_of(column: Column) -> str:
    """Return where the value of a column stands."""
    return column.path or column.name


def tree_of(text: str) -> Tree:
    """Return a line of JSON as a tree; numbers stay as they are written.

    Raises:
        BadLine: F120.
    """
    try:
        found = _DECODER.decode(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadLine("F120", "no object of JSON")
    return found


def values_of(tree: Tree, record: Record, description: Description) -> Values:
    """Return the values of the columns of a tree.

    Raises:
        BadLine: F104 a character that no text holds; F117 the token; F122 a value that no column names, or that is
            a list.
    """
    token = record.token if description.form == "json-lines" else ""
    key, mark, wanted = token.partition("=")
    if token and (tree.get(key) != wanted if mark else key not in tree):
        raise BadLine("F117", f"does not hold {token!r}")
    places = {steps_of(path_of(column)): column for column in record.columns}
    values = dict.fromkeys((column.name for column in record.columns), "")
    for steps, text in _leaves(tree, ()):
        column = places.get(steps)
        if column is not None:
            if _HARMFUL.search(text):
                raise BadLine("F104", f"{column.name} holds a control character")
            values[column.name] = scaled(text, column)
        elif text.strip() and description.others == "refuse" and steps != (key,):
            raise BadLine("F122", f"no column stands at {shown(steps)}, or several values do")
    return values


def shown(steps: tuple[str, ...]) -> str:
    """Return a path for people: what a sender names something is not repeated at any length, nor where it steers.

    >>> shown(("county", chr(13) + "=x"))
    'county/?=x'
    """
    plain = re.sub("[^ -~]", "?", "/".join(steps))
    return mask_numbers(plain)[:_CLIP] or "its own text"


def json_with(values: Values, record: Record) -> bytes:
    """Return the line of JSON of some values: the inverse of ``tree_of`` and ``values_of``; numbers are numbers.

    What JSON has no number for stays text: ``007``, ``957,50``, and more digits than every reader keeps.
    """
    return msgspec.json.encode(tree_with(values, record, record.token, leaf=_json_leaf))


def _json_leaf(text: str, column: Column) -> Any:
    number = column.type in {"integer", "decimal"} and len(text) <= _EXACT and _NUMBER.fullmatch(text)
    return msgspec.Raw(text.encode()) if number else text


def _text_leaf(text: str, _: Column) -> Any:
    return text


def tree_with(
    values: Values, record: Record, token: str = "", *, leaf: Callable[[str, Column], Any] = _text_leaf
) -> Tree:
    """Return the tree of some values: the inverse of ``values_of``; blank ones are left out."""
    tree: Tree = {}
    key, mark, text = token.partition("=")
    if mark:
        tree[key] = text
    for column in record.columns:
        if value := unscaled(values.get(column.name, ""), column):
            *way, last = steps_of(path_of(column))
            inner = tree
            for step in way:
                if not isinstance(inner.setdefault(step, {}), dict):
                    inner[step] = {"": inner[step]}  # an element with a text and attributes
                inner = inner[step]
            if isinstance(inner.get(last), dict):
                inner[last][""] = leaf(value, column)
            else:
                inner[last] = leaf(value, column)
    return tree


def _leaves(tree: Tree, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the texts with their paths; those of a list under paths that no column has."""
    if len(above) > _DEEPEST:
        raise BadLine("F122", "too deep")
    for name, value in tree.items():
        steps = (*above, name) if name else above
        if value.__class__ is str:
            yield steps, value
        elif value.__class__ is dict:
            yield from _leaves(value, steps)
        elif value is not None:
            for index, _ in enumerate(value, 1):
                yield (*steps, f"[{index}]"), _LIST


def _object(pairs: list[tuple[str, Any]]) -> Tree:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return {name: _TEXTS.get(value, value) if value.__class__ is bool else value for name, value in pairs}


def _constant(_: str) -> Any:
    raise ValueError


_TEXTS: Final = {True: "true", False: "false"}
_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_int=str, parse_float=str, parse_constant=_constant)
