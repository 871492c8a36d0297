"""Where the project's own data lies: beside the packages, in a checkout as in an installation."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
MAPPINGS: Final = ROOT / "mappings"
SCHEMAS: Final = ROOT / "schemas"
COUNTRY: Final = ROOT / "hub_demo" / "country"
