"""``punte mapping new``: a first draft of a mapping, from a partner's contract or one of its documents."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cli import screen
from cli.options import Json, SchemasAround

if TYPE_CHECKING:
    from hub_core.document import Document
    from hub_core.draft import Draft

MODEL: Final = "Beneficiary"


Contract = Annotated[
    str,
    typer.Option(
        "--from",
        metavar="FILE[#ELEMENT]",
        help="XSD or WSDL and its root, JSON Schema, FILE.rows.yaml; or one document: FILE.json, FILE.xml.",
    ),
]
Model = Annotated[str, typer.Option("--to", metavar="MODEL", help="What the rules write; there is one model.")]
Operation = Annotated[
    str, typer.Option("--operation", metavar="NAME", help="WSDL: the operation whose answer is read.")
]
Dialect = Annotated[
    str, typer.Option("--dialect", metavar="NAME", help="JSON: what source: {json: ...} says; left out: as found.")
]
DocumentName = Annotated[
    str, typer.Option("--document", metavar="NAME", help="JSON: name of the documents; left out: as found.")
]
Name = Annotated[
    str, typer.Option("--as", metavar="ID", help="Id of the mapping: partner.document/1; left out: from the names.")
]
Into = Annotated[
    Path,
    typer.Option(
        "--into", metavar="DIR", file_okay=False, help="Folder with mappings/ and schemas/, or that gets them."
    ),
]


def new(
    contract: Contract,
    *,
    to: Model = MODEL,
    operation: Operation = "",
    dialect: Dialect = "",
    document: DocumentName = "",
    name: Name = "",
    into: Into = Path(),
    schemas: SchemasAround = None,
    as_json: Json = False,
) -> None:
    """Write a first draft of a mapping from a contract: rules guessed by name, a fixture, a test.

    Names are understood in Romanian, English and Norwegian. What cannot be guessed is listed in the file as to be
    decided; until then it is kept as unmapped, and punte mapping lint names it. The schemas are copied beside it. Of a
    document only names and kinds are kept, in a schema that says so: none of its values is written. No file is
    replaced.
    """
    from hub_core.draft import Wanted, draft

    if to.partition("@")[0] != MODEL:
        raise typer.BadParameter(f"there is one model: {MODEL}", param_hint="--to")
    file, _, element = contract.partition("#")
    if not Path(file).is_file():
        raise typer.BadParameter(f"there is no file {file}", param_hint="--from")
    wanted = Wanted(
        contract=Path(file),
        schemas=schemas,
        element=element,
        operation=operation,
        dialect=dialect,
        document=document,
        id=name,
        opened=_opened,
    )
    made = draft(wanted)
    paths = _write(made, into)
    if as_json:
        shown = {
            "mapping": made.id,
            "guessed": made.guessed,
            "undecided": made.undecided,
            "valid": made.valid,
            "unbound": made.unbound,
        }
        screen.as_json(shown | {"files": [str(path) for path in paths]})
        return
    _show(made, paths)


def _opened(body: bytes) -> "Document":
    from adapters.kit.load import load_adapters
    from hub_core.mapping import MappingSet
    from registry.offline.reading import OfflineReader

    return OfflineReader(adapters=load_adapters(), mappings=MappingSet([])).open(body)


def _write(made: "Draft", into: Path) -> list[Path]:
    """Write the files of a draft.

    Raises:
        ConfigError: M115, a file is there already and holds something else.
    """
    from hub_core.errors import ConfigError

    files = {into / name: body for name, body in made.files.items()}
    for path, body in files.items():
        if path.exists() and path.read_bytes() != body:
            mend = "give the mapping another id with --as, or remove the file"
            raise ConfigError("M115", "a file of this name is there", where=str(path), mend=mend)
    for path, body in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return list(files)


def _show(made: "Draft", paths: list[Path]) -> None:
    mapping, fixture, *schemas = paths
    screen.facts(
        (
            ("mapping", made.id),
            ("file", str(mapping)),
            ("fixture", f"{fixture}{'' if made.valid else ', which the contract does not take as it is'}"),
            ("schemas", f"{len(schemas)} below {schemas[0].parent}"),
            ("guessed", f"{made.guessed} rules: look at each"),
            ("to be decided", f"{made.undecided} leaves" if made.undecided else "nothing"),
        )
    )
    if made.unbound:
        text = "the WSDL has no binding: to connect the partner, begin with the file that has one; it imports this one"
        screen.note(text)
    screen.note(f"next: punte mapping try {mapping} --watch")
