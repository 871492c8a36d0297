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
    Code("R108", "no such canonical path", "Write a path of the canonical model; the nearest field is named."),
    Code("R109", "reference leads nowhere", "Set the environment variable or create the file that is named."),
    Code("R110", "key or certificate not usable", "Name PEM files: a private key without a password, its certificate."),
    Code("R201", "each arrival is a new message", "Declare message_id, or accept that repeats are kept twice."),
    Code("R301", "no route wants the message", "It is kept; add a route if somebody should get it."),
    Code("R302", "no such registry set", "See the numbers with: punte apply --history."),
    Code("R303", "no such key", "See the keys with: punte key list."),
    Code("R304", "no such mapping release", "See the numbers with: punte mapping releases."),
    Code("R305", "nothing to put in force", "Name a release or a folder, or run one in shadow first."),
    Code("R306", "mapping missing that is in use", "Keep the mapping, or apply a registry set that does not name it."),
    Code("R308", "endpoint held back", "See why with: punte endpoint list; resume it, or wait until it is open."),
    Code("R401", "port cannot be used", "Choose a free port with PUNTE_PORT."),
    Code("R402", "certificate cannot be read", "Name readable PEM files in PUNTE_TLS_CERTIFICATE and PUNTE_TLS_KEY."),
    Code("R403", "certificate ends soon", "Have a new one made; of a partner: tell them. The days: punte schedule."),
    Code("R404", "endpoint does not fit its contract", "Mend the one or the other, then: punte apply DIR --plan."),
    Code(
        "R405",
        "partner publishes another contract",
        "Fetch it, see what it breaks: punte contract diff; then mend mapping and endpoint, and put it in force.",
    ),
)
