"""What a new adapter begins with: templates beside this module, in which ``$name`` and the like are filled in."""

import re
from pathlib import Path
from string import Template
from typing import Final

from hub_core.errors import ConfigError
from hub_core.ports import SDK

HERE: Final = Path(__file__).resolve().parent
SUFFIX: Final = ".template"
NAME: Final = re.compile(r"[a-z][a-z0-9]{1,30}")


def write(name: str, folder: Path, *, polls: bool = False) -> list[Path]:
    """Write the package of a new adapter; return its files.

    Args:
        name: of the adapter.
        folder: of the package.
        polls: it hands in for a receipt and fetches the answers; else it takes documents and posts records.

    Raises:
        ConfigError: W306, no name of an adapter; W305, a file is there already; W304, it cannot be written.
    """
    if not NAME.fullmatch(name):
        raise ConfigError("W306", f"{name!r} cannot be the name of an adapter", mend="write 2 to 31 small letters")
    words = {"name": name, "module": f"punte_{name}", "title": name.capitalize(), "sdk": SDK}
    places = [HERE, HERE / "polls"] if polls else [HERE]
    templates = {path.name: path for place in places for path in place.glob(f"*{SUFFIX}")}
    texts = {
        folder / Template(path.name.removesuffix(SUFFIX)).substitute(words): Template(
            path.read_text(encoding="utf-8")
        ).substitute(words)
        for _, path in sorted(templates.items())
    }
    if there := [path for path in texts if path.exists()]:
        raise ConfigError("W305", f"{there[0].name} is there already", where=str(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError("W304", f"cannot write: {error.strerror}", where=str(folder)) from error
    return [*texts]
