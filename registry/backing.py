"""Backup and restore of what a hub keeps; a hub may run during the first, none during the second.

What is sealed stays sealed: the keyring is a file of its own and leaves the machine only where somebody asks for it.
"""

import os
import shutil
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

from hub_core.attachments.copying import copy_files
from hub_core.attachments.folder import Folder
from hub_core.attachments.taking import make
from hub_core.errors import ConfigError, Rejected
from hub_core.journal import backup
from hub_core.journal.attaching import unnamed
from hub_core.journal.backup import Copy, Found, Steps
from hub_core.journal.bodies import Vault
from hub_core.journal.engines.engine import Engine
from hub_core.journal.engines.owning import take
from hub_core.journal.engines.sqlite import Sqlite
from hub_core.journal.instants import from_micros
from hub_core.journal.readers import Readers, look
from hub_core.journal.schema import JOURNAL
from hub_core.journal.where import engine_of
from hub_core.security.keyring import read_keyring, write_keyring
from hub_core.security.secrets import live_secret_of
from hub_core.settings import Settings
from registry.sets.store import REGISTRY

FAMILIES: Final = (JOURNAL, REGISTRY)
SUFFIXES: Final = {False: ".sqlite3", True: ".dump"}


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """One backup, made or put back.

    Attributes:
        keys: file of the keyring, where it was asked for.
        opened: messages that were opened with the key, to see that they can be; ``None``: no keyring is at hand.
        newest: when the last message came.
        attachments: files of attachments.
        missing: attachments that messages had and that are not there: purged while they were copied.
        compared: what was put back was held against the digest that was written beside the backup.
        set_aside: folder of what lay there before.
    """

    file: Path
    bytes: int
    messages: int
    deliveries: int
    keys: Path | None = None
    opened: int | None = None
    newest: datetime | None = None
    attachments: int = 0
    missing: int = 0
    compared: bool = False
    set_aside: Path | None = None


def back_up(settings: Settings, place: Path, *, with_keys: bool, steps: Steps, environ: Mapping[str, str]) -> Backup:
    """Copy the store into a file, or into a folder under a name of its own.

    Raises:
        ConfigError: J103 nothing is kept here; J121 the file is there already; J120 to J123.
    """
    engine = engine_of(settings, environ)
    look(engine, migrations=(REGISTRY,)).close()
    target = _named(place, SUFFIXES[settings.store is not None])
    if target.exists():
        raise ConfigError("J121", "this file is there already", where=str(target), mend="name another one")
    vault = _vault(settings.keyring_file)
    with backup.partial(target) as part:
        if isinstance(engine, Sqlite):
            with steps("copying", backup.pages(engine)) as advance:
                backup.copy(engine, part, advance)
            found = _looked_through(Copy(part), vault, steps)
            missing = _files_out(settings, engine, found, target, steps)
        else:
            server = _server(settings, environ)
            with server.moment() as moment:  # what is looked through is what was copied; the store itself goes on
                with steps("copying", 0):
                    server.dump(moment, part)
                found = _looked_through(moment, vault, steps)
            missing = _files_out(settings, engine, found, target, steps)
    backup.note_digest(target)
    keys = _beside(target)
    if with_keys:
        write_keyring(keys, read_keyring(settings.keyring_file))
    return _told(target, found, vault, keys=keys if with_keys else None, missing=missing)


def restore(
    settings: Settings, place: Path, *, replace: bool, with_keys: bool, steps: Steps, environ: Mapping[str, str]
) -> Backup:
    """Put a backup in the place of the store, once it is looked through.

    Raises:
        ConfigError: J101 a hub runs; J110, J113 the keyring is not there, or another store's; J120 the file is damaged;
            J121 something is kept there.
    """
    source = _newest(place, SUFFIXES[settings.store is not None])
    lock = take(settings.database)
    try:
        if with_keys:
            _put_keys(_beside(source), settings.keyring_file)
        vault = Vault(partial(read_keyring, settings.keyring_file))
        _ = vault.keyring  # without it nothing that is put there could be read
        if settings.store is not None:
            server = _server(settings, environ)
            compared = backup.is_as_written(source, source)
            with steps("copying", 0):
                server.load(source)
            found = _opened(engine_of(settings, environ), vault, source, whole=not compared, steps=steps)
            missing = _files_in(settings, found, source, steps, replace=replace)
            return _told(source, found, vault, missing=missing, compared=compared)
        return _restored_file(settings, source, vault, replace=replace, steps=steps)
    finally:
        os.close(lock)


