"""What every journal must do, as a test suite: inherit ``JournalContract`` and say how yours is opened.

    class TestMyJournal(JournalContract):
        @contextmanager
        def open(self, folder: Path) -> Iterator[AnyJournal]:
            ...

        def stored(self, journal: AnyJournal) -> list[str]:
            ...

Needs pytest and pytest-asyncio in mode ``auto``.
"""

from hub_core.testing.journal.attaching import Attaching
from hub_core.testing.journal.base import AnyJournal
from hub_core.testing.journal.endpoints import Endpoints
from hub_core.testing.journal.filing import Filing
from hub_core.testing.journal.judging import Judging
from hub_core.testing.journal.keeping import Keeping
from hub_core.testing.journal.looking import Looking
from hub_core.testing.journal.operating import Operating
from hub_core.testing.journal.ordering import Ordering
from hub_core.testing.journal.parking import Parking
from hub_core.testing.journal.purging import Purging
from hub_core.testing.journal.repairing import Repairing
from hub_core.testing.journal.replaying import Replaying
from hub_core.testing.journal.scheduling import Scheduling
from hub_core.testing.journal.sealing import Sealing
from hub_core.testing.journal.sending import Sending
from hub_core.testing.journal.splitting import Splitting

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
    Judging,
    Splitting,
    Attaching,
    Purging,
    Sealing,
    Scheduling,
    Filing,
):
    """All promises of the ports ``Journal`` and ``JournalView``."""
