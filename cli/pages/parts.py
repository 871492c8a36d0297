"""Pages of what mappings and endpoints choose from: codecs, code lists, adapters."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final, get_args

from adapters.kit.load import shipped
from cli.pages.cards import PARTS, card, promises
from cli.pages.registry import described_struct, fields, within
from cli.pages.table import table
from hub_core.mapping.binding.model import Kind, takes
from hub_core.mapping.codecs import CODECS, Codec, Example
from hub_core.mapping.codelists import CodeList, load_codelists
from hub_core.mapping.files import gather
from hub_core.places import MAPPINGS
from hub_core.ports import Capability, Spec
from hub_core.yaml import Faults


def codecs() -> Iterator[str]:
    """Yield the page of every codec with its examples, which the tests execute."""
    yield "A codec turns the text of a source into a value of the record. Rules name it after `as:`, several are joined"
    yield 'with `|` and applied from left to right: `as: split("/", 1) | date("%d.%m.%Y")`. Only the last may give'
    yield "something else than text. See [the mapping language](mapping-language.md)."
    yield ""
    yield from table(("codec", "gives", "for fields that hold"), map(_codec_row, CODECS.values()))
    for codec in CODECS.values():
        yield from ("", f"## {codec.name}", "", codec.doc, "", f"Source: {codec.source}", "")
        columns = ("written", "the source says", "value", "written back")
        yield from table(columns, map(_example_row, codec.examples))


def _codec_row(codec: Codec) -> tuple[str, ...]:
    held = ", ".join(kind for kind in get_args(Kind) if takes(kind, codec.gives))
    return f"[{codec.name}](#{codec.name})", codec.gives, held


def _example_row(example: Example) -> tuple[str, ...]:
    if example.value is None:
        return f"`{example.use}`", _quoted(example.text), "refused", ""
    back = example.text if example.back is None else example.back
    return f"`{example.use}`", _quoted(example.text), _value(example.value), _quoted(back)


def _value(value: date | Decimal | bool | int | str) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case str():
            return _quoted(value)
        case _:
            return f"`{value}`"


def _quoted(text: str) -> str:
    return f"`{json.dumps(text, ensure_ascii=False)}`"


FLAGS: Final = ("idempotent", "ordered", "streams")


def adapters() -> Iterator[str]:
    """Yield the page of the adapters of this project, each in its own words."""
    from adapters.kit.broken import BROKEN  # only whoever writes this page has what tests need
    from hub_core.testing import adapter as suite

    yield "An adapter knows how bytes of one protocol travel. An endpoint names one: `adapter: soap`; every field is"
    yield "one of the endpoint, described among [the registry's fields](registry.md#endpoints)."
    yield ""
    yield "*Idempotent*: whoever gets a message gets an id that stays the same, by which a repeat is seen. *Ordered*:"
    yield "what is fetched or cut into rows comes in the partner's order. *Streams*: a body is never whole in memory."
    yield ""
    yield "*Kit*: the contract suite `hub_core.testing.adapter`, which `punte adapter check` runs on any adapter:"
    tried = set[str]().union(*(promises(getattr(suite, part)) for part in PARTS))
    yield f"{len(tried)} promises, and {len(BROKEN)} adapters with one slip each, every one of which it finds."
    for adapter in shipped().values():
        yield from ("", *_adapter(adapter.spec))


def _adapter(spec: Spec) -> Iterator[str]:
    yield from (f"## {spec.name}", "", spec.summary, "")
    yield from table(("it can", "at endpoints with", ""), map(_capability, spec.capabilities))
    yield ""
    yield f"- opens: {', '.join(spec.kinds)}"
    yield f"- is: {', '.join(flag for flag in FLAGS if getattr(spec, flag)) or 'none of these'}"
    yield f"- personal data: {', '.join(spec.personal)}"
    yield ""
    yield from table(
        ("field", "", "meaning"),
        ((f"`{one.name}`", "required" if one.required else "", one.description) for one in spec.fields),
    )
    if spec.settings is not None:
        yield from ("", "Below `settings:` of an endpoint:", "")
        yield from fields(spec.settings)
    yield from ("", "What it promises, and what not:", "", spec.promises)
    yield from ("", "What it is held against:", "")
    yield from card(spec)
    for struct in within([spec.settings], []) if spec.settings else ():
        yield from ("", f"### {struct.__name__}", "", *described_struct(struct))


def _capability(one: Capability) -> tuple[str, ...]:
    poll = ", `poll`" if one.fetches else ""
    return one.name, f"`direction: {one.direction}`{poll}", one.description


def code_lists() -> Iterator[str]:
    """Yield the page of every shipped code list."""
    faults = Faults("M106")
    lists = load_codelists(gather([MAPPINGS]), faults)
    faults.raise_any()
    yield "Files `mappings/codes/<list>@<version>.yaml`. A list *of* another one reads a source's letters as the codes"
    yield "of that canonical list; the record then names the canonical list. How they are written:"
    yield "[the mapping language](mapping-language.md#codes). `punte codes LIST` says the same on the terminal."
    yield ""
    columns = ("list", "of", "codes", "in force", "title", "source")
    yield from table(columns, (_list_row(lists[name]) for name in sorted(lists)))
    for name in sorted(lists):
        yield from _codes(lists[name])


def _list_row(one: CodeList) -> tuple[str, ...]:
    return f"`{one.name}`", f"`{one.of}`" if one.of else "", str(len(one.entries)), one.in_force, one.title, one.source


def _codes(one: CodeList) -> Iterator[str]:
    """Yield the codes of a list; columns that say nothing are left out."""
    rows = [
        (f"`{it.code}`", it.text, " ".join(map(_quoted, it.read)), _quoted(it.write) if it.write else "", it.in_force)
        for it in one.entries.values()
    ]
    columns = ("code", "text", "read from", "written as", "in force")
    said = [at for at in range(len(columns)) if any(row[at] for row in rows)]
    yield from ("", f"## {one.name}", "")
    yield from table([columns[at] for at in said], (tuple(row[at] for at in said) for row in rows))
