"""SOAP contracts: WSDL 1.1 with its schemas, read offline into one model. Start with ``read_contract``.

admission    a file in, a contract out, or the reasons why not
files        reading below one folder; looking for what is missing
gather       following every import and include; documents: one schema
index        what the schemas declare; what their names mean
join         the schemas rewritten so that every validator takes them; arrays: SOAP arrays as sequences
mends        faults that most stacks overlook, mended in the copy
weight       no circles, nothing larger than validators can bear
schemas      compiled: libxml2 for traffic, xmlschema as a model
definitions  messages, port types, bindings, services by name
reader       services, ports, operations; messages, bodies: what stands in their Bodies
policy       what WS-Policy asks of callers
model        the values
"""

from hub_core.contract.wsdl.admission import Admission, admit, read_contract
from hub_core.contract.wsdl.findings import Finding
from hub_core.contract.wsdl.model import Contract, Fault, Message, Operation, Part, Port, Service
from hub_core.contract.wsdl.schemas import Schemas, Validator

__all__ = [
    "Admission",
    "Contract",
    "Fault",
    "Finding",
    "Message",
    "Operation",
    "Part",
    "Port",
    "Schemas",
    "Service",
    "Validator",
    "admit",
    "read_contract",
]
