"""The one door for personal bytes at rest: bodies as received, and decided outcomes with their canonical records.

Bytes lie as they are, in files that only the hub's user may read. Encryption has its place here and nowhere else.
"""


def seal(opened: bytes) -> bytes:
    """Return what is written to the file."""
    return opened


def unseal(sealed: bytes) -> bytes:
    """Return what was given to ``seal``."""
    return sealed
