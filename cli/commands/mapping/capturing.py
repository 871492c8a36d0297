"""``punte mapping capture``: a kept message becomes a test of its mapping, without its persons."""

import re
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from cli import desk, screen
from cli.options import Json, MessageId, Root, Schemas
from cli.screen import Column
from hub_core.errors import ConfigError

KEPT = (Column("KEPT BECAUSE"), Column("VALUES", right=True))
LONGEST: Final = 60  # characters of a file's name
PLACES: Final = 3  # of a test that fails


def capture(
    message_id: MessageId,
    *,
    name: Annotated[
        str, typer.Option("--name", metavar="SENTENCE", help="What the test shows; also names the fixture.")
    ] = "a message as it came",
    into: Annotated[
        Path | None,
        typer.Option(
            "--into",
            metavar="FILE",
            help="The mapping file that gets the test; the fixture is put beside it. Left out: both are printed.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    root: Root = None,
    schemas: Schemas = None,
    as_json: Json = False,
) -> None:
    """Make a fixture and a test of a kept message, with pseudonyms instead of persons.

    Every value is replaced that is not known to be harmless: names, numbers, dates, addresses, amounts, free texts,
    also where no rule reads them. Form, length, letters with marks and check digits stay; the same person has the same
    pseudonym in every document that this hub captures; all dates go back by the same number of days. Kept are codes,
    countries, currencies, counts, and words that the mapping itself names. Look at the fixture before you share it.
    """
    fixture = f"fixtures/{_slug(name)}"
    answer = desk.call("capture", id=message_id, name=name, fixture=fixture, by=desk.operator())
    if into is not None:
        answer |= _written(answer, into, root, schemas)
    if as_json:
        screen.as_json(answer)
        return
    if into is None:
        print(answer["fixture"])
        print(answer["entry"])
        screen.note(f"nothing is written; --into {answer['file']} writes both")
        return
    _show(answer)


def _slug(name: str) -> str:
    """Return a sentence as the name of a file.

    >>> _slug("A widow's claim, 2024")
    'a-widow-s-claim-2024'
    """
    return "-".join(re.findall("[a-z0-9]+", name.lower()))[:LONGEST].strip("-") or "message"


def _written(answer: dict[str, Any], into: Path, root: Path | None, schemas: Path | None) -> dict[str, str]:
    """Write fixture and test, and run the test; what does not pass is taken back.

    Raises:
        ConfigError: M110, the name is taken, the file has no place for a test, or the test fails there.
    """
    from hub_core.mapping.selection import root_of
    from hub_core.mapping.trying.testentry import with_test

    path = into.parent / answer["name"]
    before = into.read_text(encoding="utf-8")
    after = with_test(before, answer["entry"], file=str(into))
    if path.exists():
        raise ConfigError("M110", "a fixture of this name is there", where=str(path), mend="give another --name")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(answer["fixture"].encode(answer["encoding"]))
    into.write_text(after, encoding="utf-8")
    try:
        _run(into, root or root_of(into), schemas, read_with=answer["mapping"])
    except BaseException:
        path.unlink()
        into.write_text(before, encoding="utf-8")
        raise
    return {"written": str(path), "into": str(into)}


def _run(file: Path, root: Path, schemas: Path | None, *, read_with: str) -> None:
    """Run the last test of a mapping file."""
    from hub_core.mapping.selection import load_selected
    from hub_core.mapping.trying.tests import run_test

    mapping = load_selected([file], root=root, schemas=schemas).all[0]
    result = run_test(mapping, mapping.tests[-1], root)
    if not result.passed:
        places = ", ".join(line.partition(":")[0] for line in result.differences[:PLACES])
        mend = f"the hub read it with {read_with}: name the file of that mapping"
        raise ConfigError("M110", f"the test does not pass here: {places}", where=str(file), mend=mend)


def _show(answer: dict[str, Any]) -> None:
    screen.facts(
        (
            ("mapping", answer["mapping"]),
            ("fixture", Text(screen.clean(answer["written"]), "bold")),
            ("test", f"{answer['into']}, passes"),
            ("replaced", f"{answer['replaced']} values"),
        )
    )
    rows = [(why, str(count)) for why, count in sorted(answer["kept"].items(), key=lambda pair: -pair[1])]
    screen.show("")
    screen.table(KEPT, rows, empty="every value was replaced")
    screen.note("look at the fixture before you share it: rare facts still point at a person")
