"""What a partner's contract says a document may hold: places, how often they stand, and what their text may be.

    contract            the whole of one contract, by the ``source`` of a mapping
    place               one element, attribute or key
    declarations        what its XML Schemas declare, by name
    changes             what became another from one contract to the next
    xsd, simpletypes    XML Schema
    jsonschema          JSON Schema
    rows                descriptions of flat files
    texts               texts that a place allows: all of a few, the longest of many
    words               what the names of places mean, in Romanian, English and Norwegian

Start with ``contract_of``.
"""

from hub_core.contract.contract import Contract, contract_of
from hub_core.contract.place import LeafType, Place

__all__ = ["Contract", "LeafType", "Place", "contract_of"]
