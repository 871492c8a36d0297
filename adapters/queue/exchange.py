"""How a queue is spoken to, as an endpoint's ``settings`` declare it."""

from typing import Annotated, Literal

from msgspec import Meta

from hub_core.directory.credentials import Struct
from hub_core.directory.polled import MEMBERS

#: Below the endpoint's ``url``: no scheme, no host, nothing that climbs.
PATH = r"^(?![/.])(?!.*(//|\.\.|:))[\x21-\x7e]{1,300}$"
Path = Annotated[str, Meta(pattern=PATH, examples=["Status/CommitRead?id={id}"])]
Members = Annotated[str, Meta(pattern=MEMBERS, examples=["MessageResponse.ResponseId"])]
Status = Annotated[int, Meta(ge=200, le=499)]


class Call(Struct, frozen=True, kw_only=True):
    """One call of the exchange.

    Attributes:
        path: below ``url``; ``{id}`` stands for what ``id`` found.
        method: of the request.
        body: members of a JSON object that is sent along; ``{id}`` as in ``path``. Left out: an empty body.
        none: statuses that mean there is nothing: at ``poll`` an empty queue, at ``commit`` that it was done before.
    """

    path: Path
    method: Literal["GET", "POST", "PUT", "DELETE"] = "POST"
    body: dict[str, str] = {}  # noqa: RUF012 - frozen, its base stands elsewhere
    none: tuple[Status, ...] = (204, 404, 410)


class Submit(Struct, frozen=True, kw_only=True):
    """How a message is handed in.

    Attributes:
        path: below ``url``; takes the message by POST.
        receipt: members of the answer where the partner's receipt stands.
        refused: receipts that mean the partner took nothing, though it answered well.
    """

    path: Path
    receipt: Members
    refused: tuple[str, ...] = ("00000000-0000-0000-0000-000000000000",)


class Exchange(Struct, frozen=True, kw_only=True):
    """The steps of the exchange: an ``out`` endpoint submits, an ``in`` endpoint polls, reads and commits.

    Attributes:
        submit: hands a message in.
        poll: looks what stands at the head of the queue, and leaves it there.
        id: members of the answer of ``poll`` where the id of what stands there is found; blank or null: nothing does.
        read: fetches it; left out: the answer of ``poll`` is the document.
        commit: takes it from the queue, once it is kept here.
        answers: members of the document where the receipt stands that it answers.
    """

    submit: Submit | None = None
    poll: Call | None = None
    id: Members | None = None
    read: Call | None = None
    commit: Call | None = None
    answers: Members | None = None
