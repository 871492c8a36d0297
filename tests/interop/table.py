"""The table of what was tried: shapes and features by stack, as a page and for the terminal."""

from collections.abc import Collection, Iterator
from pathlib import Path

from tests.interop.shapes import SHAPES
from tests.interop.stacks import ANSWERS, CALLS, FEATURES, STACKS, Way

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "interop.md"
HEAD = """# Foreign SOAP stacks

<!-- Made by `make interop`; change the tests, not this page. -->

Each cell is a test against the stack itself: **calls** means that its client read the contract which the hub publishes, called
the hub where it [stands for an agency](../how-to/stand-for-an-agency.md), and read the answer; **answers** that the hub's
[client](../how-to/connect-from-a-wsdl.md) called a server of this stack. Every request and answer holds Romanian letters of
both kinds and one beyond the basic plane, a day, a moment, an amount, a nil and an array of structs. SOAP::Lite is told address,
namespace and action out of the contract, and its elements by hand: it makes no documents from a contract.
"""
Cell = tuple[str, str, Way]  # stack, shape or feature, way


def page(passed: Collection[Cell]) -> str:
    """Return the page for the cells that were proved."""
    notes = _Notes()
    rows = [
        [what, *(notes.cell(name, what, passed) for name in STACKS)]
        for what in (*(shape.name for shape in SHAPES), *FEATURES)
    ]
    return f"{HEAD}\n{_table(['', *(stack.title for stack in STACKS.values())], rows)}\n{notes.text()}"


class _Notes:
    """Reasons, numbered where they are first met."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def cell(self, name: str, what: str, passed: Collection[Cell]) -> str:
        return ", ".join(self._ways(name, what, passed)) or "–"

    def _ways(self, name: str, what: str, passed: Collection[Cell]) -> Iterator[str]:
        for way, word in ((CALLS, "calls"), (ANSWERS, "answers")):
            reason = STACKS[name].lacks.get((what, way))
            if (name, what, way) in passed:
                yield word
            elif reason is not None:
                number = self._numbers.setdefault(reason, len(self._numbers) + 1)
                yield f"{word}: no ({number})"

    def text(self) -> str:
        return "\n".join(f"{number}. {reason}" for reason, number in self._numbers.items()) + "\n"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
