"""Lives of a hub, one after the other on one store: each does all that a hub does, and may end at a failpoint.

A line on standard input is a life: its number, and the failpoint where it ends or ``-``. Each is a process of its own
(a fork: what takes long to load is loaded once); its exit code is answered on standard output. A life takes in
everything that the lives before it should have acknowledged, as senders would send it again. Five messages of one key
each: 0 and 4 are taken, 1 is refused once, of 2 the answer is lost, 3 is refused for good.
"""

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

import msgspec
from file_child import LISTS, TITLES, row
from journal_child import Ledger

from adapters.flat import ADAPTER as FLAT
from adapters.rest import ADAPTER as REST
from hub_core.accepting import splitting
from hub_core.accepting.splitting import Splitter
from hub_core.delivering import delivery
from hub_core.delivering.gates import Gates
from hub_core.directory import Access, Condition, Direction, Directory, Endpoint, Institution, Route
from hub_core.directory.policy import Collect
from hub_core.errors import Rejected, TryLater
from hub_core.journal import failpoints, filing
from hub_core.journal.entries import Filter
from hub_core.journal.sealing_anew import Resealer
from hub_core.mapping import load
from hub_core.message import Arrival, Caller, DeliveryState, Receipt, State
from hub_core.settings import Settings
from registry.desk.desk import Desk
from registry.outward import filer_of
from registry.parts import Parts
from registry.purging import take_step

KINDS = 5
ROWS = 3
OUT = Endpoint(
    institution="x",
    direction=Direction.OUT,
    adapter="rest",
    service="s",
    in_doubt="hold",
    parked="hold",
    url="http://x/",
)
TOWN = Endpoint(
    institution="x",
    direction=Direction.OUT,
    adapter="flat",
    service="s",
    contract=LISTS.contract,
    writes="anofm.monthly/1",
    collect=Collect(every=timedelta()),
    settings={"folder": "town"},
)
LETTERS = Endpoint(institution="x", direction=Direction.IN, adapter="rest", service="letters", message_id="header")
DIRECTORY = Directory(
    number=1,
    institutions={"x": Institution(name="X"), "anofm": Institution(name="ANOFM")},
    endpoints={"letters": LETTERS, "lists": LISTS, "out": OUT, "cases": OUT, "town": TOWN},
    routes={
        "letters": Route(services=("letters",), to=("out",), order_by="cases.number"),
        "paid": Route(services=("lists",), when=(Condition(at="benefits.scheme", present=True),), to=("cases", "town")),
    },
    access={
        "letters": Access(institution="x", service="letters", purposes=("p",)),
        "lists": Access(institution="anofm", service="lists", purposes=("p",)),
    },
)
BY = {"by": "operator", "reason": "test"}


def letter(number):
    record = {
        "identifiers": [{"scheme": "source", "value": str(number)}],
        "cases": [{"number": f"k{number // KINDS}"}],
    }
    caller = Caller(institution="x", key="k")
    return Arrival(
        endpoint="letters",
        caller=caller,
        body=msgspec.json.encode({"beneficiary": record}),
        sender_id=str(number),
        purpose="p",
    )


def a_list(life):
    lines = [TITLES, *(row(life * ROWS + number) for number in range(ROWS))]
    body = "".join(f"{line}\r\n" for line in lines).encode("cp1250")
    caller = Caller(institution="anofm", key="k")
    return Arrival(endpoint="lists", caller=caller, body=body, sender_id=f"list-{life}", purpose="p")


def attached(folder):
    writing = folder.begin(name="scan", media_type="application/pdf")
    writing.write(b"scan" * 50_000)
    return writing.end()


class Books:
    """What senders and partner wrote down, in this life and before."""

    def __init__(self, path):
        self._path = path
        self._ledger = Ledger(path)

    def write(self, *words):
        self._ledger.write(" ".join(map(str, words)))

    def told(self, kind):
        lines = [line.split() for line in self._path.read_text().splitlines()]
        return [words[1] for words in lines if words[0] == kind]


class Partner:
    """Takes, refuses and loses answers by the number of the message."""

    def __init__(self, books):
        self._books = books

    async def send(self, sent):
        identifiers = msgspec.json.decode(sent.record)["identifiers"]
        number = next((one["value"] for one in identifiers if one["scheme"] == "source"), None)
        kind = None if number is None else int(number) % KINDS
        if kind == 3 or (kind == 1 and number not in self._books.told("refused")):
            self._books.write("refused", number)
            raise Rejected("D201", "no")
        self._books.write("sent", number or f"row-{sent.message_id}", sent.key)
        if kind == 2 and self._books.told("sent").count(number) == 1:
            raise TryLater("D103", "the answer was lost", in_doubt=True)
        return Receipt()

    async def close(self):
        """Nothing is open."""


