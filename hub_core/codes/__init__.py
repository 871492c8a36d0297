"""Every code the hub can print, in one catalogue: ``punte explain CODE`` and the reference page read it.

A code is a letter and three digits and never changes its meaning. Families, one module each:

    A access     B bytes and parsing     C canonical record     D delivery     F flat files     J journal     L lint
    M mapping    Q query                 R registry             V contracts    W web and command line
"""

from hub_core.codes import (
    access,
    body,
    contract,
    delivery,
    flat,
    journal,
    lint,
    mapping,
    query,
    record,
    registry,
    web,
)
from hub_core.codes.code import Code

CODES: dict[str, Code] = {
    code.code: code
    for family in (access, body, contract, delivery, flat, journal, lint, mapping, query, record, registry, web)
    for code in family.CODES
}


def entry_of(code: str) -> Code:
    """Return what a code means; adapters of other packages may say one that stands in no catalogue.

    >>> entry_of("J404").status, entry_of("X1").title
    (404, 'code of an adapter of its own')
    """
    return CODES.get(code) or Code(code, "code of an adapter of its own", "Ask whoever brings the adapter.")


__all__ = ["CODES", "Code", "entry_of"]
