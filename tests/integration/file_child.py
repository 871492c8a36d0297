"""A process that the kill tests kill: it keeps one file, in some form, and makes messages of its rows."""

import asyncio
import sys
from datetime import date
from pathlib import Path

from msgspec.structs import replace

from adapters.flat import ADAPTER
from hub_core.accepting import splitting
from hub_core.accepting.hub import Hub
from hub_core.accepting.splitting import Splitter
from hub_core.clock import SystemClock, new_id
from hub_core.directory import Access, Condition, Contract, Direction, Directory, Endpoint, Institution, Route
from hub_core.journal.database import Database
from hub_core.journal.store import SqlJournal
from hub_core.mapping import load
from hub_core.message import Arrival, Caller
from hub_core.places import SCHEMAS
from hub_core.rows import Record, load_description, write_file
from hub_core.rows.packed import pack
from hub_core.testing.builders import a_vault
from hub_demo.identifiers import cnp

TITLES = "CNP;Nume;Prenume;Judet;Data inregistrarii;Data incetarii;Tip;Cuantum (lei);Cod incetare"
FILE_ID = "list-2025-11"
LISTS = Endpoint(
    institution="anofm",
    direction=Direction.IN,
    adapter="flat",
    service="lists",
    message_id="header",
    contract=Contract(rows="partners/anofm/monthly.rows.yaml"),
)
DIRECTORY = Directory(
    number=3,
    institutions={"anofm": Institution(name="ANOFM"), "cases": Institution(name="Cases")},
    endpoints={
        "lists": LISTS,
        "cases": Endpoint(institution="cases", direction=Direction.OUT, adapter="rest", service="cases"),
    },
    routes={"paid": Route(when=(Condition(at="benefits.scheme", present=True),), to=("cases",))},
    access={"a": Access(institution="anofm", service="lists", purposes=("list",))},
)


def row(number, kind="I"):
    """Return the line of a person of its own."""
    person = cnp(sex_digit=2, born=date(1980, 1, 1 + number % 28), county=12, serial=1 + number // 28)
    return f"{person};POPESCU;ANA;CJ;15.06.2025;;{kind};{'957,50' if kind == 'I' else ''};"


def a_file(count, *, bad=()):
    """Return a file of so many rows; those of ``bad`` have a column too much."""
    lines = [row(number) + (";x" if number in bad else "") for number in range(count)]
    return "".join(f"{line}\r\n" for line in (TITLES, *lines)).encode("cp1250")


def described(form):
    """Return the description of the lists, as if they came in another form."""
    file = LISTS.contract.rows
    lists = load_description(SCHEMAS / file, file=file)
    if form == "csv":
        return lists
    if form == "zip":
        return replace(lists, packed="zip")
    columns = tuple(replace(column, width=60 if form == "fixed" else 0) for column in lists.row.columns)
    token = "list/person" if form == "xml" else ""
    return replace(lists, form=form, titles=False, row=Record(columns=columns, token=token))


def in_form(form, count, *, bad=()):
    """Return a list in some form; a zip holds two files. The reason that those of ``bad`` give is in no code list."""
    description = described(form)
    names = [column.name for column in description.row.columns]
    rows = [dict(zip(names, row(number).split(";"), strict=True)) for number in range(count)]
    rows = [one | {"reason": "77"} if number in bad else one for number, one in enumerate(rows)]
    if form != "zip":
        return write_file(rows, description)
    half = replace(description, packed=None)
    return pack({"a.csv": write_file(rows[: count // 2], half), "b.csv": write_file(rows[count // 2 :], half)})


def a_hub(journal, mappings, **facts):
    """Return a hub that takes files, and what splits them."""
    hub = Hub(
        directory=lambda: DIRECTORY,
        mappings=lambda: mappings,
        adapters={"flat": ADAPTER},
        journal=journal,
        clock=SystemClock(),
        new_id=new_id,
        wake=lambda: None,
        **facts,
    )
    splitter = Splitter(
        hub,
        journal=journal,
        view=journal,
        adapters={"flat": ADAPTER},
        directory_of=lambda _: DIRECTORY,
        clock=SystemClock(),
    )
    return hub, splitter


def an_arrival(body):
    return Arrival(
        endpoint="lists", caller=Caller(institution="anofm", key="k"), body=body, sender_id=FILE_ID, purpose="list"
    )


async def main(path, count, form):
    splitting.BATCH = 32  # several commits for a short list
    ADAPTER._descriptions = {LISTS.contract.rows: described(form)}
    with Database(path) as database:
        journal = SqlJournal(database, a_vault())
        hub, splitter = a_hub(journal, load())
        await hub.accept(an_arrival(in_form(form, count, bad={5})))
        splitter.wake()
        while journal.unsplit():  # noqa: ASYNC110 - tasks of the splitter are waited for
            await asyncio.sleep(0.01)
        await splitter.stop()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
