"""C: faults of a canonical record, found after mapping."""

from hub_core.codes.code import Code

CODES = (
    Code("C101", "not a canonical record", "Mend the record at the named path (schemas/canonical).", 422),
    Code("C201", "identifier has a wrong format", "Check the number at its source."),
    Code("C202", "identifier has a wrong check digit", "Check the number at its source."),
    Code("C203", "identifier not plausible", "Check the number at its source: date, county or serial."),
    Code("C204", "identifier contradicts the birth date", "Ask the register of persons."),
    Code("C205", "identifier contradicts the sex", "Ask the register of persons."),
    Code("C301", "period ends before it starts", "Check both dates at the source."),
    Code("C302", "date in the future", "Check the date at the source."),
    Code("C303", "death before birth", "Check both dates at the source."),
    Code("C304", "no person in the record", "Ask the sender whom the document is about; check what the mapping reads."),
)
