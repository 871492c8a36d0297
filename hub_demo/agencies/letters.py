"""How the agencies write: capital letters, in what their old systems can hold."""

import unicodedata
from typing import Final
from xml.sax.saxutils import escape, quoteattr

_CEDILLA: Final = str.maketrans("ȘșȚț", "ŞşŢţ")
_OLD_CHARSET: Final = "iso8859-2"


def capitals(text: str) -> str:
    """Return the text in capitals with today's letters (Ș Ț)."""
    return unicodedata.normalize("NFC", text.upper())


def old_capitals(text: str) -> str:
    """Return the text in capitals with letters that windows-1250 and ISO-8859-2 both have (Ş Ţ).

    A letter that they lack loses its marks; where nothing is left a question mark stands, as on their screens.
    """
    return "".join(_old_letter(letter) for letter in capitals(text).translate(_CEDILLA))


def _old_letter(letter: str) -> str:
    for candidate in (letter, unicodedata.normalize("NFKD", letter)[0]):
        try:
            candidate.encode(_OLD_CHARSET)
        except UnicodeEncodeError:
            continue
        return candidate
    return "?"


def element(tag: str, text: str | None) -> str:
    """Return an element; no value becomes an empty one."""
    return f"<{tag}>{escape(text)}</{tag}>" if text else f"<{tag}/>"


def attributes(**values: str) -> str:
    """Return attributes, each with a blank before it; empty values are written as such."""
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items())


def cdata(text: str) -> str:
    """Return a CDATA section, split where the text itself holds its end mark."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
