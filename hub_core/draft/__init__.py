"""A first draft of a mapping, made from the contract of a partner, or from one of its documents.

    basis       the contract and its files: XSD, WSDL, JSON Schema, description of a flat file
    seen        what a document shows of a contract, as JSON Schema; seenxml: as XML Schema
    leaves      every leaf of the contract, with the way that leads to it
    guessing    the rule that the name, type and texts of a leaf suggest
    sample      a document that the contract allows
    written     the draft as a file
    drafting    guesses are tried by lint and by reading; what does not hold is left to be decided

Start with ``draft``.
"""

from hub_core.draft.basis import Wanted
from hub_core.draft.drafting import Draft, draft

__all__ = ["Draft", "Wanted", "draft"]
