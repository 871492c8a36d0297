"""Tables in Markdown."""

from collections.abc import Iterable, Iterator, Sequence


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table; cells may hold any text."""
    yield _line(columns)
    yield "|" + "---|" * len(columns)
    for row in rows:
        yield _line([cell.strip().replace("\n", " ").replace("|", "\\|") for cell in row])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
