"""Cases, documents, notes, and the exchange that the record came in."""

from typing import Annotated

from hub_core.canonical.values import Code, Country, Institution, LegalDate, Struct, says


class CaseReference(Struct, frozen=True, kw_only=True):
    """The number under which an institution keeps the case. Never a number to calculate with."""

    number: Annotated[str | None, says("Number as received (adms:Identifier; SED LocalCaseNumber.caseNumber).")] = None
    institution: Annotated[Institution | None, says("Who keeps the case (SED LocalCaseNumber.Institution).")] = None
    country: Annotated[Country | None, says("State of the case (SED LocalCaseNumber.country).")] = None


class Document(Struct, frozen=True, kw_only=True):
    """A document named in the message (CCCEV Evidence)."""

    kind: Annotated[Code | None, says("Kind of document (dct:type; SED pleaseFindAttachedFollowingDocument).")] = None
    title: Annotated[str | None, says("Document in words, where no code says it.")] = None
    number: Annotated[str | None, says("Number of the document as received (skos:notation).")] = None
    content: Annotated[
        str | None, says("Content that came with the message as base64, or the hub's reference to its file.")
    ] = None
    issued: Annotated[LegalDate | None, says("Day of issue (dct:issued).")] = None


class Note(Struct, frozen=True, kw_only=True):
    """Free text of the sender (rdfs:comment)."""

    text: Annotated[
        str, says("Text as received (rdfs:comment; SED additionalInformation; NAV ytterligereinformasjon).")
    ]
    about: Annotated[str | None, says("What the text is about.")] = None


class Exchange(Struct, frozen=True, kw_only=True):
    """The kind of document that the record was read from."""

    system: Annotated[str, says("System of the sender: EESSI, CNAS, DGEP, ...")]
    type: Annotated[str | None, says("Kind of document, such as P2000 (NAV sed).")] = None
    dialect: Annotated[str | None, says("Form of an EESSI document: NATIVE, NAV or NEESSI.")] = None
    version: Annotated[str | None, says("Version of the data model, such as 4.2 (sedGVer and sedVer).")] = None
    request: Annotated[str | None, says("Number of the request that this answers.")] = None
