"""Replies of partners to files that the hub wrote: files of rows themselves, found by the names of what they answer."""

import asyncio
import re
from collections.abc import Iterator
from typing import Annotated, Final

from msgspec import Meta

from adapters.flat.inbox import Inbox
from adapters.kit.folders.port import Lying
from hub_core.directory import Direction, Endpoint
from hub_core.directory.credentials import Struct
from hub_core.errors import ConfigError, Rejected
from hub_core.ports import Batch, FileAnswer, RowRefused
from hub_core.rows import Description, Row, open_file

NAME: Final = r"^[A-Za-z0-9._-]{0,50}\{file\}[A-Za-z0-9._-]{0,50}$"
_LINE: Final = "line"
_CLIP: Final = 500  # characters that are kept of what is said of one row
_LAST_LINE: Final = 2_000_000  # of any file that the hub writes
_DIGITS: Final = 12  # of a number of a line, with zeros before it
_UNREADABLE: Final = "D203"
_TOO_LARGE: Final = "B413"


class Replying(Struct, frozen=True, kw_only=True):
    """How a partner replies to the files that the hub writes for it.

    Its replies are files of rows. Their columns: ``line`` of the hub's file, blank where a row is about all of it;
    ``result``, where not every row tells a refusal; ``column``, ``code`` and ``text`` say what is wrong.

    Attributes:
        name: of a reply; ``{file}`` stands for the name of the file that it answers.
        refused: words in the column ``result`` that mean a row, or the file, was refused.
    """

    name: Annotated[str, Meta(pattern=NAME, examples=["{file}.reply.csv"])] = "{file}.reply.csv"
    refused: tuple[str, ...] = ("refused",)


class ReplyReader:
    """Reads replies from a folder; a ``hub_core.ports.Poller`` that ``Answers``, and fetches no messages.

    Args:
        endpoint: of the partner.
        inbox: where replies lie.
        replying: how they are called, and what they mean.
        description: what they look like.
    """

    def __init__(self, endpoint: Endpoint, inbox: Inbox, replying: Replying, description: Description) -> None:
        self._inbox = inbox
        self._limit = endpoint.max_body_bytes
        self._replying = replying
        self._description = description
        self._lying: dict[str, Lying] = {}

    async def poll(self, position: str | None) -> Batch:
        """Fetch nothing; see ``hub_core.ports.Poller``."""
        return Batch(items=(), after=position or "")

    async def answered(self) -> tuple[str, ...]:
        """Return the names of the files that are answered; see ``hub_core.ports.Answers``."""
        before, _, behind = self._replying.name.partition("{file}")
        pattern = re.compile(f"{re.escape(before)}(.+){re.escape(behind)}")
        found = [(pattern.fullmatch(file.name), file) for file in await self._inbox.whole()]
        self._lying = {match[1]: file for match, file in found if match}
        return tuple(self._lying)

    async def answer(self, name: str) -> FileAnswer | None:
        """Read a reply; see ``hub_core.ports.Answers``.

        Raises:
            Rejected: B413, too large; D108; D203, a row that says nothing; or as ``hub_core.rows.open_file``.
        """
        file = self._lying[name]
        if file.size > self._limit:
            raise Rejected(_TOO_LARGE, f"the reply has {file.size:,} bytes, and at most {self._limit:,} are read")
        body = await self._inbox.body(file)
        return None if body is None else await asyncio.to_thread(self._read, body)

    async def taken(self, name: str) -> None:
        """Move a reply that was read; see ``hub_core.ports.Answers``."""
        await self._inbox.keep(self._lying.pop(name))

    async def look(self) -> str:
        """Say where replies lie, and how many; see ``hub_core.ports.Looks``."""
        return await self._inbox.look()

    async def close(self) -> None:
        """Give connections back."""
        await self._inbox.close()

    def _read(self, body: bytes) -> FileAnswer:
        of_lines: dict[int, list[str]] = {}
        of_all: list[str] = []
        for line, told in self._refusals(open_file(body, self._description).rows()):
            (of_all if line is None else of_lines.setdefault(line, [])).append(told)
        rows = [RowRefused(line=line, told="; ".join(told)[:_CLIP]) for line, told in sorted(of_lines.items())]
        return FileAnswer(rows=tuple(rows), refused=bool(of_all), told="; ".join(of_all)[:_CLIP])

    def _refusals(self, rows: Iterator[Row]) -> Iterator[tuple[int | None, str]]:
        for row in rows:
            if row.faults:
                raise Rejected(row.faults[0].code, row.faults[0].text, findings=row.faults)
            values = {name: value.strip() for name, value in row.values.items()}
            if "result" not in values or values["result"] in self._replying.refused:
                yield _line(values[_LINE], row.line), _said(values)


def check_answers(endpoint: Endpoint, description: Description) -> None:
    """Check an endpoint whose files are replies.

    Raises:
        ConfigError: R103, R104.
    """
    if endpoint.direction is not Direction.IN:
        raise ConfigError("R104", "replies come in", where="settings.answers", mend="remove it, or write direction: in")
    if endpoint.poll is None:
        text, mend = "replies are read from a folder, again and again", "add poll: {every: 1 min}"
        raise ConfigError("R103", text, where="poll", mend=mend)
    if _LINE not in {column.name for column in description.row.columns}:
        text, mend = "a reply says which lines it is about", f"describe a column named {_LINE!r}"
        raise ConfigError("R104", text, where="contract.rows", mend=mend)


def _line(text: str, at: int) -> int | None:
    if not text:
        return None
    number = text.isascii() and text.isdecimal() and len(text) <= _DIGITS
    if not number or not 0 < int(text) <= _LAST_LINE:
        raise Rejected(_UNREADABLE, f"line {at} of the reply is about a line that no file has")
    return int(text)


def _said(values: dict[str, str]) -> str:
    """Return what is said of a row: ``amount: F106 not a number``."""
    words = " ".join(filter(None, (values.get("code"), values.get("text"))))
    return ": ".join(filter(None, (values.get("column"), words)))
