"""``punte codes``: which code lists there are, and the codes of one."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from cli import completion, screen
from cli.options import Json, Root
from cli.screen import Column

if TYPE_CHECKING:
    from hub_core.mapping.codelists import CodeList, Entry

LISTS = (
    Column("LIST"),
    Column("OF", drop=2),
    Column("CODES", right=True),
    Column("IN FORCE", drop=3),
    Column("TITLE", wrap=True, drop=1),
)
CODES = (
    Column("CODE"),
    Column("TEXT", wrap=True),
    Column("READ FROM", wrap=True),
    Column("WRITTEN AS"),
    Column("IN FORCE", drop=2),
    Column("WHY", wrap=True, drop=1),
)

Name = Annotated[
    str | None,
    typer.Argument(
        metavar="LIST|FIELD",
        help="Such as sex@1, or a word of its name or title; or a coded field, such as civil_status.status.",
        autocompletion=completion.code_lists,
    ),
]


def codes(name: Name = None, *, root: Root = None, as_json: Json = False) -> None:
    """List the code lists that mappings can name, or show the codes of one.

    A list OF another one translates a source's texts into the codes of that list: a mapping names the former, the
    record holds the codes of the latter. With a word that fits several lists, those are listed. Of a field of the
    record it shows the list whose codes the mappings write there.
    """
    lists = _lists(root)
    chosen = _of_field(lists, name, root) if name and set(name) & {".", "["} else []
    chosen = chosen or _chosen(lists, name, root)
    if name is not None and len(chosen) == 1:
        _one(chosen[0], lists, as_json=as_json)
        return
    rows = [_row(one) for one in chosen]
    if as_json:
        screen.as_json(rows)
        return
    cells = [(row["list"], row["of"], str(row["codes"]), row["in_force"], row["title"]) for row in rows]
    screen.table(LISTS, cells, empty="no code lists")
    screen.note("the codes of one: punte codes LIST")


def _lists(root: Any) -> "dict[str, CodeList]":
    from hub_core.mapping.codelists import load_codelists
    from hub_core.mapping.files import gather
    from hub_core.mapping.selection import with_shipped
    from hub_core.yaml import Faults

    faults = Faults("M106")
    lists = load_codelists(with_shipped(gather([root]) if root else {}), faults)
    faults.raise_any()
    return dict(sorted(lists.items()))


def _of_field(lists: "dict[str, CodeList]", field: str, root: Any) -> "list[CodeList]":
    """Return the lists that records name in a field, as far as mappings fill it."""
    from cli.options import mappings_of
    from hub_core.mapping import user_cache
    from hub_core.mapping.selection import load_folder
    from hub_core.mapping.trying.vocabulary import lists_at

    found = load_folder(mappings_of(root), cache=user_cache())
    names = {name for one in found.all for name in lists_at(one.plan, field)}
    return [lists[name] for name in sorted(names & lists.keys())]


def _chosen(lists: "dict[str, CodeList]", name: str | None, root: Any) -> "list[CodeList]":
    """Return the list of a name, or those that a word fits or a field holds; without either all of them.

    Raises:
        ConfigError: M106, none fits.
    """
    from hub_core.errors import ConfigError
    from hub_core.mapping.codelists import choice

    if name is None or name in lists:
        return [lists[name]] if name else list(lists.values())
    word = name.lower()
    bare = [one for one in lists.values() if one.name.rpartition("@")[0] == word]
    found = bare or [one for one in lists.values() if word in one.name or word in one.title.lower()]
    found = found or _of_field(lists, name, root)
    if not found:
        raise ConfigError("M106", f"no code list {screen.clean(name)!r}", mend=choice(name, lists))
    return found


def _row(one: "CodeList") -> dict[str, Any]:
    return {
        "list": one.name,
        "of": one.of,
        "codes": len(one.entries),
        "in_force": one.in_force,
        "title": one.title,
    }


def _one(one: "CodeList", lists: "dict[str, CodeList]", *, as_json: bool) -> None:
    origin = lists[one.of].entries if one.of else {}
    rows = [_entry(entry, origin.get(entry.code)) for entry in one.entries.values()]
    if as_json:
        screen.as_json({**_row(one), "source": one.source, "file": one.file, "codes": rows})
        return
    facts = (("of", one.of), ("title", one.title), ("source", one.source), ("in force", one.in_force))
    screen.facts((("list", Text(one.name, "bold")), *facts, ("file", one.file)))
    screen.show("")
    cells = [
        (it["code"], it["text"], ", ".join(it["in"]), it["out"], it["in_force"], it["why"]) for it in rows
    ]  # fmt: skip
    screen.table(CODES, cells, empty="the list has no codes")


def _entry(entry: "Entry", origin: "Entry | None") -> dict[str, Any]:
    return {
        "code": entry.code,
        "text": entry.text or (origin.text if origin else ""),
        "in": list(entry.read),
        "out": entry.write,
        "in_force": entry.in_force,
        "why": entry.why,
    }
