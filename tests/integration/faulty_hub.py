"""A hub with faults, for the checker to find: it loses, doubles and reorders one message in some."""

import asyncio
from itertools import count

import msgspec

from adapters.rest.webhook import Webhook
from cli import main
from hub_core.journal import ordering
from hub_core.journal.store import SqlJournal

ONE_IN = 20
calls = {name: count(1) for name in ("record", "send")}
record, send = SqlJournal.record, Webhook.send


async def forgetting(self, message, outcome):
    if next(calls["record"]) % ONE_IN == 0:
        return outcome
    return await record(self, message, outcome)


async def doubling_and_late(self, sent):
    call = next(calls["send"])
    if call % ONE_IN == 0:
        await send(self, msgspec.structs.replace(sent, key=f"{sent.key}-again"))
    elif call % ONE_IN == 1:
        await asyncio.sleep(0.5)  # the next of its key overtakes it
    return await send(self, sent)


SqlJournal.record = forgetting
Webhook.send = doubling_and_late
ordering.lines_taken = lambda *_: set()
main()
