"""Which of the three dialects of SED JSON a document is written in, told by its content.

    NATIVE   {"P2200": {"sedPackage": ..., "sedGVer": "4", ...}}     as RINA exports it
    NAV      {"sed": "P2200", "nav": {...}, "pensjon": {...}}        as a national case system sends it
    NEESSI   {"sedType": "U002", "sedVersjon": "4.2", "bruker": ...} as a national client sends it

An event about a SED also names a ``sedType``, but no ``sedVersjon``: it is no SED.
"""

import codecs
import re
from typing import Any, Final, NamedTuple

from hub_core.document import Document
from hub_core.errors import Rejected
from hub_core.message import Finding, Severity
from hub_core.validation import parse_json

_TYPE: Final = re.compile(r"[A-Z]{1,3}[0-9]{3,5}(_[A-Z]{2})?")


class Sed(NamedTuple):
    """A dialect, a type of SED, and the object that the mappings' paths start at."""

    dialect: str
    type: str
    root: dict[str, Any]


def open_sed(body: bytes) -> Document:
    """Return the SED in a body.

    Raises:
        Rejected: B103 to B109; V301, it is no SED.
    """
    start = body.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    if start not in (b"", b"{"):
        raise _no_sed("a SED is a JSON object")
    sed = recognise(parse_json(body))
    if sed is None:
        raise _no_sed("neither NATIVE, NAV nor NEESSI form")
    return Document(kind="json", root=sed.root, name=sed.type, dialect=sed.dialect)


def recognise(value: Any) -> Sed | None:
    """Return what kind of SED a value is; ``None`` if it is none."""
    if not isinstance(value, dict):
        return None
    for dialect, key in (("NAV", "sed"), ("NEESSI", "sedType")):
        name = value.get(key)
        if isinstance(name, str) and _TYPE.fullmatch(name.strip()) and (dialect == "NAV" or "sedVersjon" in value):
            return Sed(dialect, name.strip(), value)
    if len(value) != 1:
        return None
    name, inner = next(iter(value.items()))
    if not (_TYPE.fullmatch(name) and isinstance(inner, dict) and ("sedPackage" in inner or "sedGVer" in inner)):
        return None
    # A template for filling in SEDs has the same shape, with "$sedGVer" where a SED has its version.
    return None if str(inner.get("sedGVer", "")).startswith("$") else Sed("NATIVE", name, inner)


def _no_sed(why: str) -> Rejected:
    text = f"not a SED: {why}"
    return Rejected("V301", text, findings=(Finding(code="V301", severity=Severity.ERROR, text=text),))
