"""Reading what partners say of files that the hub wrote: what they refused waits for a person, with their words."""

import asyncio
import logging
from typing import TYPE_CHECKING, Final, NamedTuple

from hub_core.directory import Direction
from hub_core.errors import Rejected
from hub_core.ports import Answers

if TYPE_CHECKING:
    from registry.parts import Parts

log = logging.getLogger("punte.answering")
OF_NO_FILE: Final = "D109"


class Answered(NamedTuple):
    """What was read: in words, and a code where a person is needed."""

    told: list[str]
    code: str | None


async def take_answers(parts: "Parts", name: str, poller: Answers) -> Answered:
    """Write down every answer that lies there; what cannot be read, or answers no file, stays and is told each time.

    Raises:
        TryLater, ConfigError: the partner's folder, or the journal.
    """
    read = parked = strange = 0
    unreadable: Rejected | None = None
    by = parts.directory().endpoints[name].institution
    for answered in await poller.answered():
        file = await asyncio.to_thread(parts.view.filed_as, answered, _files_of(parts, by))
        if file is None:
            strange += 1
            continue
        if file.written_at is None:
            continue  # its rows are being settled
        try:
            answer = await poller.answer(answered)
        except Rejected as fault:
            unreadable = fault
            continue
        if answer is None:
            continue
        at = parts.clock.now()
        parked += await parts.journal.answer_file(file.endpoint, file.number, answer, at=at, by=by)
        await poller.taken(answered)
        log.info(
            "answer.read", extra={"endpoint": file.endpoint, "number": file.number, "said": answer.summary(file.lines)}
        )
        read += 1
    told = [f"{read:,} replies read; {parked:,} rows refused by the partner"] if read else []
    if strange:
        told.append(f"{strange:,} reply to no file of this hub")
    if unreadable is not None:
        told.append(f"a reply cannot be read: {unreadable.text}")
    return Answered(told, unreadable.code if unreadable else OF_NO_FILE if strange else None)


def _files_of(parts: "Parts", institution: str) -> set[str]:
    """Return the endpoints by which an institution gets messages."""
    there = parts.directory().endpoints.items()
    return {name for name, it in there if it.direction is Direction.OUT and it.institution == institution}
