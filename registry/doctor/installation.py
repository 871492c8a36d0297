"""Is what is installed what was meant to be? Versions, and files that two packages brought."""

import hashlib
import platform
import sys
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, PackagePath, distributions, version
from pathlib import Path
from typing import Final

from registry.doctor.fact import Fact

#: Below these, something that the hub relies on is missing or broken.
OLDEST: Final = {
    "lxml": ((6, 1), "older ones resolve entities where they should not (CVE-2026-41066)"),
    "cryptography": ((50,), "older ones get no security fixes"),
    "httptools": ((0, 9), "the limits of the door rely on it"),
}
OLDEST_PYTHON: Final = (3, 11, 4)  # before it, tar archives may write anywhere (CVE-2007-4559)
_SHOWN: Final = 3


def versions() -> Fact:
    """Say which Python runs and whether the libraries are new enough."""
    old = [
        f"{name} {found}: {why}" for name, (oldest, why) in OLDEST.items() if _parts(found := _version(name)) < oldest
    ]
    if old:
        return Fact(False, "; ".join(old), "python -m pip install --require-hashes -r requirements/runtime.txt")
    text = f"Python {platform.python_version()}, " + ", ".join(f"{name} {_version(name)}" for name in OLDEST)
    if sys.version_info < OLDEST_PYTHON:
        return Fact(None, text, "take the newest Python 3.11")
    return Fact(True, text)


def packages(installed: Iterable[Distribution] | None = None) -> Fact:
    """Say whether one package has overwritten files of another: only what two of them list is read."""
    owners: dict[Path, dict[str, PackagePath]] = defaultdict(dict)
    for distribution in distributions() if installed is None else installed:
        for file in distribution.files or ():
            if file.hash is not None:
                owners[Path(str(file.locate()))][distribution.metadata["Name"]] = file
    shared = {path: files for path, files in owners.items() if len(files) > 1}
    broken = sorted(f"{path.name} of {name}" for path, files in shared.items() for name in _wronged(path, files))
    if broken:
        more = f" and {len(broken) - _SHOWN} more" if len(broken) > _SHOWN else ""
        mend = "remove the package that does not belong here, then install from requirements/runtime.txt again"
        return Fact(False, f"overwritten by another package: {', '.join(broken[:_SHOWN])}{more}", mend)
    return Fact(True, f"{len(owners):,} files, none overwritten by another package")


def _wronged(path: Path, files: dict[str, PackagePath]) -> list[str]:
    """Return the packages whose file is not what they brought."""
    try:
        body = path.read_bytes()
    except OSError:
        return sorted(files)
    wronged = []
    for name, file in files.items():
        if file.hash is not None and file.hash.mode in hashlib.algorithms_guaranteed:
            digest = hashlib.new(file.hash.mode, body).digest()
            if urlsafe_b64encode(digest).rstrip(b"=").decode() != file.hash.value:
                wronged.append(name)
    return wronged


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "0"


def _parts(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:3] if part.isdecimal())
