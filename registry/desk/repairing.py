"""The verb that takes a corrected copy in the place of a message."""

import hashlib
import logging
from typing import Any

from hub_core.clock import repair_id
from hub_core.errors import ConfigError, Rejected
from hub_core.journal.whole import message_of
from hub_core.message import Entry, State
from registry.desk.arguments import Repair
from registry.desk.looking import found
from registry.parts import Parts

log = logging.getLogger("punte.desk")


async def repair(parts: Parts, act: Repair) -> dict[str, Any]:
    """Keep a corrected copy as a message of its own, linked to the first, which is closed.

    Of a copy that is refused, too, nothing is kept; ``kept`` is false then.

    Raises:
        ConfigError: W400 no reason. Rejected: J404, J410, J416, J417; J418 there is another copy; B413 too large.
        Refused: its sender may not send it any more.
    """
    if not act.reason.strip():
        raise ConfigError("W400", "an act on a message needs a reason", mend='add --reason "..."')
    known = parts.view.message(repair_id(found(parts, act.id).message.id))
    if known is not None and known.message.digest != hashlib.sha256(act.body).digest():
        raise Rejected("J418", "a corrected copy was taken in already", where=known.message.id)
    first = message_of(parts.view, act.id)
    entry = Entry(message_id=act.id, at=parts.clock.now(), step="repaired", by=act.by, detail=act.reason)
    copy, outcome = await parts.hub.repair(first, act.body, entry)
    kept = outcome.state is not State.REFUSED
    if kept:
        log.info("message.repaired", extra={"reference": act.id, "copy": copy.id, "by": act.by})
    return {
        "message": act.id,
        "copy": copy.id if kept else None,
        "kept": kept,
        "state": found(parts, act.id).message.state,
        "copy_state": outcome.state,
        "findings": outcome.findings,
        "deliveries": [{"endpoint": it.endpoint, "route": it.route} for it in outcome.deliveries],
    }
