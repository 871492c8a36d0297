"""J: keeping and deciding."""

from hub_core.codes.code import Code

CODES = (
    Code("J404", "no such message", "Check the message id; only your own messages are shown.", 404),
    Code("J409", "same id, other content", "Use a new id for a new message; the first one stands.", 409),
    Code("J503", "journal not available", "Send again later with the same id; nothing was accepted.", 503),
)
