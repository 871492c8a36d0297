"""Is this machine fit for a hub? The half of ``punte doctor`` that needs no store: facts of the local machine.

Each check looks at one thing and says what to do if it is not well. None of them changes anything.
"""

import os
import shutil
import socket
import sqlite3
import ssl
import stat
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hub_core.clock import is_kept
from hub_core.errors import ConfigError
from hub_core.places import MAPPINGS
from hub_core.security.keyring import read_keyring
from hub_core.settings import Settings
from registry.doctor.answering import hub
from registry.doctor.fact import Check, Fact
from registry.doctor.installation import packages, versions
from registry.doctor.secretfiles import secret_files
from registry.remote import remote_desk

EXPECTED_ADAPTERS: Final = frozenset({"eessi", "flat", "queue", "rest", "soap"})
SCARCE_BYTES: Final = 1_000_000_000
SCARCE_FILES: Final = 1_000
# sockaddr_un of Linux holds 108 bytes with the closing zero, unix(7).
LONGEST_SOCKET_PATH: Final = 107
# WAL needs memory shared between processes, which these do not offer (sqlite.org/wal.html, section 1).
NETWORK_FILE_SYSTEMS: Final = frozenset({"9p", "afs", "cifs", "fuse.sshfs", "nfs", "nfs4", "smb3", "smbfs"})
PASSING_FILE_SYSTEMS: Final = frozenset({"overlay", "ramfs", "tmpfs"})
# A connection that writes while another checkpoints may lose commits: 3.7.0 to 3.51.2
# (sqlite.org/wal.html#walresetbug).
WAL_RESET_MENDED: Final = (3, 51, 3)
WAL_RESET_BACKPORTS: Final = {(3, 44): 6, (3, 50): 7}
EARLIEST_TRUE_TIME: Final = 1_735_689_600  # 2025-01-01: before this program was written


def local_checks(settings: Settings) -> list[Check]:
    """Return every check of this machine, in the order in which one would mend."""
    checks = {name: check for name, check in CHECKS.items() if settings.store is None or name not in OF_A_FILE}
    return [Check(check=name, **check(settings)._asdict()) for name, check in checks.items()]


def _sqlite(_: Settings) -> Fact:
    version = sqlite3.sqlite_version_info
    backport = WAL_RESET_BACKPORTS.get(version[:2])
    if version >= WAL_RESET_MENDED or (backport is not None and version[2] >= backport):
        return Fact(True, f"SQLite {sqlite3.sqlite_version}")
    text = (
        f"SQLite {sqlite3.sqlite_version} knows the WAL-reset defect (mended in 3.51.3); it cannot strike here: "
        "one connection of the hub does every write and every checkpoint"
    )
    return Fact(None, text, "open the store with no other program that writes")


def _home(settings: Settings) -> Fact:
    home = settings.home
    if not home.exists():
        return Fact(None, f"{home} is not there yet; the first start creates it")
    if not home.is_dir():
        return Fact(False, f"{home} is no folder", "set PUNTE_HOME to a folder")
    mode = stat.S_IMODE(home.stat().st_mode)
    if mode & 0o077:
        return Fact(False, f"{home} is open to others ({mode:04o})", f"chmod 700 {home}")
    if not os.access(home, os.W_OK | os.X_OK):
        mend = "run as the hub's own user, or set PUNTE_HOME"
        return Fact(False, f"{home} cannot be written to by this user", mend)
    return Fact(True, f"{home}, closed to others ({mode:04o})")


def _files(settings: Settings) -> Fact:
    """Message bodies lie in these files: nobody else may read them."""
    if not settings.database.exists():
        if remote_desk(settings.control) is not None:
            text = f"{settings.database} is gone, and a hub runs on it"
            return Fact(False, text, "do not stop the hub; see docs/runbooks/store-not-written.md")
        return Fact(None, "no store yet; the first start creates it")
    found = [path for path in settings.home.iterdir() if path.name.startswith(settings.database.name)]
    if settings.control.exists():
        found.append(settings.control)
    if loose := sorted(path.name for path in found if path.stat().st_mode & 0o077):
        mend = "chmod 600 " + " ".join(str(settings.home / name) for name in loose)
        return Fact(False, f"open to others: {', '.join(loose)}", mend)
    size = sum(path.stat().st_size for path in found)
    return Fact(True, f"store of {size / 1e6:,.1f} MB, closed to others (0600)")


