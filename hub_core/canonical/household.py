"""Relations and household. The Core Person Vocabulary leaves both out on purpose; terms follow EESSI and DCI."""

from typing import Annotated

from msgspec import Meta

from hub_core.canonical.person import Person
from hub_core.canonical.values import Code, Period, Struct


class Relative(Person, frozen=True, kw_only=True):
    """Another person and how they are related to the subject of the record."""

    relation: Annotated[Code | None, Meta(description="spouse, partner, own child, adopted, foster, guardian, ...")] = (
        None
    )
    role: Annotated[Code | None, Meta(description="What the person is in the case: insured, claimant, debtor, ...")] = (
        None
    )
    mandate: Annotated[str | None, Meta(description="Scope of a guardian's or proxy's mandate.")] = None
    period: Period | None = None
    father: Person | None = None
    mother: Person | None = None


class Member(Struct, frozen=True, kw_only=True):
    """A member of a household."""

    person: Relative
    dependent: bool | None = None


class Household(Struct, frozen=True, kw_only=True):
    """Persons who live or are assessed together; a person may belong to several, one per scheme."""

    kind: Code | None = None
    scheme: Code | None = None
    members: tuple[Member, ...] = ()
    size: Annotated[int, Meta(ge=1, description="Number of persons as stated.")] | None = None
