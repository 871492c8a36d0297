"""Files that a person names: folders are walked, and what cannot be read is told, not thrown."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

S = TypeVar("S")
T = TypeVar("T")
MANY: Final = 20  # from here on a progress bar is worth its line


def walk(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield files in the order given; of a folder all files below it, by name, hidden ones left out."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for found in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in found.relative_to(path).parts)
            if found.is_file() and not hidden:
                yield found


def with_progress(what: str, paths: Sequence[S], one: Callable[[S], T]) -> Iterator[T]:
    """Yield the result for each file; for many of them a bar runs on standard error, if that is a terminal."""
    with bar(what, len(paths)) as advance:
        for path in paths:
            result = one(path)
            advance(1)
            yield result


@contextmanager
def bar(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Return what is told of each step; of many steps a bar runs on standard error, if that is a terminal."""
    from cli import screen

    console = screen.err()
    if total <= MANY or not console.is_terminal:
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda steps: progress.advance(task, steps)
