"""What brings messages to partners, made of the parts of a hub: one by one, and many in a file."""

from hub_core.delivering.attached import AttachingTarget
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

    async def filing(name: str) -> Filing:
        return await parts.connections.filing(name, parts.directory().endpoints[name])

    return Filer(
        journal=parts.journal,
        view=parts.view,
        filings=filing,
        mappings=lambda name: parts.mappings().named(name),
        directory=parts.directory,
        due_at=due_at,
        clock=parts.clock,
        gates=parts.gates,
        leads=lambda: parts.database.leads,
        told=parts.metrics.attempted,
    )
