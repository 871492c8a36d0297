"""A JSON Schema and the files that it refers to, as one schema: what each of them holds stands below ``$defs``.

A reference is a path from the file that it stands in, inside of one folder, with a JSON pointer behind ``#``. Nothing
is loaded from the network, whatever ``$id`` says. A schema that gives its own parts ids is left as it is: its
references may mean those.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from hub_core.errors import ConfigError, Rejected
from hub_core.validation.json import parse_json

MAX_FILES: Final = 200
MAX_BYTES: Final = 20_000_000  # of all files together
#: What holds schemas by names of its own, and what holds values that are no schemas.
_BY_NAME: Final = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
_VALUES: Final = frozenset({"enum", "const", "default", "examples", "example"})


def read_json_schema(path: Path, root: Path) -> dict[str, Any]:
    """Return the schema in a file; without references out of it, exactly that.

    Args:
        path: of the file.
        root: the only folder that it may refer to.

    Raises:
        ConfigError: V401, a file cannot be read, or a reference leads out of the folder or nowhere.
    """
    return _Files(path.resolve(), root.resolve()).whole()


class _Files:
    """Gathers the files of one schema."""

    def __init__(self, path: Path, root: Path) -> None:
        self._path = path
        self._root = root
        self._bytes = 0
        self._places = {path: ""}  # where the content of each file stands, as a JSON pointer
        self._waiting: list[Path] = []

    def whole(self) -> dict[str, Any]:
        schema = self._read(self._path)
        if any(isinstance(part.get("$id"), str) for part in _parts(schema) if part is not schema):
            return schema
        told: dict[str, Any] = self._placed(schema, self._path)
        gathered = {}
        while self._waiting:
            file = self._waiting.pop()
            content = {key: value for key, value in self._read(file).items() if key not in ("$id", "$schema")}
            gathered[self._places[file].rpartition("/")[2]] = self._placed(content, file)
        return {**told, "$defs": {**told.get("$defs", {}), **gathered}} if gathered else schema

    def _read(self, file: Path) -> dict[str, Any]:
        try:
            with file.open("rb") as stream:
                body = stream.read(MAX_BYTES + 1 - self._bytes)
            self._bytes += len(body)
            schema = parse_json(body)
        except (OSError, Rejected) as error:
            raise ConfigError("V401", f"the schema cannot be read: {error}", where=str(file)) from error
        if self._bytes > MAX_BYTES:
            raise ConfigError("V401", f"the schema and its files have more than {MAX_BYTES:,} bytes", where=str(file))
        if not isinstance(schema, dict):
            raise ConfigError("V401", "a schema is an object", where=str(file))
        return schema

    def _placed(self, schema: Any, file: Path) -> Any:
        """Return a schema whose references lead to where their files are put."""
        if isinstance(schema, list):
            return [self._placed(one, file) for one in schema]
        if not isinstance(schema, dict):
            return schema
        placed: dict[str, Any] = {}
        for key, value in schema.items():
            if key == "$ref" and isinstance(value, str):
                placed[key] = self._followed(value, file)
            elif key in _BY_NAME and isinstance(value, dict):
                placed[key] = {name: self._placed(one, file) for name, one in value.items()}
            else:
                placed[key] = value if key in _VALUES else self._placed(value, file)
        return placed

    def _followed(self, reference: str, file: Path) -> str:
        address, _, pointer = reference.partition("#")
        if pointer and not pointer.startswith("/"):
            return reference if not address and file == self._path else self._lost(reference, file, "name it by a path")
        target = self._located(address, file) if address else file
        if target not in self._places:
            if len(self._places) == MAX_FILES:
                self._lost(reference, file, f"the schema refers to more than {MAX_FILES} files")
            self._places[target] = f"/$defs/punte-file-{len(self._places)}"
            self._waiting.append(target)
        return f"#{self._places[target]}{pointer}"

    def _located(self, address: str, file: Path) -> Path:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            self._lost(address, file, "nothing is loaded from the network")
        try:
            path = (file.parent / unquote(parts.path)).resolve()
            there = path.is_file()
        except (OSError, ValueError):
            there = False
        if not there or not path.is_relative_to(self._root):
            self._lost(address, file, f"there is no such file in {self._root.name or self._root}")
        return path

    def _lost(self, reference: str, file: Path, why: str) -> Any:
        text = f"the reference {reference[:200]!r} leads nowhere: {why}"
        raise ConfigError("V401", text, where=str(file), mend="put the file beside it, and write its path")


def _parts(schema: Any) -> list[Mapping[str, Any]]:
    """Return every object in a schema."""
    found: list[Mapping[str, Any]] = []
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            found.append(part)
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return found
