"""The files that decide what documents are read as, in memory, so that they can be kept and loaded again.

A file's name is its path below the folder, with slashes. Documents of tests (``fixtures/``) are none of them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from hub_core import yaml
from hub_core.errors import ConfigError

CODES: Final = "codes"
FIXTURES: Final = "fixtures"
MAX_FILES: Final = 2_000
_DIGITS: Final = 12  # of a digest; as many as the hash of a mapping has


def gather(roots: Sequence[Path]) -> dict[str, bytes]:
    """Return every mapping, block and code list file below some folders; of equal names that of the last folder.

    Raises:
        ConfigError: M101, a file cannot be read, or there are too many.
    """
    paths = {
        name.as_posix(): path
        for root in roots
        for path in sorted(root.rglob("*.yaml"))
        if FIXTURES not in (name := path.relative_to(root)).parts[:-1]
    }
    if len(paths) > MAX_FILES:
        text = f"{len(paths):,} files of mappings"
        raise ConfigError("M101", text, where=str(roots[0]), mend=f"name a folder with at most {MAX_FILES:,}")
    return {name: bytes_of(path, name) for name, path in paths.items()}


def is_code_list(name: str) -> bool:
    """Tell whether a file is a code list, by the folder it lies in.

    >>> is_code_list("codes/sex@1.yaml"), is_code_list("codes.yaml")
    (True, False)
    """
    return CODES in PurePosixPath(name).parts[:-1]


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return 12 hex digits over names and contents.

    >>> digest_of({"a": b"1", "b": b"2"}) == digest_of({"b": b"2", "a": b"1"})
    True
    """
    whole = hashlib.sha256()
    for name in sorted(files):
        for part in (name.encode(), files[name]):
            whole.update(len(part).to_bytes(8) + part)
    return whole.hexdigest()[:_DIGITS]


def bytes_of(path: Path, name: str) -> bytes:
    """Return what a file holds, as far as it may be large.

    Raises:
        ConfigError: M101, it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            return stream.read(yaml.MAX_BYTES + 1)  # one more than allowed: the parser refuses it with its words
    except OSError as error:
        text = f"the file cannot be read: {error.strerror}"
        raise ConfigError("M101", text, where=name, mend="check name and rights") from error
