"""V: the partner's contract: SOAP envelope, XSD, JSON Schema."""

from hub_core.codes.code import Code

CODES = (
    Code(
        "V101",
        "not a SOAP envelope",
        "Send an Envelope of SOAP 1.1 or 1.2 with one element in its Body.",
        400,
    ),
    Code("V102", "unknown operation", "Use an operation that the contract names.", 400),
    Code("V103", "header not understood", "Send only header blocks that the documentation names.", 400),
    Code("V104", "unknown version of SOAP", "Send an Envelope of SOAP 1.1 or 1.2.", 400),
    Code(
        "V105",
        "encoded body not readable",
        "Send arrays of one dimension with all their items, and references that lead to a value of the message.",
        400,
    ),
    Code("V201", "not valid by the XSD", "Mend the document at the named line.", 422),
    Code("V202", "not valid by the JSON Schema", "Mend the document at the named path.", 422),
    Code("V301", "not a SED", "Send a SED in the NATIVE, NAV or NEESSI form.", 422),
    Code("V302", "no mapping for this document", "Ask the operator to register a mapping for it.", 422),
    Code("V401", "contract not admitted", "Mend the contract; every validator that uses it must take it."),
    Code("V402", "adapter not usable", "Mend or remove the package that brings it; the others go on."),
)
