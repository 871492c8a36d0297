"""The promises of an adapter, tried: each test of its contract is one, and says in its name what is promised."""

import contextlib
import importlib.util
import io
from pathlib import Path
from typing import Any, Final, NamedTuple

from hub_core.errors import ConfigError

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
_CODE: Final = "V403"
#: How a warning ends that ``hub_core.surface`` gives.
OF_THE_SDK: Final = "of the SDK"


class Promise(NamedTuple):
    """One promise: whether it is kept, and what was seen where it is not, or not for long."""

    adapter: str
    promise: str
    kept: bool
    seen: str


class _Collected:
    """Listens to pytest and keeps what it found about each promise."""

    def __init__(self) -> None:
        self.promises: dict[str, Promise] = {}
        self.broken: list[str] = []
        self.former: set[str] = set()
        self._named: dict[str, tuple[str, str]] = {}

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items[:] = [item for item in items if _is_promise(item)]
        for item in items:
            self._named[item.nodeid] = item.cls.adapter.spec.name, _sentence(item.originalname)

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.broken.append(str(report.longrepr).strip().splitlines()[-1])

    def pytest_warning_recorded(self, warning_message: Any) -> None:
        if isinstance(warning_message.message, DeprecationWarning) and OF_THE_SDK in str(warning_message.message):
            self.former.add(str(warning_message.message))

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.nodeid not in self._named or (report.when != "call" and report.passed):
            return
        adapter, promise = self._named[report.nodeid]
        known = self.promises.get(f"{adapter} {promise}")
        if known is None or known.kept:
            seen = "" if report.passed else _seen(report)
            self.promises[f"{adapter} {promise}"] = Promise(adapter, promise, not report.failed, seen)


def run(folder: Path) -> list[Promise]:
    """Try the promises of every adapter whose contract lies in a folder.

    Raises:
        ConfigError: V403, pytest is not installed, or the tests cannot be loaded.
    """
    if not all(map(importlib.util.find_spec, ("pytest", "pytest_asyncio"))):
        mend = "python -m pip install pytest pytest-asyncio"
        raise ConfigError(_CODE, "the promises are tried by pytest, which is not installed", mend=mend)
    import pytest

    pytest.register_assert_rewrite("hub_core.testing")  # so that what was seen is told
    collected = _Collected()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        pytest.main([str(folder), f"--rootdir={folder}", *OPTIONS], plugins=[collected])
    if collected.broken:
        mend = "the tests of the package must load: python -m pytest in its folder tells more"
        raise ConfigError(_CODE, collected.broken[0], where=str(folder), mend=mend)
    former = Promise("", "it uses no name that the next first number of the SDK takes away", kept=True, seen="")
    return sorted(collected.promises.values()) + [former._replace(seen=it) for it in sorted(collected.former)]


def _is_promise(item: Any) -> bool:
    return item.cls is not None and any(base.__name__ == SUITE for base in item.cls.__mro__)


def _sentence(name: str) -> str:
    return name.removeprefix("test_").replace("_", " ")


def _seen(report: Any) -> str:
    """Return what went wrong in one line: the error as pytest sums it up."""
    crash = getattr(report.longrepr, "reprcrash", None)
    return (crash.message if crash is not None else str(report.longrepr)).strip().splitlines()[0]
