"""Where the files lie that are delivered with the packages: schemas and mappings."""

from pathlib import Path
from typing import Final

# The packages and the data folders are installed side by side; see `only-include` in pyproject.toml.
ROOT: Final = Path(__file__).resolve().parent.parent
SCHEMAS: Final = ROOT / "schemas"
MAPPINGS: Final = ROOT / "mappings"
