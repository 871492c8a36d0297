"""The person: identifiers, names, birth and death, addresses, contact, civil status.

Terms: SEMIC Core Person Vocabulary 2.1 (person:, foaf:, m8g:, adms:), Core Location 2.1 (locn:).
"""

from typing import Annotated

from hub_core.canonical.values import (
    Code,
    Country,
    Institution,
    LegalDate,
    PartialDate,
    Period,
    Place,
    Struct,
    says,
)


class Identifier(Struct, frozen=True, kw_only=True):
    """A number by which a register knows the person (adms:Identifier)."""

    value: Annotated[str, says("Number as received (skos:notation; SED personalIdentificationNumber).")]
    scheme: Annotated[
        str | None,
        says(
            "Kind of number: ro.cnp (CNP), ro.nif (NIF, Law 207/2015 art. 82), ro.cid (CNAS), eu.pin (EESSI), "
            "source (number of the sending register) (dct:type; DCI Identifier.type)."
        ),
    ] = None
    country: Annotated[Country | None, says("State that gave the number (SED country).")] = None
    sector: Annotated[Code | None, says("Branch of social security in which it is used (SED sector).")] = None
    issuer: Annotated[
        Institution | None, says("Institution that gave the number (dct:creator, adms:schemeAgency; SED Institution).")
    ] = None
    status: Annotated[Code | None, says("Whether it is in use: current, former.")] = None
    valid: Annotated[Period | None, says("Days on which the number is valid; dct:issued is its start.")] = None


class NormalName(Struct, frozen=True, kw_only=True):
    """The name in the forms that comparing needs; computed by the hub, never sent by a source."""

    key: Annotated[str, says("Upper-case ASCII words in alphabetical order: equal for spellings of the same name.")]
    family: Annotated[str | None, says("Family name: NFC, comma-below letters, single blanks.")] = None
    given: Annotated[str | None, says("Given names: NFC, comma-below letters, single blanks.")] = None


class Name(Struct, frozen=True, kw_only=True):
    """A name as received; ``normal`` is beside it, never over it."""

    family: Annotated[str | None, says("Family name (foaf:familyName; SED familyName; DCI surname).")] = None
    given: Annotated[str | None, says("All given names (foaf:givenName; SED forename; DCI given_name).")] = None
    middle: Annotated[str | None, says("Middle name or initial of the father (DCI second_name).")] = None
    prefix: Annotated[str | None, says("Title before the name (DCI prefix).")] = None
    suffix: Annotated[str | None, says("Addition after the name, such as junior (DCI suffix).")] = None
    full: Annotated[str | None, says("Whole name where the source does not part it (foaf:name).")] = None
    normal: Annotated[NormalName | None, says("Forms for comparing; computed by the hub.")] = None


class Birth(Struct, frozen=True, kw_only=True):
    """Birth of a person."""

    date: Annotated[
        PartialDate | None, says("Date of birth as far as known (m8g:birthDate; SED dateBirth; DCI birth_date).")
    ] = None
    place: Annotated[Place | None, says("Place of birth (person:placeOfBirth; SED PlaceBirth; DCI birth_place).")] = (
        None
    )


class Death(Struct, frozen=True, kw_only=True):
    """Death of a person."""

    date: Annotated[
        PartialDate | None, says("Date of death as far as known (m8g:deathDate; SED dateDeath; DCI death_date).")
    ] = None
    place: Annotated[Place | None, says("Place of death (person:placeOfDeath; SED placeDeath).")] = None


class Citizenship(Struct, frozen=True, kw_only=True):
    """Citizenship (person:citizenship)."""

    country: Annotated[Country, says("State of which the person is a citizen (person:citizenship; SED nationality).")]
    since: Annotated[LegalDate | None, says("First day of the citizenship (SED Nationalities.since).")] = None


