"""``punte key``: keys by which institutions show themselves."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli import completion, desk, screen
from cli.options import Json
from cli.screen import Column
from hub_core.errors import ConfigError

app = typer.Typer(no_args_is_help=True, help="Keys by which institutions show themselves to the hub.")
COLUMNS = (Column("NAME"), Column("INSTITUTION"), Column("MADE"), Column("REVOKED"))

KeyName = Annotated[str, typer.Argument(metavar="NAME", help="Name of the key, such as cnas-2025.")]


@app.command()
def new(
    name: KeyName,
    *,
    institution: Annotated[
        str,
        typer.Option(
            "--institution", metavar="INSTITUTION", help="Who will show it.", autocompletion=completion.institutions
        ),
    ],
    as_json: Json = False,
) -> None:
    """Make a key and show it once; the hub keeps only its hash.

    In a pipe only the key itself is printed: PUNTE_KEY=$(punte key new portal-2025 --institution portal)
    """
    answer = desk.call("key_new", name=name, institution=institution, by=desk.operator())
    if as_json:
        screen.as_json(answer)
        return
    if not sys.stdout.isatty():
        print(answer["key"])
        return
    screen.show(Text(answer["key"], "bold"))
    screen.note(f"the key {name} of {institution}: shown this once, kept nowhere. Callers send it as header Punte-Key,")
    screen.note("or as the password of Basic authentication.")


@app.command("list")
def list_(*, as_json: Json = False) -> None:
    """List the keys, without the keys themselves."""
    answer = desk.call("keys")
    if as_json:
        screen.as_json(answer)
        return
    rows = [
        (it["name"], it["institution"], screen.local(it["created_at"]), screen.local(it["revoked_at"]) or "-")
        for it in answer
    ]
    screen.table(COLUMNS, rows, empty="no keys yet; make one: punte key new NAME --institution INSTITUTION")


@app.command()
def certificate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="PEM or DER file of the certificate.")],
    *,
    as_json: Json = False,
) -> None:
    """Show how a certificate is registered that an institution shows instead of a key.

    In the registry stands the fingerprint, for this one certificate, or subject and issuer, for those that follow it.
    """
    from hub_core.security.certificates import certificate_of
    from registry.offline.reading import body_of

    try:
        shown = certificate_of(body_of(file))
    except ValueError as error:
        raise ConfigError("R110", "there is no certificate in it", where=str(file)) from error
    if as_json:
        screen.as_json({**shown._asdict(), "begins": shown.begins.isoformat(), "ends": shown.ends.isoformat()})
        return
    screen.facts(
        [
            ("sha256", shown.sha256),
            ("subject", shown.subject),
            ("issuer", shown.issuer),
            ("begins", screen.local(shown.begins.isoformat())),
            ("ends", screen.local(shown.ends.isoformat())),
        ]
    )
    screen.note("for institutions: NAME: certificates: either {sha256: ...} or {subject: ..., issuer: ...}")


@app.command()
def revoke(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the key.", autocompletion=completion.keys)],
    *,
    as_json: Json = False,
) -> None:
    """Revoke a key; from now on its calls are refused."""
    answer = desk.call("key_revoke", name=name, by=desk.operator())
    if as_json:
        screen.as_json(answer)
    else:
        screen.note(f"revoked: {name}; calls with it are refused from now on")
