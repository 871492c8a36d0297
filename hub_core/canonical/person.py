"""The person: identifiers, names, birth and death, addresses, contact, civil status.

Terms: SEMIC Core Person Vocabulary 2.1 (person:, foaf:, m8g:, adms:), Core Location 2.1 (locn:).
"""

from typing import Annotated

from msgspec import Meta

from hub_core.canonical.values import (
    Code,
    Country,
    Institution,
    LegalDate,
    PartialDate,
    Period,
    Place,
    Struct,
)


class Identifier(Struct, frozen=True, kw_only=True):
    """A number by which a register knows the person (adms:Identifier)."""

    value: Annotated[str, Meta(description="Number as received (skos:notation).")]
    scheme: Annotated[
        str | None,
        Meta(description="ro.cnp, ro.nif, ro.cid, eu.pin, source (number of the sending register)."),
    ] = None
    country: Country | None = None
    sector: Annotated[Code | None, Meta(description="Branch in which the number is used (EESSI sector).")] = None
    issuer: Annotated[Institution | None, Meta(description="adms:schemeAgency.")] = None
    status: Annotated[Code | None, Meta(description="current, former.")] = None
    valid: Period | None = None


class NormalName(Struct, frozen=True, kw_only=True):
    """The name in the forms that comparing needs; computed by the hub, never sent by a source."""

    key: Annotated[
        str,
        Meta(description="Upper-case ASCII words in alphabetical order: equal for spellings of the same name."),
    ]
    family: Annotated[str | None, Meta(description="NFC, comma-below letters, single blanks.")] = None
    given: Annotated[str | None, Meta(description="NFC, comma-below letters, single blanks.")] = None


class Name(Struct, frozen=True, kw_only=True):
    """A name as received (CPV); ``normal`` is beside it, never over it."""

    family: Annotated[str | None, Meta(description="foaf:familyName.")] = None
    given: Annotated[str | None, Meta(description="foaf:givenName, all given names.")] = None
    middle: Annotated[str | None, Meta(description="Initial of the father or middle name.")] = None
    prefix: str | None = None
    suffix: str | None = None
    full: Annotated[str | None, Meta(description="foaf:name.")] = None
    normal: NormalName | None = None


class Birth(Struct, frozen=True, kw_only=True):
    """Birth (m8g:birthDate, person:placeOfBirth)."""

    date: PartialDate | None = None
    place: Place | None = None


class Death(Struct, frozen=True, kw_only=True):
    """Death (m8g:deathDate, person:placeOfDeath)."""

    date: PartialDate | None = None
    place: Place | None = None


class Citizenship(Struct, frozen=True, kw_only=True):
    """Citizenship (person:citizenship)."""

    country: Country
    since: LegalDate | None = None


class Address(Struct, frozen=True, kw_only=True):
    """Address (locn:Address)."""

    use: Annotated[Code | None, Meta(description="domicile, residence, stay, correspondence, other.")] = None
    full: Annotated[str | None, Meta(description="locn:fullAddress.")] = None
    street: Annotated[str | None, Meta(description="locn:thoroughfare.")] = None
    number: Annotated[str | None, Meta(description="locn:locatorDesignator.")] = None
    building: Annotated[str | None, Meta(description="locn:locatorName; Romanian bloc.")] = None
    stair: str | None = None
    floor: str | None = None
    flat: str | None = None
    locality: Annotated[str | None, Meta(description="locn:postName.")] = None
    siruta: Annotated[str | None, Meta(description="SIRUTA code of the locality (RO).")] = None
    county: Annotated[str | None, Meta(description="Romanian county: licence-plate letters.")] = None
    region: Annotated[str | None, Meta(description="locn:adminUnitL2.")] = None
    postal_code: Annotated[str | None, Meta(description="locn:postCode.")] = None
    country: Annotated[Country | None, Meta(description="locn:adminUnitL1.")] = None
    since: LegalDate | None = None


class Phone(Struct, frozen=True, kw_only=True):
    """Telephone number (m8g:telephone)."""

    number: str
    use: Annotated[Code | None, Meta(description="home, work, mobile.")] = None


class CivilStatus(Struct, frozen=True, kw_only=True):
    """Civil status and since when."""

    status: Code
    since: LegalDate | None = None


class IdentityDocument(Struct, frozen=True, kw_only=True):
    """Identity card, passport, residence permit."""

    kind: Code | None = None
    series: str | None = None
    number: str | None = None
    valid_until: LegalDate | None = None


class Person(Struct, frozen=True, kw_only=True):
    """A natural person (person:Person)."""

    identifiers: tuple[Identifier, ...] = ()
    name: Name | None = None
    birth_name: Annotated[Name | None, Meta(description="person:birthName.")] = None
    former_names: Annotated[tuple[Name, ...], Meta(description="dct:alternative.")] = ()
    birth: Birth | None = None
    death: Death | None = None
    sex: Annotated[Code | None, Meta(description="m8g:sex; codes male, female, other, unknown.")] = None
    vital_status: Annotated[Code | None, Meta(description="alive, deceased, missing.")] = None
    citizenships: tuple[Citizenship, ...] = ()
    addresses: tuple[Address, ...] = ()
    phones: tuple[Phone, ...] = ()
    emails: Annotated[tuple[str, ...], Meta(description="m8g:email.")] = ()
    civil_status: tuple[CivilStatus, ...] = ()
    identity_documents: tuple[IdentityDocument, ...] = ()
    protection: Annotated[Code | None, Meta(description="Protected address or identity.")] = None
