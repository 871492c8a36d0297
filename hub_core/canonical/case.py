"""Cases, documents, notes, and the exchange that the record came in."""

from typing import Annotated

from msgspec import Meta

from hub_core.canonical.values import Code, Country, Institution, LegalDate, Struct


class CaseReference(Struct, frozen=True, kw_only=True):
    """The number under which an institution keeps the case. Never a number to calculate with."""

    number: str | None = None
    institution: Institution | None = None
    country: Country | None = None


class Document(Struct, frozen=True, kw_only=True):
    """A document named in the message."""

    kind: Code | None = None
    title: str | None = None
    number: str | None = None
    issued: LegalDate | None = None


class Note(Struct, frozen=True, kw_only=True):
    """Free text of the sender (rdfs:comment)."""

    text: str
    about: Annotated[str | None, Meta(description="What the text is about.")] = None


class Exchange(Struct, frozen=True, kw_only=True):
    """The kind of document that the record was read from."""

    system: Annotated[str, Meta(description="EESSI, CNAS, DGEP, ...")]
    type: Annotated[str | None, Meta(description="Kind of document, such as P2000.")] = None
    dialect: Annotated[str | None, Meta(description="NATIVE, NAV or NEESSI.")] = None
    version: Annotated[str | None, Meta(description="Version of the data model, such as 4.2.")] = None
    request: Annotated[str | None, Meta(description="Number of the request that this answers.")] = None
