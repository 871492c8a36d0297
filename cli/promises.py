"""The promises of an adapter, tried: each test of its contract is one, and says in its name what is promised."""

import importlib.util
import multiprocessing
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, NamedTuple

from cli.trying import Begun, Found, Over, Seen, Step, tried
from hub_core.errors import ConfigError

#: Seconds that one case of a promise may take; the longest takes some 5.
LIMIT: Final = 30.0
LOADING: Final = 60.0  # seconds that the tests may take until the first one begins
_CODE: Final = "V403"


class Promise(NamedTuple):
    """One promise: whether it is kept, and what was seen where it is not, or not for long."""

    adapter: str
    promise: str
    kept: bool
    seen: str


class _Run:
    """What is known of the promises of one folder so far."""

    def __init__(self, folder: Path, limit: float, found: Callable[[int], Callable[[int], None]]) -> None:
        self._folder, self._limit, self._bar = folder, limit, found
        self._advance: Callable[[int], None] | None = None
        self._done: set[str] = set()
        self._given_up: set[str] = set()
        self._now: Begun | None = None
        self.promises: dict[tuple[str, str], Promise] = {}

    def go(self) -> Over:
        """Try everything; a process that hangs is ended, and the next one goes on behind what it hung in."""
        while (over := self._listen()) is None:
            if self._now is None:
                mend = "look what its tests do when they are imported: python -m pytest in its folder"
                raise ConfigError(_CODE, "the tests do not load in time", where=str(self._folder), mend=mend)
            self._given_up.add(self._now.promise)
            self._now = None
        return over

    def _listen(self) -> Over | None:
        """Follow one process to its end; ``None``: it had to be ended, or ended by itself."""
        for step in _told(self._folder, self._limit, self._done, self._given_up):
            match step:
                case Over():
                    return step
                case Found() if self._advance is None:
                    self._advance = self._bar(step.cases)
                case Begun():
                    self._now = step
                    self._done.add(step.case)
                    self._keep(Seen(kept=True, seen=""))
                    if self._advance is not None:
                        self._advance(1)
                case Seen():
                    self._keep(step)
                case str(why):
                    self._keep(Seen(kept=False, seen=why))
        return None

    def _keep(self, seen: Seen) -> None:
        if self._now is None:
            return
        key = self._now.adapter, self._now.promise
        known = self.promises.get(key)
        if known is None or (known.kept and (seen.seen or not seen.kept)):
            self.promises[key] = Promise(*key, seen.kept, seen.seen)


def run(
    folder: Path, *, limit: float = LIMIT, found: Callable[[int], Callable[[int], None]] = lambda _: lambda _: None
) -> list[Promise]:
    """Try the promises of every adapter whose contract lies in a folder.

    Args:
        folder: of a package.
        limit: seconds that one case of a promise may take; then the promise is broken, and the next one is tried.
        found: gets the count of cases, and returns what is told of each.

    Raises:
        ConfigError: V403, pytest is not installed, or the tests cannot be loaded.
    """
    if not all(map(importlib.util.find_spec, ("pytest", "pytest_asyncio"))):
        mend = "python -m pip install pytest pytest-asyncio"
        raise ConfigError(_CODE, "the promises are tried by pytest, which is not installed", mend=mend)
    trying = _Run(folder, limit, found)
    over = trying.go()
    if over.broken:
        mend = "the tests of the package must load: python -m pytest in its folder tells more"
        raise ConfigError(_CODE, over.broken[0], where=str(folder), mend=mend)
    former = Promise("", "it uses no name that the next first number of the SDK takes away", kept=True, seen="")
    return sorted(trying.promises.values()) + [former._replace(seen=it) for it in over.former]


def _told(folder: Path, limit: float, done: set[str], given_up: set[str]) -> Iterator[Step | str]:
    """Yield what a process tells that tries the promises, or in words why it tells no more; it is ended in any case."""
    forking = multiprocessing.get_context("fork")  # what is imported already need not be imported again
    ours, theirs = forking.Pipe(duplex=False)
    child = forking.Process(target=_try, args=(folder, theirs, done, given_up), daemon=True)
    child.start()
    theirs.close()
    try:
        wait = max(limit, LOADING)
        while ours.poll(wait):
            yield ours.recv()
            wait = limit
        yield f"not over after {limit:g} s: something is called without a deadline, in a thread or in the event loop"
    except EOFError:
        yield "the process that tried it came to an end"
    finally:
        child.kill()
        child.join()
        ours.close()


def _try(folder: Path, theirs: Connection, done: set[str], given_up: set[str]) -> None:
    tried(folder, theirs.send, done=done, given_up=given_up)
