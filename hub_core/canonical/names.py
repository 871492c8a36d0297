"""Names in the forms that comparing needs; what was received is never touched.

Sources: ICAO Doc 9303-3 section 6 (transliteration for machine-readable zones), Unicode TR15 (normal forms).
Departures from ICAO, on purpose: umlauts and Scandinavian letters lose their mark (``Ø`` is ``O``, not ``OE``),
because registers that lost a diacritic write the bare letter; apostrophes vanish and hyphens become blanks, as
there.

>>> normal_name("Şerban-Ţîru", " Ioana   Maria ", None)
{'key': 'IOANA MARIA SERBAN TIRU', 'family': 'Șerban-Țîru', 'given': 'Ioana Maria'}
>>> normal_name(None, None, "MARIA IOANA SERBAN TIRU")
{'key': 'IOANA MARIA SERBAN TIRU'}
>>> normal_name(" ", None, None) is None
True
"""

import unicodedata
from functools import lru_cache
from typing import Final

# Romanian letters that legacy encodings (cp1250, ISO 8859-2) only have with a cedilla.
_CEDILLA_TO_COMMA: Final = str.maketrans("ŞşŢţ", "ȘșȚț")

# Letters that have no decomposition; all others follow from NFKD.
_UNDECOMPOSED: Final = {
    "Æ": "AE", "Œ": "OE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH", "Ħ": "H", "Ŧ": "T", "Ŋ": "N",
    "Ə": "E", "Ƶ": "Z", "ẞ": "SS",
}  # fmt: skip
_APOSTROPHES: Final = "'’‘‛ʼʻʹ′`´"
# Basic Latin to Latin Extended-B, combining marks, Latin Extended Additional, general punctuation: where letters
# with marks and typographic signs lie. Letters of other scripts are outside and stay as they are.
_BLOCKS: Final = (range(0x250), range(0x300, 0x370), range(0x1E00, 0x1F00), range(0x2000, 0x2070))


def _fold(char: str) -> str | None:
    """Return what stands for an upper-case character in a key; ``None``: nothing."""
    if char in _UNDECOMPOSED:
        return _UNDECOMPOSED[char]
    category = unicodedata.category(char)
    if char in _APOSTROPHES or category in {"Mn", "Cf"}:
        return None
    if category[0] in "PSZC":
        return " "
    bare = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    return bare.upper() if bare.isascii() else char


_FOLD: Final = {code: _fold(chr(code)) for block in _BLOCKS for code in block} | {ord("ʼ"): None, ord("ʻ"): None}


@lru_cache(maxsize=4096)
def clean(text: str | None) -> str | None:
    r"""Return a name in NFC, with comma-below letters and single blanks; ``None`` if nothing is left.

    >>> clean("  Ştefan  \t Ion")
    'Ștefan Ion'
    """
    if text is None:
        return None
    return " ".join(unicodedata.normalize("NFC", text).translate(_CEDILLA_TO_COMMA).split()) or None


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """Return the words of a name in upper-case ASCII; letters of other scripts are kept, in upper case.

    >>> words("O’Connor-Łukaš, d'Årc")
    ('OCONNOR', 'LUKAS', 'DARC')
    >>> words("Иван Petrov")
    ('ИВАН', 'PETROV')
    """
    folded = unicodedata.normalize("NFC", text).upper().translate(_FOLD)
    return tuple(unicodedata.normalize("NFC", folded).split())


def key_of(*parts: str | None) -> str:
    """Return the key of a name given in parts: its words in alphabetical order; empty if there are none.

    >>> key_of("POPESCU-IONESCU", "Ana") == key_of("Ana Ionescu Popescu")
    True
    """
    return " ".join(sorted(word for part in parts if part for word in words(part)))


def same_but_for_a_and_i(left: str, right: str) -> bool:
    """Tell whether two keys differ at most by A where the other has I.

    The sound written ``â`` or ``î`` (orthography of 1953, 1993) becomes ``A`` or ``I`` once its mark is lost. Other
    names fall together too (``MARIN``, ``MARAN``): this is a hint, never a proof.

    >>> same_but_for_a_and_i(key_of("Sânziana", "Rîmniceanu"), key_of("RAMNICEANU SINZIANA"))
    True
    >>> same_but_for_a_and_i(key_of("Ion"), key_of("Ioan"))
    False
    """
    return sorted(left.replace("I", "A").split()) == sorted(right.replace("I", "A").split())


@lru_cache(maxsize=4096)
def _normal(family: str | None, given: str | None, full: str | None) -> tuple[tuple[str, str], ...]:
    key = key_of(family, given) or key_of(full)
    pairs = (("key", key), ("family", clean(family)), ("given", clean(given)))
    return tuple((name, value) for name, value in pairs if value) if key else ()


def normal_name(family: str | None, given: str | None, full: str | None) -> dict[str, str] | None:
    """Return the fields of ``person.NormalName`` for a name as received; ``None`` if it holds no word.

    ``full`` counts only where neither ``family`` nor ``given`` holds a word, so that a source that sends both gets
    the same key as one that sends the parts.
    """
    pairs = _normal(family, given, full)
    return dict(pairs) if pairs else None
