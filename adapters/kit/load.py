"""Which adapters there are: found by entry point, so that one can be added without touching the hub."""

import logging
from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from hub_core.errors import ConfigError
from hub_core.ports import Adapter

GROUP: Final = "punte.adapters"
log = logging.getLogger("punte.adapters")


def load_adapters(
    *, points: Iterable[EntryPoint] | None = None, report: Callable[[ConfigError], None] | None = None
) -> dict[str, Adapter]:
    """Return every adapter by its name.

    An adapter that cannot be loaded is reported and left out; the others go on.

    Args:
        points: where to look; the installed packages if not given.
        report: gets a ConfigError for each broken one; a line in the log if not given.

    Raises:
        ConfigError: V402, there is none at all: the project is not installed.
    """
    found = sorted(entry_points(group=GROUP) if points is None else points, key=lambda point: point.name)
    if not found:
        raise ConfigError(
            "V402",
            f"no adapter is installed: no package offers the entry point group {GROUP}",
            mend="install the project: python -m pip install --no-deps --no-build-isolation -e .",
        )
    adapters: dict[str, Adapter] = {}
    for point in found:
        try:
            adapters[point.name] = _load(point)
        except ConfigError as fault:
            (report or _log)(fault)
    return adapters


def _load(point: EntryPoint) -> Adapter:
    try:
        adapter = point.load()
    except (ImportError, AttributeError, SyntaxError) as error:
        raise ConfigError(
            "V402",
            f"the adapter {point.name} cannot be loaded: {type(error).__name__}",
            where=point.value,
            mend="install what it needs, or remove the package that brings it",
        ) from error
    missing = [
        part
        for part in ("spec", "open", "check", "validate", "front", "target", "source")
        if not hasattr(adapter, part)
    ]
    if missing:
        raise ConfigError(
            "V402",
            f"the adapter {point.name} is not complete: {', '.join(missing)}",
            where=point.value,
            mend="the entry point must name an object with every member of hub_core.ports.Adapter",
        )
    if adapter.spec.name != point.name:
        raise ConfigError(
            "V402",
            f"the adapter {point.name} calls itself {adapter.spec.name}",
            where=point.value,
            mend="give the entry point the name of the adapter",
        )
    found: Adapter = adapter
    return found


def _log(fault: ConfigError) -> None:
    log.error("adapter.broken", extra={"code": fault.code, "detail": fault.text, "entry_point": fault.where})
