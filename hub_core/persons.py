"""How a person's number is written where messages are looked up by it: ``scheme:number``, no blanks, capitals."""

from typing import Final

CNP_DIGITS: Final = 13


def person_key(scheme: str | None, number: str) -> str:
    """Return the key of a number.

    >>> person_key("eu.pin", "285 0415123450"), person_key(None, "ab12")
    ('eu.pin:2850415123450', 'source:AB12')
    """
    return f"{scheme or 'source'}:{''.join(number.split()).upper()}"


def asked_person(text: str) -> str:
    """Return the key that somebody means; thirteen digits alone are a CNP.

    >>> asked_person("ro.cnp: 2850415123450"), asked_person("2850415123450"), asked_person("RO.CID:7")
    ('ro.cnp:2850415123450', 'ro.cnp:2850415123450', 'ro.cid:7')
    """
    scheme, _, number = text.strip().rpartition(":")
    return person_key(scheme.strip().lower() or ("ro.cnp" if is_cnp(number) else None), number)


def file_key(name: str) -> str:
    """Return the key of the name of a file: it may name a person, and is found like one.

    >>> file_key("Borderou 03.csv")
    'file:BORDEROU03.CSV'
    """
    return person_key("file", name)


def is_cnp(text: str) -> bool:
    """Say whether a number has the form of a CNP."""
    digits = "".join(text.split())
    return len(digits) == CNP_DIGITS and digits.isascii() and digits.isdecimal()
