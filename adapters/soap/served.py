"""An inbound endpoint that stands for its agency: which operation a call means, and its answer in the contract's words.

Sources: SOAP 1.1 section 6.1.1 (SOAPAction), SOAP 1.2 part 2 section 6.5 (action), WS-I Basic Profile 1.1 section 4.7.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Final

from lxml import etree

from adapters.kit.contracts import Contracts
from adapters.kit.multipart import MEDIA_TYPE, is_multipart, parameters_of
from adapters.kit.reply import Reply
from adapters.soap import answers
from adapters.soap.attachments import Packing
from adapters.soap.names import MEDIA_TYPES
from adapters.soap.request import Content, compile_content
from adapters.soap.wsdl import Operation, Wsdl
from hub_core.directory import Endpoint
from hub_core.directory.wording import Answer, InBand
from hub_core.document import Document
from hub_core.errors import ConfigError, Rejected
from hub_core.mapping import value_at
from hub_core.message import Caller, Finding, Outcome
from hub_core.ports import Asked, Services
from hub_core.validation import elements_in, parse_xml

WRITTEN: Final = ("document", "message")
KEPT: Final = ("message", "state", "findings")

Validate = Callable[[Endpoint, Document], list[Finding]]
Open = Callable[[bytes, InBand | None], Document]


class Served:
    """Answers calls of endpoints with a contract; without ``answers`` they get the receipt of the hub.

    Args:
        wsdls: contracts by file.
        open_: parses and unwraps a body.
        validate: holds a document against the contract of its endpoint.
    """

    def __init__(self, wsdls: Contracts[Wsdl], open_: Open, validate: Validate) -> None:
        self._wsdls = wsdls
        self._open = open_
        self._validate = validate
        self._contents: dict[str, tuple[Answer, Operation, Content]] = {}

    def wsdl(self, endpoint: Endpoint) -> Wsdl | None:
        """Return the contract of an endpoint; ``None`` where it has none."""
        contract = endpoint.contract
        return self._wsdls.get(contract.wsdl) if contract is not None and contract.wsdl else None

    def operation(self, endpoint: Endpoint, headers: Mapping[str, str], body: bytes) -> Operation | None:
        """Return the operation that a call means; ``None`` where its body is no request of the contract.

        Raises:
            Rejected: V102, the action names another operation than the body.
        """
        wsdl = self.wsdl(endpoint)
        if wsdl is None:
            return None
        only = endpoint.contract.operation if endpoint.contract else None
        if only is None and len(wsdl.operations) == 1:
            only = next(iter(wsdl.operations))
        if only is not None and not endpoint.answers:
            known = wsdl.operation(only)
            if not known.one_way:
                return known  # nothing depends on what stands in the body
        action = action_of(headers)
        meant = wsdl.asked_by(_first(body), only)
        if not meant or not action:
            return meant[0] if meant else None
        for operation in meant:
            if action in (operation.action, operation.name):
                return operation
        raise Rejected("V102", "the SOAPAction names another operation than the Body")

    async def answer(
        self, endpoint: Endpoint, services: Services, *, caller: Caller, purpose: str | None, call: "Call"
    ) -> tuple[Reply, str] | None:
        """Answer a question by what the hub's sources know; ``None`` where the operation asks none.

        Returns:
            The answer and its reference.

        Raises:
            Rejected: V102, V201, what is asked is not as the contract says; W400, of nobody; see also ``Services.ask``.
            ConfigError: V107, the answer would not be valid by the contract.
        """
        if not endpoint.answers and endpoint.contract is not None and endpoint.contract.operation is not None:
            return None  # nothing depends on what is meant
        operation = self.operation(endpoint, call.headers, call.body)
        said = endpoint.answers.get(operation.name) if operation else None
        if operation is None or said is None or said.query is None or said.writes is None:
            return None
        document = self._open(call.body, endpoint.in_band)
        faults = self._validate(endpoint, document)
        if faults:
            raise Rejected(faults[0].code, faults[0].text, findings=faults)
        found = await services.ask(
            Asked(
                caller=caller,
                query=said.query,
                purpose=purpose,
                cnp=value_at(document, said.person or "") or "",
                on=_day(value_at(document, said.on) if said.on else None),
                writes=said.writes,
            )
        )
        values = {"document": found.document.body.decode(), "message": found.reference}
        with _about(found.reference):
            root = self._filled(endpoint, operation, said, values) if said.fill else found.document.root
            return self._reply(endpoint, operation, root, call), found.reference

    def receipt(self, endpoint: Endpoint, outcome: Outcome, call: "Call") -> Reply:
        """Word that a message was accepted: as the contract does where the endpoint says how."""
        operation = self.operation(endpoint, call.headers, call.body)
        said = endpoint.answers.get(operation.name) if operation else None
        if operation is not None and operation.one_way:
            return Reply(status=202, media_type=MEDIA_TYPES[call.version], body=b"")
        if operation is None or said is None or said.query is not None:
            return answers.receipt(outcome, call.version)
        facts = {"message": outcome.message_id, "state": outcome.state.value, "findings": len(outcome.findings)}
        with _about(outcome.message_id):
            return self._reply(endpoint, operation, self._filled(endpoint, operation, said, facts), call)

    def check(self, endpoint: Endpoint) -> None:
        """Check at registration what an endpoint says of its answers.

        Raises:
            ConfigError: V102 no such operation; R103, R104 a template that does not fit; V107 it answers nothing.
        """
        wsdl = self.wsdl(endpoint)
        for name, said in endpoint.answers.items():
            where = f"answers.{name}"
            if wsdl is None:
                raise ConfigError("R103", "only a contract can be answered by", where=where, mend="add contract: wsdl:")
            operation = wsdl.operation(name)
            if operation.one_way:
                raise ConfigError("V107", "the operation answers nothing", where=where, mend="remove it")
            if said.fill or said.query is None:
                _content(operation, said, where)

    def _filled(
        self, endpoint: Endpoint, operation: Operation, said: Answer, values: Mapping[str, str | int]
    ) -> etree._Element:
        key = f"{endpoint.contract.wsdl if endpoint.contract else ''} {operation.name}"
        known = self._contents.get(key)
        # A contract that was read again has operations of its own.
        if known is None or known[0] != said or known[1] is not operation:
            known = self._contents[key] = said, operation, _content(operation, said, f"answers.{operation.name}")
        return parse_xml(known[2].fill(values).encode())

    def _reply(self, endpoint: Endpoint, operation: Operation, literal: etree._Element, call: "Call") -> Reply:
        """Return an answer in the caller's version, once it was held against the contract."""
        wsdl, output = self.wsdl(endpoint), operation.described.output
        assert wsdl is not None and output is not None  # noqa: S101, PT018 - an operation that answers was found in it
        faults = wsdl.schema.faults(literal)
        if faults:
            text = f"the answer would not be valid by the contract: {faults[0].text}"
            raise ConfigError("V107", text, where=operation.name, findings=faults)
        try:
            body = wsdl.wire.write(operation.described, output, literal, version=call.version)
        except Rejected as fault:
            raise ConfigError("V107", fault.text, where=operation.name) from fault
        media_type = f"{MEDIA_TYPES[call.version]}; charset=utf-8"
        if call.takes_parts:
            media_type, packed = Packing(wsdl.binary, version=call.version, action=operation.action).pack(
                body, media_type
            )
            assert isinstance(packed, bytes)  # noqa: S101 - nothing of an answer lies in a file
            body = packed
        return Reply(status=200, media_type=media_type, body=body)


