"""Chapters: files that were left in folders, and what the queue of the labour inspectorate answered."""

import csv
import hashlib
import io
import re
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from rich.markup import escape
from rich.table import Table

from hub_demo.lists import borderou, register_of_unemployed
from hub_demo.registers import REFERENCE_DATE
from hub_demo.stage import Stage
from hub_demo.telling import PATIENCE_SECONDS, brief, initials, say, split

CLUJ: Final = "54975"
IASI: Final = "95060"
EATEN: Final = 4  # line of Cluj's list
REGISTERED: Final = 8
UNFINISHED: Final = ".part"
ASKED: Final = "contracts-asked"
BACK: Final = "iasi/someri"
SAID: Final = 3  # messages about one person: a row, and two answers to one receipt
T = TypeVar("T")


class Line(NamedTuple):
    """A line of a reply file: what is wrong in which line of the file, and what to do."""

    line: str
    column: str
    code: str
    result: str
    wrong: str
    mend: str


class Reply(NamedTuple):
    """A reply file: what became of the whole, and what is wrong with it."""

    summary: str
    lines: tuple[Line, ...]


def leave_files(stage: Stage) -> None:
    """Let town halls and ANOFM leave their files: the hub takes them while the story goes on.

    What was left before is known by its bytes, so each run of the demo is another day of theirs.
    """
    stage.list_number = number = 1 + _last_list(stage.files / "cluj")
    country = stage.country
    spoilt = borderou(country, CLUJ, number=number, eaten=EATEN)
    _leave(stage, "cluj", f"borderou-{number}.csv", spoilt)
    _leave(stage, "cluj", f"borderou-{number}-copie.csv", spoilt)
    _leave(stage, "iasi", f"borderou-{number}.csv", borderou(country, IASI, number=number, wrong_by=Decimal(100)))
    mended = borderou(country, IASI, number=number)
    _leave(stage, "iasi", f"borderou-{number}-corectat.csv{UNFINISHED}", mended[: len(mended) // 2])
    _leave(stage, "anofm", *_register(stage))


def town_halls(stage: Stage) -> None:
    """Each file is taken once, when it is whole; what is wrong goes back by line, with the mend."""
    number = stage.list_number
    table = Table("town hall", "file", "what became of it", box=None, pad_edge=False, header_style="bold")
    first = _reply(stage, "cluj", f"borderou-{number}.csv")
    table.add_row("Cluj-Napoca", f"borderou-{number}.csv", first.summary)
    again = _reply(stage, "cluj", f"borderou-{number}-copie.csv")
    known = _kept(stage, "lists-of-cluj", borderou(stage.country, CLUJ, number=number, eaten=EATEN))
    told = f"the same bytes: {len(known)} message in all, {'the same' if again == first else 'another'} reply"
    table.add_row("", f"borderou-{number}-copie.csv", told)
    refused = _reply(stage, "iasi", f"borderou-{number}.csv")
    table.add_row("Iași", f"borderou-{number}.csv", refused.summary)
    name = f"borderou-{number}-corectat.csv"
    half = stage.files / "iasi" / f"{name}{UNFINISHED}"
    table.add_row("", half.name, f"half a file: {'left alone' if half.exists() else 'taken'}")
    half.write_bytes(borderou(stage.country, IASI, number=number))
    half.rename(half.with_name(name))
    table.add_row("", name, f"whole by now: {_reply(stage, 'iasi', name).summary}")
    stage.console.print(table)
    say(stage, "What went back to the town halls, in replies/ of their folders:")
    titles = ("to", "line", "column", "code", "what is wrong", "what to do")
    sent = Table(*titles, box=None, pad_edge=False, header_style="bold")
    for to, reply in (("Cluj-Napoca", first), ("Iași", refused)):
        for line in reply.lines:
            sent.add_row(to, *(escape(cell) for cell in line))
    stage.console.print(sent)


def inspectorate(stage: Stage) -> None:
    """Whoever is paid by ANOFM's nightly file is asked about at the labour inspectorate, which answers later."""
    name, body = _register(stage)
    reply = _reply(stage, "anofm", name)
    say(stage, f"ANOFM left {name}: {reply.summary}.")
    for line in reply.lines:
        told = f"[yellow]{line.code} line {line.line}[/]: {escape(line.wrong)}"
        say(stage, f"{told}. The trailer is right: the file counts.")
    (file,) = _kept(stage, "register-of-unemployed", body)
    split(stage, file["id"])
    rows = stage.desk.call("messages", {"correlation_id": file["id"], "rows": True})
    sent = [(row, one) for row in rows for one in stage.desk.call("message", {"id": row["id"]})["deliveries"]]
    asked = [(row, one) for row, one in sent if one["endpoint"] == ASKED]
    say(stage, f"{len(asked)} draw benefit: the labour inspectorate gets a question about each, and gives a receipt.")
    for row, one in asked:
        if one["state"] == "parked":
            refused = f"[yellow]{one['attempts'][-1]['code']} line {row['line']}[/]: HTTP 200, and a receipt of zeros"
            say(stage, f"{refused}, because the number is wrong. A person decides: punte parked.")
    _contradiction(stage, file["id"])
    _written(stage)


def _contradiction(stage: Stage, conversation: str) -> None:
    """Show what two institutions said about one person: one by a file, one by several answers to one receipt."""
    shown = next(person for person in stage.country.showcase if person.kind == "unemployed-with-wage")
    person = f"ro.cnp:{shown.cnp}"
    about = {"person": person, "correlation_id": conversation}
    came = _until(lambda: stage.desk.call("messages", about), lambda found: len(found) >= SAID)
    say(stage, f"What came about {initials(shown.name)}, in one conversation:")
    table = Table("by", "says", "sent to", box=None, pad_edge=False, header_style="bold")
    why = {"reveal": True, "reason": "the demo's persons are synthetic", "by": "demo"}
    for row in reversed(came):
        message = stage.desk.call("message", {"id": row["id"]} | why)
        record = message["record"]
        says = brief(record.get("job_seeking") or record.get("employments") or "first answer: the contracts follow")
        table.add_row(row["endpoint"], escape(says), ", ".join(one["endpoint"] for one in message["deliveries"]))
    stage.console.print(table)
    say(stage, f"Benefit and a contract at once: a person looks into it. punte messages list --person {person}")


def _written(stage: Stage) -> None:
    """Tell of the file that the hub wrote for a town hall: many messages, one list."""
    for newest in sorted((stage.files / BACK).glob("*.csv"))[-1:]:
        _, *rows = newest.read_text(encoding="cp1250").splitlines()
        told = f"{len(rows)} persons whose benefit counts as income"
        say(stage, f"Iași gets a list back, {BACK}/{newest.name}: {told}.")


def _leave(stage: Stage, folder: str, name: str, body: bytes) -> None:
    (stage.files / folder / name).write_bytes(body)


def _last_list(folder: Path) -> int:
    """Return the number of the last list that was ever left in a folder; the hub has moved it since."""
    numbers = (re.search(r"borderou-([0-9]+)", path.name) for path in folder.rglob("*.csv"))
    return max((int(found[1]) for found in numbers if found), default=0)


def _register(stage: Stage) -> tuple[str, bytes]:
    """Return ANOFM's file of this run: each run is another night."""
    night = REFERENCE_DATE + timedelta(days=stage.list_number - 1)
    body = register_of_unemployed(stage.country, REGISTERED, county="IS", night=night)
    return f"SOMERI_{night:%Y%m%d}.txt", body


def _reply(stage: Stage, folder: str, name: str) -> Reply:
    """Wait for the reply file of a file and read it."""
    path = stage.files / folder / "replies" / f"{name}.reply.csv"
    if not _until(path.exists, bool):
        return Reply("no reply yet", ())
    _, summary, *lines = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=";")
    return Reply(summary[4], tuple(Line(*line) for line in lines))


def _kept(stage: Stage, endpoint: str, body: bytes) -> list[dict[str, Any]]:
    """Return the messages that a file became, whatever it was called."""
    wanted = {"endpoint": endpoint, "sender_id": hashlib.sha256(body).hexdigest(), "rows": False}
    found: list[dict[str, Any]] = stage.desk.call("messages", wanted)
    return found


def _until(look: Callable[[], T], enough: Callable[[T], bool]) -> T:
    """Look again and again until it is enough, or patience ends; return what was seen last."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not enough(found := look()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found
