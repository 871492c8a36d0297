"""What the names of places mean: words of Romanian, English and Norwegian, by the field that they speak of.

Written without marks, blanks and hyphens, in small letters. They only suggest; whoever writes the mapping decides.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

PERSON: Final[Mapping[str, str]] = {
    "identifiers[scheme=ro.cnp].value": "cnp codnumericpersonal pid",
    "identifiers[scheme=source].value": "fnr fodselsnummer foedselsnummer personident dnr personalid personalnumber",
    "name.family": "nume numefamilie family familyname surname lastname etternavn",
    "name.given": "prenume pren given givenname givennames forename firstname fornavn",
    "name.full": "numecomplet numeprenume fullname navn",
    "birth.date": "datanasterii datanastere dn birthdate dateofbirth datebirth fodselsdato foedselsdato fodt",
    "birth.place.locality": "loculnasterii localitateanasterii placeofbirth birthplace fodested foedested",
    "death.date": "datadeces datadecesului deathdate dateofdeath dodsdato doedsdato",
    "sex": "sex gender kjonn kjoenn",
    "phones[].number": "telefon phone phonenumber telephone telefonnummer",
    "emails[]": "email mail epost",
}
_PERIOD: Final[Mapping[str, str]] = {
    "period.start": (
        "datainceput datai inceput start startdate startdato startingdate "
        "from fromdate validfrom dela fom fradato gyldigfra"
    ),
    "period.end": (
        "datasfarsit datas sfarsit end enddate endingdate sluttdato "
        "to todate until validto validuntil panala tom tildato"
    ),
}
_MONEY: Final = {"amount": "suma cuantum valoare amount value sum belop beloep", "currency": "moneda valuta currency"}
LISTS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "benefits": (
        (
            "prestatie prestatii pensie pensii plata plati drept drepturi benefit benefits pension payment payments "
            "ytelse ytelser sak saker vedtak"
        ),
        {
            **_PERIOD,
            "amounts[].value.amount": f"{_MONEY['amount']} sats dagsats",
            "case_number": "nrdosar numardosar dosar casenumber caseid caseno saksnummer sakid saksid",
            "scheme": "tipprestatie cod felpensie benefittype scheme sakstype ytelsestype kravtype type tip kind",
            "status": "stare status state saksstatus tilstand",
            "decision": "decizie nrdecizie decision vedtaksid",
            "legal_basis": "temeilegal act legalbasis hjemmel",
        },
    ),
    "incomes": (
        "venit venituri income incomes salariu wage wages inntekt inntekter lonn",
        {
            "kind": "tip tipvenit kind type inntektstype",
            "month": "luna month maaned maned",
            "gross.amount": "brut venitbrut gross grossamount brutto",
            "net.amount": "net venitnet netamount netto",
            **{f"amount.{name}": words for name, words in _MONEY.items()},
            "payer.name": "angajator platitor payer employer arbeidsgiver",
        },
    ),
    "insurance": (
        "asigurare asigurari categorie categorii category categories insurance coverage forsikring trygdetid",
        {**_PERIOD, "kind": "cod code categorie kind type art", "country": "tara country land"},
    ),
    "employments": (
        "contract contracte locmunca employment employments job arbeidsforhold",
        {**_PERIOD, "occupation": "functie ocupatie occupation yrke stilling", "employer.name": "angajator employer"},
    ),
    "addresses": (
        "adresa adrese address addresses adresse adresser",
        {
            "street": "strada str street gate gateadresse",
            "number": "numar nr number housenumber husnummer",
            "locality": "localitate oras town city locality poststed by",
            "postal_code": "codpostal postcode postalcode zip postnummer",
            "county": "judet county fylke",
            "region": "regiune region",
            "country": "tara country land landkode",
        },
    ),
    "citizenships": (
        "cetatenie cetatenii citizenship citizenships nationality nationalities statsborgerskap",
        {"country": "tara country land landkode cetatenie citizenship nationality", "since": "dela since fradato"},
    ),
    "phones": ("telefon telefoane phone phones telephone", {"number": "numar nr number nummer"}),
    "job_seeking": (
        "somer someri jobseeker jobseekers arbeidssoker",
        {**_PERIOD, "county": "judet county fylke", "status": "stare tip status kind type"},
    ),
    "children": ("copil copii child children barn", PERSON),
    "bank_accounts": ("cont conturi bankaccount account konto bank banca", {"iban": "iban cont", "bic": "bic swift"}),
    "cases": ("dosar dosare case cases", {"number": "numar nr number nummer id"}),
}
# Whoever stands below these is not the person that the document is about.
OTHERS: Final = (
    "tata tatal mama father mother parent parinte far mor annenperson otherperson sot sotie spouse partner ektefelle "
    "tutore reprezentant guardian verge titular holder innehaver angajator platitor employer payer arbeidsgiver "
    "institutie institution institusjon avdod avdoed deceased"
)
OF_OTHERS: Final = frozenset({"bank_accounts", "employments", "incomes"})  # lists in which a name is somebody else's
# Single fields, by the last step of their path.
FIELDS: Final[Mapping[str, frozenset[str]]] = {
    field: frozenset(words.split())
    for field, words in {
        "start": "inceput start startdato startdate from de dela fra fom fradato datai datainceput begin begun first",
        "end": "sfarsit end ended enddate slutt sluttdato until to til tom tildato panala datas datasfarsit last",
        "family": "nume family familyname surname lastname etternavn",
        "given": "prenume pren given forename firstname fornavn",
        "birth": "nastere nasterii birth born fodsel foedsel fodselsdato foedselsdato",
        "death": "deces decesului death deceased dead doed doedsdato dodsdato",
        "gross": "brut gross brutto bruttoinntekt",
        "net": "net netto nettoinntekt",
        "father": "tata far father",
        "mother": "mama mor mother",
        "spouse": "sot sotie spouse ektefelle",
        "children": "copil copii child children barn",
        "residence": "rezidenta resedinta residence bosted",
        "domicile": "domiciliu domicile",
        "street": "strada street gate",
        "number": "numar nr number nummer",
        "building": "bloc building bygning",
        "flat": "apartament ap flat leilighet",
        "series": "serie series",
        "locality": "localitate oras town city locality poststed",
        "postal": "cod postal postnummer postkode postcode zip",
        "paid": "plata paid payment utbetaling",
        "reason": "motiv reason begrunnelse aarsak",
        "status": "stare status state tilstand",
        "method": "modalitate metoda method",
        "decision": "decizie decision vedtak",
        "employer": "angajator employer arbeidsgiver",
        "currency": "moneda valuta currency",
        "country": "tara country land landkode",
    }.items()
}
LONG: Final = 5  # letters of a word that may also be the end of a longer one, as in "saksstatus"
_PARTS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def parts(name: str) -> list[str]:
    """Return the parts of a name, without marks.

    >>> parts("dataNașterii"), parts("FØDSELS_DATO")
    (['data', 'nasterii'], ['fodsels', 'dato'])
    """
    plain = unicodedata.normalize("NFKD", name.translate(str.maketrans("øØæÆđĐ", "oOeEdD")))
    return [part.lower() for part in _PARTS.findall("".join(one for one in plain if not unicodedata.combining(one)))]


def meant(names: Sequence[str], known: Mapping[str, str]) -> str | None:
    """Return the field that the last of some names speaks of, the longest word first.

    >>> meant(["birth", "date"], PERSON), meant(["saksperiode", "fom"], LISTS["benefits"][1]), meant(["x"], PERSON)
    ('birth.date', 'period.start', None)
    """
    own = parts(names[-1]) if names else []
    above = parts(names[-2]) if len(names) > 1 else []
    said = {"".join(own[at:]) for at in range(len(own))} | {"".join([*above[at:], *own]) for at in range(len(above))}
    said |= {"".join(own[:at]) for at in range(1, len(own))}
    whole = "".join(own)
    best: tuple[int, str] | None = None
    for field, words in known.items():
        for word in words.split():
            fits = word in said or (len(word) >= LONG and whole.endswith(word))
            if fits and (best is None or len(word) > best[0]):
                best = (len(word), field)
    return best[1] if best else None


def others(names: Sequence[str]) -> bool:
    """Tell whether names on a way lead to somebody else."""
    words = set(OTHERS.split())
    return any(words & {*parts(name), "".join(parts(name))} for name in names)


def plainly(name: str) -> bool:
    """Tell whether a name is a word that is known, not only one that begins or ends with it."""
    known = [PERSON, *(fields for _, fields in LISTS.values())]
    return any("".join(parts(name)) in words.split() for fields in known for words in fields.values())


def list_meant(names: Sequence[str]) -> str | None:
    """Return the list of the record that a name on the way speaks of, the innermost first."""
    for name in reversed(names):
        said = set(parts(name)) | {"".join(parts(name))}
        for field, (words, _) in LISTS.items():
            if said & set(words.split()):
                return field
    return None
