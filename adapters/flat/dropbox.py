"""Files that a partner leaves in a folder: taken once each, when they are whole, and answered by a reply file."""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Annotated, Final

from msgspec import Meta

from adapters.flat.answers import Replying
from adapters.flat.inbox import Inbox
from adapters.flat.replyform import Language, reply_that, reply_to
from adapters.kit.folders.port import Lying, fingerprint_of
from adapters.kit.folders.where import open_folder
from hub_core.directory import Endpoint
from hub_core.directory.credentials import Struct
from hub_core.errors import Rejected
from hub_core.ports import Batch, Became, Item

HOST_KEY: Final = r"^SHA256:[A-Za-z0-9+/]{43}$"
FOLDER: Final = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}(/[A-Za-z0-9][A-Za-z0-9_-]{0,63}){0,7}$"
MARKER: Final = r"^\.[A-Za-z0-9]{1,20}$"
NAME: Final = r"^([A-Za-z0-9]|\{(date|time|number|endpoint)\})([A-Za-z0-9._-]|\{(date|time|number|endpoint)\}){0,99}$"
_TOO_LARGE: Final = "B413"
_LETTERS: Final = 32  # of the hash of a name, in a position


class Dropbox(Struct, frozen=True, kw_only=True):
    """Where files lie that a partner leaves for the hub, or the hub for a partner.

    Attributes:
        folder: below the folder that ``PUNTE_FILES`` names; left out: ``url`` names one on a server.
        host_key: fingerprint of the server's key, as ``ssh-keygen -l`` shows it; two while one takes over from another.
        settle: a file that was not changed for so long is whole.
        marker: a file is whole once another one of its name and this end lies beside it, such as ``.done``; left out:
            ``settle`` decides. The hub puts one beside a file that it writes.
        language: of the titles and the results in a reply; codes, and what they say, are the same in all.
        name: of a file that the hub writes; ``{number}`` counts its files from 1 without gaps, ``{date}``, ``{time}``
            and ``{endpoint}`` may stand there, too. Left out: ``{endpoint}_{date}_{number}.csv``, or its own end.
        header: values of the header of such a file that no message says; with the same parts.
        answers: files in the folder are replies of the partner to files that the hub wrote; left out: they are lists.
        trailer: the same of its trailer; counts and sums are made by themselves.
    """

    folder: Annotated[str, Meta(pattern=FOLDER, examples=["anofm/lists"])] | None = None
    host_key: tuple[Annotated[str, Meta(pattern=HOST_KEY, examples=[f"SHA256:{43 * 'A'}"])], ...] = ()
    settle: timedelta = timedelta(seconds=30)
    marker: Annotated[str, Meta(pattern=MARKER, examples=[".done"])] | None = None
    language: Language = "en"
    name: Annotated[str, Meta(pattern=NAME, examples=["borderou_{date}_{number}.csv"])] | None = None
    header: dict[str, str] = {}  # noqa: RUF012 - frozen, its base stands elsewhere
    answers: Replying | None = None
    trailer: dict[str, str] = {}  # noqa: RUF012 - same


def open_inbox(endpoint: Endpoint, dropbox: Dropbox) -> Inbox:
    """Return the folder of an endpoint in which a partner leaves files; raises as ``open_folder``."""
    folder = open_folder(endpoint, dropbox.folder, host_key=dropbox.host_key)
    return Inbox(folder, settle=dropbox.settle.total_seconds(), marker=dropbox.marker)


class DropboxPoller:
    """Takes files from a folder; a ``hub_core.ports.Poller`` that ``Replies``.

    The position names the file that was handed over last, by hashes of its bytes and of its name: once the hub asks
    for what lies behind it, it is kept there, and is moved.
    """

    def __init__(self, endpoint: Endpoint, dropbox: Dropbox) -> None:
        self._inbox = open_inbox(endpoint, dropbox)
        self._limit = endpoint.max_body_bytes
        self._language = dropbox.language
        self._closed: set[Lying] = set()  # that may not be read, and whose reply says so
        self._handed: Lying | None = None  # the file of the position, unless another process handed it over

    async def poll(self, position: str | None) -> Batch:
        """Return the next file that is whole; see ``hub_core.ports.Poller``."""
        files = await self._inbox.whole()
        self._closed.intersection_update(files)
        if position:
            await self._finish(position, files)
        for file in files:
            if file.size > self._limit:
                await self._too_large(file)
            elif (body := await self._body(file)) is not None:
                fingerprint = fingerprint_of(body)
                if (after := _position(file.name, fingerprint)) != position:
                    self._handed = file
                    item = Item(body=body, sender_id=fingerprint, name=_as_text(file.name))
                    return Batch(items=(item,), after=after, more=True, withheld=len(self._closed))
        return Batch(items=(), after=position or "", withheld=len(self._closed))

    async def look(self) -> str:
        """Say where files lie, and how many; see ``hub_core.ports.Looks``."""
        return await self._inbox.look()

    async def close(self) -> None:
        """Give connections back."""
        await self._inbox.close()

    async def unanswered(self) -> tuple[str, ...]:
        """Return the fingerprints of the files that wait for a reply; see ``hub_core.ports.Replies``."""
        return tuple(dict.fromkeys(one for one, _ in await self._inbox.taken()))

    async def reply(self, sender_id: str, became: Became) -> None:
        """Write the reply of a file, under each name that it came by; see ``hub_core.ports.Replies``."""
        body = reply_to(became, self._language)
        for one, name in await self._inbox.taken():
            if one == sender_id:
                await self._inbox.reply(name, body)
                await self._inbox.answered(sender_id, name, refused=became.refused)

    async def _finish(self, position: str, files: Iterable[Lying]) -> None:
        """Move what was handed over; a file that took its place meanwhile is another one."""
        for file in files:
            if position.endswith(_hashed(file.name)):
                with suppress(Rejected):  # it may not be read any more: told where its bytes are asked for
                    handed = position.partition(" ")[0]
                    if file == self._handed or await self._inbox.fingerprint(file) == handed:
                        await self._inbox.take(file.name, handed)
                return

    async def _body(self, file: Lying) -> bytes | None:
        """Return the bytes of a file; tell once, as long as nothing changes, of one that may not be read."""
        try:
            body = await self._inbox.body(file)
        except Rejected as fault:
            if file not in self._closed:
                await self._tell(file, fault.code, fault.text, refused=False)
                self._closed.add(file)
            return None
        self._closed.discard(file)
        return body

    async def _too_large(self, file: Lying) -> None:
        text = f"the file has {file.size:,} bytes, and at most {self._limit:,} are taken"
        await self._tell(file, _TOO_LARGE, text, refused=True)
        await self._inbox.refuse(file)

    async def _tell(self, file: Lying, code: str, text: str, *, refused: bool) -> None:
        await self._inbox.reply(file.name, reply_that(code, text, self._language, refused=refused))


def _as_text(name: str) -> str:
    """Return a name as it can be written anywhere; bytes of it that are no UTF-8 are replaced."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _hashed(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:_LETTERS]


def _position(name: str, fingerprint: str) -> str:
    return f"{fingerprint} {_hashed(name)}"
