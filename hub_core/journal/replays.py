"""What a replay begins with, and what it does: plain values."""

import msgspec

from hub_core.journal.entries import Kept
from hub_core.message import Delivery, Entry, Message, Outcome


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """All that a message is judged again from.

    Attributes:
        message: with its bytes; ``None``: its contents were purged.
        latest: what was decided last: by a replay, or first. ``repaired``: a corrected copy took its place.
    """

    kept: Kept
    message: Message | None
    latest: Outcome
    deliveries: tuple[Delivery, ...]
    repaired: bool


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """One message that is to be delivered again.

    Attributes:
        id: of the replay; a message takes part in it at most once.
        entry: who does it, when and why.
        deliveries: new ones; or, under their own ids, those that were sent, given up or are in doubt.
        outcome: what new ones carry, where that is not what was decided first.
        also_in_doubt: replace or repeat what is in doubt, too.
    """

    id: str
    entry: Entry
    deliveries: tuple[Delivery, ...]
    outcome: Outcome | None = None
    also_in_doubt: bool = False
