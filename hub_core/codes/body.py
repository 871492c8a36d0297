"""B: size, encoding and form of what arrives, before any meaning."""

from hub_core.codes.code import Code

CODES = (
    Code("B101", "malformed XML", "Send well-formed XML; line and column say where it breaks.", 400),
    Code("B102", "DOCTYPE not allowed", "Send the document without a document type declaration.", 400),
    Code("B103", "malformed JSON", "Send valid JSON (RFC 8259); line and column say where it breaks.", 400),
    Code("B104", "duplicate key in JSON", "Send every key of an object once.", 400),
    Code("B105", "number out of range", "Send integers beyond 2^53 and decimals as strings.", 400),
    Code("B106", "wrong encoding", "Send the encoding that the document declares.", 400),
    Code("B107", "too deep or too many parts", "Send a document within the limits of the endpoint.", 400),
    Code("B108", "media type not supported", "Send the media type that the endpoint documents.", 415),
    Code("B109", "empty body", "Send a document.", 400),
    Code("B110", "message id not usable", "Send an id of at most 255 printable characters.", 400),
    Code("B111", "not HTTP", "Send requests as HTTP/1.1 says (RFC 9112), with one clear length.", 400),
    Code("B112", "parts not readable", "Send multipart/related (RFC 2387) with all that the root names.", 400),
    Code(
        "B408",
        "came too slowly",
        "Send a request without pauses: the headers within 10 s, then the body within 30 s.",
        408,
    ),
    Code("B413", "body too large", "Send at most the number of bytes that the endpoint allows.", 413),
    Code("B414", "content encoding not allowed", "Send the body uncompressed.", 415),
    Code("B431", "request head too large", "Send at most 64,000 bytes of address and headers, in 100 lines.", 431),
)
