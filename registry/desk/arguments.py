"""What each verb takes; unknown and misspelt arguments are refused."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from hub_core.errors import ConfigError
from hub_core.journal.entries import Filter, PurgePart

T = TypeVar("T", bound=msgspec.Struct)


class Arguments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the arguments of a verb."""


class Nothing(Arguments, frozen=True, kw_only=True):
    """A verb without arguments."""


class Act(Arguments, frozen=True, kw_only=True):
    """Somebody does something for a reason; both are kept."""

    by: str
    reason: str = ""


class Look(Arguments, frozen=True, kw_only=True):
    """Looking at one message; values are masked unless ``reveal`` comes with a reason."""

    id: str
    reveal: bool = False
    reason: str = ""
    by: str = ""


class Piece(Act, frozen=True, kw_only=True):
    """Give out a piece of the content of an attachment; attachments are counted from 1, pieces from 0."""

    id: str
    number: int
    piece: Annotated[int, Meta(ge=0)] = 0


class Messages(Filter, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which messages to list."""


class Why(Look, frozen=True, kw_only=True):
    """Which value to explain; all if no field is named."""

    field: str | None = None


class Replay(Act, frozen=True, kw_only=True):
    """Judge a message, or what fits a filter, again; without ``dry_run`` it is delivered again.

    Attributes:
        filter: with ``after``, that messages are taken oldest first; at most ``limit`` of them.
        hop: the step behind which it begins. ``received``: the bytes are read again. ``mapped``: the record is routed
            again. ``routed``: it goes to the same partners again, under new keys. ``deliver``: under the same keys.
        mapping: that reads: the one that decided, or the one in force.
        diff: of many messages, too, tell where their records differ.
        also_in_doubt: replay what is in doubt, too.
    """

    id: str | None = None
    filter: Messages | None = None
    hop: Literal["received", "mapped", "routed", "deliver"] = "received"
    mapping: Literal["pinned", "current"] = "pinned"
    dry_run: bool = False
    diff: bool = False
    also_in_doubt: bool = False


class Repair(Act, frozen=True, kw_only=True):
    """Take a corrected copy in the place of a message; ``body``: its bytes, in JSON as Base64."""

    id: str
    body: bytes


class Parked(Arguments, frozen=True, kw_only=True):
    """What was given up; ``of``: id of a group or of a message, of which everything is listed."""

    of: str | None = None
    limit: Annotated[int, Meta(ge=1, le=1000)] = 50


class ParkedAct(Act, frozen=True, kw_only=True):
    """Act on what was given up until some time, in order and in parts.

    Attributes:
        of: id of a group or of a message.
        until: what was parked later is left alone.
        after: where the part before ended.
    """

    what: Literal["retry", "reject", "discard"]
    of: str
    until: datetime
    after: str = ""
    limit: Annotated[int, Meta(ge=1, le=1000)] = 500


class Doubts(Arguments, frozen=True, kw_only=True):
    """Which deliveries in doubt to list: of named messages, or of what fits a filter; ``endpoint``: to this partner."""

    ids: Annotated[list[str], Meta(max_length=1000)] = []
    filter: Messages = Messages()
    endpoint: str | None = None


class Settle(Act, frozen=True, kw_only=True):
    """Say whether the partner has a message whose delivery is in doubt."""

    id: str
    sent: bool
    endpoint: str | None = None


class Capture(Arguments, frozen=True, kw_only=True):
    """Make a test of a message; ``fixture`` names its document, relative to the mapping and without ending."""

    id: str
    name: str
    fixture: str
    by: str


class Files(Arguments, frozen=True, kw_only=True):
    """A registry set as text by file name."""

    files: dict[str, str]
    folder: str = "."
    note: str = ""
    by: str = ""


class Rollback(Act, frozen=True, kw_only=True):
    """Bring an older set back as a new one."""

    number: int


class Candidate(Act, frozen=True, kw_only=True):
    """Mappings to read with: a release by its number, or files; of nothing named the release in shadow.

    Attributes:
        files: text by name; they take their places among those in force.
        beside: code lists that lie beside them, taken where nothing in force has their name.
        whole: the files are all of a release; what they lack goes out of force.
    """

    release: int | None = None
    files: dict[str, str] | None = None
    beside: dict[str, str] = {}
    whole: bool = False


class Revealed(Act, frozen=True, kw_only=True):
    """Values of these messages were shown elsewhere."""

    ids: Annotated[list[str], Meta(max_length=1000)]


class KeyNew(Act, frozen=True, kw_only=True):
    """Make a key for an institution."""

    name: str
    institution: str


class KeyRevoke(Act, frozen=True, kw_only=True):
    """Revoke a key."""

    name: str


class Purge(Act, frozen=True, kw_only=True):
    """Delete a bounded number of old messages, or of their bodies; ``after``: where the part before ended."""

    part: PurgePart
    after: int = 0


class SealDrop(Act, frozen=True, kw_only=True):
    """Take a sealing key out of the keyring."""

    key: str


class EndpointName(Arguments, frozen=True, kw_only=True):
    """An endpoint."""

    name: str


class EndpointPause(Act, frozen=True, kw_only=True):
    """Let nothing go to an endpoint; without ``until`` till somebody resumes it."""

    name: str
    until: datetime | None = None


class EndpointResume(Act, frozen=True, kw_only=True):
    """Let everything flow to an endpoint."""

    name: str


class FileWrite(Act, frozen=True, kw_only=True):
    """Write the next file of an endpoint that collects messages."""

    name: str


class RouteExplain(Arguments, frozen=True, kw_only=True):
    """A kept message, or a canonical record with the service that it would come by."""

    id: str | None = None
    record: dict[str, Any] | None = None
    service: str = ""


class Query(Act, frozen=True, kw_only=True):
    """Ask about one person on behalf of an institution; by default that of the only one that may."""

    name: str
    cnp: str
    purpose: str
    institution: str | None = None
    on: date | None = None
    reveal: bool = False


def convert(arguments: object, kind: type[T]) -> T:
    """Return the arguments of a verb.

    Raises:
        ConfigError: W400, naming the argument.
    """
    try:
        return msgspec.convert(arguments, kind)
    except msgspec.ValidationError as error:
        raise ConfigError("W400", str(error), mend="see docs/reference/commands.md") from error
