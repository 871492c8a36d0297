"""``punte send``: hand documents to a hub over its public API, as a partner would."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import completion, files, screen
from cli.faults import Exit
from cli.findings import show_findings
from cli.options import Json
from cli.screen import Column
from hub_core.errors import TryLater
from hub_core.settings import from_environment

COLUMNS = (Column("FILE"), Column("RESULT"), Column("CODE"), Column("REFERENCE"), Column("WHAT", wrap=True, drop=1))

SenderId = Annotated[
    str | None,
    typer.Option("--id", metavar="ID", help="Your own id of the message: a repeat is answered, not kept twice."),
]
Url = Annotated[
    str | None, typer.Option("--url", metavar="URL", help="Address of a hub; default: the one that runs here.")
]


def send(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Documents to send; folders are walked.")],
    *,
    endpoint: Annotated[
        str,
        typer.Option(
            "--endpoint", metavar="NAME", help="Inbound endpoint to send to.", autocompletion=completion.endpoints
        ),
    ],
    key: Annotated[str, typer.Option("--key", metavar="KEY", envvar="PUNTE_KEY", help="Your key.", show_envvar=True)],
    purpose: Annotated[
        str | None, typer.Option("--purpose", metavar="TEXT", help="Why; your access right must name it.")
    ] = None,
    sender_id: SenderId = None,
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Send documents to a hub, as a partner would.

    Each is kept and decided before its answer is printed. Ends with 1 if one was refused. With --json one object
    per line.
    """
    from cli.link import Link

    documents = list(files.walk(paths))
    if sender_id is not None and len(documents) > 1:
        raise typer.BadParameter("one id is for one document", param_hint="--id")
    headers = {"Punte-Key": key}
    if purpose is not None:
        headers["Punte-Purpose"] = purpose
    if sender_id is not None:
        headers["Idempotency-Key"] = sender_id
    with Link(url or _running_hub(), endpoint, headers) as link:
        results = files.with_progress("sending", documents, link.send)
        refused = _print_each(results) if as_json else _print_table(list(results), alone=len(documents) == 1)
    if refused:
        raise typer.Exit(Exit.ATTENTION)


def _running_hub() -> str:
    settings = from_environment()
    try:
        return settings.address.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise TryLater("W301", f"no hub runs in {settings.home}") from error


def _print_each(results: Iterator[dict[str, Any]]) -> bool:
    refused = False
    for result in results:
        print(screen.json_text(result))
        sys.stdout.flush()
        refused = refused or _is_refused(result)
    return refused


def _print_table(results: list[dict[str, Any]], *, alone: bool) -> bool:
    rows = [
        (it["file"], screen.state(it["result"]), it["code"] or "-", it["reference"] or "-", it["text"])
        for it in results
    ]
    screen.table(COLUMNS, rows, empty="no files there")
    refused = [it for it in results if _is_refused(it)]
    if alone:
        show_findings(results[0]["findings"])
    else:
        screen.note(f"{len(results) - len(refused)} accepted, {len(refused)} refused")
    return bool(refused)


def _is_refused(result: dict[str, Any]) -> bool:
    return result["result"] in {"refused", "not sent"}
