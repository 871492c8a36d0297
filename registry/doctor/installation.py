"""Is what is installed what was meant to be? Versions, and files that two packages brought."""

import hashlib
import json
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
_HUB: Final = "punte"
_ADAPTERS: Final = "punte.adapters"  # entry points of packages that bring adapters


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
    """Say whether files are what their package brought: those that two list, and all of the hub and of adapters."""
    owners: dict[Path, dict[str, PackagePath]] = defaultdict(dict)
    ours: set[str] = set()
    editable: set[str] = set()
    for distribution in distributions() if installed is None else installed:
        name = distribution.metadata["Name"]
        if name == _HUB or any(point.group == _ADAPTERS for point in distribution.entry_points):
            (editable if _is_editable(distribution) else ours).add(name)
        for file in distribution.files or ():
            if file.hash is not None:
                owners[Path(str(file.locate()))][name] = file
    shared = {path: files for path, files in owners.items() if len(files) > 1}
    broken = sorted(f"{path.name} of {name}" for path, files in shared.items() for name in _wronged(path, files))
    if broken:
        more = f" and {len(broken) - _SHOWN} more" if len(broken) > _SHOWN else ""
        mend = "remove the package that does not belong here, then install from requirements/runtime.txt again"
        return Fact(False, f"overwritten by another package: {', '.join(broken[:_SHOWN])}{more}", mend)
    alone = {path: files for path, files in owners.items() if len(files) == 1 and files.keys() <= ours}
    changed = sorted((name, path.name) for path, files in alone.items() for name in _wronged(path, files))
    if changed:
        more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
        told = ", ".join(f"{file} of {name}" for name, file in changed[:_SHOWN])
        mend = f"install again what it belongs to: {', '.join(sorted({name for name, _ in changed}))}"
        return Fact(False, f"changed or gone since it was installed: {told}{more}", mend)
    text = f"{len(owners):,} files, none overwritten by another package"
    if editable:
        text += f"; {', '.join(sorted(editable))} run from their own folder, where nothing can be compared"
    return Fact(True, text)


def _is_editable(distribution: Distribution) -> bool:
    """Return whether a package is run where it is written (PEP 610): its list of files then holds none of them."""
    said = json.loads(distribution.read_text("direct_url.json") or "{}")
    return bool(said.get("dir_info", {}).get("editable"))


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
