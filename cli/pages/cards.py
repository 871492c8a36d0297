"""What each shipped adapter is held against: the parts of the contract suite it keeps, or why one is not for it."""

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from cli.pages.table import table
from hub_core.directory import Direction
from hub_core.ports import Spec

#: Parts of the suite, and what each is about.
PARTS: Final = {
    "Telling": "what it says of itself, and what it refuses at registration",
    "Opening": "what it reads, and how broken, hostile and oversized bodies are refused",
    "Replayed": "what was kept opens again as it did, whatever happened meanwhile",
    "Serving": "callers over HTTP: identity, limits, slow and vanishing ones, repeats, overload",
    "Sending": "partners that are slow, fail, hang up, answer too much or nothing",
    "Lasting": "no secret in any text, nothing left open, cancelled at once, bounded memory",
    "Fetching": "lists that are fetched: places that last, commits in time, broken lists, partners that hang",
    "Filing": "files of many messages: the same each time, in their place once and whole, or not at all",
}
COLUMNS: Final = ("part of the kit", "is about", "")
#: What an adapter must do for a part to be for it, and what is said of one that does not.
NEEDS: Final[dict[str, tuple[Callable[[Spec], bool], str]]] = {
    "Replayed": (lambda spec: _does(spec, Direction.IN), "nobody calls the hub: it fetches"),
    "Serving": (lambda spec: _does(spec, Direction.IN), "nobody calls the hub: it fetches"),
    "Sending": (lambda spec: _does(spec, Direction.OUT), "no message is sent by itself"),
    "Lasting": (lambda spec: _does(spec, Direction.OUT), "no message is sent by itself"),
    "Fetching": (lambda spec: spec.polls, "nothing is fetched"),
    "Filing": (lambda spec: spec.collects, "no files are written"),
}
#: By adapter, the parts that are not for it all the same, and why.
EXEMPT: Final[dict[str, dict[str, str]]] = {
    "flat": {
        "Fetching": "files lie in folders, no partner answers over HTTP; tests/contract/test_folders.py tries those",
    },
}


def card(spec: Spec) -> Iterator[str]:
    """Yield the table of one adapter."""
    yield from table(COLUMNS, rows_of(spec))


def rows_of(spec: Spec) -> Iterator[tuple[str, str, str]]:
    """Yield what stands below ``COLUMNS`` for one adapter of this project."""
    exempt = exempt_of(spec)
    for part, what in PARTS.items():
        yield part, what, f"exempt: {exempt[part]}" if part in exempt else f"kept{_promises(part)}"


def exempt_of(spec: Spec) -> dict[str, str]:
    """Return the parts that are not for an adapter of this project, and why."""
    idle = {part: why for part, (needs, why) in NEEDS.items() if not needs(spec)}
    return idle | EXEMPT.get(spec.name, {})


def _does(spec: Spec, direction: Direction) -> bool:
    """Say whether a message by itself comes or goes this way, on a call."""
    return any(one.direction is direction and not one.fetches and not one.collects for one in spec.capabilities)


def _promises(part: str) -> str:
    """Return how many promises a part has itself, in words; empty where a hub runs that is not made to be tested."""
    if find_spec("pytest") is None:
        return ""
    suite = import_module("hub_core.testing.adapter")
    own = getattr(suite, part)
    inner = [other for other in (getattr(suite, name) for name in PARTS) if other is not own and issubclass(own, other)]
    count = len(promises(own).difference(*map(promises, inner)))
    return f", {count} promise{'s' if count > 1 else ''}"


def promises(suite: type) -> set[str]:
    """Return the names of what a part of the suite, or several of them, try."""
    return {name for name in dir(suite) if name.startswith("test_")}
