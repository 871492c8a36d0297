"""What is wrong with a rule at every place of its use.

A rule of a shared block is right if it is right somewhere: documents differ, and their partners too.
"""

from collections.abc import Callable, Hashable


class Votes:
    """Collects for each question whether it was answered with yes anywhere."""

    def __init__(self) -> None:
        self._reports: dict[Hashable, Callable[[], None] | None] = {}

    def say(self, key: Hashable, report: Callable[[], None] | None) -> None:
        """Note one answer: ``None`` for right, else what reports the fault."""
        if report is None:
            self._reports[key] = None
        else:
            self._reports.setdefault(key, report)

    def finish(self) -> None:
        """Report what was right nowhere."""
        for report in self._reports.values():
            if report is not None:
                report()
