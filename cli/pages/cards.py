"""What each shipped adapter is held against: the parts of the contract suite it keeps, or why one is not for it."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Final

from cli.pages.table import table

#: Parts of the suite, and what each is about.
PARTS: Final = {
    "Telling": "what it says of itself, and what it refuses at registration",
    "Opening": "what it reads, and how broken, hostile and oversized bodies are refused",
    "Replayed": "what was kept opens again as it did, whatever happened meanwhile",
    "Serving": "callers over HTTP: identity, limits, slow and vanishing ones, repeats, overload",
    "Sending": "partners that are slow, fail, hang up, answer too much or nothing",
    "Lasting": "no secret in any text, nothing left open, cancelled at once, bounded memory",
    "Fetching": "lists that are fetched: places that last, commits in time, broken lists, partners that hang",
}
COLUMNS: Final = ("part of the kit", "is about", "")
_NOTHING_SENT: Final = "nothing is sent this way"
_INTO_FOLDERS: Final = (
    "no partner answers a file; tests/unit/adapters/test_flat_outgoing.py tries how it is put into a folder"
)
#: By adapter, the parts that are not for it, and why.
EXEMPT: Final[dict[str, dict[str, str]]] = {
    "eessi": {
        "Sending": _NOTHING_SENT,
        "Lasting": _NOTHING_SENT,
        "Fetching": "SEDs are sent to the hub, it fetches none",
    },
    "flat": {
        "Sending": _INTO_FOLDERS,
        "Lasting": _INTO_FOLDERS,
        "Fetching": "files lie in folders, no partner answers over HTTP; tests/contract/test_folders.py tries those",
    },
    "queue": {
        "Replayed": "nobody calls the hub: it fetches, and Opening and Fetching try what comes",
        "Serving": "nobody calls the hub: it fetches",
    },
    "soap": {"Fetching": "no operation of a contract is a list"},
}


def card(adapter: str) -> Iterator[str]:
    """Yield the table of one adapter."""
    yield from table(COLUMNS, rows_of(adapter))


def rows_of(adapter: str) -> Iterator[tuple[str, str, str]]:
    """Yield what stands below ``COLUMNS`` for one adapter of this project."""
    exempt = EXEMPT.get(adapter, {})
    for part, what in PARTS.items():
        yield part, what, f"exempt: {exempt[part]}" if part in exempt else f"kept{_promises(part)}"


def _promises(part: str) -> str:
    """Return how many promises a part has itself, in words; empty where a hub runs that is not made to be tested."""
    if find_spec("pytest") is None:
        return ""
    module = import_module(f"hub_core.testing.adapter_{'replaying' if part == 'Replayed' else part.lower()}")
    count = sum(name.startswith("test_") for name in vars(getattr(module, part)))
    return f", {count} promise{'s' if count > 1 else ''}"
