"""The JSON documents of the benchmark: insurance periods of an unemployed person (U002), about 5 KB, some doubtful."""

from datetime import date, timedelta
from random import Random
from typing import Any, Final

from tests.bench.documents import a_cnp

Sed = dict[str, Any]
WITH_EMPLOYER: Final = 10
WITH_INCOME: Final = 6  # each holds two leaves that no rule names
_FIRMS: Final = ("Montaj SRL", "Atelier SA", "Cofetăria Dulce", "Nordfisk AS")
_NAMES: Final = ("Toader", "Coman", "Șerban", "Munteanu", "Oprea")


def seds(count: int, *, seed: int = 1) -> list[Sed]:
    """Return U002 documents in the form of NEESSI, the same for the same seed."""
    random = Random(seed)
    return [_sed(random) for _ in range(count)]


def _sed(random: Random) -> Sed:
    employed = [_period(random) | {"arbeidsgiver": _employer(random)} for _ in range(WITH_EMPLOYER)]
    employed.append({"startdato": "2022-01-01", "aapenPeriodeType": "åpen_sluttdato"})
    return {
        "sedType": "U002",
        "sedVersjon": "4.2",
        "bruker": {"personInfo": _person(random)},
        "perioderAnsattMedForsikring": employed,
        "perioderAnsattUtenForsikring": [_period(random) | _income(random) for _ in range(WITH_INCOME)],
        "perioderSyk": [_period(random)],
        "perioderAnnenForsikring": [_period(random) | {"annenTypeForsikringsperiode": "care leave"}],
        "dagpengeperioder": [{"periode": _period(random), "institusjon": {"id": "RO:70000", "navn": "ANOFM"}}],
        "lokaleSakIder": [{"saksnummer": "U-55", "institusjonsid": "NO:TEST02", "landkode": "NOR"}],
    }


def _person(random: Random) -> Sed:
    parents = {
        "far": {"fornavn": "Radu", "etternavnvedfoedsel": random.choice(_NAMES)},
        "mor": {"fornavn": "Lia", "etternavnvedfoedsel": random.choice(_NAMES)},
    }
    return {
        "fornavn": "Marius",
        "etternavn": random.choice(_NAMES),
        "kjoenn": random.choice("MKU"),
        "foedselsdato": _day(random),
        "pin": [{"identifikator": a_cnp(random), "landkode": "ROU"}],
        "statsborgerskap": [{"landkode": "ROU"}],
        "pinmangler": {"etternavnvedfoedsel": random.choice(_NAMES), **parents},
    }


def _period(random: Random) -> Sed:
    return {"startdato": _day(random), "sluttdato": _day(random)}


def _day(random: Random) -> str:
    """Return a day; one of a hundred is none."""
    day = date(1990, 1, 1) + timedelta(days=random.randrange(12_000))
    return day.isoformat() if random.random() < 0.99 else day.strftime("%d.%m.%Y")


def _employer(random: Random) -> Sed:
    return {
        "navn": random.choice(_FIRMS),
        "identifikatorer": [{"id": f"{random.randrange(10**8)}", "type": "organisasjonsnummer"}],
        "adresse": {"gate": f"Str. Fabricii {random.randrange(90)}", "by": "Cluj-Napoca", "landkode": "ROU"},
    }


def _income(random: Random) -> Sed:
    amount = f"{random.randrange(90_000) / 100:.2f}" if random.random() < 0.95 else "about 5000"
    income = {"bruttoinntekt": amount, "valuta": "NOK", "inntektsperiode": _period(random), "arbeidstimer": "37"}
    return {"inntektOgTimer": [income]}
