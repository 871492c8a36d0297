"""Where elements or attributes stand that the contract does not name, old against new.

A reader skips them, so only fewer of them break somebody.
"""

from collections.abc import Iterator
from typing import Final

from hub_core.contract.changes.forms import Wildcard
from hub_core.contract.changes.model import Delta

_STRICTNESS: Final = {"skip": 0, "lax": 1, "strict": 2}


def wildcards_compared(old: list[Wildcard], new: list[Wildcard]) -> Iterator[Delta]:
    """Yield what became another in the wildcards of a group."""
    if len(old) < len(new):
        text = "elements of other namespaces may stand here now"
        yield Delta(kind="wildcard", text=text, narrows=False, widens=False, new=new[-1].at)
    elif len(old) > len(new):
        text = "elements of other namespaces may no longer stand here"
        yield Delta(kind="wildcard", text=text, narrows=True, widens=False, old=old[-1].at)
    for one, two in zip(old, new, strict=False):
        yield from wildcard_compared(one, two)


def wildcard_compared(old: Wildcard, new: Wildcard) -> Iterator[Delta]:
    """Yield what became another in which foreign elements or attributes may stand."""
    if old.namespaces != new.namespaces:
        fewer = "##any" not in new.namespaces and not old.namespaces <= new.namespaces
        text = f"other namespaces may stand here: {' '.join(sorted(new.namespaces))}"
        yield Delta(kind="wildcard", text=text, narrows=fewer, widens=False, old=old.at, new=new.at)
    if old.process != new.process:
        stricter = _STRICTNESS.get(new.process, 2) > _STRICTNESS.get(old.process, 2)
        text = f"what stands here was looked at {old.process}, now {new.process}"
        yield Delta(kind="wildcard", text=text, narrows=stricter, widens=False, old=old.at, new=new.at)
