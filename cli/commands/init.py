"""``punte init``: a small registry set to start from."""

from pathlib import Path
from typing import Annotated

import typer

from cli import screen
from hub_core.errors import ConfigError

STARTER = Path(__file__).resolve().parents[1] / "starter"
GITIGNORE = "gitignore"  # without the dot in the package, or it would be obeyed there


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write it.", file_okay=False)],
) -> None:
    """Write a small commented registry set to start from.

    A .gitignore beside it keeps secrets out. Nothing that is there already is overwritten.
    """
    files = {_target(folder, source): source.read_bytes() for source in sorted(STARTER.iterdir())}
    if there := [path for path in files if path.exists()]:
        raise ConfigError("W305", f"{there[0].name} is there already", where=str(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, body in files.items():
            with path.open("xb") as stream:
                stream.write(body)
            screen.show(str(path))
    except OSError as error:
        raise ConfigError("W304", f"cannot write: {error.strerror}", where=str(folder)) from error
    screen.note(f"read them, then: punte apply {folder} --plan")


def _target(folder: Path, source: Path) -> Path:
    return folder / (".gitignore" if source.name == GITIGNORE else source.name)
