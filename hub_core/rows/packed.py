"""Files in a zip: opened where they lie, read as streams, never written anywhere.

The names of members are looked at only to refuse them. Source: APPNOTE.TXT 6.3.10 of PKWARE.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import IO, BinaryIO, Final, cast

from hub_core.errors import Rejected
from hub_core.rows.lines import fault
from hub_core.rows.model import Description

MAGIC: Final = b"PK\x03\x04"
_LISTED: Final = b"PK\x01\x02"  # before each member in the directory of a zip
MOST_MEMBERS: Final = 100
MOST_BYTES: Final = 500_000_000  # of all members, unpacked
MOST_TIMES: Final = 200  # as large as the zip
_PART: Final = 64 * 1024
SPARED: Final = 1_000_000  # bytes that a small zip may hold all the same
Opener = Callable[[], BinaryIO]
_LEADS_AWAY: Final = re.compile(r"^[/\\]|^[A-Za-z]:|\\|(^|/)\.\.(/|$)|[\x00-\x1f]")
_NO_DATA: Final = re.compile(r"(^|/)(\.[^/]*|__MACOSX/.*|[^/]*/)$")  # folders, and what desktops add
_ENCRYPTED: Final = 0x1
_READ: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)


def is_packed(body: bytes, description: Description) -> bool:
    """Tell whether a file is to be read as a zip."""
    return description.packed == "zip" or (description.packed is not None and body.startswith(MAGIC))


def members_of(body: bytes) -> Sequence[Opener]:
    """Return what opens each member, in the order of the zip.

    Raises:
        Rejected: F124 no zip, damaged, encrypted or packed in a way that is not read; F125 too many members; F126 a
            name that leads elsewhere, a zip inside, or nothing at all.
    """
    # Counted before it is read: a member takes twelve times its place in the directory. No text holds so many of these.
    if body.count(_LISTED) > MOST_MEMBERS:
        raise refused("F125", f"more than {MOST_MEMBERS} files in the zip")
    try:
        archive = zipfile.ZipFile(io.BytesIO(body))
        listed = archive.infolist()
    except _DAMAGED:
        raise refused("F124", "not a zip, or a damaged one") from None
    if any(_LEADS_AWAY.search(one.orig_filename) for one in listed):
        raise refused("F126", "a name in the zip leads elsewhere")
    members = [one for one in listed if not _NO_DATA.search(one.filename)]
    if not members:
        raise refused("F126", "the zip holds no file")
    room = _Room(min(MOST_BYTES, max(SPARED, MOST_TIMES * len(body))))
    openers = [partial(_opened, archive, one, number, room) for number, one in enumerate(members)]
    for one, opener in zip(members, openers, strict=True):
        if one.flag_bits & _ENCRYPTED:
            raise refused("F124", "the zip is encrypted")
        if one.compress_type not in _READ:
            raise refused("F124", "packed in a way that is not read")
        with opener() as stream:
            if stream.read(len(MAGIC)) == MAGIC or one.filename.lower().endswith(".zip"):
                raise refused("F126", "a zip lies in the zip")
    return openers


class _Room:
    """How much one pass through all members may unpack; a member that is opened again begins anew."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: dict[int, int] = {}

    def take(self, member: int, size: int) -> None:
        self._taken[member] = size
        if sum(self._taken.values()) > self._most:
            raise refused("F125", f"the zip unpacks to more than {self._most:,} bytes")


class _Member(io.RawIOBase):
    """The bytes of one member, counted as they are unpacked: what the zip says of its sizes is not believed."""

    def __init__(self, stream: IO[bytes], member: int, room: _Room) -> None:
        self._stream, self._member, self._room, self._seen = stream, member, room, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # any writable buffer
        try:
            part = self._stream.read(len(buffer))
        except _DAMAGED:
            raise refused("F124", "the zip is damaged") from None
        self._seen += len(part)
        self._room.take(self._member, self._seen)
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _opened(archive: zipfile.ZipFile, member: zipfile.ZipInfo, number: int, room: _Room) -> BinaryIO:
    try:
        stream = archive.open(member)
    except (*_DAMAGED, RuntimeError):
        raise refused("F124", "the zip is damaged") from None
    return io.BufferedReader(cast(io.RawIOBase, _Member(stream, number, room)), _PART)


def refused(code: str, text: str) -> Rejected:
    """Return the error of a zip as a whole."""
    return Rejected(code, text, findings=(fault(code, text, None),))


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of some files; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
