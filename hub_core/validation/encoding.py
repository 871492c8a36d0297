"""Which encoding the bytes of an XML document have, decided once, before any parser sees them.

Two parsers that guess apart are a way past every check. So the bytes are brought to UTF-8 here, and both parsers are
told UTF-8, whatever the declaration says. Source: XML 1.0, section 4.3.3 and appendix F.
"""

import codecs
import re
from typing import Final

from hub_core.errors import Rejected
from hub_core.validation.limits import place, rejected

# Encodings that agencies of Europe write; each is decoded strictly by Python's own codec.
SUPPORTED: Final = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "latin1": "iso8859-1",
    "latin2": "iso8859-2",
    **{f"iso-8859-{part}": f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 7, 9, 10, 13, 14, 15, 16)},
    **{f"{name}{page}": f"cp{page}" for name in ("windows-", "cp") for page in (*range(1250, 1255), 1257)},
    "utf-16": "utf-16",
    "utf-16le": "utf-16",
    "utf-16be": "utf-16",
}
_DECLARED: Final = re.compile(rb"<\?xml\s[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_UTF_32: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_C1: Final = re.compile(rb"[\x80-\x9f]")


def to_utf8(body: bytes) -> bytes:
    """Return an XML document as UTF-8 without byte order mark; its declaration is left as it is.

    Raises:
        Rejected: B106, the bytes are not what the declaration or the mark says, or an encoding not supported.
    """
    if body.startswith(_UTF_32) or (body[:1] == b"\0" or body[1:2] == b"\0"):
        raise rejected("B106", "encoding not supported: UTF-32, or UTF-16 without byte order mark", line=1, column=1)
    if body.startswith(_UTF_16):
        return _from_utf16(body)
    marked = body.startswith(codecs.BOM_UTF8)
    plain = body[3:] if marked else body
    encoding = _declared(plain)
    if encoding not in ("utf-8", "ascii") and (marked or encoding == "utf-16"):
        raise rejected("B106", "the declaration contradicts the bytes", line=1, column=1)
    if encoding == "utf-8":
        _decode(plain, encoding)
        return plain
    if encoding.startswith("iso8859") and (control := _C1.search(plain)):
        # Control characters in a text: in practice UTF-8 or windows-1250 that is declared as ISO-8859.
        line, column = place(plain.decode("latin-1"), control.start())
        raise rejected("B106", "bytes that the declared encoding has no letters for", line=line, column=column)
    return _decode(plain, encoding).encode()


def encoding_of(start: bytes) -> str:
    """Return the codec of a document that is read piece by piece, by its first bytes; UTF-16 is none of those.

    Raises:
        Rejected: B106, the declaration contradicts the mark, or an encoding that is not supported.
    """
    marked = start.startswith(codecs.BOM_UTF8)
    plain = start[3:] if marked else start
    if b"\0" in plain[:4] or plain.startswith(_UTF_16):
        raise rejected("B106", "encoding not supported: UTF-16 or UTF-32", line=1, column=1)
    encoding = _declared(plain)
    if encoding == "utf-16" or (marked and encoding not in ("utf-8", "ascii")):
        raise rejected("B106", "the declaration contradicts the bytes", line=1, column=1)
    return encoding


def _declared(plain: bytes) -> str:
    declaration = _DECLARED.match(plain)
    if declaration is None:
        return "utf-8"
    encoding = SUPPORTED.get(declaration[1].decode().lower())
    if encoding is None:
        raise rejected("B106", "encoding not supported", line=1, column=1)
    return encoding


def _from_utf16(body: bytes) -> bytes:
    plain = _decode(body, "utf-16").encode("utf-8", "surrogatepass")
    if _DECLARED.match(plain) and _declared(plain) != "utf-16":
        raise rejected("B106", "the declaration contradicts the bytes", line=1, column=1)
    return plain


def _decode(plain: bytes, encoding: str) -> str:
    try:
        return plain.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(plain, error, encoding) from None


def _undecodable(plain: bytes, error: UnicodeDecodeError, encoding: str) -> Rejected:
    before = plain[: error.start].decode(encoding, "replace")
    line, column = place(before, len(before))
    return rejected("B106", "bytes that the declared encoding does not have", line=line, column=column)
