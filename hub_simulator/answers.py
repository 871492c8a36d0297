"""What a simulated partner answers: a document of the contract, or one of its faults."""

import hashlib
from copy import deepcopy
from random import Random
from typing import Any, Final
from xml.sax.saxutils import escape

from lxml import etree

from adapters.soap.names import SOAP_12_ENCODING, SOAP_ENCODING
from adapters.soap.wire import envelope
from hub_core.contract.wsdl import Contract, Operation
from hub_core.contract.wsdl.names import canonical
from hub_core.samples import FOREIGN_NOTE, WHOLE, Sampler
from hub_simulator.recorded import Example, Examples, chosen

# Attributes that have no place in a literal document of an encoded body: every value stands where it belongs.
_ATTACHED: Final = 2_000  # bytes, at most
_NOT_ENCODED: Final = (
    *("id", "href", FOREIGN_NOTE),
    *(f"{{{SOAP_ENCODING}}}{name}" for name in ("arrayType", "offset", "position", "root")),
    *(f"{{{SOAP_12_ENCODING}}}{name}" for name in ("itemType", "arraySize", "nodeType", "id", "ref")),
)


class Answers:
    """Makes answers of one contract.

    Args:
        contract: what may be answered.
        examples: by operation and key; where none fits, an answer is made.
        seed: another seed gives other answers; the same request gets the same answer.
        sparse: optional parts are left out by chance; else all are there.
    """

    def __init__(self, contract: Contract, examples: Examples, seed: int, *, sparse: bool = False) -> None:
        self._examples = examples
        self._seed = seed
        encoded = any(one.use == "encoded" for one in contract.operations.values())
        self._validator = contract.schemas.xsd()
        density, without = 0.5 if sparse else WHOLE, _NOT_ENCODED if encoded else ()
        self._sampler = Sampler(contract.schemas.model(), density=density, without=without)

    def answer(self, operation: Operation, request: Any) -> Example:
        """Return the literal document of an answer, or a whole envelope that was recorded.

        Raises:
            NoSample: none was found that the contract allows.
        """
        example = chosen(self._examples.get(operation.name, {}), request)
        if example is not None or operation.output is None:
            return example if example is not None else b""
        answer = self._sampler.sample(operation.output.element, self._chance(operation, request))
        return self._repeating(request, answer)

    def _repeating(self, request: Any, answer: etree._Element) -> etree._Element:
        """Return an answer that repeats what the request says under the same names, where the contract allows it.

        An answer about another person than the one that was asked about is none that a caller could use.
        """
        said = {etree.QName(one).localname: one.text for one in request.iter(etree.Element) if _is_value(one)}
        repeated = deepcopy(answer)
        for one in repeated.iter(etree.Element):
            if _is_value(one):
                one.text = said.get(etree.QName(one).localname, one.text)
        return answer if self._validator.faults(repeated) else repeated

    def attached(self, operation: Operation, request: Any) -> dict[str, bytes]:
        """Return contents for the MIME parts that the contract puts beside an answer, by their names."""
        if operation.output is None or not operation.output.attachments:
            return {}
        chance = self._chance(operation, request)
        return {name: chance.randbytes(chance.randint(1, _ATTACHED)) for name in operation.output.attachments}

    def request(self, operation: Operation, number: int) -> Any:
        """Return a request of an operation, as a caller could send it.

        Raises:
            NoSample: as above.
        """
        return self._sampler.sample(operation.input.element, Random(f"{self._seed} {operation.name} {number}"))

    def fault(self, operation: Operation, request: Any, name: str = "") -> bytes:
        """Return an envelope with a fault that the operation declares; one of the server's own if it declares none.

        Args:
            operation: that was called.
            request: its literal document.
            name: of the fault; any of them if none is named.

        Raises:
            KeyError: none is called so.
        """
        chance = self._chance(operation, request)
        declared = [fault for fault in operation.faults if name in ("", fault.name)]
        if name and not declared:
            raise KeyError(name)
        if not declared:
            return fault_envelope(operation.soap, "the partner is out of order")
        fault = chance.choice(declared)
        detail = etree.tostring(self._sampler.sample(fault.element, chance)) if fault.element else b""
        return fault_envelope(operation.soap, fault.name, detail)

    def _chance(self, operation: Operation, request: Any) -> Random:
        """Return chance that follows from the request: the same one is answered in the same way."""
        digest = hashlib.sha256(canonical(request).encode()).hexdigest()
        return Random(f"{self._seed} {operation.name} {digest}")


def _is_value(element: Any) -> bool:
    return len(element) == 0 and bool((element.text or "").strip())


def fault_envelope(version: str, text: str, detail: bytes = b"") -> bytes:
    """Return an envelope with a fault of the receiver; see ``adapters.soap.answers`` for the hub's own."""
    words = escape(text).encode()
    if version == "1.2":
        content = (
            b"<soap:Fault><soap:Code><soap:Value>soap:Receiver</soap:Value></soap:Code><soap:Reason>"
            b'<soap:Text xml:lang="en">%b</soap:Text></soap:Reason>%b</soap:Fault>'
        )
        return envelope(version, content % (words, b"<soap:Detail>%b</soap:Detail>" % detail if detail else b""))
    content = b"<soap:Fault><faultcode>soap:Server</faultcode><faultstring>%b</faultstring>%b</soap:Fault>"
    return envelope(version, content % (words, b"<detail>%b</detail>" % detail if detail else b""))
