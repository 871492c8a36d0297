"""Reading what partners say of files that the hub wrote: what they refused waits for a person, with their words."""

import asyncio
import logging
from typing import TYPE_CHECKING, Final, NamedTuple

from hub_core.directory import Direction
from hub_core.errors import Rejected
from hub_core.filed import FiledRow
from hub_core.ports import Answers, FileAnswer

if TYPE_CHECKING:
    from registry.parts import Parts

log = logging.getLogger("punte.answering")
OF_NO_FILE: Final = "D109"
MOST: Final = 100  # replies of one run; the next one goes on


class AnswersRead(NamedTuple):
    """What was read: in words, and a code where a person is needed."""

    told: list[str]
    code: str | None


async def take_answers(parts: "Parts", name: str, poller: Answers) -> AnswersRead:
    """Write down the answers that lie there; what cannot be read, or answers no file, stays and is told each time.

    Raises:
        TryLater, ConfigError: the partner's folder, or the journal.
    """
    read = parked = strange = 0
    unreadable: Rejected | None = None
    by = parts.directory().endpoints[name].institution
    for answered in await poller.answered():
        file = await asyncio.to_thread(parts.view.filed_as, answered, _files_of(parts, by))
        strange += file is None
        if file is None or file.written_at is None:  # or its rows are being settled
            continue
        try:
            answer = await poller.answer(answered)
        except Rejected as fault:
            unreadable = fault
            continue
        if answer is not None:
            parked += await _write_down(parts, file, answer, by)
            await poller.taken(answered)
            read += 1
        if read == MOST:
            break
    told = [f"{read:,} replies read; {parked:,} rows refused by the partner"] if read else []
    told += [f"{strange:,} replies to no file of this hub"] if strange else []
    told += [f"a reply cannot be read: {unreadable.text}"] if unreadable else []
    return AnswersRead(told, unreadable.code if unreadable else OF_NO_FILE if strange else None)


async def _write_down(parts: "Parts", file: FiledRow, answer: FileAnswer, by: str) -> int:
    parked = await parts.journal.answer_file(file.endpoint, file.number, answer, at=parts.clock.now(), by=by)
    said = answer.summary(file.lines)
    log.info("answer.read", extra={"endpoint": file.endpoint, "number": file.number, "said": said})
    return parked


def _files_of(parts: "Parts", institution: str) -> set[str]:
    """Return the endpoints by which an institution gets messages."""
    there = parts.directory().endpoints.items()
    return {name for name, it in there if it.direction is Direction.OUT and it.institution == institution}
