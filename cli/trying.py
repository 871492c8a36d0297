"""The promises of an adapter, tried by pytest in a process of its own, which tells each step of it.

Whoever listens may end that process: an adapter without a deadline holds up nothing but itself.
"""

import contextlib
import io
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Final, NamedTuple

#: Tests whose class inherits from it count.
SUITE: Final = "AdapterSuite"
#: The folder's own settings of pytest do not count: what is promised is the same everywhere.
OPTIONS: Final = (
    "--quiet",
    "--override-ini=addopts=",
    "--override-ini=asyncio_mode=auto",
    "--override-ini=markers=network: opens sockets",
    "-pno:cacheprovider",
)
#: How a warning ends that ``hub_core.surface`` gives.
OF_THE_SDK: Final = "of the SDK"


class Found(NamedTuple):
    """So many cases are going to be tried."""

    cases: int


class Begun(NamedTuple):
    """A case of a promise is tried from now on."""

    case: str
    adapter: str
    promise: str


class Seen(NamedTuple):
    """A part of the case is over; ``seen`` is empty if there is nothing to tell."""

    kept: bool
    seen: str


class Over(NamedTuple):
    """Nothing more is tried.

    Attributes:
        broken: why files could not be loaded.
        former: what is said about names that are to go.
    """

    broken: tuple[str, ...]
    former: tuple[str, ...]


Step = Found | Begun | Seen | Over


def tried(folder: Path, tell: Callable[[Step], None], *, done: Collection[str], given_up: Collection[str]) -> None:
    """Try the promises in a folder but for cases that are done, and promises that were given up."""
    import pytest

    pytest.register_assert_rewrite("hub_core.testing")  # so that what was seen is told
    listener = _Listener(tell, done, given_up)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        pytest.main([str(folder), f"--rootdir={folder}", *OPTIONS], plugins=[listener])
    tell(Over(tuple(listener.broken), tuple(sorted(listener.former))))


class _Listener:
    """Listens to pytest and tells what it finds about each promise."""

    def __init__(self, tell: Callable[[Step], None], done: Collection[str], given_up: Collection[str]) -> None:
        self.broken: list[str] = []
        self.former: set[str] = set()
        self._tell, self._done, self._given_up = tell, done, given_up
        self._named: dict[str, Begun] = {}

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items[:] = [item for item in items if self._is_open(item)]
        self._named = {item.nodeid: _begun(item) for item in items}
        self._tell(Found(len(items)))

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.broken.append(str(report.longrepr).strip().splitlines()[-1])

    def pytest_warning_recorded(self, warning_message: Any) -> None:
        if isinstance(warning_message.message, DeprecationWarning) and OF_THE_SDK in str(warning_message.message):
            self.former.add(str(warning_message.message))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._tell(self._named[nodeid])

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when == "call" or not report.passed:
            self._tell(Seen(not report.failed, "" if report.passed else _seen(report)))

    def _is_open(self, item: Any) -> bool:
        if item.cls is None or not any(base.__name__ == SUITE for base in item.cls.__mro__):
            return False
        return item.nodeid not in self._done and _begun(item).promise not in self._given_up


def _begun(item: Any) -> Begun:
    return Begun(item.nodeid, item.cls.adapter.spec.name, _sentence(item.originalname))


def _sentence(name: str) -> str:
    return name.removeprefix("test_").replace("_", " ")


def _seen(report: Any) -> str:
    """Return what went wrong, or why it was not tried, in one line: as pytest sums it up."""
    if report.skipped:
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    crash = getattr(report.longrepr, "reprcrash", None)
    return (crash.message if crash is not None else str(report.longrepr)).strip().splitlines()[0]
