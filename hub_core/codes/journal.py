"""J: keeping and deciding."""

from hub_core.codes.code import Code

CODES = (
    Code(
        "J201",
        "more findings than are listed",
        "Mend the first ones and send again; no warning hides an error.",
    ),
    Code("J101", "journal in use", "Stop the other hub, or give this one a home of its own (PUNTE_HOME)."),
    Code("J102", "journal file not usable", "See the text; name another file, or run the version that wrote it."),
    Code("J103", "no journal here", "Start the hub once, or name the home where it keeps its state (PUNTE_HOME)."),
    Code("J404", "no such message", "Check the message id; only your own messages are shown.", 404),
    Code("J409", "same id, other content", "Use a new id for a new message; the first one stands.", 409),
    Code("J412", "delivery not parked", "Only a parked delivery is tried again; see its state first.", 409),
    Code("J503", "journal not available", "Send again later with the same id; nothing was accepted.", 503),
)
