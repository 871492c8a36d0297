"""Which adapters there are: found by entry point, so that one can be added without touching the hub.

An adapter is loaded when it is used first. One that cannot be used is quarantined: its endpoints are told why, every
other adapter goes on.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

import msgspec

from hub_core.directory import Endpoint
from hub_core.document import Document
from hub_core.errors import ConfigError, PunteError, Rejected
from hub_core.ports import SDK, Adapter, Spec, fits
from hub_core.typed import unreadable

GROUP: Final = "punte.adapters"
SHIPPED: Final = "punte"  # the distribution whose adapters win over others of the same name
PARTS: Final = ("spec", "open", "check", "validate", "front", "target", "source")
_CODE: Final = "V402"
_FAILED: Final = "V404"
log = logging.getLogger("punte.adapters")


class Adapters(Mapping[str, Adapter]):
    """The installed adapters by name; each is loaded when it is looked up first.

    Args:
        points: where they are found.
        report: gets a ConfigError, V402, for each that is quarantined.

    Attributes:
        quarantined: why, by name, those that were found to be unusable so far.
    """

    def __init__(self, points: Iterable[EntryPoint], report: Callable[[ConfigError], None]) -> None:
        self._report = report
        self._points: dict[str, EntryPoint] = {}
        self._loaded: dict[str, Adapter] = {}
        self.quarantined: dict[str, ConfigError] = {}
        claims: dict[str, list[EntryPoint]] = {}
        for point in sorted(points, key=lambda point: point.name):
            claims.setdefault(point.name, []).append(point)
        for name, claimants in claims.items():
            self._admit(name, claimants)

    def __getitem__(self, name: str) -> Adapter:
        """Return an adapter.

        Raises:
            KeyError: there is none of this name, or it is quarantined.
        """
        if name not in self._loaded:
            point = self._points[name]
            try:
                self._loaded[name] = _load(point)
            except ConfigError as fault:
                del self._points[name]
                self._quarantine(name, fault)
                raise KeyError(name) from fault
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        """Return the names of those that are not quarantined, so far."""
        return iter(list(self._points))

    def __len__(self) -> int:
        """Return how many are not quarantined, so far."""
        return len(self._points)

    def load(self) -> "Adapters":
        """Load every one, so that ``quarantined`` is complete; return self."""
        for name in self:
            self.get(name)
        return self

    def give_up(self, name: str, fault: ConfigError) -> None:
        """Quarantine an adapter that turned out to be unusable while the hub runs."""
        self._points.pop(name, None)
        self._loaded.pop(name, None)
        self._quarantine(name, fault)

    def package(self, name: str) -> str:
        """Return the distribution that brings an adapter, with its version; empty if nobody knows."""
        point = self._points.get(name)
        return "" if point is None or point.dist is None else f"{point.dist.name} {point.dist.version}"

    def _admit(self, name: str, claimants: list[EntryPoint]) -> None:
        shipped = [point for point in claimants if _is_shipped(point)]
        if len(claimants) == 1:
            self._points[name] = claimants[0]
            return
        if len(shipped) == 1:
            self._points[name] = shipped[0]
        brought = ", ".join(sorted(point.value for point in claimants if point not in shipped))
        fault = ConfigError(
            _CODE, f"several packages bring an adapter {name}", where=brought, mend="remove all of them but one"
        )
        self._quarantine(name, fault)

    def _quarantine(self, name: str, fault: ConfigError) -> None:
        self.quarantined[name] = fault
        self._report(fault)


def load_adapters(
    *, points: Iterable[EntryPoint] | None = None, report: Callable[[ConfigError], None] | None = None
) -> Adapters:
    """Return the installed adapters, none of them loaded yet.

    Args:
        points: where to look; the installed packages if not given.
        report: gets a ConfigError for each that is quarantined; a line in the log if not given.

    Raises:
        ConfigError: V402, there is none at all: the project is not installed.
    """
    found = list(entry_points(group=GROUP) if points is None else points)
    if not found:
        raise ConfigError(
            _CODE,
            f"no adapter is installed: no package offers the entry point group {GROUP}",
            mend="install the project: python -m pip install --no-deps --no-build-isolation -e .",
        )
    return Adapters(found, report or _log)


def shipped() -> Adapters:
    """Return the adapters of this project alone."""
    points = [point for point in entry_points(group=GROUP) if _is_shipped(point)]
    return load_adapters(points=points).load()


def quarantine_of(adapters: Mapping[str, Adapter], name: str) -> ConfigError | None:
    """Return why an adapter cannot be used; ``None`` if it can, or if there is none of this name."""
    if not isinstance(adapters, Adapters) or adapters.get(name) is not None:
        return None
    return adapters.quarantined.get(name)


def usable(adapters: Mapping[str, Adapter], name: str) -> Adapter:
    """Return an adapter that an endpoint in force names.

    Raises:
        ConfigError: V402, it was taken out, or is quarantined since.
    """
    adapter = adapters.get(name)
    if adapter is None:
        mend = "install the package that brings it, or register the endpoint with another adapter"
        raise quarantine_of(adapters, name) or ConfigError(_CODE, f"no adapter {name} is installed", mend=mend)
    return adapter


def opened_again(adapters: Mapping[str, Adapter], endpoint: Endpoint, body: bytes) -> Document:
    """Return the document of bytes that were kept, as it was opened when they came.

    Raises:
        Rejected: as ``Adapter.open``. ConfigError: V402, as ``usable``; V404, the adapter failed in any other way.
    """
    adapter = usable(adapters, endpoint.adapter)
    with guarded(endpoint.adapter, "opening a message", may=Rejected):
        return adapter.open(body, endpoint.in_band)


@contextmanager
def guarded(adapter: str, doing: str, *, may: type[PunteError] = ConfigError) -> Iterator[None]:
    """Call a part of an adapter that may raise nothing but one kind of error: one that does stops nobody else.

    Args:
        adapter: its name.
        doing: what it was asked for, such as ``checking an endpoint``.
        may: what it may raise.

    Raises:
        PunteError: what the adapter says. ConfigError: V404, it failed in any other way.
    """
    try:
        yield
    except may:
        raise
    except Exception as error:
        # Packages of others bring adapters: what they do wrong is theirs, and is told.
        log.exception("adapter.defect", extra={"adapter": adapter, "doing": doing})
        text = f"the adapter {adapter} failed while {doing}: {type(error).__name__}"
        mend = "tell whoever brings the adapter; the line adapter.defect in the log names the place"
        raise ConfigError(_FAILED, text, mend=mend) from error


def _is_shipped(point: EntryPoint) -> bool:
    return point.dist is not None and point.dist.name == SHIPPED


def _load(point: EntryPoint) -> Adapter:
    try:
        return _admitted(point, point.load())
    except ConfigError:
        raise
    except (Exception, SystemExit) as error:  # what a package does when it is imported is its own: it may do anything
        mend = "install what it needs, or remove the package"
        raise _unusable(point, f"cannot be loaded: {type(error).__name__}", mend) from error


def _admitted(point: EntryPoint, adapter: Any) -> Adapter:
    """Return an adapter that says of itself what it should."""
    if missing := [part for part in PARTS if not hasattr(adapter, part)]:
        mend = "the entry point must name an object with every member of hub_core.ports.Adapter"
        raise _unusable(point, f"is not complete: {', '.join(missing)}", mend)
    spec = adapter.spec
    if not isinstance(spec, Spec):
        raise _unusable(point, f"has a spec of the kind {type(spec).__name__}", "make it of hub_core.ports.Spec")
    if spec.name != point.name:
        raise _unusable(point, f"calls itself {spec.name}", "give the entry point the name of the adapter")
    if not fits(spec.sdk):
        mend = "install a version of the package that was made for this hub"
        raise _unusable(point, f"was written for version {spec.sdk} of the ports; this hub has {SDK}", mend)
    if spec.settings is not None and (wrong := _unreadable(spec.settings)):
        raise _unusable(point, f"has settings that cannot be read: {wrong}", "use the kinds of Spec.settings")
    found: Adapter = adapter
    return found


def _unreadable(settings: object) -> str:
    if not isinstance(settings, type) or not issubclass(settings, msgspec.Struct):
        return "they are no struct"
    return ", ".join(unreadable(settings))


def _unusable(point: EntryPoint, what: str, mend: str) -> ConfigError:
    return ConfigError(_CODE, f"the adapter {point.name} {what}", where=point.value, mend=mend)


def _log(fault: ConfigError) -> None:
    log.error("adapter.broken", extra={"code": fault.code, "detail": fault.text, "entry_point": fault.where})
