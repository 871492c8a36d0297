"""The inbound side in SOAP: what a call must prove and name, and answers as envelopes of the caller's version."""

import logging
from collections.abc import Mapping, Sequence
from typing import Final

from lxml import etree

from adapters.kit.contracts import Contracts
from adapters.kit.multipart import Part
from adapters.kit.reply import Reply, Trouble, Voice
from adapters.soap import answers
from adapters.soap.attachments import enclose, unpack
from adapters.soap.published import published
from adapters.soap.security.guard import Incoming
from adapters.soap.served import Call, Served, action_of
from adapters.soap.wsdl import Wsdl
from hub_core.directory import Endpoint
from hub_core.errors import ConfigError, Refused, Rejected, TryLater
from hub_core.message import Caller, Outcome
from hub_core.ports import Services
from hub_core.validation import parse_xml

log: Final = logging.getLogger("punte.soap")


class SoapVoice(Voice):
    """See the module."""

    def __init__(self, wsdls: Contracts[Wsdl], served: Served) -> None:
        self._wsdls = wsdls
        self._served = served
        self._guards: dict[str, tuple[Endpoint, Incoming]] = {}

    def proves(self, name: str, endpoint: Endpoint) -> bool:
        """Say whether the message holds a token or a signature."""
        return self._guard(name, endpoint).proves

    def admit(self, endpoint: Endpoint, headers: Mapping[str, str]) -> None:
        """Refuse an action that the contract does not name: what a call is about must be said once only."""
        contract = endpoint.contract
        action = action_of(headers)
        if not action or contract is None or contract.wsdl is None:
            return
        wsdl = self._wsdls.get(contract.wsdl)
        named = [wsdl.operation(contract.operation)] if contract.operation else list(wsdl.operations.values())
        if not any(action in (operation.action, operation.name) for operation in named):
            raise Rejected("V102", "the SOAPAction names no operation of the contract")

    def files(self, name: str, endpoint: Endpoint) -> bool:
        """Say whether contents may go to files: what is signed is signed as it stands in the envelope."""
        return not self._guard(name, endpoint).signs

    def take(
        self, name: str, endpoint: Endpoint, headers: Mapping[str, str], body: bytes, parts: Sequence[Part] | None
    ) -> bytes:
        """Return one envelope with one document and what came in parts of their own, without what proved its sender.

        Passwords are not kept, and a sender who tries again writes another nonce and time into the same message.
        """
        guard = self._guard(name, endpoint)
        if not guard.demands and parts is None:
            return self._gathered(endpoint, headers, body)
        root, others = (parse_xml(body), []) if parts is None else unpack(body, parts)
        try:
            guard.check(root)
        except ConfigError as error:
            raise _unguarded(name, error) from None
        self._gather(endpoint, headers, root)
        if others and guard.signs:
            raise Refused("A416", "the signature does not cover what stands beside the envelope")
        if others:
            enclose(root, others)
        return etree.tostring(root, encoding="UTF-8", xml_declaration=True)

    def _gathered(self, endpoint: Endpoint, headers: Mapping[str, str], body: bytes) -> bytes:
        """Return an envelope with one document; the same bytes where that is so already, as nearly always."""
        wsdl = self._served.wsdl(endpoint)
        if wsdl is None or not wsdl.several:
            return body
        try:
            root = parse_xml(body)
        except Rejected:
            return body  # the flow says what is wrong with it
        changed = self._gather(endpoint, headers, root)
        return etree.tostring(root, encoding="UTF-8", xml_declaration=True) if changed else body

    def _gather(self, endpoint: Endpoint, headers: Mapping[str, str], root: etree._Element) -> bool:
        wsdl, contract = self._served.wsdl(endpoint), endpoint.contract
        return wsdl is not None and wsdl.gather(root, contract.operation if contract else None, action_of(headers))

    def contract(self, endpoint: Endpoint, address: str) -> Reply | None:
        """Return the WSDL of an endpoint."""
        wsdl = self._served.wsdl(endpoint)
        if wsdl is None:
            return None
        only = endpoint.contract.operation if endpoint.contract else None
        body = published(wsdl.contract, address, only=(only,) if only else ())
        return Reply(status=200, media_type="text/xml; charset=utf-8", body=body)

    async def answer(
        self,
        endpoint: Endpoint,
        services: Services,
        *,
        caller: Caller,
        purpose: str | None,
        headers: Mapping[str, str],
        body: bytes,
    ) -> tuple[Reply, str] | None:
        """Answer a question in the words of the contract."""
        call = Call(headers, body)
        return await self._served.answer(endpoint, services, caller=caller, purpose=purpose, call=call)

    def receipt(self, endpoint: Endpoint, outcome: Outcome, *, headers: Mapping[str, str], body: bytes) -> Reply:
        """Word that a message was accepted."""
        return self._served.receipt(endpoint, outcome, Call(headers, body))

    def refusal(self, trouble: Trouble, *, headers: Mapping[str, str], body: bytes) -> Reply:
        """Word why a call is not served."""
        return answers.fault(trouble, answers.version_of(headers, body))

    def _guard(self, name: str, endpoint: Endpoint) -> Incoming:
        """Return what guards an endpoint; a new registry set that leaves the endpoint alone forgets no nonce."""
        known = self._guards.get(name)
        if known is not None and (known[0] is endpoint or known[0] == endpoint):
            return known[1]
        try:
            guard = Incoming(endpoint)
        except ConfigError as error:
            raise _unguarded(name, error) from None
        self._guards[name] = (endpoint, guard)
        return guard


def _unguarded(name: str, error: ConfigError) -> TryLater:
    # Its text names files of this machine: it is for the operator, not for the caller.
    log.error("soap.unguarded", extra={"endpoint": name, "code": error.code, "why": error.text})
    return TryLater("W503", "the endpoint cannot check who calls")
