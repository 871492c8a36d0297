"""Which engine the settings name."""

from collections.abc import Mapping

from hub_core.journal.engines.engine import Engine
from hub_core.journal.engines.sqlite import Sqlite
from hub_core.security.secrets import live_secret_of
from hub_core.settings import Settings


def engine_of(settings: Settings, environ: Mapping[str, str]) -> Engine:
    """Return the engine of a hub; nothing is opened yet.

    Raises:
        ConfigError: R104 the address cannot be read; R109 the password is not where it should stand.
    """
    if settings.store is None:
        return Sqlite(settings.database)
    from hub_core.journal.engines.postgresql import Postgresql

    password = live_secret_of(settings.store_password, environ)
    return Postgresql(settings.store, password=password, home=settings.home)