def _keyring(settings: Settings) -> Fact:
    """Without it the store is lost; beside it in a backup the store is open."""
    path = settings.keyring_file
    if not path.exists() and not settings.database.exists():
        return Fact(None, "no keyring yet; the first start makes it")
    try:
        keyring = read_keyring(path)
    except ConfigError as error:
        return Fact(False, f"{path}: {error.text}", error.mend)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return Fact(False, f"{path} is open to others ({mode:04o})", f"chmod 600 {path}")
    if path.resolve().parent == settings.home.resolve():
        mend = "keep it out of the store's backups, with a copy elsewhere; or set PUNTE_KEYRING to another folder"
        return Fact(None, f"{path} lies beside the store: a backup of the folder holds both", mend)
    return Fact(True, f"{path}, current key of {keyring.current.made_at:%Y-%m-%d}, closed to others ({mode:04o})")


def _file_system(settings: Settings) -> Fact:
    kind = _kind_of_file_system(_existing(settings.home))
    if kind in PASSING_FILE_SYSTEMS:
        text = f"the store lies on {kind}: it is gone with the machine or the container"
        return Fact(None, text, "set PUNTE_HOME to a folder on a disk that stays")
    if kind in NETWORK_FILE_SYSTEMS:
        text = f"the store lies on {kind}, where SQLite can lose commits"
        return Fact(False, text, "set PUNTE_HOME to a folder on a local disk")
    return Fact(True, kind or "local")


def disk(settings: Settings) -> Fact:
    """Say how much room there is for what the hub keeps."""
    place = _existing(settings.home)
    free, files = shutil.disk_usage(place).free, os.statvfs(place)
    text = f"{free / 1e9:,.1f} GB free" if free >= SCARCE_BYTES else f"{free / 1e6:,.0f} MB free"
    if free < SCARCE_BYTES or (files.f_files and files.f_favail < SCARCE_FILES):
        mend = "make room: with a full disk the hub accepts nothing"
        return Fact(False, text, mend)
    return Fact(True, text)


def _control(settings: Settings) -> Fact:
    path = os.fsencode(settings.control.absolute())
    if len(path) <= LONGEST_SOCKET_PATH:
        return Fact(True, str(settings.control))
    text = f"the path of the control socket has {len(path)} bytes, {LONGEST_SOCKET_PATH} are possible"
    return Fact(False, text, "set PUNTE_HOME to a shorter path")


def _port(settings: Settings) -> Fact:
    if remote_desk(settings.control) is not None:
        return Fact(True, "the hub has it")
    ports = {"PUNTE_PORT": settings.port, "PUNTE_TLS_PORT": settings.tls_port}
    for name, port in ports.items():
        if port and (fault := _taken(settings.host, port)):
            text = f"{settings.host}:{port} cannot be used: {fault}"
            mend = f"set {name} to a free port, or stop the program that holds it"
            return Fact(False, text, mend)
    free = ", ".join(f"{settings.host}:{port}" for port in ports.values() if port is not None)
    return Fact(True, f"{free} free")


def _taken(host: str, port: int) -> str:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            return getattr(error, "strerror", None) or "not a port"
    return ""


