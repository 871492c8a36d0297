"""The public surface of the SDK: what packages that bring adapters may rely on, and how it changes."""

import inspect
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from importlib import import_module
from types import ModuleType
from typing import Any, Final

from cli.pages.calling import calling
from cli.pages.table import table
from hub_core.ports import SDK, AsgiApp

MODULES: Final = ("hub_core.ports", "adapters.kit", "hub_core.testing.adapter")
#: Ports that the hub fulfils for itself; adapters do not see them.
OURS: Final = frozenset({"Clock", "Journal", "JournalView", "Position", "Run", "Schedule"})
_PLAIN: Final = (str, int, float, type(None))  # defaults that are told; others are made anew, or of this machine
_UNTOLD: Final = frozenset({"()", "(*args, **kwargs)"})  # of classes that nobody makes
_RULES: Final = """
The number is `hub_core.ports.SDK`; an adapter's `Spec` names the one that it was written for.

- Something is added: the second number grows. An adapter runs with every hub of the same first number whose second is
  not smaller than its own.
- Something is taken away, or means something else: the first number grows. Adapters of the old number are quarantined
  with that reason (`punte adapter list`); the hub and the other adapters go on.
- What is to go stays under its former name until the first number grows, for one second number at least, and says so by
  a `DeprecationWarning`: `punte adapter check` notes what you use of it.
- What each version holds lies in `schemas/hub/sdk-VERSION.json`; a test compares it with the code and says which number
  has to grow.

Errors that an adapter may raise are `ConfigError`, `Rejected`, `TryLater` and `Refused` of `hub_core.errors`; any other
is a defect of the adapter, and is told as such. Parts of the tests' classes that begin with `test_` are promises, not
names to call: a promise may be added with a second number. The structs that stand in signatures come from
`credentials`, `directory`, `document`, `message` and `polled` of `hub_core`; they may gain fields that can be left out.
"""


def sdk() -> Iterator[str]:
    """Yield the page."""
    yield f"What an adapter of another package may rely on: version **{SDK}**. Everything that does not stand here may"
    yield "change at any time. How an adapter is written: [the how-to](../how-to/write-an-adapter.md)."
    yield from ("", "## Versions")
    yield from _RULES.rstrip().splitlines()
    for name in MODULES:
        module = import_module(name)
        yield from ("", f"## {name}", "", _first(module.__doc__), "")
        rows = (row for one, member in members(module) for row in _rows(one, member))
        yield from table(("name", "", "what it is"), rows)
        if name == "adapters.kit":
            yield from ("", *calling())


def surface() -> dict[str, str]:
    """Return every public name, with those inside of classes, and its signature."""
    found = {}
    for name in MODULES:
        for one, member in members(import_module(name)):
            found[f"{name}.{one}"] = _signature(member)
            for inner, part in _parts(member):
                found[f"{name}.{one}.{inner}"] = _signature(part)
    return found


def demanded(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return what became another from one surface to the next, each with the number that has to grow for it."""
    gone = [f"{name} was taken away: raise the first number of SDK" for name in before.keys() - now.keys()]
    both = [name for name in before.keys() & now.keys() if before[name] != now[name]]
    grew = {name for name in both if _grew(before[name], now[name])}
    changed = [f"{it} was {before[it]}, is {now[it]}: raise the first number of SDK" for it in both if it not in grew]
    added = [f"{name} was added: raise the second number of SDK" for name in now.keys() - before.keys()]
    added += [f"{name} can be given more: raise the second number of SDK" for name in grew]
    return sorted(gone + changed) + sorted(added)


def _grew(before: str, now: str) -> bool:
    """Return whether a class can be made as before, and with more that may be left out."""
    old, new = _parameters(before), _parameters(now)
    more = [one for one in new if one not in old]
    return (
        before.startswith("class (") and [one for one in new if one in old] == old and all(" = " in it for it in more)
    )


def _parameters(called: str) -> list[str]:
    inner = called.removeprefix("class (").rpartition(")")[0]
    return re.findall(r"(?:[^,\[]|\[(?:[^\[\]]|\[[^\]]*\])*\])+", inner)


def members(module: ModuleType) -> list[tuple[str, Any]]:
    """Return what a module offers, with the names in its ``FORMER`` that are found for a while."""
    former = [
        (name, getattr(import_module(now.home), now.name)) for name, now in vars(module).get("FORMER", {}).items()
    ]
    return [(name, getattr(module, name)) for name in module.__all__ if name not in OURS] + former


def _rows(name: str, member: Any) -> Iterator[tuple[str, ...]]:
    """Yield a line for a name, and one for each that lies in it."""
    yield f"`{name}`", f"`{_signature(member)}`", _first(member.__doc__) if _described(member) else ""
    for inner, part in _parts(member):
        called = _signature(part).replace("(self, ", "(").replace("(self)", "()")
        yield f"`{name}.{inner}`", f"`{called}`", _first(part.__doc__)


def _described(member: Any) -> bool:
    return inspect.isclass(member) or inspect.isfunction(member)


def _parts(member: Any) -> Iterator[tuple[str, Any]]:
    """Yield what one may call or look at inside of a class."""
    if not inspect.isclass(member) or issubclass(member, Enum):
        return
    ours = [base for base in member.__mro__ if base is member or _unnamed(base)]
    for name, part in sorted({name: part for base in reversed(ours) for name, part in vars(base).items()}.items()):
        if not name.startswith(("_", "test_")) and (inspect.isfunction(part) or isinstance(part, property)):
            yield name, part


def _unnamed(base: type) -> bool:
    """Say whether a class lies in the surface without a name of its own: its parts are those of the ones below it."""
    home = next((name for name in MODULES if base.__module__.startswith(f"{name}.")), None)
    return home is not None and base.__name__ not in import_module(home).__all__


def _signature(member: Any) -> str:
    """Return how something is called, with the short names of types."""
    if inspect.isclass(member) and issubclass(member, Enum):
        return "one of " + ", ".join(one.name for one in member)
    if isinstance(member, property):
        return "property"
    if not _described(member):
        return type(member).__name__ if isinstance(member, str) else _short(str(member))
    if inspect.isclass(member):
        called = _called(member)
        return "class" if called in _UNTOLD else f"class {called}"
    return ("async " if inspect.iscoroutinefunction(member) else "") + _called(member)


def _called(member: Any) -> str:
    found = inspect.signature(member)
    told = [
        one if one.default is one.empty or isinstance(one.default, _PLAIN) else one.replace(default=_Other())
        for one in found.parameters.values()
    ]
    return _short(str(found.replace(parameters=told)))


class _Other:
    """Stands for a default that is not told."""

    def __repr__(self) -> str:
        return "..."


def _short(text: str) -> str:
    text = text.replace(str(AsgiApp), "AsgiApp")
    return re.sub(r"\b(?:[A-Za-z_]\w*\.)+([A-Za-z_]\w*)", r"\1", text)


def _first(text: str | None) -> str:
    return " ".join((text or "").strip().partition("\n\n")[0].replace("``", "`").split())
