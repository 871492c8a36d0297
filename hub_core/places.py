"""Where the files lie that are delivered with the packages: schemas and mappings."""

from pathlib import Path
from typing import Final

# The packages and the data folders are installed side by side; see `only-include` in pyproject.toml.
ROOT: Final = Path(__file__).resolve().parent.parent
SCHEMAS: Final = ROOT / "schemas"
MAPPINGS: Final = ROOT / "mappings"


def around(path: Path) -> Path:
    """Return the folder that a contract may import from: the nearest called ``schemas`` around it, else its own."""
    return next((folder for folder in path.resolve().parents if folder.name == SCHEMAS.name), path.resolve().parent)
