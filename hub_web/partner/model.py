"""A call as it is shown to people who are to make it themselves."""

from typing import Final

import msgspec

MESSAGE_ID, PASSWORD = "@MESSAGE_ID@", "@PASSWORD@"
RECEIPT: Final = '{\n  "id": "0199f3a0-5d0c-7cc2-a2ab-6b1f0c0d9f11",\n  "state": "accepted",\n  "findings": []\n}'


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call.

    Attributes:
        headers: that are the same in every call.
        body: ``MESSAGE_ID`` and ``PASSWORD`` stand for what each call and caller fills in.
        language: of the body.
        key: the caller shows a key; else the message proves who sent it.
        id_header: the id of the message is a header.
        answer: what comes back, for example.
        taken: a hub takes it as it stands; else the contract allows it, and nobody knows what its values mean.
        operation: of the contract; empty: there is none.
    """

    url: str
    headers: tuple[tuple[str, str], ...]
    body: str
    language: str
    key: bool = True
    id_header: bool = False
    answer: str = RECEIPT
    operation: str = ""
    taken: bool = True

    @property
    def named(self) -> bool:
        """Whether the caller gives the message an id."""
        return self.id_header or MESSAGE_ID in self.body
