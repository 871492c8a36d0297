"""Runs of scheduled jobs and positions in polled lists."""

from datetime import datetime, timedelta

import msgspec

from hub_core.errors import Rejected
from hub_core.journal.engines.connection import Connection
from hub_core.journal.instants import from_micros, to_micros
from hub_core.journal.readers import Readers
from hub_core.ports.schedule import MAX_POSITION, Position, Run

_RUN = (
    "job, begun_at, ended_at, well_at, code, detail, figures, "
    "CASE WHEN ended_at IS NULL AND lease_until > begun_at THEN lease_until END"
)


class ScheduleView:
    """The reading part of ``Schedule``."""

    _readers: Readers

    def runs(self) -> list[Run]:
        """Return the last run of each job, by name."""
        with self._readers.read() as connection:
            rows = connection.execute(f"SELECT {_RUN} FROM scheduled_run ORDER BY job").fetchall()  # noqa: S608 - our names
        return [
            Run(
                job=job,
                begun_at=from_micros(begun),
                ended_at=from_micros(ended),
                well_at=from_micros(well),
                code=code,
                detail=detail,
                figures=msgspec.json.decode(figures),
                lease_until=from_micros(lease),
            )
            for job, begun, ended, well, code, detail, figures, lease in rows
        ]

    def position(self, endpoint: str) -> str | None:
        """Return how far the list of a partner was taken in."""
        with self._readers.read() as connection:
            row = connection.execute("SELECT position FROM polled WHERE endpoint = ?", (endpoint,)).fetchone()
        return None if row is None else row[0]


def begin_run(
    connection: Connection, job: str, *, at: datetime, every: timedelta, lost: timedelta, lease: timedelta | None
) -> bool:
    """Begin a run if it is due; see ``Schedule.begin_run``."""
    row = connection.execute(
        "INSERT INTO scheduled_run (job, begun_at, detail, figures, lease_until) VALUES (?, ?, '', '{}', ?) "
        "ON CONFLICT (job) DO UPDATE "
        "SET begun_at = excluded.begun_at, ended_at = NULL, lease_until = excluded.lease_until "
        "WHERE (scheduled_run.ended_at IS NOT NULL AND scheduled_run.begun_at <= ?) "
        "OR scheduled_run.begun_at > excluded.begun_at "
        "OR (scheduled_run.ended_at IS NULL AND scheduled_run.begun_at <= ?) "
        "OR (scheduled_run.ended_at IS NULL AND scheduled_run.lease_until > scheduled_run.begun_at "
        "AND scheduled_run.lease_until <= ?) RETURNING 1",
        (
            job,
            to_micros(at),
            None if lease is None else to_micros(at + lease),
            to_micros(at - every),
            to_micros(at - lost),
            to_micros(at),
        ),
    ).fetchone()
    return row is not None


def renew_run(connection: Connection, job: str, *, begun_at: datetime, until: datetime) -> bool:
    """Say that the process of a run lives; see ``Schedule.renew_run``."""
    row = connection.execute(
        "UPDATE scheduled_run SET lease_until = ? WHERE job = ? AND begun_at = ? AND ended_at IS NULL RETURNING 1",
        (to_micros(until), job, to_micros(begun_at)),
    ).fetchone()
    return row is not None


def end_run(connection: Connection, run: Run) -> bool:
    """Write down how a run ended; see ``Schedule.end_run``."""
    ended = None if run.ended_at is None else to_micros(run.ended_at)
    row = connection.execute(
        "UPDATE scheduled_run SET ended_at = ?, well_at = coalesce(?, well_at), code = ?, detail = ?, figures = ? "
        "WHERE job = ? AND begun_at = ? RETURNING 1",
        (
            ended,
            ended if run.code is None else None,
            run.code,
            run.detail,
            msgspec.json.encode(run.figures).decode(),
            run.job,
            to_micros(run.begun_at),
        ),
    ).fetchone()
    return row is not None


def move(connection: Connection, position: Position) -> None:
    """Write down how far a list was taken in, in the transaction that keeps what was in it.

    Raises:
        Rejected: J421; J423 another process has begun the run's job since.
    """
    if position.run is not None and not _is_last(connection, position.run):
        raise Rejected("J423", "another process does this job by now", where=position.run.job)
    if len(position.after) > MAX_POSITION:
        raise Rejected("J421", f"a position has at most {MAX_POSITION} characters", where=position.endpoint)
    if position.before is None:
        row = connection.execute(
            "INSERT INTO polled (endpoint, position, at) VALUES (?, ?, ?) "
            "ON CONFLICT (endpoint) DO NOTHING RETURNING 1",
            (position.endpoint, position.after, to_micros(position.at)),
        ).fetchone()
    else:
        row = connection.execute(
            "UPDATE polled SET position = ?, at = ? WHERE endpoint = ? AND position = ? RETURNING 1",
            (position.after, to_micros(position.at), position.endpoint, position.before),
        ).fetchone()
    if row is None:
        raise Rejected("J421", "the list was taken in further by another poll", where=position.endpoint)


def _is_last(connection: Connection, run: Run) -> bool:
    """Say whether a run is under way still; nobody begins its job again before this transaction ends."""
    row = connection.execute(
        "UPDATE scheduled_run SET begun_at = begun_at WHERE job = ? AND begun_at = ? AND ended_at IS NULL RETURNING 1",
        (run.job, to_micros(run.begun_at)),
    ).fetchone()
    return row is not None
