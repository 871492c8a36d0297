"""``punte doctor``: is this machine fit, and what to do where it is not."""

from typing import Any

import typer

from cli import desk, screen
from cli.faults import Exit
from cli.options import Json
from cli.screen import Column
from hub_core.settings import from_environment

COLUMNS = (Column("CHECK"), Column("RESULT"), Column("WHAT", wrap=True))
WORDS = {True: "ok", False: "FAIL", None: "note"}


def doctor(*, as_json: Json = False) -> None:
    """Check this machine, the hub's files and the hub itself.

    Ends with 1 if something must be mended.
    """
    checks = _checks()
    if as_json:
        screen.as_json(checks)
    else:
        rows = [(it["check"], screen.state(WORDS[it["ok"]]), _what(it)) for it in checks]
        screen.table(COLUMNS, rows, empty="")
    if any(it["ok"] is False for it in checks):
        raise typer.Exit(Exit.ATTENTION)


def _checks() -> list[dict[str, Any]]:
    """Return the hub's checks; on a machine where none has run yet only those of the machine."""
    settings = from_environment()
    if desk.running(settings) is None and not settings.may_hold:
        import msgspec

        from registry.doctor.health import local_checks

        return list(msgspec.to_builtins(local_checks(settings)))
    return list(desk.call("doctor"))


def _what(check: dict[str, Any]) -> str:
    mend = check["mend"] if check["ok"] is not True else ""
    return "; ".join(filter(None, (check["text"], mend)))
