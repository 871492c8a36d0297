"""Which commands there are."""

from collections.abc import Iterable
from enum import Enum
from functools import partial
from typing import Any

import typer
import typer.main

from cli.commands import (
    adapters,
    apply,
    backup,
    codes,
    contract,
    doctor,
    endpoints,
    explain,
    init,
    keys,
    listfiles,
    mapping,
    messages,
    parked,
    purge,
    query,
    read,
    replay,
    routes,
    running,
    schedule,
    seal,
    send,
    serving,
    simulate,
    status,
    torture,
    why,
    write,
)

HELP = ["-h", "--help"]
RUN, SEND, LOOK, ACT, SET_UP = "Run", "Send and ask", "Look", "Act", "Set up"

app = typer.Typer(
    name="punte",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="Interoperability hub between a ministry of labour and social protection, its agencies "
    "and European registers.",
    epilog="Exit codes: 0 done, 1 refused or needs a human, 2 wrong usage, 3 hub not reachable. "
    "The hub's folder is .punte, or PUNTE_HOME.",
    context_settings={"help_option_names": HELP},
)
app.command(rich_help_panel=RUN)(serving.serve)
app.command(rich_help_panel=RUN)(running.demo)
app.command(rich_help_panel=RUN)(torture.torture)
app.command(rich_help_panel=RUN)(simulate.simulate)
app.command(rich_help_panel=SEND)(send.send)
app.command(rich_help_panel=SEND)(query.query)
app.command(rich_help_panel=SEND)(read.read)
app.command(rich_help_panel=SEND)(write.write)
app.add_typer(listfiles.app, name="file", rich_help_panel=SEND)
app.command(rich_help_panel=LOOK)(status.status)
app.command(rich_help_panel=LOOK)(parked.parked)
app.add_typer(messages.app, name="messages", rich_help_panel=LOOK)
app.command(rich_help_panel=LOOK)(why.why)
app.add_typer(routes.app, name="route", rich_help_panel=LOOK)
app.command(rich_help_panel=LOOK)(schedule.schedule)
app.command(rich_help_panel=LOOK)(doctor.doctor)
app.command(rich_help_panel=LOOK)(explain.explain)
app.command(rich_help_panel=LOOK)(running.version)
app.command(rich_help_panel=ACT)(parked.retry)
app.command(rich_help_panel=ACT)(parked.reject)
app.command(rich_help_panel=ACT)(parked.discard)
app.command(rich_help_panel=ACT)(replay.replay)
app.command(rich_help_panel=ACT)(purge.purge)
app.command(rich_help_panel=ACT)(backup.backup)
app.command(rich_help_panel=ACT)(backup.restore)
app.add_typer(endpoints.app, name="endpoint", rich_help_panel=ACT)
app.command(rich_help_panel=SET_UP)(init.init)
app.command(rich_help_panel=SET_UP)(apply.apply)
app.add_typer(keys.app, name="key", rich_help_panel=SET_UP)
app.add_typer(seal.app, name="seal", rich_help_panel=SET_UP)
app.command(rich_help_panel=SET_UP)(codes.codes)
app.add_typer(adapters.app, name="adapter", rich_help_panel=SET_UP)
app.add_typer(contract.app, name="contract", rich_help_panel=SET_UP)
app.add_typer(mapping.app, name="mapping", rich_help_panel=SET_UP)


class _AsGiven:
    """Takes a value as the shell gave it."""

    def coerce(self, value: object, **_: object) -> object:
        return value


class _OneOf:
    """Takes one of a few values, and says in plain words when it is none."""

    def __init__(self, choices: Iterable[Any]) -> None:
        self._choices = {str(getattr(choice, "value", choice)): choice for choice in choices}

    def coerce(self, value: object, *, param: Any, ctx: typer.Context) -> object:
        if value is None or isinstance(value, Enum):  # a default
            return value
        if value not in self._choices:
            raise typer.BadParameter(f"{value!r} is none of {', '.join(self._choices)}", ctx=ctx, param=param)
        return self._choices[str(value)]


def command() -> Any:
    """Return the whole command line, ready to be called with arguments and ``prog_name``."""
    root: Any = typer.main.get_command(app)
    _light(root, typer.Context(root, help_option_names=HELP))
    return root


def _light(command: Any, context: typer.Context) -> None:
    """Let texts and flags pass as they are: Typer would load pydantic for them, half of what starting takes."""
    for parameter in command.get_params(context):
        if parameter.type_descriptor.annotation in {str, bool}:
            parameter.get_runtime_param = _AsGiven
        elif parameter.type_descriptor.is_choice and parameter.nargs == 1 and not parameter.multiple:
            parameter.get_runtime_param = partial(_OneOf, parameter.type_descriptor.choices)
    for inner in getattr(command, "commands", {}).values():
        _light(inner, context)
