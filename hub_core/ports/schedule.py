"""What is done on a schedule, and how far partners' lists were taken in. The only state of both is the journal's."""

from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec

#: A run that has not ended by then has lost its process.
LOST: Final = timedelta(minutes=15)
MAX_POSITION: Final = 500  # characters


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """The last run of a job.

    Attributes:
        ended_at: ``None`` while it runs, or if its process ended before.
        well_at: when a run last ended without fault.
        code: of the fault; ``None``: there is none.
        detail: what was done or found, without personal values.
        lease_until: of one under way, until when its process says that it lives; ``None``: it does not say.
        figures: name to number, such as an endpoint and the days of its certificate.
    """

    job: str
    begun_at: datetime
    ended_at: datetime | None = None
    well_at: datetime | None = None
    code: str | None = None
    detail: str = ""
    figures: dict[str, float] = {}
    lease_until: datetime | None = None


class Position(msgspec.Struct, frozen=True, kw_only=True):
    """A step through the list of a partner that is polled.

    Attributes:
        before: where the step began; ``None``: nothing was ever taken.
        after: where it ended, in the partner's own words; never a value of a person.
        run: that takes the step; it counts only while no other process has begun the job again. ``None``: no run does.
    """

    endpoint: str
    before: str | None
    after: str
    at: datetime
    run: Run | None = None


class Schedule(Protocol):
    """Which job ran when; of several processes on one journal one does each run."""

    async def begin_run(
        self, job: str, *, at: datetime, every: timedelta, lost: timedelta = LOST, lease: timedelta | None = None
    ) -> bool:
        """Begin a run of a job that is due; False: another process did, or it is not due.

        Due: it never ran; its last run began ``every`` ago and has ended; that run has not, and began ``lost`` ago or
        its lease is over; or it began in the future because the clock stood wrong. Others take its process as alive for
        ``lease``, or as ``renew_run`` says; without a lease for ``lost``.
        """
        ...

    async def renew_run(self, job: str, *, begun_at: datetime, until: datetime) -> bool:
        """Say that the process of a run lives; False: another one began meanwhile, and this one is to stop."""
        ...

    async def end_run(self, run: Run) -> bool:
        """Write down how a run ended; False: another one began meanwhile, and nothing was changed."""
        ...

    def runs(self) -> list[Run]:
        """Return the last run of each job, by name."""
        ...

    def position(self, endpoint: str) -> str | None:
        """Return how far the list of a partner was taken in; ``None``: nothing was. It moves with ``take_in``."""
        ...