class Address(Struct, frozen=True, kw_only=True):
    """Address (locn:Address)."""

    use: Annotated[
        Code | None,
        says(
            "domicile (m8g:domicile; Civil Code art. 87), residence (person:residency; Civil Code art. 88), stay, "
            "correspondence, other (SED typeAddress)."
        ),
    ] = None
    full: Annotated[str | None, says("Whole address where the source does not part it (locn:fullAddress).")] = None
    street: Annotated[str | None, says("Street (locn:thoroughfare; SED street; DCI address_line_1).")] = None
    number: Annotated[str | None, says("Number of the house (locn:locatorDesignator).")] = None
    building: Annotated[str | None, says("Name of the building; bloc (locn:locatorName; SED buildingName).")] = None
    stair: Annotated[str | None, says("Staircase of a block; scara.")] = None
    floor: Annotated[str | None, says("Floor; etaj.")] = None
    flat: Annotated[str | None, says("Flat; apartament.")] = None
    locality: Annotated[str | None, says("Town or village (locn:postName; SED town; DCI locality).")] = None
    siruta: Annotated[
        str | None, says("Code of the locality in SIRUTA, the Romanian register of territorial units.")
    ] = None
    county: Annotated[str | None, says("Romanian county (județ) by its licence-plate letters, such as CJ.")] = None
    region: Annotated[str | None, says("County, land or region (locn:adminUnitL2; SED region; DCI region_code).")] = (
        None
    )
    postal_code: Annotated[str | None, says("Postal code (locn:postCode; SED postalCode; DCI postal_code).")] = None
    country: Annotated[Country | None, says("State (locn:adminUnitL1; SED country; DCI country_code).")] = None
    since: Annotated[LegalDate | None, says("First day at the address (SED dateChangeAddress).")] = None


class Phone(Struct, frozen=True, kw_only=True):
    """Telephone number (m8g:telephone)."""

    number: Annotated[str, says("Number as received (m8g:telephone; SED TelephoneNumber.number; DCI phone_number).")]
    use: Annotated[Code | None, says("home, work, mobile (SED TelephoneNumber.type).")] = None


class CivilStatus(Struct, frozen=True, kw_only=True):
    """Civil status and since when."""

    status: Annotated[Code, says("single, married, divorced, ... (SED familyStatus; DCI marital_status).")]
    since: Annotated[LegalDate | None, says("First day of the status (SED familyStatusDate).")] = None


class IdentityDocument(Struct, frozen=True, kw_only=True):
    """Identity card, passport, residence permit."""

    kind: Annotated[Code | None, says("Kind of document (act de identitate, OUG 97/2005).")] = None
    series: Annotated[str | None, says("Letters of a Romanian card, such as CJ (seria).")] = None
    number: Annotated[str | None, says("Number without the series.")] = None
    valid_until: Annotated[LegalDate | None, says("Last day of validity; absent: none said.")] = None


class Person(Struct, frozen=True, kw_only=True):
    """A natural person (person:Person)."""

    identifiers: Annotated[
        tuple[Identifier, ...],
        says("Numbers of the person (dct:identifier; SED PINPersonInEachInstitution; DCI member_identifier)."),
    ] = ()
    name: Annotated[Name | None, says("Current name (foaf:name; DCI name).")] = None
    birth_name: Annotated[
        Name | None,
        says("Name at birth (person:birthName; SED familyNameAtBirth, forenameAtBirth; DCI maiden_name)."),
    ] = None
    former_names: Annotated[
        tuple[Name, ...], says("Names borne before (dct:alternative; SED previousFamilyName, previousForename).")
    ] = ()
    birth: Annotated[Birth | None, says("Date and place of birth (m8g:birthDate, person:placeOfBirth).")] = None
    death: Annotated[Death | None, says("Date and place of death (m8g:deathDate, person:placeOfDeath).")] = None
    sex: Annotated[Code | None, says("male, female, other, unknown (m8g:sex; ISO 5218; SED sex; DCI sex).")] = None
    vital_status: Annotated[
        Code | None, says("alive, deceased, missing, where the source says so beside any date of death.")
    ] = None
    citizenships: Annotated[tuple[Citizenship, ...], says("All citizenships (person:citizenship).")] = ()
    addresses: Annotated[
        tuple[Address, ...], says("Addresses, each with its use (locn:Address; SED Address; DCI address).")
    ] = ()
    phones: Annotated[tuple[Phone, ...], says("Telephone numbers (m8g:contactPoint, m8g:telephone).")] = ()
    emails: Annotated[tuple[str, ...], says("Mail addresses (m8g:email; SED EmailAddress.email; DCI email).")] = ()
    civil_status: Annotated[
        tuple[CivilStatus, ...], says("Civil status, past ones too (SED FamilyStatus; DCI marital_status).")
    ] = ()
    identity_documents: Annotated[
        tuple[IdentityDocument, ...], says("Documents that prove the identity (OUG 97/2005).")
    ] = ()
    protection: Annotated[
        Code | None,
        says("Protected address or identity; whoever reads it must not pass it on (NAV adressebeskyttelse)."),
    ] = None
