"""``punte demo``, ``punte version``."""

import platform
from pathlib import Path
from typing import Annotated

import typer

from cli import screen
from cli.options import Json


def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="End afterwards instead of staying up.")] = False,
    folder: Annotated[
        Path | None,
        typer.Option("--input", metavar="DIR", exists=True, file_okay=False, help="Feed every file below it as well."),
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", metavar="N", help="Of the synthetic population.")] = None,
) -> None:
    """Start a hub and a small country of simulated agencies, and run real exchanges through them."""
    from hub_demo.population import DEFAULT_SEED
    from hub_demo.story import main

    raise typer.Exit(main(once=once, folder=folder, seed=DEFAULT_SEED if seed is None else seed))


def version(*, as_json: Json = False) -> None:
    """Print the version of Punte and of what it stands on."""
    import sqlite3
    from importlib.metadata import version as installed

    versions = {"punte": installed("punte"), "python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    if as_json:
        screen.as_json(versions)
    else:
        screen.facts(versions.items())
