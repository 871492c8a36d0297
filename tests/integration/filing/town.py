"""A hub whose town hall takes files, and what lies there."""

from hub_core.message import Arrival, Caller
from hub_core.places import MAPPINGS
from registry.assemble import splitter_of
from registry.desk import Desk
from registry.outward import filer_of
from registry.parts import Parts
from tests.integration.file_child import TITLES

PAYMENTS = MAPPINGS / "cnpp/fixtures/payments.txt"
COUNTRY = """
institutions:
  anofm: {name: Employment agency}
  town: {name: Town hall}
endpoints:
  lists:
    institution: anofm
    direction: in
    adapter: flat
    service: lists
    contract: {rows: partners/anofm/monthly.rows.yaml}
    mappings: anofm.monthly/1
    message_id: header
  payments:
    institution: anofm
    direction: in
    adapter: flat
    service: payments
    contract: {rows: partners/cnpp/payments.rows.yaml}
    mappings: cnpp.payments/1
    message_id: header
  house:
    institution: town
    direction: out
    adapter: flat
    service: payments
    contract: {rows: partners/cnpp/payments.rows.yaml}
    writes: cnpp.payments/1
    collect: {every: 1 ms}
    settings: {folder: town/in, marker: .done, name: "pay-{number}.txt", header: {date: "{date}"}}
  town:
    institution: town
    direction: out
    adapter: flat
    service: job-seekers
    contract: {rows: partners/anofm/monthly.rows.yaml}
    writes: anofm.monthly/1
    collect: {every: COLLECT, most: 3}
    OUT
    settings: {folder: town/in}
routes:
  all: {services: [lists, payments], to: [town]ORDER}
  payments: {services: [payments], to: [house]}
access:
  anofm-payments: {institution: anofm, service: payments, purposes: [labour-market], fixed_purpose: labour-market}
  anofm-lists: {institution: anofm, service: lists, purposes: [labour-market], fixed_purpose: labour-market}
"""


#: What the town hall does with such a file, if it has a hub as well; and where its replies are read.
PARTNER = """
endpoints:
  office:
    institution: town
    direction: in
    adapter: flat
    service: office
    contract: {rows: partners/anofm/monthly.rows.yaml}
    mappings: anofm.monthly/1
    poll: {every: 1 min}
    settings: {folder: town/in, settle: 1 ms}
  replies:
    institution: town
    direction: in
    adapter: flat
    service: replies
    contract: {rows: partners/punte/reply.rows.yaml}
    poll: {every: 1 min}
    settings: {folder: town/in/replies, settle: 1 ms, answers: {}}
access:
  town-office: {institution: town, service: office, purposes: [labour-market], fixed_purpose: labour-market}
  town-replies: {institution: town, service: replies, purposes: [labour-market], fixed_purpose: labour-market}
"""


async def registered(settings, *, every="1 ms", more="", out="", server=None, partner=""):
    """Return a hub whose town hall takes files, in a folder of this machine unless a server is named."""
    parts = Parts(settings, write=True)
    country = COUNTRY.replace("COLLECT", every).replace("ORDER", more).replace("OUT", out)
    if server is not None:
        own = f"settings: {{host_key: {server.host_key}}}\n    {server.registered}"
        country = country.replace("settings: {folder: town/in}", own)
    files = {"country.yaml": country} | ({"partner.yaml": partner} if partner else {})
    await Desk(parts).call("apply", {"files": files, "by": "ana"})
    return parts


async def accept(hub, body, sender_id="list-1", endpoint="lists"):
    """Take a list in and judge its rows: each waits at the town hall's endpoint."""
    caller = Caller(institution="anofm", key="k")
    kept = await hub.hub.accept(Arrival(endpoint=endpoint, caller=caller, body=body, sender_id=sender_id))
    await splitter_of(hub).split(kept.message_id)
    return kept.message_id


async def write_due(hub, name="town"):
    """Write what is due at an endpoint, as the hub does in the background; return how many files that were."""
    hub.gates.keep_only(hub.directory())
    return await filer_of(hub).turn(name)


def written(folder):
    """Return the files that a partner would take, without the titles, by name."""
    files = {path.name: path.read_bytes().decode("cp1250").splitlines() for path in sorted(folder.glob("[!.]*.csv"))}
    assert all(lines[0] == TITLES for lines in files.values())
    return {name: lines[1:] for name, lines in files.items()}


def dated(body):
    """Return a file of payments without the day on which it was made."""
    header, end, rest = body.partition(b"\r\n")
    return header[:-8] + end + rest


def rows_in(folder):
    return [line for lines in written(folder).values() for line in lines]
