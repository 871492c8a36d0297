"""Opening the store for writing: tables, keys and the folder of attachments, before anything else is done."""

from collections.abc import Mapping

from hub_core.attachments.folder import Folder
from hub_core.attachments.taking import take_folder
from hub_core.journal.bodies import Vault
from hub_core.journal.database import Database
from hub_core.journal.engines.connection import Connection
from hub_core.journal.resealing import take_keys
from hub_core.journal.where import engine_of
from hub_core.settings import Settings
from registry.sets.store import REGISTRY


def open_store(settings: Settings, environ: Mapping[str, str], vault: Vault, folder: Folder) -> Database:
    """Return the database, owned by this process.

    Raises:
        ConfigError: another process owns it, or it cannot be used; J110 to J113 the keyring is not there, or not that
            of this store.
    """
    engine = engine_of(settings, environ)

    def prepare(connection: Connection) -> None:
        take_keys(connection, vault, settings.keyring_file)
        take_folder(connection, folder, shared=engine.shared)

    return Database(engine, migrations=(REGISTRY,), prepare=prepare)
