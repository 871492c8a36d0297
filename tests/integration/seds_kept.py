"""A store that takes SEDs and delivers when a test says so."""

import json
from datetime import timedelta

from hub_core.message import Arrival, Caller, DeliveryState
from hub_core.places import MAPPINGS
from hub_core.settings import Settings
from hub_core.testing.journal.base import ended
from registry.desk import Desk
from registry.parts import Parts

MINUTE = timedelta(minutes=1)
COUNTRY = """
institutions:
  ap: {name: Access point}
  agency: {name: Agency}
endpoints:
  seds: {institution: ap, direction: in, adapter: eessi, service: seds, message_id: header}
  cases: {institution: agency, direction: out, adapter: rest, service: cases, url: "http://127.0.0.1:9/"}
access:
  ap-seds: {institution: ap, service: seds, purposes: [exchange]}
routes:
  all: {services: [seds], to: [cases], order_by: "cases.number"}
"""
PORTAL = COUNTRY.replace("  cases: {", "  portal: {").replace("to: [cases]", "to: [portal]")
ENVELOPE = "eessi/nav-envelope.yaml"
SHIPPED = (MAPPINGS / ENVELOPE).read_text(encoding="utf-8")
CHANGED = SHIPPED.replace("fields:\n", "fields:\n  exchange.request: {const: CHANGED}\n", 1)
SED = {"sed": "X001", "sedGVer": "4", "sedVer": "2", "nav": {"eessisak": [{"saksnummer": "17", "land": "RO"}]}}
BY = {"by": "ana", "reason": "ticket 4711"}


class SedsKept:
    """See the module."""

    def __init__(self, home, store=None):
        self.parts = Parts(Settings(home=home, port=0, store=store), write=True)
        self.desk = Desk(self.parts)
        self.sent = []

    async def apply(self, country=COUNTRY):
        await self.desk.call("apply", {"files": {"country.yaml": country}, "by": "ana"})

    async def change_mapping(self):
        files = {"files": {f"/anywhere/{ENVELOPE}": CHANGED}}
        await self.desk.call("mapping_promote", files | BY)

    async def accept(self, **more):
        caller = Caller(institution="ap", key="k")
        arrival = Arrival(endpoint="seds", caller=caller, body=json.dumps(SED | more).encode(), purpose="exchange")
        return (await self.parts.hub.accept(arrival)).message_id

    async def deliver(self, state=DeliveryState.SENT, code=None, **told):
        """Let every open delivery end like this; remember what the partner got."""
        now = self.parts.clock.now() + MINUTE
        while claims := await self.parts.journal.claim(limit=99, lease=MINUTE, now=now):
            for claimed in claims:
                self.sent.append(claimed)
                await self.parts.journal.settle(ended(claimed, state, at=now, code=code, **told))

    async def sent_message(self, **more):
        message_id = await self.accept(**more)
        await self.deliver()
        return message_id

    async def replay(self, **act):
        return await self.desk.call("replay", BY | act)

    async def replay_one(self, message_id, **act):
        (row,) = (await self.replay(id=message_id, **act))["messages"]
        return row

    def state(self, message_id):
        return self.parts.view.message(message_id).message.state

    def request(self):
        """Return what the last delivery says about its request."""
        return json.loads(self.sent[-1].record)["exchange"].get("request")
