"""``make interop``: tries every cell, prints the table, writes its page; in CI the page must be there as it is."""

import os
import sys

import pytest
from rich.console import Console

from tests.interop.processes import missing
from tests.interop.stacks import STACKS
from tests.interop.table import PAGE, Cell, page


class Gathering:
    """Gathers which cells were tried, and in which something failed."""

    def __init__(self) -> None:
        self.tried: dict[Cell, bool] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item):
        report = yield
        mark = item.get_closest_marker("stack")
        if mark is not None and not report.skipped and (report.when == "call" or report.failed):
            self.tried[mark.args] = self.tried.get(mark.args, True) and report.passed
        return report


def main() -> int:
    """Return 0 if every stack is there, every cell holds and the page says so."""
    gathering = Gathering()
    code = int(pytest.main(["tests/interop", "-n", "0", "--durations=5", *sys.argv[1:]], plugins=[gathering]))
    made = page([cell for cell, held in gathering.tried.items() if held])
    console = Console(width=160)
    console.print(made[made.index("\n|") :], highlight=False)
    wanting = ", ".join(package for name in STACKS if (package := missing(name)))
    if code or wanting or "-k" in sys.argv:
        console.print(f"The page stays as it is. {wanting and f'Not installed: {wanting}'}")
        return code
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == made:
        return 0
    if os.environ.get("CI"):
        console.print(f"{PAGE} says something else; run make interop and commit it")
        return 1
    PAGE.write_text(made, encoding="utf-8")
    console.print(f"wrote {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
