"""A list of job seekers by hand: read in chunks, checked, mapped, sealed, and inserted in batches by one commit each.

It knows one file. What the hub itself would use is used where it costs the same in both: its codecs, its model, its
check of the record. What was written is sealed and persons are hashed as LIMIT does it, into LIMIT's tables.
"""

import csv
import re
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

import msgspec

from hub_core.canonical import Beneficiary
from hub_core.canonical.faults import check
from hub_core.canonical.names import normal_name
from hub_core.canonical.values import Code
from hub_core.mapping.codecs import BadValue
from hub_core.mapping.codecs import chain as codec
from tests.bench.yardsticks.group_commit import MAX_ROWS, _connect, _filled
from tests.bench.yardsticks.limit import new_id
from tests.bench.yardsticks.sealing import Seal

BATCH: Final = 512  # rows of one commit
COLUMNS: Final = ("cnp", "family", "given", "county", "registered", "ended", "kind", "allowance", "reason")
TITLES: Final = [
    "CNP", "Nume", "Prenume", "Judet", "Data inregistrarii", "Data incetarii", "Tip", "Cuantum (lei)", "Cod incetare",
]  # fmt: skip
_CNP: Final = re.compile("[0-9]{13}").fullmatch
_COUNTY: Final = re.compile("[A-Z]{1,2}").fullmatch
_REASON: Final = re.compile("[0-9]{2}").fullmatch
_AMOUNT: Final = re.compile("[+-]?[0-9]{1,18}(,[0-9]{1,9})?").fullmatch
_LONGEST: Final = 60
_STATUS: Final = {
    "I": Code(list="job-seeker@1", code="with-benefit", text="I"),
    "N": Code(list="job-seeker@1", code="without-benefit", text="N"),
}
_LETTERS: Final = "abcdefghijklm"
_OPEN: Final = Code(list="period-end@1", code="open")
_SCHEME: Final = Code(list="ro-benefit@1", code="ISJ")
_MONTHLY: Final = Code(list="payment-frequency@1", code="monthly")
_read_cnp, _read_day = codec("cnp").parse, codec('date("%d.%m.%Y")').parse
_encode: Final = msgspec.json.Encoder().encode


class WrongFileError(ValueError):
    """The file has other columns, or a row that cannot be read: nothing of its chunk is kept."""


def keep(file: Path, database: Path, *, on: date) -> int:
    """Keep every row of a file; return how many."""
    seal, kept = Seal(database.with_suffix(".key")), 0
    with closing(_connect(database)) as connection, file.open(encoding="cp1250", newline="") as stream:
        rows = csv.reader(stream, delimiter=";", strict=True)
        if next(rows, None) != TITLES:
            raise WrongFileError
        while chunk := [*islice(rows, BATCH)]:
            sealed = [_sealed(values, number, seal, on) for number, values in enumerate(chunk, kept + 2)]
            connection.execute("BEGIN IMMEDIATE")
            for start in range(0, len(sealed), MAX_ROWS):
                _insert(connection, sealed[start : start + MAX_ROWS])
            connection.execute("COMMIT")
            kept += len(chunk)
    return kept


def _insert(connection: Any, rows: Sequence[tuple[tuple[object, ...], list[bytes]]]) -> None:
    columns = "id, received_at, sender, digest, envelope, body, decision"
    statement = f"INSERT INTO message ({columns}) VALUES {{}} RETURNING seq"  # noqa: S608 - columns of ours
    flat = [*chain.from_iterable(values for values, _ in rows)]
    numbers = connection.execute(_filled(statement, len(rows), len(rows[0][0])), flat).fetchall()
    persons = [(person, number) for (_, found), (number,) in zip(rows, numbers, strict=True) for person in found]
    statement = "INSERT INTO person (person, message) VALUES {} ON CONFLICT DO NOTHING"
    connection.execute(_filled(statement, len(persons), 2), [*chain.from_iterable(persons)])


def _sealed(cells: list[str], number: int, seal: Seal, on: date) -> tuple[tuple[object, ...], list[bytes]]:
    if len(cells) != len(COLUMNS):
        raise WrongFileError
    values = dict(zip(COLUMNS, cells, strict=True))
    body = _encode({"line": number, "row": values})
    record = read(values)
    found = check(record, on=on)
    persons = [f"{one.scheme}:{one.value}" for one in record.identifiers]
    message_id = new_id()
    sealed = seal.seal(message_id, body, _encode((record, found)), None, persons)
    return (message_id, time.time_ns() // 1000, *sealed[:-1]), sealed.persons


def read(values: dict[str, str]) -> Beneficiary:
    """Check the columns of a row and return its record."""
    if not all(values[name].strip() for name in ("cnp", "family", "given", "county", "registered", "kind")):
        raise WrongFileError
    county, reason, allowance, kind = values["county"], values["reason"], values["allowance"], values["kind"]
    if (
        kind not in _STATUS
        or not _CNP(values["cnp"])
        or not _COUNTY(county)
        or (reason and not _REASON(reason))
        or (allowance and not _AMOUNT(allowance))
        or len(values["family"]) > _LONGEST
        or len(values["given"]) > _LONGEST
    ):
        raise WrongFileError
    family, given = values["family"], values["given"]
    seeking: dict[str, Any] = {"status": _STATUS[kind], "county": county, "period": _period(values)}
    record: dict[str, Any] = {
        "exchange": {"system": "ANOFM", "type": "anofm/monthly"},
        "identifiers": [{"scheme": "ro.cnp", "value": _read_cnp(values["cnp"])}],
        "name": {"family": family, "given": given, "normal": normal_name(family, given, None)},
        "job_seeking": [seeking],
    }
    if reason:
        seeking["end_reason"] = _reason(reason)
    if kind == "I":
        record["benefits"] = [_benefit(county, allowance)]
    return msgspec.convert(record, Beneficiary)


def _period(values: dict[str, str]) -> dict[str, Any]:
    try:
        period: dict[str, Any] = {"start": _read_day(values["registered"])}
        if values["ended"]:
            period["end"] = _read_day(values["ended"])
        else:
            period["open"] = _OPEN
    except BadValue:
        raise WrongFileError from None
    return period


def _reason(text: str) -> Code:
    """Return the letter of article 44: 01 is a."""
    number = int(text)
    if not 1 <= number <= len(_LETTERS):
        raise WrongFileError
    return Code(list="anofm-end@1", code=f"art-44-{_LETTERS[number - 1]}", text=text)


def _benefit(county: str, allowance: str) -> dict[str, Any]:
    amount: dict[str, Any] = {"frequency": _MONTHLY}
    if allowance:
        amount["value"] = {"amount": Decimal(allowance.replace(",", ".")), "currency": "RON"}
    payer = {"id": county, "name": "AJOFM", "country": "RO"}
    return {"scheme": _SCHEME, "legal_basis": "Law 76/2002", "payer": payer, "amounts": [amount]}
