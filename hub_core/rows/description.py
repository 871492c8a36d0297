"""Reads the description of a flat file from YAML; all faults at once, each with its place."""

import re
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from hub_core import yaml
from hub_core.rows.model import COUNT, ENCODINGS, NESTED, Column, Description, Record
from hub_core.rows.trees import path_of, steps_of
from hub_core.validation.encoding import SUPPORTED
from hub_core.yaml import Faults, Mapping, Node, Scalar, Sequence

CODE: Final = "F101"
SUFFIX: Final = ".rows.yaml"
AROUND: Final = ("header", "trailer")
_NAME: Final = re.compile(r"[^\W\d][\w\-]{0,63}")
_SUM: Final = re.compile(r"sum\(([\w\-]+)\)")
_MOST_COLUMNS: Final = 500
T = TypeVar("T", bound=msgspec.Struct)


def name_of(file: str) -> str:
    """Return the name of a description by its file below ``schemas/``.

    >>> name_of("partners/anofm/monthly.rows.yaml")
    'anofm/monthly'
    """
    return file.removesuffix(SUFFIX).removeprefix("partners/")


def load_description(path: Path, *, file: str = "") -> Description:
    """Read a description.

    Args:
        path: of the YAML.
        file: its name below ``schemas/``, for its own name and in faults.

    Raises:
        ConfigError: F101, with all faults as findings.
    """
    shown = file or path.name
    return _Reader(Faults(CODE)).description(yaml.load(path, file=shown, code=CODE), name_of(shown))


