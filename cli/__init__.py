"""The command line ``punte``. One module per command; why it is a package: docs/decisions/001.

    app         which commands there are
    commands/   one module each: arguments in, a verb of the desk called, its answer shown
    desk        the way to the hub: its control socket, or the store itself when no hub runs
    screen      how things look, on a terminal and in a pipe
    faults      errors as people read them, and the exit codes

Nothing else of the project may import this package. What a command needs beyond these it imports when it runs: a
command that only looks starts within 0.3 s.
"""

import os
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import NoReturn


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave with its exit code (``cli.faults.Exit``)."""
    from hub_core.errors import PunteError

    sys.excepthook = _defect
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        _run(given)
    except PunteError as error:
        from cli import faults

        faults.report(error, as_json="--json" in given)
        sys.exit(faults.exit_code(error))
    finally:
        _flush()


def _run(given: list[str]) -> NoReturn:
    if given == ["serve"]:  # senders wait while a hub starts, and loading the parser is a sixth of that
        from cli.commands.serving import serve

        serve()
        sys.exit()
    from cli.app import command

    command()(given, prog_name="punte")
    raise AssertionError  # unreachable: a command ends by leaving


def _defect(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    from cli import faults

    faults.defect(kind, error, trace)


def _flush() -> None:
    """Write out what is left; whoever reads the pipe may have read enough (``punte messages list | head``)."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes once more when it ends, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
