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

__all__ = ["CODES", "Code"]
