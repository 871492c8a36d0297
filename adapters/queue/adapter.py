"""Queues: messages are handed in for a receipt, answers are polled, read and committed; the steps are declared."""

from typing import Final

from adapters.kit.base import BaseAdapter
from adapters.queue.exchange import Exchange
from hub_core.directory import Direction, Endpoint
from hub_core.errors import ConfigError
from hub_core.ports import Capability, Field, Poller, Spec, Target

SPEC: Final = Spec(
    name="queue",
    sdk="1.0",
    summary="Messages handed in for a receipt, answers polled, read and committed one by one; JSON or XML over HTTP.",
    kinds=("json", "xml"),
    media_types=frozenset({"application/json", "application/xml", "text/xml"}),
    capabilities=(
        Capability(name="submit", direction=Direction.OUT, description="Hands a message in and keeps the receipt."),
        Capability(
            name="fetch",
            direction=Direction.IN,
            description="Polls the queue, reads what stands at its head and commits it once it is kept.",
            fetches=True,
        ),
    ),
    fields=(
        Field(name="url", description="Address that the paths of the steps lie below."),
        Field(name="credentials", description="basic, bearer, header or client-credentials."),
        Field(name="poll", description="every or cron."),
        Field(name="contract.json_schema", description="JSON Schema of the documents, below schemas/."),
        Field(name="contract.xsd", description="XSD of the documents, below schemas/."),
        Field(name="message_id", description="A path into the document; left out: the id in the queue."),
        Field(name="max_body_bytes", description="Larger documents are not read."),
        Field(name="timeout", description="Of one step."),
        Field(name="timeout_of", description="Of the parts of a step: connect, tls, first_byte."),
        Field(name="tls", description="Certificate that the hub shows when it connects."),
    ),
    settings=Exchange,
    promises=(
        "A message is handed in with the header Idempotency-Key, the same in every attempt; a receipt that stands for "
        "nothing taken parks it. An answer is committed at the partner only after it is kept here with its place in "
        "the queue: none is lost, and one that is read again, because the commit was lost, changes nothing. An answer "
        "belongs to the conversation of the message whose receipt it names, however many answers come to it. One "
        "answer is fetched at a time, in the order of the queue."
    ),
    idempotent=True,
    ordered=True,
)


class QueueAdapter(BaseAdapter):
    """See ``SPEC``."""

    spec = SPEC

    def check(self, name: str, endpoint: Endpoint) -> None:
        """Check an endpoint at registration; see ``hub_core.ports.Adapter``."""
        super().check(name, endpoint)
        exchange = self.settings(endpoint, Exchange)
        out = endpoint.direction is Direction.OUT
        needed = ("submit",) if out else ("poll", "id", "commit")
        for step in needed:
            if getattr(exchange, step) is None:
                text = f"direction: {endpoint.direction} needs the step {step!r}"
                raise ConfigError("R103", text, where=f"settings.{step}", mend=f"add {step}: to settings")
        for step in ("poll", "id", "read", "commit", "answers") if out else ("submit",):
            if getattr(exchange, step) is not None:
                text = f"{step!r} has no effect at an endpoint with direction: {endpoint.direction}"
                raise ConfigError("R104", text, where=f"settings.{step}", mend="remove it, or correct the direction")
        if not out and endpoint.poll is None:
            raise ConfigError("R103", "a queue is fetched from", where="poll", mend="add poll: {every: 30 s}")

    def target(self, name: str, endpoint: Endpoint) -> Target:
        """Return what hands messages in."""
        from adapters.queue.calls import Submitting  # the HTTP client takes 0.2 s to import

        return Submitting(name, endpoint, self.settings(endpoint, Exchange))

    def poller(self, name: str, endpoint: Endpoint) -> Poller:
        """Return what fetches answers."""
        from adapters.queue.calls import Fetching  # the HTTP client takes 0.2 s to import

        return Fetching(name, endpoint, self.settings(endpoint, Exchange))