def _restored_file(settings: Settings, source: Path, vault: Vault, *, replace: bool, steps: Steps) -> Backup:
    database, aside = settings.database, None
    if backup.lies(database):
        if not replace:
            raise ConfigError("J121", "a store lies here", where=str(database))
        aside = database.with_name(f"before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    with backup.partial(database) as part:
        with steps("copying", 2) as advance:
            shutil.copyfile(source, part)
            advance(1)
            backup.check(part)
            compared = backup.is_as_written(part, source)
            advance(1)
        found = _opened(Copy(part), vault, source, whole=not compared, steps=steps)
        missing = _files_in(settings, found, source, steps, replace=replace)
        if aside is not None:
            backup.set_aside(database, aside)
    return msgspec.structs.replace(_told(source, found, vault, missing=missing, compared=compared), set_aside=aside)


def _files_out(settings: Settings, engine: Engine, found: Found, target: Path, steps: Steps) -> int:
    """Copy the attachments of a copy; return how many were purged meanwhile.

    Raises:
        ConfigError: J120, one is not there or damaged; J123.
    """
    if not found.files:
        return 0
    beside = Folder(_attachments_of(target))
    with steps("attachments", len(found.files)) as advance:
        missing = copy_files(found.files, Folder(settings.attachments_folder), beside, advance)
    with closing(look(engine, migrations=(REGISTRY,))) as readers, readers.read() as connection:
        gone = unnamed(connection, missing)
    if len(gone) < len(missing):
        text = f"{len(missing) - len(gone)} attachments are not there"
        raise ConfigError("J120", text, where=str(settings.attachments_folder), mend="punte doctor")
    return len(missing)


def _files_in(settings: Settings, found: Found, source: Path, steps: Steps, *, replace: bool) -> int:
    """Put attachments in their place; return how many the backup does not have.

    Raises:
        ConfigError: J121, another store's lie there; J120, J123.
    """
    folder = Folder(settings.attachments_folder)
    if folder.mark() not in {None, found.store_id}:
        if not replace:
            raise ConfigError("J121", "attachments of another store lie here", where=str(folder.path))
        folder.path.rename(folder.path.with_name(f"{folder.path.name}-before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"))
    if found.store_id is None:
        return 0
    folder.store_id = found.store_id
    make(folder)
    with steps("attachments", len(found.files)) as advance:
        return len(copy_files(found.files, Folder(_attachments_of(source)), folder, advance))


def _attachments_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.attachments")


def _looked_through(engine: Engine, vault: Vault | None, steps: Steps, *, whole: bool = False) -> Found:
    with closing(Readers(engine)) as readers:
        return backup.look_through(readers, vault, steps, whole=whole)


def _opened(engine: Engine, vault: Vault, source: Path, *, whole: bool, steps: Steps) -> Found:
    """Look through what was put back, all of it where no digest says that it is what was written.

    Raises:
        ConfigError: J102, J103 it is no store; J113; J120, a message in it does not open.
    """
    engine.check(FAMILIES)
    try:
        return _looked_through(engine, vault, steps, whole=whole)
    except Rejected as error:
        raise ConfigError("J120", f"a message in it does not open: {error.text}", where=str(source)) from error


def _server(settings: Settings, environ: Mapping[str, str]) -> Any:
    from hub_core.journal.engines.postgresql_backup import Server

    return Server(settings.store or "", live_secret_of(settings.store_password, environ))


def _named(place: Path, suffix: str) -> Path:
    """Return the file that a person names, or one in the folder that they name."""
    return place / f"punte-{datetime.now(UTC):%Y%m%dT%H%M%SZ}{suffix}" if place.is_dir() else place


def _newest(place: Path, suffix: str) -> Path:
    """Return the file that a person names, or the newest one in the folder that they name."""
    found = sorted(place.glob(f"punte-*{suffix}")) if place.is_dir() else [place]
    if not found or not found[-1].is_file():
        raise ConfigError("J120", "there is no backup here", where=str(place), mend="name the file of a backup")
    return found[-1]


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.keyring.json")


def _put_keys(source: Path, target: Path) -> None:
    """Put a keyring in its place; one that is there stays."""
    if target.exists():
        raise ConfigError("J121", "a keyring lies here", where=str(target), mend="restore without --with-keys")
    write_keyring(target, read_keyring(source))


def _vault(keyring: Path) -> Vault | None:
    with suppress(ConfigError):
        read_keyring(keyring)
        return Vault(partial(read_keyring, keyring))
    return None


def _told(
    file: Path,
    found: Found,
    vault: Vault | None,
    *,
    keys: Path | None = None,
    missing: int = 0,
    compared: bool = False,
) -> Backup:
    return Backup(
        file=file,
        bytes=file.stat().st_size,
        messages=found.messages,
        deliveries=found.deliveries,
        keys=keys,
        opened=None if vault is None else found.opened,
        newest=from_micros(found.newest),
        attachments=len(found.files) - missing,
        missing=missing,
        compared=compared,
    )