class _Reader:
    """Turns nodes into a description."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def description(self, node: Node, name: str) -> Description:
        found = self._struct(node, Description, name=name)
        if found is not None and isinstance(node, Mapping):
            self._check(found, node)
        self.faults.raise_any()
        assert found is not None  # noqa: S101 - without it there were faults
        return found

    def _struct(self, node: Node, kind: type[T], **given: Any) -> T | None:
        """Return the struct of a mapping whose keys are its fields; faults are collected."""
        fields = {field.name: field for field in msgspec.structs.fields(kind) if field.name not in given}
        if not isinstance(node, Mapping):
            self.faults.add(node, "keys are expected here", mend=f"write {', '.join(fields)}")
            return None
        before = len(self.faults.findings)
        values = dict(given)
        for key, inner in node.items.items():
            if key not in fields:
                self.faults.add(node.keys[key], f"unknown key {key!r}", mend=yaml.closest(key, fields))
            else:
                values[key] = self._value(inner, fields[key].type)
        for name, field in fields.items():
            if field.required and name not in node.items:
                self.faults.add(node, f"{name}: is missing", mend=f"add {name}:")
        return kind(**values) if len(self.faults.findings) == before else None

    def _value(self, node: Node, kind: Any) -> Any:
        if kind in (Record, Record | None):
            return self._struct(node, Record)
        if kind == tuple[Column, ...]:
            items = node.items if isinstance(node, Sequence) else ()
            if not 0 < len(items) <= _MOST_COLUMNS:
                self.faults.add(node, "columns are expected", mend=f"write a list of 1 to {_MOST_COLUMNS} columns")
            return tuple(self._struct(item, Column) for item in items)
        try:
            return msgspec.convert(yaml.plain(node), kind, strict=False)
        except msgspec.ValidationError as error:
            self.faults.add(node, f"not right: {error}", mend="see docs/reference/flat-files.md")
            return None

    def _check(self, found: Description, node: Mapping) -> None:
        """Add the faults that several keys make together."""
        if found.encoding not in ENCODINGS:
            mend = yaml.closest(found.encoding, ENCODINGS)
            self.faults.add(node.items["encoding"], "an encoding that is not read", mend=mend)
        elif found.form == "xml" and found.encoding not in SUPPORTED:
            mend = "write utf-8, or what the files declare"
            self.faults.add(node.items["encoding"], "an encoding that is not read in XML", mend=mend)
        if found.titles and found.form != "csv":
            self.faults.add(node.items["titles"], "only CSV has titles", mend="remove it")
        if found.namespace and found.form != "xml":
            self.faults.add(node.items["namespace"], "only XML has a namespace", mend="remove it")
        summable = {column.name for column in found.row.columns if column.type in {"integer", "decimal"}}
        for part in ("row", *AROUND):
            record, place = getattr(found, part), node.items.get(part)
            if record is not None and isinstance(place, Mapping):
                columns = place.items["columns"]
                self._token(record, place, found.form, part)
                names = [column.name for column in record.columns]
                self._row_key(record, place, names, part)
                for column, at in zip(record.columns, getattr(columns, "items", ()), strict=False):
                    self._column(column, at, found.form, part)
                    if names.count(column.name) > 1:
                        self.faults.add(at, f"two columns are named {column.name!r}", mend="rename one")
                    if column.sums is not None and column.sums not in summable:
                        mend = yaml.closest(column.sums, summable)
                        self.faults.add(at, f"no number {column.sums!r} among the columns", mend=mend)

    def _token(self, record: Record, node: Mapping, form: str, part: str) -> None:
        at = node.items.get("token", node)
        if form == "xml" and part != "row":
            if record.token:
                mend = "remove it, and write paths that begin below the root"
                self.faults.add(at, "in XML only rows have a token", mend=mend)
        elif form == "xml" and len(steps_of(record.token)) < 2:  # noqa: PLR2004 - the root, and what repeats
            mend = "add token: root/record, the way to the element that repeats"
            self.faults.add(at, "the element of a row is not named", mend=mend)
        elif form == "json-lines" and "=" in record.token and not all(record.token.partition("=")):
            self.faults.add(at, "the token has another form", mend="write key=value that such a line holds, or key")
        elif form == "json-lines" and record.token and "=" not in record.token:
            self._key(record, at)

    def _row_key(self, record: Record, node: Mapping, names: list[str], part: str) -> None:
        if record.key and part != "row":
            self.faults.add(node.items["key"], "only rows have a key", mend="remove it")
        for unknown in (name for name in record.key if name not in names):
            self.faults.add(node.items["key"], f"no column {unknown!r}", mend=yaml.closest(unknown, names))

    def _key(self, record: Record, at: Node) -> None:
        if all(steps_of(path_of(column)) != (record.token,) for column in record.columns):
            mend = "add the column whose key tells such a line, or write key=value"
            self.faults.add(at, f"no column stands at {record.token!r}", mend=mend)

    def _column(self, column: Column, node: Node, form: str, part: str) -> None:
        at = node.items.get("name", node) if isinstance(node, Mapping) else node
        if not _NAME.fullmatch(column.name) or column.name in AROUND:
            mend = "write a letter, then letters, digits, _ or -; not header, not trailer"
            self.faults.add(at, "not the name of a column", mend=mend)
        if (form == "fixed") != (column.width > 0):
            mend = "add width: characters" if form == "fixed" else "remove width:, it belongs to fixed width"
            self.faults.add(at, "the width does not fit the form of the file", mend=mend)
        if column.path and form not in NESTED:
            self.faults.add(at, "path: belongs to json-lines and xml", mend="remove it")
        if column.scale is not None and column.type != "decimal":
            self.faults.add(at, "scale: belongs to decimal", mend="add type: decimal")
        if column.pad == "0" and column.align != "right":
            self.faults.add(at, "zeros fill from the left", mend="add align: right")
        self._equals(column, at, part)
        try:
            re.compile(column.pattern or "")
        except re.error:
            self.faults.add(at, "the pattern is no regular expression", mend="mend it")

    def _equals(self, column: Column, at: Node | Scalar, part: str) -> None:
        if column.equals is None:
            if column.differs != "refuse":
                self.faults.add(at, "differs: belongs to equals", mend="add equals: count, or sum(column)")
            return
        if part == "row" or (column.equals != COUNT and not _SUM.fullmatch(column.equals)):
            self.faults.add(at, "equals: has another form", mend="in header or trailer write count, or sum(column)")
        elif column.type not in {"integer", "decimal"}:
            self.faults.add(at, "only numbers can be compared", mend="add type: integer, or decimal")
