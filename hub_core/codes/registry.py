"""R: the registry's files and sets."""

from hub_core.codes.code import Code

CODES = (
    Code("R101", "registry file not readable", "Mend the YAML at the named line."),
    Code("R102", "unknown field", "Remove it or correct its spelling."),
    Code("R103", "missing field", "Add it."),
    Code("R104", "wrong value", "Write a value of the kind that the text names."),
    Code("R105", "name not registered", "Correct the reference or register the name."),
    Code("R106", "name registered twice", "Remove one of the two."),
    Code("R107", "secret written as a value", "Write {env: NAME} or {file: PATH} instead."),
    Code("R201", "each arrival is a new message", "Declare message_id, or accept that repeats are kept twice."),
)
