"""The jobs that the hub does on a schedule, each by itself: what it looks at, how often, and what it found."""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from adapters.kit.load import guarded, usable
from hub_core.attachments.taking import check_folder
from hub_core.directory import Endpoint
from hub_core.directory.polled import Poll
from hub_core.errors import ConfigError
from hub_core.ports.schedule import LOST
from registry.crontab import next_time
from registry.scheduled.contractwatch import watch
from registry.sets.references import followed

if TYPE_CHECKING:
    from registry.parts import Parts

log = logging.getLogger("punte.schedule")
#: A certificate that ends sooner is told: enough to order one, with holidays in between.
SOON: Final = timedelta(days=21)
OURS: Final = "(our listener)"
_DAY: Final = timedelta(days=1)
_AT_ONCE: Final = 16  # partners that are looked at


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What a run of a job found; see ``Run``."""

    detail: str
    code: str | None = None
    figures: dict[str, float] = {}


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One job.

    Attributes:
        what: is done, for people.
        limit: a run that has not ended by then has lost its process.
        cron: it is done at certain times; ``every`` then only says when it counts as late.
    """

    name: str
    every: timedelta
    what: str
    run: Callable[["Parts"], Awaitable[Done]]
    limit: timedelta = LOST
    cron: Poll | None = None

    def due_after(self, begun_at: datetime) -> datetime:
        """Return when it is due after a run."""
        return begun_at + self.every if self.cron is None else next_time(self.cron, begun_at)


async def certificates(parts: "Parts") -> Done:
    """Look at the certificates of all partners that are called over TLS, of callers, and at the hub's own.

    Of a caller it is the one that they showed last, to this process.

    Raises:
        ConfigError: R402, the hub's own cannot be read.
    """
    now, at_once = parts.clock.now(), asyncio.Semaphore(_AT_ONCE)
    called = dict(_called(parts))
    looked = await asyncio.gather(*(_end_at(endpoint, at_once, now) for endpoint in called.values()))
    ends = {name: end for name, end in zip(called, looked, strict=True) if isinstance(end, datetime)}
    if parts.settings.tls_port is not None and parts.settings.tls_certificate is not None:
        ends[OURS] = await asyncio.to_thread(_own_end, parts.settings.tls_certificate)
    ends |= {f"(caller {name})": end for name, end in parts.callers.ends.items()}
    soon = sorted(name for name, end in ends.items() if end - now < SOON)
    unseen = sorted(name for name, end in zip(called, looked, strict=True) if isinstance(end, OSError))
    told = [f"{len(ends)} looked at"]
    if soon:
        told.append(f"end within {SOON.days} days or are not trusted: {', '.join(soon)}")
    if unseen:
        told.append(f"not reachable: {', '.join(unseen)}")
    figures = {name: round((end - now) / _DAY, 1) for name, end in ends.items()}
    return Done(detail="; ".join(told), code="R403" if soon else None, figures=figures)


async def contracts(parts: "Parts") -> Done:
    """Hold every endpoint against its contract, as registering it did, and that against what its partner publishes.

    Files may have changed since, and so may partners.
    """
    wrong = {}
    for name, endpoint in parts.directory().endpoints.items():
        try:
            with guarded(endpoint.adapter, f"checking {name}"):
                there = followed(endpoint, parts.environ)
                await asyncio.to_thread(usable(parts.adapters, endpoint.adapter).check, name, there)
        except ConfigError as error:
            wrong[name] = f"{name}: {error.code} {error.text}"
    watched = await watch(parts)
    broken = {name for name, found in watched.items() if found.breaking}
    figures = {name: float(name in wrong or name in broken) for name in parts.directory().endpoints}
    told = [*wrong.values(), *(found.told(name) for name, found in watched.items())]
    detail = "; ".join([f"{len(figures)} held against their contracts", *told])
    return Done(detail=detail, code="R404" if wrong else "R405" if broken else None, figures=figures)


async def purge(parts: "Parts") -> Done:
    """Delete what was kept long enough; what one run does not finish the next one does."""
    from registry.purging import purge_all

    done = await purge_all(parts, by="schedule")
    figures = {str(part): float(count) for part, count in done.items()}
    return Done(detail=f"deleted: {done['bodies']:,} bodies, {done['messages']:,} messages", figures=figures)


async def attachments(parts: "Parts") -> Done:
    """Remove files of attachments that a crash left, and see that their folder is there.

    Raises:
        ConfigError: J130.
    """
    from registry.purging import sweep

    with parts.reads.read() as connection:
        check_folder(connection, parts.attachments)
    removed = await asyncio.to_thread(sweep, parts)
    return Done(detail=f"{removed:,} files removed that no message has", figures={"files": float(removed)})


JOBS: Final = (
    Job(name="purge", every=timedelta(hours=1), what="deleted because it was kept long enough", run=purge),
    Job(name="attachments", every=timedelta(hours=1), what="files that no message had", run=attachments),
    Job(name="certificates", every=timedelta(hours=6), what="days left of certificates", run=certificates),
    Job(
        name="contracts",
        every=_DAY,
        what="1: it does not fit its contract, or its partner's",
        run=contracts,
    ),
)


def _called(parts: "Parts") -> Iterator[tuple[str, Endpoint]]:
    """Yield the endpoints that the hub calls, with their addresses; what cannot be called is told elsewhere."""
    for name, endpoint in sorted(parts.directory().endpoints.items()):
        if endpoint.url is not None:
            try:
                yield name, followed(endpoint, parts.environ)
            except ConfigError as error:
                log.warning("endpoint.unusable", extra={"endpoint": name, "code": error.code, "why": error.text})


async def _end_at(endpoint: Endpoint, at_once: asyncio.Semaphore, now: datetime) -> datetime | OSError | None:
    """Return when the certificate of a partner ends: ``now`` if calls fail already; the error if nobody answers."""
    from adapters.kit.certificates import certificate_end  # with the HTTP client, which takes 0.2 s to import

    async with at_once:
        try:
            return await certificate_end(endpoint.url or "", endpoint.tls)
        except ssl.SSLCertVerificationError:
            return now
        except OSError as error:  # among them: no answer in time
            return error
        except ConfigError as error:
            return OSError(error.text)


def _own_end(path: Path) -> datetime:
    from hub_core.security.certificates import end_of

    try:
        return end_of(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError("R402", "the hub's own certificate cannot be read", where="PUNTE_TLS_CERTIFICATE") from error
