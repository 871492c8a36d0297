"""The way to the operator's verbs: the running hub's control socket, or the store itself when no hub runs."""

import os
import pwd
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from hub_core.errors import ConfigError, PunteError, TryLater
from hub_core.settings import Settings, from_environment

if TYPE_CHECKING:
    from registry.remote import RemoteDesk

STARTING_SECONDS: Final = 10  # that an act waits for whoever holds the store and does not answer yet

#: What changes something, and the command that shows whether it was done. Without a hub the store must be opened for
#: writing. Revealing leaves an entry.
WRITING: Final[dict[str, str]] = {
    "apply": "punte apply --history",
    "rollback": "punte apply --history",
    "key_new": "punte key list",
    "key_revoke": "punte key list",
    "query": "punte messages list",
    "attachment": "punte messages timeline {id}",
    "capture": "punte messages timeline {id}",
    "repair": "punte messages timeline {id}",
    "settle": "punte messages timeline {id}",
    "replay": "punte messages list",
    "revealed": "punte messages list",
    "parked_act": "punte parked",
    "purge": "punte purge",
    "endpoint_pause": "punte endpoint show {name}",
    "endpoint_resume": "punte endpoint show {name}",
    "file_write": "punte endpoint show {name}",
    "seal_rotate": "punte seal status",
    "seal_reload": "punte seal status",
    "seal_drop": "punte seal status",
    "mapping_shadow": "punte mapping shadow status",
    "mapping_shadow_stop": "punte mapping shadow status",
    "mapping_promote": "punte mapping releases",
    "mapping_rollback": "punte mapping releases",
}

# Done twice, these do it twice.
_COUNTED: Final = frozenset({"rollback", "key_new", "query", "seal_rotate", "mapping_promote", "mapping_rollback"})
# With these the answer was lost, or the hub does not know itself what became of its commit.
_UNKNOWN: Final = frozenset({"J503", "W503"})

# These need nothing that was kept before: they look at what is brought, or keep the first of it.
ANYWHERE: Final = frozenset({"plan", "apply", "mapping_shadow", "mapping_promote"})


def call(verb: str, **arguments: Any) -> Any:
    """Call a verb and return its JSON result; arguments that are ``None`` are left out.

    A look goes past a hub that hangs, to the store itself; an act waits for it.

    Raises:
        PunteError: what the desk answered, and of an act whose end is not known how to look; J103 if nothing is kept
            here that the verb could look at or change; W303 if it belongs to another user.
    """
    given = {name: value for name, value in arguments.items() if value is not None}
    write = verb in WRITING or bool(given.get("reveal"))
    try:
        return _called(verb, given, write=write)
    except PunteError as error:
        if verb in WRITING and error.code in _UNKNOWN:
            raise _not_known(verb, given, error) from error
        raise


def _called(verb: str, given: dict[str, Any], *, write: bool) -> Any:
    settings = from_environment()
    if (hub := running(settings)) is not None:
        if write or hub.answers():
            return hub.call(verb, given)
        _note("the hub does not answer: this is read from its store")
    if not settings.may_hold and verb not in ANYWHERE:
        raise TryLater("J103", f"no hub has kept anything in {settings.home}")
    return _once_free(settings, verb, given) if write else _in_the_store(settings, verb, given, write=False)


def _not_known(verb: str, given: dict[str, Any], error: PunteError) -> ConfigError:
    """Return an error as it reads where the act may have been done: a commit or an answer was waited for in vain."""
    again = "repeat it only if it was not" if verb in _COUNTED else "repeating it does no harm"
    text = f"it is not known whether this was done: {error.text}"
    mend = f"look whether it was: {WRITING[verb].format_map(given)}; {again}"
    return ConfigError(error.code, text, where=error.where, mend=mend)


@contextmanager
def beside_the_hub() -> Iterator[Callable[..., Any]]:
    """Return what calls verbs that only look on the store itself, whether a hub runs or not.

    No connection is made but, where the journal lies there, that to PostgreSQL.

    Raises:
        TryLater: J103, nothing is kept here. ConfigError: W303, it belongs to another user.
    """
    import asyncio

    import msgspec

    from registry.desk import open_desk

    settings = from_environment()
    _check_owner(settings)
    if not settings.may_hold:
        raise TryLater("J103", f"no hub has kept anything in {settings.home}")
    desk = open_desk(settings)
    try:
        with asyncio.Runner() as runner:

            def call(verb: str, **arguments: Any) -> Any:
                given = {name: value for name, value in arguments.items() if value is not None}
                return msgspec.to_builtins(runner.run(desk.call(verb, given)))

            yield call
    finally:
        desk.close()


def running(settings: Settings) -> "RemoteDesk | None":
    """Return the desk of the hub that runs in this home, or ``None``.

    Raises:
        ConfigError: W303, the home belongs to another user.
    """
    from registry.remote import remote_desk

    _check_owner(settings)
    if settings.control.exists() and not os.access(settings.control, os.W_OK):
        raise _of_another_user(settings)
    return remote_desk(settings.control)


def required(settings: Settings) -> "RemoteDesk":
    """Return the desk of the running hub.

    Raises:
        TryLater: W301, none runs here.
    """
    if (hub := running(settings)) is None:
        raise TryLater("W301", f"no hub runs in {settings.home}")
    return hub


def operator() -> str:
    """Return who is at the keyboard: the system's user, not what the environment says; with sudo both."""
    user = _name_of(os.getuid())
    behind = os.environ.get("SUDO_UID", "")
    return f"{user} ({_name_of(int(behind))})" if behind.isdecimal() and os.getuid() == 0 else user


def _name_of(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _once_free(settings: Settings, verb: str, arguments: dict[str, Any]) -> Any:
    """Act in the store. While another process holds it, wait: a hub that starts answers soon, a command ends."""
    end = time.monotonic() + STARTING_SECONDS
    while True:
        try:
            return _in_the_store(settings, verb, arguments, write=True)
        except ConfigError as error:
            if error.code != "J101":
                raise
            if time.monotonic() > end:
                text = f"{error.text}, and answers no command"
                mend = "a hub that still starts or stops: try again in a moment; another program: let it end"
                raise ConfigError("J101", text, where=error.where, mend=mend) from error
        if (hub := running(settings)) is not None:
            return hub.call(verb, arguments)
        time.sleep(0.1)


def _in_the_store(settings: Settings, verb: str, arguments: dict[str, Any], *, write: bool) -> Any:
    import asyncio

    import msgspec

    from registry.desk import open_desk

    async def one_call() -> Any:
        desk = open_desk(settings, write=write)
        try:
            return await desk.call(verb, arguments)
        finally:
            await desk.hang_up()
            desk.close()

    # The socket would carry JSON: the same kinds of values come back either way.
    return msgspec.to_builtins(asyncio.run(one_call()))


def _note(text: str) -> None:
    from cli import screen  # not above: it is needed once in a hundred times, and takes its time

    screen.note(text)


def _check_owner(settings: Settings) -> None:
    if settings.home.exists() and not os.access(settings.home, os.X_OK):
        raise _of_another_user(settings)


def _of_another_user(settings: Settings) -> ConfigError:
    owner = _name_of(settings.home.stat().st_uid)
    return ConfigError("W303", f"{settings.home} belongs to {owner}", mend=f"run the command as {owner}")
