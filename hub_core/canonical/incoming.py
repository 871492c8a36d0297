"""A canonical record that arrives as such: a portal or another hub speaks our own model."""

from datetime import date
from typing import Any

import msgspec

from hub_core.canonical.beneficiary import Beneficiary
from hub_core.canonical.faults import check
from hub_core.canonical.schema import record_faults
from hub_core.reading import Reading, Verdict, bounded


def read_record(data: Any, *, on: date) -> Reading:
    """Check JSON data against the model and return it as a record, or all its faults (C101)."""
    faults = tuple(record_faults(data))
    if faults:
        return Reading(verdict=Verdict.REFUSED, record=None, findings=bounded(faults), unmapped=())
    record = msgspec.convert(data, Beneficiary)
    return Reading(verdict=Verdict.RECORD, record=record, findings=bounded(check(record, on=on)), unmapped=())
