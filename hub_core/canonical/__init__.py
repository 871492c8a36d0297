"""The canonical beneficiary model, version 1.

    Beneficiary ─┬─ Person      identifiers, names, birth, death, addresses, civil status
                 ├─ household   spouse, children, parents, survivor, guardian, other relatives
                 ├─ work        employments, insurance, incomes, job seeking, disability
                 ├─ benefit     benefits, decisions, applications, debts, services
                 └─ case        case references, documents, notes, exchange, unmapped

One record says what *one* document says. Records of several sources are kept side by side.
"""

from hub_core.canonical.beneficiary import Beneficiary, Unmapped

__all__ = ["Beneficiary", "Unmapped"]
