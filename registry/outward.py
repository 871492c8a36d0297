"""What brings messages to partners, made of the parts of a hub: one by one, and many in a file."""

from functools import partial

from hub_core.delivering.attached import AttachingTarget
from hub_core.delivering.choosing import Chooser
from hub_core.delivering.delivery import Deliverer
from hub_core.delivering.filing import Filer
from hub_core.delivering.written import WritingTarget
from hub_core.ports import Filing, Target
from registry.crontab import due_at
from registry.parts import Parts


def deliverer_of(parts: Parts) -> Deliverer:
    """Return what delivers messages one by one."""

    async def target(name: str) -> Target:
        endpoint = parts.directory().endpoints[name]
        opened = await parts.connections.target(name, endpoint)
        if endpoint.writes is not None:
            opened = WritingTarget(opened, parts.mappings().named(endpoint.writes), parts.clock)
        return AttachingTarget(opened, parts.view.attachments, parts.attachments)

    return Deliverer(
        journal=parts.journal,
        targets=target,
        directory=parts.directory,
        clock=parts.clock,
        gates=parts.gates,
        told=parts.metrics.attempted,
    )


def filer_of(parts: Parts) -> Filer:
    """Return what writes files of many messages."""
    return Filer(
        journal=parts.journal,
        view=parts.view,
        filings=partial(filing_of, parts),
        chooser=chooser_of(parts),
        directory=parts.directory,
        due_at=due_at,
        clock=parts.clock,
        gates=parts.gates,
        leads=lambda: parts.database.leads,
        told=parts.metrics.attempted,
    )


def chooser_of(parts: Parts) -> Chooser:
    """Return what makes such a file of what waits, and keeps nothing of it."""
    return Chooser(
        view=parts.view,
        mappings=lambda name: parts.mappings().named(name),
        directory=parts.directory,
        clock=parts.clock,
    )


async def filing_of(parts: Parts, name: str) -> Filing:
    """Open what makes and puts the files of an endpoint."""
    return await parts.connections.filing(name, parts.directory().endpoints[name])
