"""What became another in a contract, and whom it breaks. Start with ``compare``.

A document breaks nobody as long as whoever writes it need not change (every document by the old contract is one by the
new contract) and whoever reads it need not (every document by the new contract is one by the old contract, but for
what a reader can skip: elements and attributes that are new). Callers write requests and read answers.

    comparing   files and folders: which are held against which
    services    what a WSDL says around its documents
    lines       where it says it
    walk        documents, from their root down: every place that a change is met at
    types       one type against another
    content     groups of elements: what was added, what became another, in which order
    wildcards   what may stand there that the contract does not name
    words       which sequences of elements a group allows, as expressions that can be compared
    values      what a text may be
    forms       what is compared: elements, groups, types, values, whatever they were written in
    xsd, json   the forms of XML Schema and of JSON Schema
    model       the changes
"""

from hub_core.contract.changes.comparing import compare
from hub_core.contract.changes.model import Change, Comparison, Use

__all__ = ["Change", "Comparison", "Use", "compare"]
