"""``punte mapping``: looking at mappings, working on them, and changing what reads. One module per command."""

import typer

from cli.commands.mapping import capturing, compiling, diffing, drafting, lint, listing, releasing, testing, trying

app = typer.Typer(no_args_is_help=True, help="Mappings: what reads and writes which document.")
app.command("list")(listing.listing)
app.command("compile")(compiling.compiling)
app.command("new")(drafting.new)
app.command("try")(trying.trying)
app.command("test")(testing.run)
app.command("capture")(capturing.capture)
app.command("lint")(lint.lint)
app.command("diff")(diffing.diff)
app.command("shadow")(releasing.shadow)
app.command("promote")(releasing.promote)
app.command("rollback")(releasing.rollback)
app.command("releases")(releasing.releases)


@app.callback()
def _group() -> None:
    """Mappings: what reads and writes which document."""
