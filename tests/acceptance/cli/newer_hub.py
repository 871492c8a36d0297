"""A hub as a later release would be: the same, with further tables. Its argument is their folder."""

import sys
from pathlib import Path

from msgspec.structs import force_setattr

from hub_core.journal.schema import JOURNAL
from hub_core.settings import from_environment
from hub_web.serve import main

force_setattr(JOURNAL, "folder", Path(sys.argv[1]))
main(from_environment())
