"""One call for every verb."""

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any

import msgspec

from hub_core.errors import ConfigError
from hub_core.settings import Settings
from registry.desk import arguments as args
from registry.parts import Parts

Verb = Callable[[Parts, Any], Any | Awaitable[Any]]


class Desk:
    """Calls verbs on the parts of a hub."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def call(self, verb: str, arguments: dict[str, Any]) -> Any:
        """Call one verb; the result is JSON data.

        Raises:
            PunteError: what the verb says; W404 there is no such verb.
        """
        kind, function = _verb(verb)
        result = function(self._parts, args.convert(arguments, kind))
        return msgspec.to_builtins(await result if isawaitable(result) else result)

    def close(self) -> None:
        """Give the file free."""
        self._parts.close()


def open_desk(settings: Settings, *, write: bool = False) -> Desk:
    """Return a desk on the store itself, for when no hub runs; read-only unless ``write``."""
    return Desk(Parts(settings, write=write))


def _verb(verb: str) -> tuple[type[msgspec.Struct], Verb]:
    """Return what a verb takes and does; imports only what it needs, so that looking starts fast."""
    match verb:
        case "status" | "messages" | "message" | "sets" | "keys" | "names" | "doctor" | "revealed":
            from registry.desk import looking

            kinds: dict[str, type[msgspec.Struct]] = {
                "messages": args.Messages,
                "message": args.Look,
                "revealed": args.Revealed,
            }
            return kinds.get(verb, args.Nothing), getattr(looking, verb)
        case "endpoints" | "endpoint" | "endpoint_pause" | "endpoint_resume":
            from registry.desk import endpoints

            kinds = {
                "endpoints": args.Nothing,
                "endpoint": args.EndpointName,
                "endpoint_pause": args.EndpointPause,
                "endpoint_resume": args.EndpointResume,
            }
            return kinds[verb], getattr(endpoints, verb)
        case "why" | "replay" | "route_explain":
            from registry.desk import explaining

            kinds = {"why": args.Why, "replay": args.Replay, "route_explain": args.RouteExplain}
            return kinds[verb], getattr(explaining, verb)
        case "mapping_releases" | "mapping_shadow" | "mapping_shadow_stop" | "mapping_promote" | "mapping_rollback":
            from registry.desk import releasing

            candidate = args.Candidate
            kinds = {"mapping_releases": args.Nothing, "mapping_shadow": candidate, "mapping_promote": candidate}
            return kinds.get(verb, args.Act), getattr(releasing, verb.removeprefix("mapping_"))
        case "seal_status" | "seal_rotate" | "seal_reload" | "seal_drop":
            from registry.desk import sealing

            kinds = {"seal_status": args.Nothing, "seal_drop": args.SealDrop}
            return kinds.get(verb, args.Act), getattr(sealing, verb.removeprefix("seal_"))
        case "capture":
            from registry.desk import capturing

            return args.Capture, capturing.capture
        case "plan" | "apply" | "rollback" | "key_new" | "key_revoke" | "query":
            from registry.desk import acting

            kinds = {
                "rollback": args.Rollback,
                "key_new": args.KeyNew,
                "key_revoke": args.KeyRevoke,
                "query": args.Query,
            }
            return kinds.get(verb, args.Files), getattr(acting, verb)
        case _:
            raise ConfigError("W404", f"there is no verb {verb}", mend="see docs/reference/commands.md")
