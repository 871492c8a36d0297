"""One run from its first process to its last verdict."""

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from hub_core.errors import ConfigError
from hub_core.journal.view import SqlJournalView
from hub_core.playing.postgresql import PostgresqlServer, programs, running
from hub_core.settings import from_environment
from hub_torture import country
from hub_torture.evidence import SENT, TAKEN, gather
from hub_torture.killer import Killer
from hub_torture.ledger import Ledger
from hub_torture.nodes import HUB, Node
from hub_torture.outages import Outages
from hub_torture.plan import LINES, Plan
from hub_torture.receiver import Receiver
from hub_torture.report import Limits, Report, summed_up
from hub_torture.sender import Sender
from hub_torture.wire import OK, Line
from registry.parts import Parts
from registry.remote import RemoteDesk, remote_desk

_START: Final = 60.0  # seconds, for the first start of a hub
_STANDSTILL: Final = 60.0  # seconds, without one accepted message
_DRAIN: Final = 60.0  # seconds, after the last message, without one delivery less that is open
_TELL: Final = 0.2  # seconds
_LOOK: Final = 0.05  # seconds
#: What is being done, and how many messages were accepted so far.
Tell = Callable[[str, int], None]


async def torture(
    plan: Plan, folder: Path, *, limits: Limits, tell: Tell = lambda _step, _count: None, program: Sequence[str] = HUB
) -> Report:
    """Run a plan in a folder and return what came out.

    Args:
        plan: what happens.
        folder: empty; everything that is written lies below it.
        limits: what the hub must keep to.
        tell: told of progress.
        program: arguments of this Python that run a hub.

    Raises:
        ConfigError: W503, a hub does not start; J102, there is no PostgreSQL.
    """
    begun = time.monotonic()
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(_server()) if plan.server else None
        sent = stack.enter_context(Ledger(folder / SENT))
        taken = stack.enter_context(Ledger(folder / TAKEN))
        async with Receiver(plan, taken) as receiver:
            environment = _environment(folder, receiver, server)
            outages = Outages()
            nodes = [
                Node(
                    number,
                    folder,
                    environment,
                    failpoints=plan.failpoints(number),
                    program=program,
                    died=outages.died,
                )
                for number in range(plan.nodes)
            ]
            killer = Killer(plan, nodes, server, outages)
            async with _alive(nodes):
                sender = Sender([node.port for node in nodes], await _found(nodes), sent, killer.count)
                await _send_all(plan, sender, killer, tell)
                await sender.close()
                parts = Parts(from_environment({**environment, "PUNTE_HOME": str(nodes[0].home)}), write=False)
                stack.callback(parts.close)
                await _drain(plan, parts.view, tell)
                ended = [await node.stop() for node in nodes]
        tell("comparing", plan.messages)
        evidence = await asyncio.to_thread(gather, folder, parts.view)
    return summed_up(plan, evidence, killer, nodes, limits=limits, ended=ended, seconds=time.monotonic() - begun)


@contextlib.contextmanager
def _server() -> Iterator[PostgresqlServer]:
    """Run a server of our own.

    Raises:
        ConfigError: J102, there is none on this machine.
    """
    try:
        programs()
    except RuntimeError as error:
        raise ConfigError("J102", "no PostgreSQL on this machine", mend="install the package postgresql") from error
    with running() as server:
        yield server


def _environment(folder: Path, receiver: Receiver, server: PostgresqlServer | None) -> dict[str, str]:
    urls = {country.url_of(name): f"http://127.0.0.1:{port}/" for name, port in receiver.ports.items()}
    store = {} if server is None else {"PUNTE_STORE": server.address}
    return {**urls, **store, "PUNTE_KEYRING": str(folder / "keyring.json")}


@contextlib.asynccontextmanager
async def _alive(nodes: Sequence[Node]) -> AsyncIterator[None]:
    """Let hubs live, and see that none is left behind; one that cannot live ends the run."""
    try:
        async with asyncio.TaskGroup() as group:
            lives = [group.create_task(node.live()) for node in nodes]
            watches = [group.create_task(node.watch()) for node in nodes]
            yield
            for task in (*lives, *watches):
                task.cancel()
    except* ConfigError as errors:
        raise errors.exceptions[0] from None
    finally:
        for node in nodes:
            await node.end()


async def _found(nodes: Sequence[Node]) -> str:
    """Register everybody, wait until each hub knows them, and return the sender's key.

    Raises:
        ConfigError: W503, a hub does not start.
    """
    try:
        async with asyncio.timeout(_START):
            for node in nodes:
                while not await asyncio.to_thread(remote_desk, node.control):  # noqa: ASYNC110 - another process
                    await asyncio.sleep(_LOOK)
            key = await asyncio.to_thread(country.found, RemoteDesk(nodes[0].control))
            for node in nodes:
                await _ready(Line(node.port))
    except TimeoutError as error:
        raise ConfigError("W503", "a hub did not start", where=str(nodes[0].home.parent), mend="see its log") from error
    return key


async def _ready(line: Line) -> None:
    while (await line.ask("/health/ready", b"", {}, method="GET")).status != OK:  # noqa: ASYNC110 - another process
        await asyncio.sleep(_LOOK)
    await line.close()


async def _send_all(plan: Plan, sender: Sender, killer: Killer, tell: Tell) -> None:
    """Send every message while hubs die; return when all are answered, or when nothing is accepted any more."""
    try:
        async with asyncio.TaskGroup() as group:
            others = [group.create_task(killer.work()), group.create_task(_watch(plan, killer, tell))]
            await asyncio.gather(
                _bursts(plan, sender, killer), *(_line(plan, sender, killer, at) for at in range(LINES))
            )
            for task in others:
                task.cancel()
    except* TimeoutError:
        tell("nothing is accepted any more", killer.accepted)


async def _line(plan: Plan, sender: Sender, killer: Killer, number: int) -> None:
    for letter in plan.letters(number):
        await killer.keep_pace()
        await sender.send(letter)


async def _bursts(plan: Plan, sender: Sender, killer: Killer) -> None:
    bursts = plan.bursts()
    for at, letters in enumerate(bursts):
        await killer.until(plan.messages * at // (len(bursts) + 1))
        await asyncio.gather(*map(sender.send, letters))


async def _watch(plan: Plan, killer: Killer, tell: Tell) -> None:
    """Tell how far it has come.

    Raises:
        TimeoutError: it comes no further.
    """
    last, since = -1, 0.0
    while True:
        tell(f"sending, {killer.done} of {plan.kills} kills", killer.accepted)
        if killer.accepted != last:
            last, since = killer.accepted, time.monotonic()
        elif time.monotonic() - since > _STANDSTILL:
            raise TimeoutError
        await asyncio.sleep(_TELL)


async def _drain(plan: Plan, view: SqlJournalView, tell: Tell) -> None:
    """Wait until nothing is open any more, or does not get less: a long run leaves much to deliver."""
    fewest, since = math.inf, time.monotonic()
    while left := (await asyncio.to_thread(view.counts)).open_deliveries:
        if left < fewest:
            fewest, since = left, time.monotonic()
        elif time.monotonic() - since > _DRAIN:
            return
        tell(f"draining, {left} open", plan.messages)
        await asyncio.sleep(_TELL)
