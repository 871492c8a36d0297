"""D: bringing messages to partners."""

from hub_core.codes.code import Code

CODES = (
    Code("D101", "partner not reachable", "Nothing was sent; it is tried again by itself."),
    Code("D102", "partner asks to wait", "It is tried again when the partner said."),
    Code("D103", "answer lost", "The partner may have the message; the same idempotency key is sent again."),
    Code("D104", "answer lost, waits for you", "Ask the partner whether they have it; a person settles it."),
    Code(
        "D105",
        "wrong address or credentials",
        "Mend url or credentials and apply; a secret in a file counts once it is mended. What waits is sent by itself.",
    ),
    Code("D106", "partner's server shows another key", "Ask the partner about its key; mend host_key only then."),
    Code("D107", "another file has this name", "Take the other file away, or name another folder; the file waits."),
    Code("D108", "file cannot be read", "Let the hub read it, or put a copy there; it is then taken by itself."),
    Code("D109", "reply to no file of this hub", "Ask the partner what it answers, or take it out of the folder."),
    Code(
        "D110",
        "login failed",
        "Nothing was sent, it is tried again by itself. Mend user, secret, scope or login of its credentials.",
    ),
    Code(
        "D201",
        "partner rejected the message",
        "Read the partner's code for it, or ask them why. The same again would be rejected again: repair the message, "
        "or mend its mapping and replay it, or discard it. Retry only what the partner mended.",
    ),
    Code("D202", "partner answered with a fault", "Read the fault code, mend the cause, then replay."),
    Code(
        "D203",
        "partner's answer is not readable",
        "Ask the partner what they answer; the text says what is missing in it. It is not kept.",
    ),
    Code("D204", "partner's server failed", "Tell the partner the code of the fault; replay when it is mended."),
    Code("D205", "answer not proven", "Ask the partner who answered, and with which certificate; then replay."),
    Code(
        "D206",
        "partner's answer says no",
        "Read what they say in it. The same again would get the same answer: repair the message, or mend its mapping "
        "and replay it, or discard it.",
    ),
    Code("D207", "too large to be signed", "Send it to an endpoint that does not sign, or as several messages."),
    Code("D301", "given up after all attempts", "See the attempts, mend the cause, then retry."),
    Code(
        "D302",
        "unexpected failure",
        "Report it with the reference: a defect of the hub, or of the adapter it names.",
    ),
    Code("D303", "target not registered", "Register the endpoint again, then retry, or replay to another."),
    Code("D304", "given up, too old", "See the attempts, mend the cause, then retry; its age counts anew."),
    Code("D401", "refused by a person", "Nothing: an operator closed it as refused; the history says who and why."),
    Code("D402", "discarded by a person", "Nothing: an operator closed it; replay the message to send it after all."),
    Code("D403", "replaced by a corrected copy", "Nothing: see the copy, whose id stands with the message."),
)