def _tls(settings: Settings) -> Fact:
    if settings.tls_port is None:
        return Fact(None, "no TLS listener", "set PUNTE_TLS_PORT if partners call from afar")
    key = settings.tls_key
    if key is not None and key.exists() and key.stat().st_mode & 0o077:
        return Fact(False, f"{key} is open to others", f"chmod 600 {key}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(str(settings.tls_certificate), str(key))
        if settings.tls_client_ca is not None:
            context.load_verify_locations(str(settings.tls_client_ca))
    except (OSError, ssl.SSLError):
        text = "certificate, key or client CA cannot be read, or do not belong together"
        return Fact(False, text, "name readable PEM files in PUNTE_TLS_*")
    return Fact(True, "certificate and key belong together")


def _secrets(settings: Settings) -> Fact:
    """The files that the settings name for secrets; those of endpoints are looked at with the registry."""
    named = [text for text in (settings.store_password, settings.metrics_key) if text is not None]
    return secret_files([Path(text.removeprefix("file:")) for text in named if text.startswith("file:")])


def _clock(settings: Settings) -> Fact:
    now = time.time()
    mend = "set the clock; let NTP keep it"
    if now < EARLIEST_TRUE_TIME:
        return Fact(False, "the clock stands before 2025", mend)
    if settings.database.exists() and settings.database.stat().st_mtime > now + 1:
        return Fact(False, "the clock stands before the last write to the store", mend)
    now_text = time.strftime("%Y-%m-%d %H:%M:%S %z")
    if not is_kept():
        return Fact(None, f"{now_text}; nothing keeps it right", "let NTP keep the clock (systemd-timesyncd, chrony)")
    return Fact(True, now_text)


def _time_zones(_: Settings) -> Fact:
    try:
        ZoneInfo("Europe/Bucharest")
    except ZoneInfoNotFoundError:
        mend = "install the system package tzdata"
        return Fact(False, "no time zone data on this machine", mend)
    return Fact(True, "time zone data is there")


def _adapters(_: Settings) -> Fact:
    from adapters.kit.load import load_adapters

    broken: list[ConfigError] = []
    try:
        found = load_adapters(report=broken.append).load()
    except ConfigError as error:
        return Fact(False, error.text, error.mend)
    if broken:
        text = "; ".join(f"{fault.code} {fault.text} ({fault.where})" for fault in broken)
        return Fact(False, f"quarantined, the others go on: {text}", broken[0].mend)
    if missing := sorted(EXPECTED_ADAPTERS - found.keys()):
        mend = "install the project itself: python -m pip install --no-deps --no-build-isolation -e ."
        return Fact(False, f"not found: {', '.join(missing)}", mend)
    return Fact(True, ", ".join(found))


def _mappings(_: Settings) -> Fact:
    from hub_core.mapping import load

    try:
        mappings = load([MAPPINGS])
    except ConfigError as error:
        return Fact(False, f"{error.where}: {error.code} {error.text}", error.mend)
    return Fact(True, f"{len(mappings.all)} load")


def _existing(path: Path) -> Path:
    """Return the path, or the nearest folder above it that exists."""
    path = path.absolute()
    return next(place for place in (path, *path.parents) if place.exists())


def _kind_of_file_system(path: Path) -> str:
    """Return the kind of the mount that holds a path, from ``/proc/self/mounts`` (proc(5)); empty if unknown."""
    try:
        lines: Iterable[str] = Path("/proc/self/mounts").read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    mounts = [(fields[1].replace("\\040", " "), fields[2]) for fields in map(str.split, lines)]
    place = str(path.resolve())
    holding = [mount for mount in mounts if place == mount[0] or place.startswith(mount[0].rstrip("/") + "/")]
    return max(holding, key=lambda mount: len(mount[0]), default=("", ""))[1]


CHECKS: Final[dict[str, Callable[[Settings], Fact]]] = {
    "versions": lambda _: versions(),
    "packages": lambda _: packages(),
    "sqlite": _sqlite,
    "home": _home,
    "files": _files,
    "keyring": _keyring,
    "file system": _file_system,
    "disk": disk,
    "control socket": _control,
    "hub": hub,
    "port": _port,
    "tls": _tls,
    "secrets": _secrets,
    "clock": _clock,
    "time zones": _time_zones,
    "adapters": _adapters,
    "mappings": _mappings,
}
#: Checks that speak of the store as a file on this machine.
OF_A_FILE: Final = frozenset({"sqlite", "files", "file system"})
