"""``punte endpoint new`` and ``check``: from a WSDL to an endpoint that is ready for ``punte apply``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import screen
from cli.faults import Exit
from cli.findings import show_findings
from cli.options import Json, folder
from cli.screen import Column

if TYPE_CHECKING:
    from hub_core.message import Finding
    from hub_simulator.onboarding import Connected
    from hub_simulator.trial import Step

FINE = frozenset({"ok", "note"})
STEPS = (Column("STEP"), Column("STATE"), Column("WHAT", wrap=True))
REGISTRY = "registry"
MAPPINGS = "mappings"


def new(
    wsdl: Annotated[Path, typer.Option("--wsdl", metavar="FILE", exists=True, dir_okay=False, help="The contract.")],
    *,
    operation: Annotated[
        str, typer.Option("--operation", metavar="NAME", help="That is called; left out: the only one.")
    ] = "",
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="Of the endpoint; left out: from the operation.")
    ] = "",
    institution: Annotated[
        str, typer.Option("--institution", metavar="NAME", help="A registered one; left out: one is written.")
    ] = "",
    into: Annotated[
        Path, typer.Option("--into", metavar="DIR", file_okay=False, help="Gets registry/, schemas/ and mappings/.")
    ] = Path(),
    root: Annotated[
        Path | None,
        folder("--root", "Folder around the contract that it may import from; left out: its own."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Connect a partner from its WSDL: write the endpoint, all files of the contract, and a first draft of a mapping.

    What the request needs is filled in from the contract; {cnp} stands where a name asks for a person's number. What
    was invented is named: look at it. No file is replaced.
    """
    from hub_simulator.onboarding import Connect, connect

    made = connect(Connect(wsdl=wsdl, root=root, operation=operation, name=name, institution=institution))
    _write(made, into)
    if as_json:
        told = {"endpoint": made.name, "operation": made.operation, "mapping": made.mapping or None}
        screen.as_json(told | {"files": [str(into / path) for path in made.files], "notes": list(made.notes)})
        return
    mapping = next((str(into / path) for path in made.files if path.startswith(f"{MAPPINGS}/")), None)
    screen.facts(
        (
            ("endpoint", made.name),
            ("operation", made.operation),
            ("file", str(into / next(iter(made.files)))),
            ("contract", f"{made.contract_files} files below {into / 'schemas' / 'partners' / made.name}"),
            ("mapping", mapping),
        )
    )
    for note in made.notes:
        screen.note(note)
    elsewhere = "" if into == Path() else f" --from {into}"
    screen.note(f"next: punte endpoint check {made.name}{elsewhere}; then punte apply {into / REGISTRY} --plan")


def _write(made: "Connected", into: Path) -> None:
    """Write the files.

    Raises:
        ConfigError: W305, one is there and holds something else; W304, it cannot be written.
    """
    from hub_core.errors import ConfigError

    for path, body in made.files.items():
        if (into / path).exists() and (into / path).read_bytes() != body:
            mend = "give the endpoint another name with --name, or remove the file"
            raise ConfigError("W305", "a file of this name is there", where=str(into / path), mend=mend)
    try:
        for path, body in made.files.items():
            (into / path).parent.mkdir(parents=True, exist_ok=True)
            (into / path).write_bytes(body)
    except OSError as error:
        raise ConfigError("W304", f"cannot write: {error.strerror}", where=str(into)) from error


def check(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the endpoint.")],
    *,
    folder: Annotated[
        Path,
        typer.Option("--from", metavar="DIR", exists=True, file_okay=False, help="Holds registry/ and mappings/."),
    ] = Path(),
    live: Annotated[
        bool, typer.Option("--live", help="Ask the partner itself, not one made from its contract.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Try an endpoint of a registry folder before it is applied; needs no hub.

    Looks at the registry set and the contract, makes one exchange with a partner that is simulated from the contract,
    holds the answer against the contract, reads it with its mapping, lints that, and says what is missing. --live asks
    the partner itself, about a person that nobody is, and looks at its certificate; or at the folder where files lie,
    and at the key of its server. Findings are told with their place, also those that hinder nothing. What only a real
    partner can show is noted. Ends with 1 if anything is missing.
    """
    import asyncio

    import msgspec

    from hub_simulator.trial import look

    mappings = folder / MAPPINGS if (folder / MAPPINGS).is_dir() else None
    registry = folder / REGISTRY if (folder / REGISTRY).is_dir() else folder
    steps = asyncio.run(look(name, registry, mappings, live=live))
    if as_json:
        screen.as_json(msgspec.to_builtins(steps))
    else:
        _show(steps)
    if any(step.state not in FINE for step in steps):
        raise typer.Exit(Exit.ATTENTION)


def _told(finding: "Finding") -> dict[str, Any]:
    """Return a finding as it is shown: with what to do about it."""
    import msgspec

    told: dict[str, Any] = msgspec.to_builtins(finding)
    return told | {"text": f"{finding.text}; {finding.help}"} if finding.help else told


def _show(steps: "list[Step]") -> None:
    screen.table(STEPS, [(one.step, screen.state(one.state), one.text) for one in steps], empty="nothing to look at")
    show_findings([_told(finding) for one in steps for finding in one.findings])
    missing = sum(one.state not in FINE for one in steps)
    screen.note(f"{missing} to mend or decide" if missing else "ready for punte apply")
