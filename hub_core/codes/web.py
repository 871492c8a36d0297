"""W: the HTTP API and the command line."""

from hub_core.codes.code import Code

CODES = (
    Code("W400", "request not valid", "Correct the request; the problem names each field.", 422),
    Code("W404", "no such address", "See /docs for the addresses of the API.", 404),
    Code("W405", "method not allowed", "Use a method that the header Allow names.", 405),
    Code("W500", "unexpected failure", "This is a defect of the hub: report it with the reference.", 500),
    Code("W503", "hub not ready", "Try again shortly.", 503),
)
