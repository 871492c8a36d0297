"""The inbound side in SOAP: what a call must prove and name, and answers as envelopes of the caller's version."""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from lxml import etree

from adapters.kit.contracts import Contracts
from adapters.kit.multipart import is_multipart
from adapters.kit.reply import Reply, Trouble, Voice
from adapters.soap import answers
from adapters.soap.attachments import enclose, unpack
from adapters.soap.security.guard import Incoming
from hub_core.directory import Endpoint
from hub_core.errors import ConfigError, Refused, Rejected, TryLater
from hub_core.message import Outcome
from hub_core.validation import parse_xml

if TYPE_CHECKING:  # most commands never read a WSDL
    from adapters.soap.wsdl import Wsdl

log: Final = logging.getLogger("punte.soap")


class SoapVoice(Voice):
    """See the module."""

    def __init__(self, wsdls: "Contracts[Wsdl]") -> None:
        self._wsdls = wsdls
        self._guards: dict[str, tuple[Endpoint, Incoming]] = {}

    def proves(self, name: str, endpoint: Endpoint) -> bool:
        """Say whether the message holds a token or a signature."""
        return self._guard(name, endpoint).proves

    def admit(self, endpoint: Endpoint, headers: Mapping[str, str]) -> None:
        """Refuse an action that the contract does not name: what a call is about must be said once only."""
        contract = endpoint.contract
        action = _action(headers)
        if not action or contract is None or contract.wsdl is None:
            return
        wsdl = self._wsdls.get(contract.wsdl)
        named = [wsdl.operation(contract.operation)] if contract.operation else list(wsdl.operations.values())
        if not any(action in (operation.action, operation.name) for operation in named):
            raise Rejected("V102", "the SOAPAction names no operation of the contract")

    def take(self, name: str, endpoint: Endpoint, headers: Mapping[str, str], body: bytes) -> bytes:
        """Return one envelope, with what came in parts of their own, and without what proved its sender.

        Passwords are not kept, and a sender who tries again writes another nonce and time into the same message.
        """
        guard = self._guard(name, endpoint)
        content_type = headers.get("content-type", "")
        if not guard.demands and not is_multipart(content_type):
            return body
        root, others = unpack(content_type, body) if is_multipart(content_type) else (parse_xml(body), [])
        guard.check(root)
        if others and guard.signs:
            raise Refused("A416", "the signature does not cover what stands beside the envelope")
        if others:
            enclose(root, others)
        return etree.tostring(root, encoding="UTF-8", xml_declaration=True)

    def receipt(self, outcome: Outcome, *, headers: Mapping[str, str], body: bytes) -> Reply:
        """Word that a message was accepted."""
        return answers.receipt(outcome, answers.version_of(headers, body))

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
            # Its text names files of this machine: it is for the operator, not for the caller.
            log.error("soap.unguarded", extra={"endpoint": name, "code": error.code, "why": error.text})  # noqa: TRY400
            raise TryLater("W503", "the endpoint cannot check who calls") from None
        self._guards[name] = (endpoint, guard)
        return guard


def _action(headers: Mapping[str, str]) -> str:
    """Return the action of SOAP 1.1 (a header) or of 1.2 (a parameter of the media type), without quotes."""
    action = headers.get("soapaction", "")
    if not action:
        for parameter in headers.get("content-type", "").split(";")[1:]:
            name, _, value = parameter.strip().partition("=")
            if name.lower() == "action":
                action = value
    return action.strip().strip('"')
