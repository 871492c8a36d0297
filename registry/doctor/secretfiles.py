"""Files that hold secrets: are they there, and closed to others?"""

from collections.abc import Iterable
from pathlib import Path

from registry.doctor.fact import Fact


def secret_files(paths: Iterable[Path]) -> Fact:
    """Say whether files that hold secrets are there and closed to others."""
    paths = sorted(set(paths))
    if missing := [str(path) for path in paths if not path.is_file()]:
        return Fact(False, f"not there: {', '.join(missing)}", "create them, readable for the hub only")
    if loose := [str(path) for path in paths if path.stat().st_mode & 0o077]:
        return Fact(False, f"open to others: {', '.join(loose)}", f"chmod 600 {' '.join(loose)}")
    return Fact(True, f"{len(paths)} files of secrets, closed to others" if paths else "no files of secrets")