class Life:
    def __init__(self, where, folder, number):
        store = where if where.startswith("postgresql:") else None
        self.settings = Settings(home=folder / "home", store=store, keyring=folder / "keyring.json")
        self.books = Books(folder / "books")
        self.number = number

    async def live(self, mappings):
        parts = Parts(self.settings, write=True)
        parts.mapping_sets.use(mappings)
        parts.in_force(DIRECTORY)
        began = parts.clock.now()
        await self.accept(parts)
        await self.deliver(parts)
        await self.rotate(parts)
        await take_step(parts, "bodies", began, 0)  # those of earlier lives
        parts.close()

    async def accept(self, parts):
        acked = self.books.told("acked")
        for number in range((self.number + 1) * KINDS):
            if str(number) not in acked:
                await self.hand_in(parts, number, letter(number))
        for life in range(self.number + 1):
            if f"list-{life}" not in acked:
                await self.hand_in(parts, f"list-{life}", a_list(life))

    async def hand_in(self, parts, name, arrival):
        if isinstance(name, int) and name % KINDS == 0:
            arrival = msgspec.structs.replace(arrival, attachments=(attached(parts.attachments),))
        self.books.write("intent", name)
        await parts.hub.accept(arrival)
        self.books.write("acked", name)

    async def deliver(self, parts):
        splitter = Splitter(
            parts.hub,
            journal=parts.journal,
            view=parts.view,
            adapters=parts.adapters,
            directory_of=lambda _: DIRECTORY,
            clock=parts.clock,
        )

        async def opened(_):
            return Partner(self.books)

        deliverer = delivery.Deliverer(
            journal=parts.journal,
            targets=opened,
            directory=lambda: DIRECTORY,
            clock=parts.clock,
            gates=Gates(places=4),
            chance=lambda: 0.0,
        )
        parts.deliveries_added = deliverer.wake
        await deliverer.start()
        splitter.wake()
        filer = filer_of(parts)
        parts.gates.keep_only(DIRECTORY)
        while await self.act(parts) or parts.view.unsplit() or parts.view.counts().open_deliveries:
            await filer.turn("town")
            await asyncio.sleep(0.01)
        await splitter.stop()
        await deliverer.stop(timedelta(seconds=5))

    async def act(self, parts):
        """Do what an operator would; tell whether there was anything to do."""
        desk, waiting = Desk(parts), False
        for state in (State.PARKED, State.DELIVERING):
            for message in parts.view.messages(Filter(state=state, limit=1000)):
                for row_ in parts.view.deliveries(message.id):
                    if row_.state is DeliveryState.IN_DOUBT and row_.lease_until is None:
                        name = message.sender_id or f"row-{message.id}"
                        sent = name in self.books.told("sent")
                        try:
                            await desk.call("settle", {"id": message.id, "sent": sent, **BY})
                        except Rejected as fault:  # the hub has just taken it up itself
                            if fault.code != "J413":
                                raise
                        waiting = True
                    elif row_.state is DeliveryState.PARKED and not row_.superseded:
                        what = "discard" if int(message.sender_id) % KINDS == 3 else "retry"
                        until = parts.clock.now() + timedelta(hours=1)
                        await desk.call("parked_act", {"what": what, "of": message.id, "until": until, **BY})
                        waiting = True
        return waiting

    async def rotate(self, parts):
        desk = Desk(parts)
        await desk.call("seal_rotate", {"by": "operator"})
        resealer = Resealer(parts.database, parts.vault)
        resealer.start()
        while (await desk.call("seal_status", {}))["to_do"]:  # noqa: ASYNC110 - the background is waited for
            await asyncio.sleep(0.005)
        await resealer.stop()
        for key in (await desk.call("seal_status", {}))["keys"]:
            if key["id"] != parts.vault.key_id:
                await desk.call("seal_drop", {"key": key["id"], "by": "operator"})


def lives(where, folder):
    (folder / "files" / "town").mkdir(parents=True, exist_ok=True)
    os.environ["PUNTE_FILES"] = str(folder / "files")
    mappings = load()
    REST, FLAT  # noqa: B018 - loaded before the first fork
    for line in sys.stdin:
        number, place = line.split()
        child = os.fork()
        if child == 0:
            if place != "-":
                failpoints.arm(place)
            asyncio.run(Life(where, folder, int(number)).live(mappings))
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os.write(1, f"{code}\n".encode())


if __name__ == "__main__":
    # What a killed life held is free soon: lives follow each other faster than hubs do.
    delivery.LEASE, delivery._HEARTBEAT = timedelta(seconds=0.3), 0.1
    splitting.BATCH = filing.SETTLED_AT_ONCE = 2  # fewer than the rows of a list
    lives(sys.argv[1], Path(sys.argv[2]))
