"""The reply to a file: a table that opens in a spreadsheet, one line for each thing that is wrong.

Its fixed words are said in the language of whoever reads it; codes, columns and what the codes say are the same in all.
"""

import csv
import io
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Final, Literal, NamedTuple

from hub_core.codes import CODES
from hub_core.message import Finding, Severity
from hub_core.ports import Became

Language = Literal["en", "ro"]


class Words(NamedTuple):
    """The fixed words of a reply; ``summary`` says in one line what became of a file."""

    titles: tuple[str, str, str, str, str, str]
    taken: str
    refused: str
    told: str
    summary: Callable[[Became], str]


def _in_romanian(became: Became) -> str:
    if became.refused:
        return "nimic din acest fișier nu se ia în considerare"
    taken = became.rows - became.refused_rows
    return f"rânduri preluate: {taken} din {became.rows}, refuzate: {became.refused_rows}"


WORDS: Final[dict[Language, Words]] = {
    "en": Words(
        titles=("line", "column", "code", "result", "what is wrong", "what to do"),
        taken="taken",
        refused="refused",
        told="told",
        summary=attrgetter("summary"),
    ),
    "ro": Words(
        titles=("rând", "coloană", "cod", "rezultat", "ce este greșit", "ce este de făcut"),
        taken="preluat",
        refused="refuzat",
        told="semnalat",
        summary=_in_romanian,
    ),
}


def reply_to(became: Became, language: Language) -> bytes:
    """Return the reply that says what became of a file: first of all of it, then of each faulty row."""
    words = WORDS[language]
    result = words.refused if became.refused else words.taken
    first = ("", "", "", result, words.summary(became), "")
    return _table([first, *(_line(found, words) for found in (*became.findings, *became.faults))], words)


def reply_that(code: str, text: str, language: Language, *, refused: bool) -> bytes:
    """Return the reply that says why a file is not taken: for good, or as long as it is as it is."""
    words = WORDS[language]
    return _table([("", "", code, words.refused if refused else words.told, text, CODES[code].do)], words)


Line = tuple[str, str, str, str, str, str]


def _line(found: Finding, words: Words) -> Line:
    result = words.refused if found.severity is Severity.ERROR else words.told
    line = "" if found.line is None else str(found.line)
    return line, found.source or "", found.code, result, found.text, found.help or CODES[found.code].do


def _table(lines: Iterable[Line], words: Words) -> bytes:
    """Return a table as spreadsheets open it: semicolons, UTF-8 with its mark."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(words.titles)
    writer.writerows(lines)
    return buffer.getvalue().encode("utf-8-sig")
