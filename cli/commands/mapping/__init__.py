"""``punte mapping``: looking at mappings and working on them, without a hub. One module per command."""

import typer

from cli.commands.mapping import compiling, listing, testing, trying

app = typer.Typer(no_args_is_help=True, help="Mappings: what reads and writes which document.")
app.command("list")(listing.listing)
app.command("compile")(compiling.compiling)
app.command("try")(trying.trying)
app.command("test")(testing.run)


@app.callback()
def _group() -> None:
    """Mappings: what reads and writes which document."""
