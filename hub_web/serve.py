"""The hub as one process: listeners, deliveries, and an orderly stop."""

import asyncio
import contextlib
import gc
import logging
import os
import resource
import signal
import socket
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import uvicorn

from hub_core.errors import ConfigError, NotThere, TryLater
from hub_core.laps import Laps
from hub_core.observe import start_logging
from hub_core.ports import AsgiApp
from hub_core.security.memory import keep_memory
from hub_core.settings import Settings
from hub_web import supervisor
from hub_web.api import control
from hub_web.app import MadeLater, application
from hub_web.listener import Listener
from hub_web.protocol import Protocol
from registry.assemble import assemble
from registry.running import Running

log = logging.getLogger("punte.serve")
BACKLOG = 1024
LAST_SECONDS = 1  # for answers that are being written when the listeners close
UNREAD_SECONDS = 10  # that the other side may leave bytes unacknowledged or unread, tcp(7)
FILES = 10_000  # open at once, connections among them
AWAIT_SECONDS = 30  # that a database may be away when a hub starts; a supervisor starts it again afterwards
TRY_SECONDS = 0.1  # between two looks whether it is there


def main(settings: Settings) -> None:
    """Run the hub until SIGTERM or SIGINT.

    Raises:
        ConfigError: a port is taken, a certificate cannot be read, the database belongs to another process.
    """
    laps = Laps()
    laps.end("loading")
    keep_memory()
    start_logging(settings.log_level)
    # It warns of every bad request, and anybody can send those without end; the answer says what is wrong.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    with asyncio.Runner(loop_factory=_uvloop) as runner:
        runner.run(serve(settings, laps))


async def serve(settings: Settings, laps: Laps) -> None:
    """Assemble the hub, listen, and stop in order: calls and deliveries first, then listeners, then the journal."""
    stop = _told_to_stop()
    _allow_files()
    async with _assembled(settings, laps, stop) as hub:
        api = MadeLater(lambda: _api(hub))
        app = application(hub.front, api)
        async with contextlib.AsyncExitStack() as stack:
            plain = _bind(settings.host, settings.port)
            await stack.enter_async_context(listening(app, plain))
            if settings.tls_port is not None:
                tls = _bind(settings.host, settings.tls_port)
                await stack.enter_async_context(listening(app, tls, context=tls_of(settings)))
            await stack.enter_async_context(listening(control.build(hub), _bind_control(settings.control)))
            hub.address = f"http://{settings.host}:{plain.getsockname()[1]}"
            stack.enter_context(_announced(settings, hub))
            laps.end("listening")
            facts = {"address": hub.address, "registry_set": hub.directory().number, **laps.facts()}
            log.info("hub.started", extra=facts)
            await hub.begin()
            supervisor.tell(supervisor.READY)
            api.make()
            await stop.wait()
            supervisor.tell(supervisor.STOPPING)
            log.info("hub.stopping")
            await hub.drain()


@contextlib.asynccontextmanager
async def _assembled(settings: Settings, laps: Laps, stop: asyncio.Event) -> AsyncIterator[Running]:
    """Assemble the hub; wait for a database that is away, which is sooner than to be started again.

    Raises:
        ConfigError, TryLater: as ``assemble``, once it was away for too long or the hub is told to stop.
    """
    end = time.monotonic() + AWAIT_SECONDS
    async with contextlib.AsyncExitStack() as stack:
        told = False
        while True:
            try:
                hub = await stack.enter_async_context(assemble(settings, laps))
            except (NotThere, TryLater) as error:
                if time.monotonic() > end or stop.is_set():
                    raise
                if not told:
                    log.warning("journal.awaited", extra={"code": error.code, "why": error.text})
                told = True
                await asyncio.sleep(TRY_SECONDS)
            else:
                break
        yield hub


def _told_to_stop() -> asyncio.Event:
    """Return what SIGTERM or SIGINT sets. A second one ends the process at once: the journal bears that."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGTERM, signal.SIGINT)

    def begin() -> None:
        for number in numbers:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)
        stop.set()

    for number in numbers:
        loop.add_signal_handler(number, begin)
    return stop


def _allow_files() -> None:
    """Let as many connections in as the system allows a process to ask for."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    if soft != resource.RLIM_INFINITY and soft < 2 * Protocol.max_connections:
        Protocol.max_connections = soft // 2
        log.warning("serve.few-files", extra={"files": soft, "connections": Protocol.max_connections})


@contextlib.asynccontextmanager
async def listening(
    app: AsgiApp,
    bound: socket.socket,
    *,
    context: ssl.SSLContext | None = None,
    protocol: type[Protocol] = Protocol,
) -> AsyncIterator[None]:
    """Serve an app on a bound socket until the context is left."""
    config = uvicorn.Config(
        app,
        loop="none",
        http=protocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # addresses stay those of the other side; see registry.callers for who is believed what
        server_header=False,
        date_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=LAST_SECONDS,
    )
    config.load()
    if context is not None:
        config.ssl = context
    server = Listener(config)
    task = asyncio.create_task(server.serve(sockets=[bound]))
    while not server.started and not task.done():  # noqa: ASYNC110  uvicorn offers a flag, no event
        await asyncio.sleep(0.005)
    try:
        if not server.started:
            await task  # why it could not
        yield
    finally:
        server.should_exit = True
        await task


def _bind(host: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_SECONDS * 1000)  # connections inherit it
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise ConfigError(
            "R401", f"port {port} cannot be used: {error.strerror}", where="PUNTE_PORT", mend="choose a free port"
        ) from error
    return bound


def _bind_control(path: Path) -> socket.socket:
    """Return the control socket: the directory is 0700 and the socket 0600 from its first instant."""
    path.unlink(missing_ok=True)
    bound = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        bound.bind(str(path))
    finally:
        os.umask(before)
    return bound


@contextlib.contextmanager
def _announced(settings: Settings, hub: Running) -> Iterator[None]:
    """Write the address where commands find it, as long as the hub runs."""
    settings.address.write_text(hub.address or "", encoding="ascii")
    try:
        yield
    finally:
        settings.address.unlink(missing_ok=True)
        settings.control.unlink(missing_ok=True)


def tls_of(settings: Settings) -> ssl.SSLContext:
    """Return what a TLS listener shows, and what it wants to see.

    Raises:
        ConfigError: R402, a file cannot be read.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(str(settings.tls_certificate), str(settings.tls_key))
        if settings.tls_client_ca is not None:
            context.load_verify_locations(str(settings.tls_client_ca))
            # Whoever is named there counts, be it no root: an authority below one, or one caller's own certificate.
            context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
            context.verify_mode = ssl.CERT_REQUIRED if settings.tls_client == "demanded" else ssl.CERT_OPTIONAL
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(
            "R402", "certificate, key or client CA cannot be read", where="PUNTE_TLS_*", mend="name readable PEM files"
        ) from error
    return context


def _api(hub: Running) -> AsgiApp:
    """Return the HTTP API; FastAPI takes a third of the time to start, and no message needs it."""
    from hub_web.api.assemble import api_of  # not above: it is what takes the time

    try:
        return api_of(hub.api_state())
    finally:
        _settle_memory()


def _settle_memory() -> None:
    """Keep the collector from walking what lives as long as the process: it costs a tenth of the throughput."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


def _uvloop() -> asyncio.AbstractEventLoop:
    import uvloop

    return uvloop.new_event_loop()
