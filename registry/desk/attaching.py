"""The verb that gives out what came with a message in a file of its own."""

import asyncio
import base64
from itertools import islice
from typing import Any, Final

from hub_core.errors import ConfigError, Rejected
from hub_core.security.chunks import CHUNK
from registry.desk.arguments import Look, Piece
from registry.desk.looking import found, revealing
from registry.parts import Parts

_CHUNKS: Final = 50  # of a file, in one piece: about 5 MB
_SIZE: Final = _CHUNKS * CHUNK


async def attachment(parts: Parts, act: Piece) -> dict[str, Any]:
    """Return a piece of an attachment; the first leaves an entry with its message.

    Raises:
        Rejected: J404 there is no such message, or it has no such attachment; J115, J131 its file is not what it was.
        ConfigError: W400, no reason given, or the first piece was not asked for by the same person.
    """
    await asyncio.to_thread(found, parts, act.id)
    attachments = parts.view.attachments(act.id)
    if not 1 <= act.number <= len(attachments):
        raise Rejected("J404", f"the message has {len(attachments)} attachments", where=act.id)
    if act.piece == 0:
        await revealing(parts, Look(id=act.id, reveal=True, reason=act.reason, by=act.by))
    elif not any(entry.step == "revealed" and entry.by == act.by for entry in parts.view.entries(act.id)):
        raise ConfigError("W400", "an attachment is given out from its beginning")
    wanted = attachments[act.number - 1]
    pieces = -(-wanted.size // _SIZE) or 1

    def content() -> bytes:
        start = act.piece * _CHUNKS
        return b"".join(islice(parts.attachments.chunks(wanted), start, start + _CHUNKS))

    return {
        "content": base64.b64encode(await asyncio.to_thread(content)).decode(),
        "size": wanted.size,
        "pieces": pieces,
    }
