"""Relations and household. The Core Person Vocabulary leaves both out on purpose; terms follow EESSI and DCI."""

from typing import Annotated

from msgspec import Meta

from hub_core.canonical.person import Person
from hub_core.canonical.values import Code, Period, Struct, says


class Relative(Person, frozen=True, kw_only=True):
    """Another person and how they are related to the subject of the record."""

    relation: Annotated[
        Code | None,
        says(
            "spouse, own-child, adopted-child, guardian, ... (HL7 RoleCode; SED relationshipInsuredPerson; "
            "DCI relationship_type)."
        ),
    ] = None
    role: Annotated[
        Code | None, says("What the person is in the case: insured, claimant, debtor, ... (SED rolePersonConcerned).")
    ] = None
    mandate: Annotated[
        str | None, says("Scope of a guardian's or proxy's mandate, as received (NAV vergemaal.mandat; SED grounds).")
    ] = None
    period: Annotated[
        Period | None,
        says("Days of the relation, from the marriage on (SED dateMarriageOrRegisteredPartnershipWithInsuredPerson)."),
    ] = None
    father: Annotated[Person | None, says("Father of this person (NAV far.person; SED forenameFather).")] = None
    mother: Annotated[Person | None, says("Mother of this person (NAV mor.person; SED forenameMother).")] = None


class Member(Struct, frozen=True, kw_only=True):
    """A member of a household (DCI Member)."""

    person: Annotated[Relative, says("Who it is, with the relation to the subject of the record.")]
    dependent: Annotated[
        bool | None, says("The member is maintained by the household (Regulation (EC) 883/2004 art. 1(i)).")
    ] = None


class Household(Struct, frozen=True, kw_only=True):
    """Persons who live or are assessed together; a person may belong to several, one per scheme (DCI Group)."""

    kind: Annotated[Code | None, says("Household, family, assistance unit (DCI group_type).")] = None
    scheme: Annotated[
        Code | None, says("Benefit for which this unit is assessed, such as that of Law 196/2016; absent: any.")
    ] = None
    members: Annotated[tuple[Member, ...], says("Members as the source names them (DCI member_list).")] = ()
    size: Annotated[
        Annotated[int, Meta(ge=1)] | None, says("Number of persons as stated; may differ from the members named.")
    ] = None
