"""What the maps by hand know of a U002 in the form of NEESSI: names, code lists, constants."""

from pathlib import Path
from typing import Final

from hub_core.canonical.values import Code
from hub_core.mapping.codelists import load_codelists
from hub_core.places import MAPPINGS
from hub_core.yaml import Faults

ROLE: Final = Code(list="person-role@1", code="insured")
OTHER: Final = Code(list="person-role@1", code="other")
UNEMPLOYMENT: Final = Code(list="eessi-benefit@1", code="unemployment")

_NAMES: Final = (
    "eessi-address-use@1",
    "eessi-period-end@1",
    "eessi-phone-use@1",
    "eessi-sector@1",
    "eessi-sex@1",
    "nav-child@1",
    "protection@1",
)


_LISTS: Final = load_codelists(
    {f"codes/{path.name}": path.read_bytes() for path in (Path(MAPPINGS) / "codes").glob("*.yaml")}, Faults("M106")
)
# By code list: the list whose codes they are, and coded values by text; then texts by code.
TABLES: Final = {
    name: (
        _LISTS[name].shown,
        {text: Code(list=_LISTS[name].shown, code=code, text=text) for text, code in _LISTS[name].table().items()},
    )
    for name in _NAMES
}
WORDS: Final = {name: {one.code: one.write for one in _LISTS[name].entries.values() if one.write} for name in _NAMES}

PERSON: Final = frozenset(
    [
        "pin",
        "etternavn",
        "fornavn",
        "foedselsdato",
        "kjoenn",
        "adressebeskyttelse",
        "adressebeskyttelsesgrad",
        "statsborgerskap",
        "pinMangler",
        "pinmangler",
    ]
)
CONTAINER: Final = PERSON | {"personInfo", "far", "mor", "adresser", "adresse", "telefon", "epost"}
CHILD: Final = CONTAINER | {"barnetilhoerigheter"}
CHILDREN: Final = frozenset({"barnVedtaketOmfatter"})
PIN: Final = frozenset({"identifikator", "land", "landkode", "sektor", "institusjonsid", "institusjonsnavn"})
_BORN: Final = {"etternavnVedFoedsel", "etternavnvedfoedsel"}
PIN_MISSING: Final = frozenset({*_BORN, "fornavnVedFoedsel", "fornavnvedfoedsel", "foedested", "far", "mor"})
PARENT: Final = frozenset({*_BORN, "fornavn", "etternavn"})
PLACE: Final = frozenset({"by", "region", "land", "landkode"})
ADDRESS: Final = frozenset({"type", "gate", "bygning", "by", "postnummer", "region", "land", "landkode"})
PHONE: Final = frozenset({"nummer", "type"})
CASE: Final = frozenset({"saksnummer", "institusjonsid", "institusjonsnavn", "land", "landkode"})
EMPLOYER: Final = frozenset({"navn", "identifikatorer", "adresse"})
IDENTIFIER: Final = frozenset({"id", "type"})
PERIOD: Final = frozenset({"startdato", "sluttdato", "aapenPeriodeType", "arbeidsgiver"})
INCOME: Final = frozenset({"bruttoinntekt", "valuta", "inntektsperiode"})
PAYMENT: Final = frozenset({"periode", "institusjon"})
PAYMENT_PERIOD: Final = PERIOD - {"arbeidsgiver"}

_WITHOUT: Final = "inntektOgTimerInfo"
_FIELDS: Final = {
    "perioderAnsattMedForsikring": ("employed", None),
    "perioderSelvstendigMedForsikring": ("self-employed", None),
    "perioderAnsattUtenForsikring": ("employed-not-insured", ("employment without insurance", _WITHOUT)),
    "perioderSelvstendigUtenForsikring": (
        "self-employed-not-insured",
        ("self-employment without insurance", _WITHOUT),
    ),
    "perioderSyk": ("sickness", None),
    "perioderSvangerskapBarn": ("childbirth", None),
    "perioderUtdanning": ("training", None),
    "perioderMilitaertjeneste": ("military", None),
    "perioderFrihetsberoevet": ("detention", None),
    "perioderFrivilligForsikring": ("voluntary", None),
    "perioderKompensertFerie": ("paid-leave", None),
    "perioderAnnenForsikring": ("other", ("other insurance period", "annenTypeForsikringsperiode")),
}
# Key, kind of insurance, keys inside, and the note: what it is about, and where its text stands.
KINDS: Final = tuple(
    (
        key,
        Code(list="insurance-period@1", code=code),
        PERIOD | ({about[1], "inntektOgTimer"} if about and about[1] == _WITHOUT else {about[1]} if about else set()),
        about,
    )
    for key, (code, about) in _FIELDS.items()
)
DOCUMENT: Final = frozenset(
    [
        "sedType",
        "sedVersjon",
        "bruker",
        "ektefelle",
        "barn",
        "vedtak",
        "annenPerson",
        "andrePersoner",
        "lokaleSakIder",
        "dagpengeperioder",
    ]
) | frozenset(_FIELDS)
