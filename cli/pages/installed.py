"""The page of the adapters that are installed here, each made of its ``Spec``, for the people who run the hub."""

from collections.abc import Iterator

from adapters.kit.load import SHIPPED, Adapters
from cli.pages.cards import COLUMNS, rows_of
from cli.pages.parts import FLAGS
from cli.pages.registry import settings_of
from hub_core.errors import ConfigError
from hub_core.ports import Spec
from hub_web.partner.blocks import Block, Facts, Page, Section, Table, Text


def installed(adapters: Adapters) -> Page:
    """Return the page of all adapters, those that cannot be used first."""
    broken, usable = adapters.quarantined, adapters.items()
    return Page(
        title="Adapters",
        lead=f"{len(usable)} can be used, {len(broken)} cannot.",
        sections=(
            *(Section(f"{name}-quarantined", name, (_quarantine(fault),)) for name, fault in broken.items()),
            *(Section(name, name, tuple(_blocks(one.spec, adapters.package(name)))) for name, one in usable),
        ),
    )


def _quarantine(fault: ConfigError) -> Facts:
    said = {"state": "quarantined", "why": f"{fault.code} {fault.text}", "entry point": fault.where, "mend": fault.mend}
    return Facts(tuple((name, value) for name, value in said.items() if value))


def _blocks(spec: Spec, package: str) -> Iterator[Block]:
    yield Text(spec.summary)
    said = {
        "state": "ok",
        "package": package,
        "written for SDK": spec.sdk,
        "opens": ", ".join(spec.kinds),
        "takes": ", ".join(sorted(spec.media_types)) or "every media type",
        "is": ", ".join(flag for flag in FLAGS if getattr(spec, flag)) or "neither idempotent nor ordered",
        "personal data": ", ".join(spec.personal),
    }
    yield Facts(tuple(said.items()))
    can = (
        (one.name, f"{one.direction}{', poll' if one.fetches else ''}", one.description) for one in spec.capabilities
    )
    yield Table(("it can", "at endpoints with direction", ""), tuple(can))
    if spec.fields:
        fields = ((one.name, "required" if one.required else "", one.description) for one in spec.fields)
        yield Table(("field", "", "meaning"), tuple(fields))
    if spec.settings is not None:
        yield Text("Below `settings:` of an endpoint:")
        own = (tuple(one.values()) for one in settings_of(spec.settings))
        yield Table(("setting", "holds", "default", "meaning"), tuple(own))
    yield Text(spec.promises)
    if package.partition(" ")[0] == SHIPPED:
        yield Table(COLUMNS, tuple(rows_of(spec)))
    else:
        yield Text("What it keeps of the kit is said by `punte adapter check` in the folder of its package.")
