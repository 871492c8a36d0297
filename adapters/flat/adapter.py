"""Files of rows sent to the hub: the file is kept as one message, each of its rows becomes a message of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from adapters.flat.answers import ReplyReader, check_answers
from adapters.flat.dropbox import Dropbox, DropboxPoller, open_inbox
from adapters.flat.outgoing import Outgoing
from adapters.flat.outgoing import check as check_outgoing
from adapters.kit.base import BaseAdapter
from adapters.kit.contracts import Contracts
from adapters.kit.folders.where import open_folder
from hub_core.directory import Direction, Endpoint
from hub_core.directory.wording import InBand
from hub_core.document import Document
from hub_core.errors import ConfigError, Rejected
from hub_core.message import Finding
from hub_core.places import SCHEMAS
from hub_core.ports import Capability, Field, Filing, Part, Poller, Spec, Split
from hub_core.rows import Description, OpenFile, as_body, load_description, open_file, open_row
from hub_core.rows.single import MEDIA_TYPE

SPEC: Final = Spec(
    name="flat",
    sdk="1.1",
    summary="Files of rows: CSV, fixed width, JSON lines or XML, as a description says; each row is a message.",
    kinds=("json",),
    media_types=frozenset(
        {
            "text/csv",
            "text/plain",
            "text/xml",
            "application/csv",
            "application/jsonl",
            "application/octet-stream",
            "application/x-ndjson",
            "application/xml",
            "application/zip",
        }
    ),
    capabilities=(
        Capability(name="receive", direction=Direction.IN, description="Takes a file sent by POST."),
        Capability(
            name="fetch",
            direction=Direction.IN,
            description="Takes the files that lie whole in a folder, and writes a reply for each; or reads replies.",
            fetches=True,
        ),
        Capability(
            name="write",
            direction=Direction.OUT,
            description="Writes the messages that wait into one file, and puts it into a folder.",
            collects=True,
        ),
    ),
    fields=(
        Field(name="contract.rows", description="Description of the file, below schemas/.", required=True),
        Field(name="message_id", description="header takes Idempotency-Key."),
        Field(name="max_body_bytes", description="Larger files are refused before they are read."),
        Field(name="url", description="Folder on a server: sftp://host/path.", instead="settings.folder"),
        Field(name="credentials", description="ssh-key or password, beside url."),
        Field(name="poll", description="every or cron; takes files from the folder."),
        Field(name="collect", description="every or cron; writes a file of what waits into the folder."),
        Field(name="timeout", description="Of one operation on the folder; a whole file is read in it."),
        Field(name="timeout_of", description="Of the parts of an operation: connect."),
    ),
    schemes=("sftp",),
    settings=Dropbox,
    promises=(
        "A file is answered after it was kept as a whole, 202 with its id and the number of its rows. A file that is "
        "not whole (no trailer, another count or sum) is refused, and nothing of it is used. Then each row is judged, "
        "routed and delivered by itself, in the order of the file, once, whatever happens to the hub meanwhile; a "
        "faulty row is refused with its line and does not hold up the others. A file in a folder is taken when nobody "
        "writes it any more, once, whatever its name; once its rows are judged, a reply file tells each faulty line. "
        "A file that the hub writes is closed in the journal first, then lies in its folder whole or not at all, and "
        "has its number without gaps; each message is a row of exactly one file. After a crash the same file may be "
        "written again, under the same name and with the same bytes. What the partner's reply to such a file refuses "
        "is parked, each row with the partner's words."
    ),
    idempotent=True,
    ordered=True,
)


class FlatAdapter(BaseAdapter):
    """See ``SPEC``."""

    spec = SPEC

    def __init__(self) -> None:
        super().__init__()
        self._descriptions: Contracts[Description] = Contracts(_load, field="rows")

    def open(self, body: bytes, in_band: InBand | None = None) -> Document:  # noqa: ARG002 - the port's signature
        """Return the document of one row, from the bytes that the row is kept as.

        Raises:
            Rejected: F115, it is a whole file; B103 to B109; the codes of the row's own faults.
        """
        if body.lstrip()[:1] not in {b"", b"{"}:
            raise Rejected("F115", "a flat file is read row by row")
        return open_row(body)

    def split(self, endpoint: Endpoint, body: bytes) -> Split:
        """Return the rows of a file; see ``hub_core.ports.Splits``."""
        description = self._descriptions.get(_file_of(endpoint))
        file = open_file(body, description)
        return Split(
            document=description.name,
            count=file.count,
            parts=_parts(file, description),
            media_type=MEDIA_TYPE,
            findings=file.findings,
        )

    def check(self, name: str, endpoint: Endpoint) -> None:
        """Check an endpoint at registration; see ``hub_core.ports.Adapter``."""
        super().check(name, endpoint)
        if endpoint.message_id not in {None, "header"}:
            raise ConfigError("R104", "a file carries no id of its own", where="message_id", mend="write header")
        description = self._descriptions.read_again(_file_of(endpoint))
        dropbox = self.settings(endpoint, Dropbox)
        if dropbox.folder is not None and (endpoint.url or endpoint.credentials or dropbox.host_key):
            mend = "remove it, or url, credentials and host_key, which are for a folder on a server"
            raise ConfigError("R104", "files lie in one folder", where="settings.folder", mend=mend)
        if dropbox.answers is not None:
            check_answers(endpoint, description)
        if endpoint.direction is Direction.OUT:
            check_outgoing(dropbox, description)
        elif (dropbox.folder or endpoint.url) is not None and endpoint.poll is None:
            text, mend = "files are taken from a folder, again and again", "add poll: {every: 1 min}"
            raise ConfigError("R103", text, where="poll", mend=mend)
        if endpoint.poll is not None or endpoint.direction is Direction.OUT:
            open_folder(endpoint, dropbox.folder, host_key=dropbox.host_key)

    def poller(self, name: str, endpoint: Endpoint) -> Poller:  # noqa: ARG002 - the port's signature
        """Return what takes files from the endpoint's folder, or reads the replies that lie there."""
        dropbox = self.settings(endpoint, Dropbox)
        if dropbox.answers is None:
            return DropboxPoller(endpoint, dropbox)
        inbox, description = open_inbox(endpoint, dropbox), self._descriptions.get(_file_of(endpoint))
        return ReplyReader(endpoint, inbox, dropbox.answers, description)

    def filing(self, name: str, endpoint: Endpoint) -> Filing:
        """Return what writes files into the endpoint's folder; see ``hub_core.ports.Files``."""
        return Outgoing(name, endpoint, self.settings(endpoint, Dropbox), self._descriptions.get(_file_of(endpoint)))

    def validate(self, endpoint: Endpoint, document: Document) -> list[Finding]:  # noqa: ARG002 - the port's signature
        """Find nothing: a row was held against its description when its file was read."""
        return []


def _load(path: Path) -> Description:
    return load_description(path, file=path.relative_to(SCHEMAS).as_posix())


def _parts(file: OpenFile, description: Description) -> Iterator[Part]:
    name = description.name
    if not description.row.key:
        return (Part(row.line, as_body(row, name)) for row in file.rows())
    return (Part(row.line, as_body(row, name), row.key(description)) for row in file.rows())


def _file_of(endpoint: Endpoint) -> str:
    if endpoint.contract is None or endpoint.contract.rows is None:
        mend = "add contract: {rows: partners/x/list.rows.yaml}"
        raise ConfigError("R103", "a flat file needs its description", where="contract", mend=mend)
    return endpoint.contract.rows
