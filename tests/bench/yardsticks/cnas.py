"""What every map of the yardsticks knows of CNAS's answer, however it walks the tree.

Values are plain dicts, ready for JSON. Written by hand on purpose: a yardstick does not change with the hub.
"""

from datetime import date
from operator import mul
from typing import Any, Final, NamedTuple

Json = dict[str, Any]

NAMESPACE: Final = "http://www.cnas.ro/siui/2.0"
_CATEGORY: Final = {
    "SALARIAT": "employee",
    "PENSIONAR": "pensioner",
    "COPIL": "child",
    "ELEV": "student",
    "STUDENT": "student",
    "COASIGURAT": "co-insured",
    "GRAVIDA": "pregnant",
    "CRESTERE_COPIL": "child-raising",
    "SOMER": "unemployed",
    "PFA": "self-employed",
    "VMI": "inclusion-aid",
    "HANDICAP": "disabled",
    "LEGE_SPECIALA": "protected",
    "PROTECTIE": "refugee",
    "OPTIONAL": "voluntary",
}
KINDS: Final[dict[str, Json]] = {
    text: {"list": "cnas-category@1", "code": code, "text": text} for text, code in _CATEGORY.items()
}
EXCHANGE: Final[Json] = {"system": "CNAS", "type": "insuredResponse"}
ROLE: Final[Json] = {"list": "person-role@1", "code": "insured"}
STATES: Final[dict[str, Json]] = {
    "1": {"insured": {"state": {"list": "insurance-state@1", "code": "insured", "text": "1"}}},
    "2": {"insured": {"state": {"list": "insurance-state@1", "code": "not-insured", "text": "2"}}},
    "3": {"vital_status": {"list": "vital-status@1", "code": "deceased", "text": "3"}},
}
NO_START: Final = frozenset({"1900-01-01", "0001-01-01"})
NO_END: Final = "9999-12-31"
OPEN: Final[Json] = {"list": "period-end@1", "code": "open"}

DATE_LENGTH: Final = 10
_WEIGHTS: Final = (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)
_ZEROS: Final = ord("0") * sum(_WEIGHTS)
_CENTURIES: Final = {"1": (1900,), "2": (1900,), "3": (1800,), "4": (1800,), "5": (2000,), "6": (2000,),
                     "7": (1900, 2000), "8": (1900, 2000)}  # fmt: skip
_COUNTIES: Final = frozenset(f"{county:02}" for county in (*range(1, 47), 51, 52, 70, *range(80, 84), 99))
_OLD_SECTORS: Final = frozenset({"47", "48"})
_OLD_SECTORS_UNTIL: Final = date(1979, 12, 19)


class NotReadError(ValueError):
    """The document is valid, but a value in it cannot be read; says why, without the value."""


class Read(NamedTuple):
    """What one document gives; ``record`` is ``None`` where it is refused."""

    record: Json | None
    findings: list[Json]
    unmapped: list[Json]


def kind_of(code: str) -> Json | None:
    """Return the code of a category, as received where the list has none; ``None`` if it is blank."""
    text = code.strip()
    return KINDS.get(text) or {"list": "cnas-category@1", "text": text} if text else None


def day_of(text: str) -> str:
    """Return the day of a valid xs:date that may have a zone behind it.

    Raises:
        NotReadError: a year before 1 or after 9999.
    """
    if len(text) == DATE_LENGTH:
        return text
    if text[4] != "-":
        raise NotReadError("a year that no calendar date of the record can have")
    return text[:DATE_LENGTH]


def doubt(code: str, at: str, text: str) -> Json:
    """Return a warning about the record."""
    return {"code": code, "severity": "warning", "text": text, "at": at}


def backwards(index: int) -> Json:
    """Return the warning about a period that ends before it starts."""
    return doubt("C301", f"insurance[{index}].period", "the period ends before it starts")


def left_over(count: int) -> Json:
    """Return the note about leaves without a rule."""
    text = "1 value of the document is" if count == 1 else f"{count} values of the document are"
    return {"code": "M205", "severity": "info", "text": f"{text} not mapped"}


def no_pid() -> Json:
    """Return the error about a missing number."""
    return {"code": "M201", "severity": "error", "text": "required", "at": "identifiers[0].value"}


def check_cnp(pid: str, on: date, doubts: list[Json]) -> None:
    """Judge a number of thirteen digits as ``hub_core.canonical.faults`` does."""
    if pid[0] == "9":  # a NIF: nothing is written inside
        return
    at = "identifiers[0].value"
    if pid[0] == "0":
        doubts.append(doubt("C201", at, "the number does not have the form of a CNP"))
    elif _check_digit(pid) != pid[12]:
        doubts.append(doubt("C202", at, "the number has wrong check digits for a CNP"))
    elif not _can_be_true(pid, on):
        doubts.append(doubt("C203", at, "the number cannot be true as a CNP"))


def _check_digit(pid: str) -> str:
    remainder = (sum(map(mul, _WEIGHTS, pid.encode())) - _ZEROS) % 11
    return "1" if remainder == 10 else str(remainder)


def _can_be_true(pid: str, on: date) -> bool:
    county = pid[7:9]
    old = county in _OLD_SECTORS
    if pid[9:12] == "000" or not (old or county in _COUNTIES):
        return False
    last = min(on, _OLD_SECTORS_UNTIL) if old else on
    year, month, day = int(pid[1:3]), int(pid[3:5]), int(pid[5:7])
    for century in _CENTURIES[pid[0]]:
        try:
            if date(century + year, month, day) <= last:
                return True
        except ValueError:
            continue
    return False
