"""Files of rows that the hub writes into a partner's folder."""

import re
from collections.abc import Hashable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from adapters.flat.dropbox import Dropbox
from adapters.kit.folders.port import Folder, put_once
from adapters.kit.folders.where import open_folder
from hub_core.directory import Endpoint
from hub_core.directory.policy import Collect
from hub_core.document import Document
from hub_core.errors import ConfigError, Rejected
from hub_core.ports import Whole
from hub_core.rows import Column, Description, Record, whole_file

_ANY: Final = datetime(2025, 1, 1, tzinfo=UTC)
_PLACE: Final = re.compile(r"\{(date|time|number|endpoint)\}")
_AROUND: Final = ("header", "trailer")


class Outgoing:
    """Makes and puts the files of one endpoint; a ``hub_core.ports.Filing``.

    Args:
        name: of the endpoint.
        endpoint: with ``collect``.
        dropbox: its settings.
        description: what its files look like.
    """

    def __init__(self, name: str, endpoint: Endpoint, dropbox: Dropbox, description: Description) -> None:
        self._endpoint = name
        self._zone = ZoneInfo((endpoint.collect or Collect()).zone)
        self._dropbox = dropbox
        self._description = description
        self._folder: Folder = open_folder(endpoint, dropbox.folder, host_key=dropbox.host_key)
        self._name = dropbox.name or f"{{endpoint}}_{{date}}_{{number}}.{description.suffix}"

    def kind(self, document: Document) -> Hashable:
        """Return what the row says of the header and the trailer; see ``Filing``.

        Raises:
            Rejected: F116 and others, the row does not fit. ConfigError: F116, what ``settings`` say does not.
        """
        try:
            self.whole([document], number=1, at=_ANY)
        except Rejected as fault:
            whole_file([document.root], msgspec.structs.replace(self._description, header=None, trailer=None))
            ours = {*self._dropbox.header, *self._dropbox.trailer, *_made(self._description)}
            if any(found.source in ours for found in fault.findings):
                mend = "correct settings.header and settings.trailer"
                raise ConfigError(fault.code, fault.text, where="settings", mend=mend) from fault
            raise
        said = [(part, *one) for part in _AROUND for one in sorted((document.root.get(part) or {}).items())]
        return tuple(one for one in said if one[1] not in self._given(one[0]))

    def whole(self, documents: Sequence[Document], *, number: int, at: datetime) -> Whole:
        """Return a file with its counts and sums; see ``Filing``."""
        described = self._description
        body = whole_file(
            [document.root for document in documents],
            described,
            header=self._filled(described.header, self._dropbox.header, number, at),
            trailer=self._filled(described.trailer, self._dropbox.trailer, number, at),
        )
        above = 0 if described.form == "xml" else (described.header is not None) + described.titles
        return Whole(name=self._text(self._name, f"{number:06}", at), body=body, first_line=1 + above)

    async def put(self, name: str, body: bytes) -> None:
        """Put a file in its place, and the marker beside it; see ``Filing``.

        Raises:
            TryLater: D101; D107, another file has its name. ConfigError: as the folder.
        """
        await put_once(self._folder, name, body, where=self._endpoint)
        if self._dropbox.marker is not None:
            await self._folder.write(f"{name}{self._dropbox.marker}", b"")

    async def look(self) -> str:
        """Say where files go; see ``hub_core.ports.Looks``."""
        return await self._folder.look()

    async def close(self) -> None:
        """Give connections back."""
        await self._folder.close()

    def _given(self, part: str) -> Mapping[str, str]:
        return self._dropbox.header if part == "header" else self._dropbox.trailer

    def _filled(self, record: Record | None, given: Mapping[str, str], number: int, at: datetime) -> dict[str, str]:
        columns: dict[str, Column] = {column.name: column for column in (record.columns if record else ())}
        return {name: self._text(text, str(number), at, day=_format(columns.get(name))) for name, text in given.items()}

    def _text(self, template: str, number: str, at: datetime, *, day: str = "%Y%m%d") -> str:
        local = at.astimezone(self._zone)
        parts: dict[str, Any] = {
            "date": local.strftime(day),
            "time": local.strftime("%H%M%S"),
            "number": number,
            "endpoint": self._endpoint,
        }
        return _PLACE.sub(lambda found: parts[found[1]], template)


def check(dropbox: Dropbox, description: Description) -> None:
    """Check what the settings of an endpoint that writes files say.

    Raises:
        ConfigError: R103, R104.
    """
    if dropbox.name is not None and "{number}" not in dropbox.name:
        text = "two files would have one name"
        raise ConfigError("R104", text, where="settings.name", mend="put {number} into it")
    for part in _AROUND:
        record: Record | None = getattr(description, part)
        columns = {column.name for column in record.columns} if record else set()
        if unknown := next((name for name in getattr(dropbox, part) if name not in columns), None):
            text = f"the {part} of the file has no column {unknown!r}"
            raise ConfigError("R104", text, where=f"settings.{part}", mend="remove it, or describe it")


def _made(description: Description) -> set[str]:
    """Return the columns that the hub fills by counting."""
    records = (description.header, description.trailer)
    return {column.name for record in records if record for column in record.columns if column.equals}


def _format(column: Column | None) -> str:
    return column.format if column is not None and column.type == "date" else "%Y%m%d"
