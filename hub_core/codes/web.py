"""W: the HTTP API and the command line."""

from hub_core.codes.code import Code

CODES = (
    Code("W301", "hub not reachable", "Start it with: punte serve. PUNTE_HOME must name the folder it runs in."),
    Code("W303", "not allowed to speak to the hub", "Run the command as the user that runs the hub."),
    Code("W304", "file not readable", "Check name and rights of the file."),
    Code("W305", "file is there already", "Choose another folder, or move what lies there."),
    Code("W306", "not the name of an adapter", "Write small letters and digits, a letter first."),
    Code("W400", "request not valid", "Correct the request; the problem names each field.", 422),
    Code("W403", "called from another site", "Call the hub from a program, or from a page of its own address.", 403),
    Code("W404", "no such address", "See /docs for the addresses of the API.", 404),
    Code("W405", "method not allowed", "Use a method that the header Allow names.", 405),
    Code("W406", "metrics not shown here", "Ask from the hub's own machine, or show the key (PUNTE_METRICS_KEY).", 403),
    Code("W429", "too much at once", "Send again after the seconds in Retry-After, with fewer calls at once.", 429),
    Code("W500", "unexpected failure", "This is a defect of the hub: report it with the reference.", 500),
    Code(
        "W503",
        "hub not ready",
        "Try again shortly.",
        503,
        operator="It starts, stops or is stuck: ask again in a moment, then see its log, or punte doctor.",
    ),
    Code("W510", "hub overloaded", "Send again after the seconds in Retry-After; nothing was accepted.", 503),
)
