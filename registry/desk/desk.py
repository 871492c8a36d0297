"""One call for every verb."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from importlib import import_module
from inspect import iscoroutinefunction
from typing import Any, Final

import msgspec

from hub_core.errors import ConfigError
from hub_core.settings import Settings
from registry.desk import arguments as args
from registry.parts import Parts

Verb = Callable[[Parts, Any], Any | Awaitable[Any]]


#: Where each verb is done, and what it takes.
VERBS: Final[dict[str, tuple[str, type[msgspec.Struct]]]] = {
    "status": ("status", args.Nothing),
    "messages": ("looking", args.Messages),
    "message": ("looking", args.Look),
    "schedule": ("scheduled", args.Nothing),
    "sets": ("looking", args.Nothing),
    "keys": ("looking", args.Nothing),
    "names": ("looking", args.Nothing),
    "doctor": ("doctor", args.Nothing),
    "revealed": ("looking", args.Revealed),
    "attachment": ("attaching", args.Piece),
    "timeline": ("looking", args.Look),
    "why": ("explaining", args.Why),
    "replay": ("replaying", args.Replay),
    "repair": ("repairing", args.Repair),
    "how_many": ("replaying", args.Messages),
    "route_explain": ("explaining", args.RouteExplain),
    "mapping_releases": ("releasing", args.Nothing),
    "mapping_shadow": ("releasing", args.Candidate),
    "mapping_shadow_stop": ("releasing", args.Act),
    "mapping_promote": ("releasing", args.Candidate),
    "mapping_rollback": ("releasing", args.Act),
    "purgeable": ("purging", args.Nothing),
    "purge": ("purging", args.Purge),
    "seal_status": ("sealing", args.Nothing),
    "seal_rotate": ("sealing", args.Act),
    "seal_reload": ("sealing", args.Act),
    "seal_drop": ("sealing", args.SealDrop),
    "endpoints": ("endpoints", args.Nothing),
    "endpoint": ("endpoints", args.EndpointName),
    "endpoint_pause": ("endpoints", args.EndpointPause),
    "endpoint_resume": ("endpoints", args.EndpointResume),
    "file_draft": ("filing", args.EndpointName),
    "file_write": ("filing", args.FileWrite),
    "parked": ("parking", args.Parked),
    "parked_act": ("parking", args.ParkedAct),
    "doubts": ("parking", args.Doubts),
    "settle": ("parking", args.Settle),
    "capture": ("capturing", args.Capture),
    "plan": ("acting", args.Files),
    "apply": ("acting", args.Files),
    "rollback": ("acting", args.Rollback),
    "key_new": ("acting", args.KeyNew),
    "key_revoke": ("acting", args.KeyRevoke),
    "query": ("acting", args.Query),
}


class Desk:
    """Calls verbs on the parts of a hub."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def call(self, verb: str, arguments: dict[str, Any]) -> Any:
        """Call one verb; the result is JSON data.

        A verb that only looks is a plain function and has a thread of its own: however long it takes, no message waits.

        Raises:
            PunteError: what the verb says; W404 there is no such verb.
        """
        kind, function = _verb(verb)
        given = args.convert(arguments, kind)
        if iscoroutinefunction(function):
            return msgspec.to_builtins(await function(self._parts, given))
        return await asyncio.to_thread(lambda: msgspec.to_builtins(function(self._parts, given)))

    async def hang_up(self) -> None:
        """Give the connections to partners back that a verb has opened; a running hub keeps its own."""
        if "connections" in self._parts.__dict__:
            await self._parts.connections.close()

    def close(self) -> None:
        """Give the file free."""
        self._parts.close()


def open_desk(settings: Settings, *, write: bool = False) -> Desk:
    """Return a desk on the store itself, for when no hub runs; read-only unless ``write``."""
    return Desk(Parts(settings, write=write))


def _verb(verb: str) -> tuple[type[msgspec.Struct], Verb]:
    """Return what a verb takes and does; imports only what it needs, so that looking starts fast."""
    if verb not in VERBS:
        raise ConfigError("W404", f"there is no verb {verb}", mend="see docs/reference/commands.md")
    module, kind = VERBS[verb]
    return kind, getattr(import_module(f"registry.desk.{module}"), re.sub("^(mapping|seal)_", "", verb))