class Call:
    """What a call brought: its headers by lower-case name, and its body."""

    __slots__ = ("body", "headers")

    def __init__(self, headers: Mapping[str, str], body: bytes) -> None:
        self.headers = headers
        self.body = body

    @property
    def version(self) -> str:
        """The version of SOAP that it speaks."""
        return answers.version_of(self.headers, self.body)

    @property
    def takes_parts(self) -> bool:
        """Whether the caller reads answers of several parts (MTOM): it says so, or sent one."""
        told = self.headers.get("accept", "").lower()
        return is_multipart(self.headers.get("content-type", "")) or "application/xop+xml" in told or MEDIA_TYPE in told


@contextmanager
def _about(reference: str) -> Iterator[None]:
    """Let a fault name what it is about, which is kept already."""
    try:
        yield
    except ConfigError as fault:
        fault.reference = reference
        raise


def action_of(headers: Mapping[str, str]) -> str:
    """Return the action of SOAP 1.1 (a header) or of 1.2 (a parameter of the media type), without quotes.

    With attachments the media type is that of the parts; some stacks say the envelope's, with its action, inside.
    """
    if action := headers.get("soapaction", "").strip().strip('"'):
        return action
    content_type = headers.get("content-type", "")
    if "action" not in content_type.lower():
        return ""
    told = parameters_of(content_type)
    return told.get("action") or parameters_of(told.get("start-info", "")).get("action", "")


def _content(operation: Operation, said: Answer, where: str) -> Content:
    known = KEPT if said.query is None else WRITTEN
    return compile_content(operation.told, said.fill, known, where=f"{where}.fill")


def _first(body: bytes) -> str:
    """Return the name of the first element in the Body of an envelope, or of the document itself; empty for neither.

    Nothing behind it is looked at: whether the rest is as it should be, the flow says.
    """
    soap, inside = "", False
    for depth, name in elements_in(body):
        if depth == 1 and not name.endswith("}Envelope"):
            return name
        if depth == 1:
            soap = name.removesuffix("Envelope")
        elif depth == 2:  # noqa: PLR2004 - Header and Body
            inside = name == f"{soap}Body"
        elif inside:
            return name
    return ""


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Rejected("W400", "the day that is asked for is no date") from None
