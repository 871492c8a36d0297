"""``punte seal``: the keys that seal the store."""

import time
from typing import Annotated, Any

import typer

from cli import completion, desk, files, screen
from cli.options import Json
from cli.screen import Column

app = typer.Typer(no_args_is_help=True, help="Keys that seal what the hub keeps about persons.")
COLUMNS = (Column("KEY"), Column("MADE"), Column("STATE"), Column("MESSAGES", right=True))
EVERY = 0.2  # seconds between two looks
PATIENCE = 50  # looks without a change
_WAIT = "run the hub: what older keys seal is sealed anew while it runs"


@app.command()
def status(*, as_json: Json = False) -> None:
    """List the keys of the keyring and how many messages each seals."""
    answer = desk.call("seal_status")
    if as_json:
        screen.as_json(answer)
    else:
        _show(answer)


@app.command()
def rotate(
    *,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until all is sealed anew.")] = True,
    as_json: Json = False,
) -> None:
    """Make a new key. It seals from now on; what older keys seal is sealed anew while the hub works.

    Keep a copy of the keyring apart from the backups of the store. An old key stays until you drop it: backups made
    before need it.
    """
    answer = desk.call("seal_rotate", by=desk.operator())
    if wait and answer["running"]:
        answer = _until_done(answer)
    if as_json:
        screen.as_json(answer)
    else:
        _show(answer)


@app.command()
def reload(*, as_json: Json = False) -> None:
    """Read the keyring again, after it was changed at its source; nothing stops meanwhile."""
    answer = desk.call("seal_reload", by=desk.operator())
    if as_json:
        screen.as_json(answer)
    else:
        _show(answer)


@app.command()
def drop(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Id of an old key.", autocompletion=completion.seal_keys)],
    *,
    as_json: Json = False,
) -> None:
    """Take an old key out of the keyring, once it seals nothing.

    Backups of the store that were made while it was current cannot be read without it.
    """
    answer = desk.call("seal_drop", key=key, by=desk.operator())
    if as_json:
        screen.as_json(answer)
    else:
        _show(answer)


def _until_done(answer: dict[str, Any]) -> dict[str, Any]:
    """Look until nothing is left, or nothing changes any more: what cannot be opened stays."""
    left, patience = answer["to_do"], PATIENCE
    with files.bar("sealing anew", left) as advance:
        while left and patience:
            time.sleep(EVERY)
            answer = desk.call("seal_status")
            patience = patience - 1 if answer["to_do"] == left else PATIENCE
            advance(left - answer["to_do"])
            left = answer["to_do"]
    return answer


def _show(answer: dict[str, Any]) -> None:
    screen.facts((("keyring", answer["keyring"]), ("lookup key", answer["lookup"]["id"])))
    rows = [(it["id"], screen.local(it["made_at"]), it["state"], f"{it['messages']:,}") for it in answer["keys"]]
    screen.table(COLUMNS, rows, empty="no keys")
    if answer["unsealed"]:
        screen.note(f"{answer['unsealed']:,} messages of an older version are not sealed yet")
    if answer["to_do"]:
        screen.note(f"{answer['to_do']:,} to do" if answer["running"] else f"{answer['to_do']:,} to do; {_WAIT}")
    else:
        screen.note("all is sealed with the current key")
