"""A running hub, as those see it who use one: adapters, the web, the operator."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

import msgspec

from adapters.kit.load import guarded, usable
from adapters.kit.problem import Answering
from hub_core.asking.answering import answer
from hub_core.attachments.folder import Folder
from hub_core.delivering.delivery import Deliverer
from hub_core.errors import ConfigError, PunteError, TryLater
from hub_core.journal.entries import Filter, MessageRow
from hub_core.message import Caller, State
from hub_core.ports import AsgiApp, Asked, Found, Place
from hub_core.security.secrets import secret_of
from registry.desk.desk import Desk
from registry.parts import Parts

DRAIN: Final = timedelta(seconds=7)  # of the 10 in which a hub that is told to stop is gone
_AWAY: Final = Answering(TryLater("V402", "what serves this address cannot be used now"))


class Running:
    """A running hub: what adapters call (``ports.Services``), what the web serves, and the operator's desk.

    Attributes:
        admission: what may be under way at once.
        begin: begins deliveries and everything else that no sender waits for; to be called once, with the door open.
    """

    def __init__(self, parts: Parts, deliverer: Deliverer, *, begin: Callable[[], Awaitable[None]]) -> None:
        self._parts = parts
        self._deliverer = deliverer
        self.begin = begin
        self.admission = parts.admission
        # What is asked for each message stands here itself, not behind a method that hands it on.
        self.directory = parts.directory
        self.authenticate = parts.callers.authenticate
        self.certified = parts.callers.certified
        self.accept = parts.hub.accept
        self.desk = Desk(parts)
        self._metrics_key = secret_of(parts.settings.metrics_key, parts.environ)
        self._fronts: dict[str, AsgiApp] = {}
        self._trial: asyncio.Task[None] | None = None
        for adapter in {endpoint.adapter for endpoint in parts.directory().endpoints.values()}:
            self.front(adapter)

    @property
    def address(self) -> str | None:
        """Where it listens."""
        return self._parts.address

    @address.setter
    def address(self, address: str) -> None:
        self._parts.address = address

    def front(self, adapter: str) -> AsgiApp | None:
        """Return what serves ``/<adapter>/...``, made when it is called first; ``None``: there is nothing to call."""
        if adapter in self._fronts:
            return self._fronts[adapter]
        if (found := self._parts.adapters.get(adapter)) is not None:
            try:
                with guarded(adapter, "making its front"):
                    return self._fronts.setdefault(adapter, found.front(self))
            except ConfigError as fault:
                self._parts.adapters.give_up(adapter, fault)
        return _AWAY if adapter in {endpoint.adapter for endpoint in self.directory().endpoints.values()} else None

    def admit(self, caller: Caller, size: int) -> contextlib.AbstractContextManager[Place]:
        """Hold room for a call; see ``ports.Services``."""
        return self.admission.admit(caller.institution, size)

    async def ask(self, asked: Asked) -> Found:
        """Answer a question by a document; see ``ports.Services``."""
        parts = self._parts
        return await answer(asked, inquiry=parts.inquiry, mappings=parts.mappings, clock=parts.clock)

    def attachments(self) -> Folder:
        """Return where large contents lie; see ``ports.Services``."""
        return self._parts.attachments

    def public_address(self) -> str:
        """Return where callers reach the hub; see ``ports.Services``."""
        return (self._parts.settings.public_address or self.address or "").rstrip("/")

    async def turn_away(self, *, endpoint: str, code: str, party: str | None = None) -> str:
        """Keep a note of a refused call; see ``ports.Services``."""
        return await self._parts.hub.turn_away(endpoint=endpoint, code=code, party=party)

    async def drain(self) -> None:
        """Take nothing more and begin nothing; let what is under way end within ``DRAIN``.

        Deliveries that are cut off then are in doubt. Calls are cut off by their listeners, a moment later.
        """
        self.admission.close()
        await asyncio.gather(self._deliverer.stop(DRAIN), self.admission.emptied(DRAIN))

    async def ready(self) -> bool:
        """Tell whether messages are accepted: the hub does not stop, a set is in force, the journal can be written."""
        if not self.admission.open:
            return False
        if self._parts.database.trouble is not None:
            self._try_to_write()
            return False
        try:
            await asyncio.to_thread(self._parts.view.counts)
        except PunteError:
            return False
        return self._parts.directory().number > 0

    def _try_to_write(self) -> None:
        """Find out whether the store takes writes again: a balancer that is told no sends nothing that would."""
        if self._trial is None or self._trial.done():
            self._trial = asyncio.create_task(self._written())

    async def _written(self) -> None:
        with contextlib.suppress(TryLater):
            await self._parts.database.write(lambda connection: connection.vouch())

    def own_messages(
        self, party: str, *, state: State | None, person: str | None, before: str | None, limit: int
    ) -> list[dict[str, Any]]:
        """Return an institution's own messages for the HTTP API."""
        wanted = Filter(party=party, state=state, person=person, before=before, limit=limit)
        rows = self._parts.view.messages(wanted)
        return [_outline(row) for row in rows]

    def own_message(self, party: str, message_id: str) -> dict[str, Any] | None:
        """Return one of an institution's own messages; ``None`` if it has none of this id."""
        kept = self._parts.view.message(message_id)
        if kept is None or kept.message.party != party:
            return None
        deliveries = [
            {"endpoint": row.delivery.endpoint, "state": row.standing, "attempts": row.attempts}
            for row in self._parts.view.deliveries(message_id)
        ]
        return _outline(kept.message) | {
            "findings": msgspec.to_builtins(kept.outcome.findings),
            "deliveries": deliveries,
            "rows": None if kept.outcome.rows is None else self._parts.view.rows(message_id).states,
        }

    def figures(self) -> bytes:
        """Return the figures for Prometheus; the library that writes them is loaded when somebody asks first."""
        from registry.figures import figures

        return figures(self._parts, self.admission)

    def api_state(self) -> dict[str, Any]:
        """Return what the HTTP API needs."""
        return {
            "services": self,
            "new_id": self._parts.new_id,
            "turn_away": self.turn_away,
            "media_types": lambda adapter: usable(self._parts.adapters, adapter).spec.media_types,
            "ask": self._parts.inquiry.ask,
            "ready": self.ready,
            "metrics": self.figures,
            "metrics_key": self._metrics_key,
            "own_messages": self.own_messages,
            "own_message": self.own_message,
            "mappings": self._parts.mappings,
        }


def _outline(row: MessageRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "state": row.state,
        "endpoint": row.endpoint,
        "service": row.service,
        "received_at": row.received_at,
        "sender_id": row.sender_id,
        "document": row.document,
        "file": None if row.line is None else row.correlation_id,
        "line": row.line,
    }
