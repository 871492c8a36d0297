"""Commands on their way to the thread that writes, and their results on the way back.

Commands of one turn of the event loop are handed over together. While turns keep bringing more, the hand-over waits,
at most ``LINGER``; an idle loop hands over at once.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, Final, Generic, TypeVar

from hub_core.journal.engines.connection import Connection

T = TypeVar("T")
Item = TypeVar("Item")

LINGER: Final = 0.002  # seconds


class Failure:
    """The result of a command that did not succeed, beside others that did."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


#: Runs many commands of one kind at once; one result per item, in order; a ``Failure`` harms no neighbour.
Batch = Callable[[Connection, Sequence[Item]], Sequence[T | Failure]]


class Command(Generic[T]):
    """Something to write, and who waits for it."""

    __slots__ = ("batch", "future", "item", "size")

    def __init__(self, batch: Batch[Any, T], item: Any, size: int, future: asyncio.Future[T]) -> None:
        self.batch, self.item, self.size, self.future = batch, item, size, future


class Gathering:
    """Commands of one event loop that are not handed over yet.

    Args:
        loop: where they come from.
        hand_over: called with what was gathered.
        most: are handed over without waiting for more.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, hand_over: Callable[[list[Command[Any]]], None], *, most: int
    ) -> None:
        self.loop = loop
        self._hand_over = hand_over
        self._most = most
        self._commands: list[Command[Any]] = []
        self._seen = 0
        self._since = 0.0

    def add(self, command: Command[Any]) -> None:
        """Take one more; it is handed over soon."""
        self._commands.append(command)
        if len(self._commands) == 1:
            self._seen, self._since = 0, self.loop.time()
            self.loop.call_soon(self._turn)

    def _turn(self) -> None:
        count = len(self._commands)
        late = self.loop.time() - self._since >= LINGER
        if count == self._seen or count >= self._most or late:
            commands, self._commands = self._commands, []
            self._hand_over(commands)
        else:
            self._seen = count
            self.loop.call_soon(self._turn)


def answer(commands: Sequence[Command[Any]], results: Sequence[Any]) -> None:
    """Tell the waiters, with one wake-up per event loop."""
    pairs = zip(commands, results, strict=True)
    for loop, group in groupby(pairs, key=lambda pair: pair[0].future.get_loop()):
        # A loop that has ended has no waiters left.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_resolve, list(group))


def _resolve(answers: Sequence[tuple[Command[Any], Any]]) -> None:
    for command, result in answers:
        if isinstance(result, Failure) and not command.future.done():
            command.future.set_exception(result.error)
        elif not command.future.done():
            command.future.set_result(result)
