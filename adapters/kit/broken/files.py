"""What writes files and breaks nothing: one JSON object a line, in a folder of this machine or of a server."""

from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final

import msgspec

from adapters.kit.broken.good import SPEC, Good
from adapters.kit.folders.port import put_once
from adapters.kit.folders.where import open_folder
from hub_core.directory import Direction, Endpoint
from hub_core.directory.credentials import SecretReference
from hub_core.document import Document
from hub_core.errors import Rejected
from hub_core.message import Finding, Severity
from hub_core.ports import Capability, Filing, Whole

_DIGITS: Final = 13  # of a national identification number


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What stands below ``settings:`` of an endpoint.

    Attributes:
        folder: on this machine; left out: ``url`` names one on a server.
        host_key: of that server.
        token: as for ``Good``.
    """

    folder: str | None = None
    host_key: tuple[str, ...] = ()
    token: SecretReference | None = None


class GoodFiles(Good):
    """Breaks nothing either: writes one JSON object a line."""

    spec = msgspec.structs.replace(
        SPEC,
        capabilities=(
            *SPEC.capabilities,
            Capability(name="write", direction=Direction.OUT, description="Writes files.", collects=True),
        ),
        schemes=("sftp",),
        settings=Settings,
    )
    writing: ClassVar[type["Writing"]]

    def filing(self, name: str, endpoint: Endpoint) -> Filing:
        """Return what writes files."""
        return self.writing(name, endpoint, self.settings(endpoint, Settings))


class Writing:
    """Writes as it should."""

    def __init__(self, name: str, endpoint: Endpoint, settings: Settings) -> None:
        self.name = name
        self.folder: Any = open_folder(endpoint, settings.folder, host_key=settings.host_key)

    def kind(self, document: Document) -> Hashable:
        """Say that every document goes into any file."""
        self.line(document)
        return None

    def line(self, document: Document) -> bytes:
        """Return the line of one document."""
        cnp = document.root.get("cnp")
        if not isinstance(cnp, str) or len(cnp) != _DIGITS:
            found = Finding(code="F116", severity=Severity.ERROR, text="no number", source="cnp")
            raise Rejected("F116", "the file cannot carry it", where=self.name, findings=[found])
        return msgspec.json.encode(document.root) + b"\n"

    def whole(self, documents: Sequence[Document], *, number: int, at: datetime) -> Whole:
        """Return a file."""
        body = b"".join(map(self.line, documents))
        return Whole(name=f"{self.name}_{at:%Y%m%d}_{number:06}.jsonl", body=body, first_line=1)

    async def put(self, name: str, body: bytes) -> None:
        """Put a file in its place."""
        await put_once(self.folder, name, body, where=self.name)

    async def close(self) -> None:
        """Give connections back."""
        await self.folder.close()


GoodFiles.writing = Writing
