"""What every journal must do, as a test suite: inherit ``JournalContract`` and say how yours is opened.

    class TestMyJournal(JournalContract):
        @contextmanager
        def open(self, folder: Path) -> Iterator[AnyJournal]:
            ...

        def stored(self, journal: AnyJournal) -> list[str]:
            ...

Needs pytest and pytest-asyncio in mode ``auto``.
"""

from hub_core.testing.journal_attaching import Attaching
from hub_core.testing.journal_base import AnyJournal
from hub_core.testing.journal_endpoints import Endpoints
from hub_core.testing.journal_filing import Filing
from hub_core.testing.journal_keeping import Keeping
from hub_core.testing.journal_looking import Looking
from hub_core.testing.journal_operating import Operating
from hub_core.testing.journal_ordering import Ordering
from hub_core.testing.journal_parking import Parking
from hub_core.testing.journal_purging import Purging
from hub_core.testing.journal_repairing import Repairing
from hub_core.testing.journal_replaying import Replaying
from hub_core.testing.journal_scheduling import Scheduling
from hub_core.testing.journal_sealing import Sealing
from hub_core.testing.journal_sending import Sending
from hub_core.testing.journal_splitting import Splitting

__all__ = ["AnyJournal", "JournalContract"]


class JournalContract(
    Keeping,
    Sending,
    Ordering,
    Operating,
    Replaying,
    Repairing,
    Parking,
    Endpoints,
    Looking,
    Splitting,
    Attaching,
    Purging,
    Sealing,
    Scheduling,
    Filing,
):
    """All promises of the ports ``Journal`` and ``JournalView``."""
