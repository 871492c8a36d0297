"""Delivering what came in files of its own: the partner gets the contents to which a record refers."""

from collections.abc import Callable

import msgspec

from hub_core.attachments.attachment import MARK, Attachment, named_in
from hub_core.attachments.folder import Folder
from hub_core.message import Receipt
from hub_core.ports import Sent, Target


class AttachingTarget:
    """Hands messages with their attachments to a partner's target.

    Args:
        target: of the endpoint.
        attachments: returns those of a message.
        folder: where they lie.
    """

    def __init__(self, target: Target, attachments: Callable[[str], tuple[Attachment, ...]], folder: Folder) -> None:
        self._target = target
        self._attachments = attachments
        self._folder = folder

    async def send(self, sent: Sent) -> Receipt:
        """Hand one message over; see ``hub_core.ports.Target``."""
        if MARK in sent.record:
            meant = named_in(self._attachments(sent.message_id), sent.record.decode())
            enclosed = {one.reference: self._folder.enclosed(one) for one in meant}
            sent = msgspec.structs.replace(sent, attachments=enclosed)
        return await self._target.send(sent)

    async def close(self) -> None:
        """Give connections back."""
        await self._target.close()
