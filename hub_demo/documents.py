"""Documents that the demo sends to the hub, about persons of the synthetic country."""

import json
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from hub_demo.agencies.letters import old_capitals
from hub_demo.population import Population
from hub_demo.registers import Person

WSA = "http://www.w3.org/2005/08/addressing"


def cnas_answer(country: Population, number: str, *, message_id: str) -> bytes:
    """Return what CNAS says about a person, as a SOAP message with a document inside a string."""
    insured = country.insured(number)
    covers = insured.covers if insured else ()
    categories = "".join(
        f"<category code={quoteattr(cover.code)} validFrom={quoteattr(cover.since.isoformat())}"
        + (f" validTo={quoteattr(cover.until.isoformat())}" if cover.until else "")
        + "/>"
        for cover in covers
    )
    inner = (
        '<insuredResponse xmlns="http://www.cnas.ro/siui/2.0">'
        f'<insured pid="{number}" state="{1 if covers else 2}"><categories>{categories}</categories></insured>'
        "</insuredResponse>"
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:wsa="{WSA}">'
        f"<soapenv:Header><wsa:MessageID>{message_id}</wsa:MessageID></soapenv:Header><soapenv:Body>"
        '<ns1:getInsuredResponse xmlns:ns1="http://webservices.utils.svapnt.siveco.ro">'
        f"<getInsuredReturn>{escape(inner)}</getInsuredReturn></ns1:getInsuredResponse>"
        "</soapenv:Body></soapenv:Envelope>"
    ).encode()


def old_age_claim(country: Population, person: Person) -> bytes:
    """Return a claim for an old-age pension (P2000, NAV form) with the claimant's spouse and children."""
    spouse = country.person(person.spouse) if person.spouse else None
    sed: dict[str, Any] = {
        "sed": "P2000",
        "sedGVer": "4",
        "sedVer": "2",
        "nav": {
            "bruker": {
                "person": _nav_person(person),
                "adresse": {
                    "gate": f"{person.home.street} {person.home.number}",
                    "by": person.home.town,
                    "land": "RO",
                },
            },
            "eessisak": [
                {"institusjonsid": "RO:10013", "saksnummer": "0081234", "land": "RO"},
                {"institusjonsid": "DE:DRV01", "saksnummer": "65 150485 P 003", "land": "DE"},
            ],
            "krav": {"dato": "2025-10-28", "type": "01"},
        },
        "pensjon": {"ytterligeinformasjon": "Worked in Germany from 1999 to 2006."},
    }
    if spouse is not None:
        sed["nav"]["ektefelle"] = {"person": _nav_person(spouse), "type": "ektefelle"}
    sed["nav"]["barn"] = [
        {"person": _nav_person(child), "relasjontilbruker": "eget_barn"} for child in country.children(person.cnp)
    ]
    return json.dumps(sed, ensure_ascii=False).encode()


def family_claim(country: Population, person: Person) -> bytes:
    """Return a request about family benefits (F001, NEESSI form)."""
    sed = {
        "sedType": "F001",
        "sedVersjon": "4.2",
        "bruker": {"personInfo": _neessi_person(person)},
        "barn": [{"personInfo": _neessi_person(child)} for child in country.children(person.cnp)],
        "lokaleSakIder": [
            {"saksnummer": "4512/12.04.2021", "institusjonsid": "RO:80021", "institusjonsnavn": "ANPIS", "land": "RO"}
        ],
    }
    return json.dumps(sed, ensure_ascii=False).encode()


def _nav_person(person: Person) -> dict[str, object]:
    return {
        "etternavn": person.family.upper(),
        "fornavn": person.given.upper(),
        "foedselsdato": person.born.isoformat(),
        "kjoenn": "K" if person.sex == "F" else "M",
        "pin": [{"land": "RO", "identifikator": person.cnp, "sektor": "alle"}],
        "statsborgerskap": [{"land": "RO"}],
    }


def _neessi_person(person: Person) -> dict[str, object]:
    return {
        "etternavn": person.family,
        "fornavn": person.given,
        "foedselsdato": person.born.isoformat(),
        "kjoenn": "K" if person.sex == "F" else "M",
        "statsborgerskap": [{"landkode": "ROU"}],
        "pin": [{"landkode": "ROU", "land": "RO", "identifikator": person.cnp}],
    }


def job_seekers(country: Population, count: int, *, broken: int) -> bytes:
    """Return ANOFM's list of some registered persons (CSV, windows-1250); the row of line ``broken`` lost a column."""
    titles = "CNP;Nume;Prenume;Judet;Data inregistrarii;Data incetarii;Tip;Cuantum (lei);Cod incetare"
    registered = ((number, spells[-1]) for number in country.people if (spells := country.spells(number)))
    lines = [titles]
    for number, spell in islice(registered, count):
        columns = (
            number,
            old_capitals(spell.family),
            old_capitals(spell.given),
            spell.county,
            f"{spell.since:%d.%m.%Y}",
            f"{spell.until:%d.%m.%Y}" if spell.until and spell.end_code else "",
            "I" if spell.benefit else "N",
            f"{spell.benefit:.2f}".replace(".", ",") if spell.benefit else "",
            (spell.until and spell.end_code) or "",
        )
        lines.append(";".join(columns[1:] if len(lines) + 1 == broken else columns))
    return "".join(f"{line}\r\n" for line in lines).encode("cp1250")
