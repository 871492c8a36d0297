"""Codecs of identifiers: the form only. Wrong check digits are findings about the record, no reason to refuse it."""

import re
from collections.abc import Callable
from typing import Final

from hub_core.canonical.identifiers import cnp, cui, iban, siruta
from hub_core.mapping.codecs.spec import BadValue, Codec, Example, Format, Parse


def _formed(word: str, compact: Callable[[str], str], form: str) -> Callable[[], tuple[Parse, Format]]:
    fullmatch = re.compile(form).fullmatch

    def parse(text: str) -> str:
        number = compact(text)
        if fullmatch(number) is None:
            raise BadValue(word)
        return number

    return lambda: (parse, str)


CODECS: Final = (
    Codec(
        name="cnp",
        gives="text",
        make=_formed("cnp.form", cnp.compact, r"[0-9]{13}"),
        doc="Romanian personal number: 13 digits, without blanks.",
        source="Law 105/1996; HG 295/2021.",
        examples=(
            Example("cnp", "2 850415 123450", "2850415123450", "2850415123450"),
            Example("cnp", "2850415123451", "2850415123451"),
            Example("cnp", "285041512345", None),
        ),
    ),
    Codec(
        name="cui",
        gives="text",
        make=_formed("cui.form", cui.compact, r"[1-9][0-9]{1,9}"),
        doc="Romanian number of an enterprise or institution: 2 to 10 digits, without blanks and without RO.",
        source="OUG 116/2009.",
        examples=(Example("cui", "RO 18547290", "18547290", "18547290"), Example("cui", "RO", None)),
    ),
    Codec(
        name="iban",
        gives="text",
        make=_formed("iban.form", iban.compact, r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}"),
        doc="International bank account number, without blanks, in capital letters.",
        source="ISO 13616-1.",
        examples=(
            Example("iban", "RO49 AAAA 1B31 0075 9384 0000", "RO49AAAA1B31007593840000", "RO49AAAA1B31007593840000"),
            Example("iban", "12345678", None),
        ),
    ),
    Codec(
        name="siruta",
        gives="text",
        make=_formed("siruta.form", siruta.compact, r"[0-9]{2,6}"),
        doc="Code of a Romanian locality: 2 to 6 digits, without leading zeros.",
        source="National Institute of Statistics, register SIRUTA.",
        examples=(Example("siruta", "054975", "54975", "54975"), Example("siruta", "Cluj", None)),
    ),
)
