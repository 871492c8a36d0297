"""``punte contract``: contracts of partners, before anything is registered."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text
from rich.tree import Tree

from cli import files, screen
from cli.commands.diffing import diff
from cli.faults import Exit
from cli.options import Json, folder
from cli.screen import Column

if TYPE_CHECKING:
    from hub_core.contract.wsdl import Admission, Finding, Operation

app = typer.Typer(no_args_is_help=True, help="Look at contracts of partners: WSDL, XML Schema, JSON Schema.")

app.command()(diff)

KINDS = frozenset({".wsdl", ".xsd", ".json"})
LACKING = "V504"  # a file that a contract names is not below the folder
COLUMNS = (
    Column("FILE", wrap=True),
    Column("VERDICT"),
    Column("OPERATIONS", right=True),
    Column("NOTED", right=True, drop=1),
)


@app.callback()
def contract() -> None:
    """Look at contracts of partners: WSDL, XML Schema, JSON Schema."""


@app.command()
def check(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", exists=True, help="Contracts; of a folder, all that end in .wsdl, .xsd or .json."
        ),
    ],
    *,
    root: Annotated[
        Path | None,
        folder("--root", "The only folder that a contract may import from; left out: where you are, if FILE is there."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say whether contracts can be used, what they offer, and what is wrong with them.

    Nothing is loaded from the network: what a contract imports comes from DIR, standards from a catalogue. What is not
    where a contract says is looked for in DIR; for a file outside of the folder you are in, DIR is its own. With --json
    one line per file. Ends with 1 if one is refused.
    """
    from hub_core.contract.checking import as_data
    from hub_core.contract.checking import check as one

    wanted = [path for path in files.walk(paths) if path.suffix.lower() in KINDS or path in paths]
    admissions: list[tuple[str, Admission]] = []
    for path, admission in zip(
        wanted, files.with_progress("contracts", wanted, lambda path: one(path, root or _root(path))), strict=True
    ):
        admissions.append((str(path), admission))
        if as_json:
            print(screen.json_text(as_data(str(path), admission)))
    if not as_json:
        _show(admissions)
        _tell_roots([root or _root(Path(file)) for file, one in admissions if _lacks_files(one)])
    if not all(admission.admitted for _, admission in admissions):
        raise typer.Exit(Exit.ATTENTION)


def _show(admissions: "list[tuple[str, Admission]]") -> None:
    if len(admissions) == 1 and admissions[0][1].contract is not None:
        _tree(*admissions[0])
    else:
        screen.table(COLUMNS, [_row(*one) for one in admissions], empty="no contract there; name a file or a folder")
    for _, admission in admissions:
        for finding in admission.findings:
            screen.out().print(_line(finding), soft_wrap=True)
    refused = sum(not admission.admitted for _, admission in admissions)
    count = len(admissions)
    if refused and count > 1:
        screen.note(f"{refused} of {count} contracts refused")


def _root(path: Path) -> Path:
    """Return the folder that a contract may import from where none is named."""
    here = Path.cwd()
    return here if path.resolve().is_relative_to(here) else path.resolve().parent


def _lacks_files(admission: "Admission") -> bool:
    return any(finding.code == LACKING for finding in admission.findings)


def _tell_roots(roots: list[Path]) -> None:
    for root in dict.fromkeys(roots):
        screen.note(f"files were looked for below {root}; --root names another folder")


def _row(file: str, admission: "Admission") -> tuple[str | Text, ...]:
    return (
        file,
        screen.state("admitted" if admission.admitted else "refused"),
        str(len(_operations(admission))) if admission.admitted else "",
        str(len(admission.findings) or ""),
    )


def _operations(admission: "Admission") -> "list[Operation]":
    services = admission.contract.services if admission.contract else ()
    return [operation for service in services for port in service.ports for operation in port.operations]


def _tree(file: str, admission: "Admission") -> None:
    """Print services, ports and operations of one contract."""
    found = admission.contract
    if found is None:
        return
    if not found.services:
        screen.out().print(Text.assemble((screen.clean(file), "bold"), " admitted: no operations of its own"))
        return
    root = Tree(Text.assemble((screen.clean(file), "bold"), " admitted"), guide_style="dim")
    for service in found.services:
        branch = root.add(screen.clean(f"service {service.name}"))
        for port in service.ports:
            where = port.address or "no address: the endpoint gives it"
            leaf = branch.add(screen.clean(f"port {port.name}, SOAP {port.soap}, {where}"))
            for operation in port.operations:
                leaf.add(_operation(operation))
    screen.show(root)


def _operation(operation: "Operation") -> Text:
    asked = _local(operation.input.element)
    answered = _local(operation.output.element) if operation.output else "one way"
    said = f"  {operation.style}/{operation.use}  {asked} -> {answered}"
    faults = ", ".join(fault.name for fault in operation.faults)
    line = Text.assemble((screen.clean(operation.name), "cyan"), screen.clean(said))
    return line.append(screen.clean(f"  or {faults}"), "dim") if faults else line


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _line(finding: "Finding") -> Text:
    place = f"{finding.file}:{finding.line}" if finding.line else finding.file
    line = Text.assemble((f"{screen.clean(place)} ", "cyan"), screen.state(finding.severity.value))
    line.append(f" {finding.code} ", "bold").append(screen.clean(finding.text))
    return line.append(f"; {screen.clean(finding.mend)}", "dim") if finding.mend else line
