"""Names of a module for other packages: given when they are asked for first, kept for a while when they move."""

import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, NamedTuple


class Former(NamedTuple):
    """A name that is called otherwise now.

    Attributes:
        home: module that has it.
        name: as it is called there.
        since: version of ``hub_core.ports.SDK`` in which it was renamed; the former name goes with a new first number.
    """

    home: str
    name: str
    since: str


def given(module: str, homes: Mapping[str, str], former: Mapping[str, Former] | None = None) -> Callable[[str], Any]:
    """Return a module's ``__getattr__`` (PEP 562).

    Args:
        module: its name.
        homes: by name, the module that is imported when the name is asked for first.
        former: the module's ``FORMER``: by name, what it is now; whoever asks gets that, and a DeprecationWarning.

    >>> given("example", {"loads": "json"})("loads")("[1]")
    [1]
    """

    def get(name: str) -> Any:
        if name in homes:
            return getattr(import_module(homes[name]), name)
        if former and name in former:
            now = former[name]
            text = f"{module}.{name} is {now.home}.{now.name} since version {now.since} of the SDK"
            warnings.warn(text, DeprecationWarning, stacklevel=2)
            return getattr(import_module(now.home), now.name)
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return get
