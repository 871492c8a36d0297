"""The message of the benchmark: about 4 KB, an answer of CNAS inside a SOAP string, many rows, many different ones."""

from datetime import date, timedelta
from itertools import chain
from random import Random
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from hub_core.canonical.identifiers.cnp import check_digit

NAMESPACE: Final = "http://www.cnas.ro/siui/2.0"
ID_MARK: Final = "@@message-id@@"  # the loader puts a new id here in every request
CATEGORIES: Final = ("SALARIAT", "PENSIONAR", "STUDENT", "COASIGURAT", "SOMER", "PFA", "LEGE_SPECIALA", "NECUNOSCUT")
STATES: Final = ("DIABET", "ONCOLOGIE", "GRAVIDA", "DIALIZA", "VETERAN")
CATEGORY_ROWS: Final = 36
STATE_ROWS: Final = 10  # no rule of the mapping names them: about 27 leaves are left over

_ENVELOPE: Final = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:wsa="http://www.w3.org/2005/08/addressing"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    f"<soapenv:Header><wsa:MessageID>{ID_MARK}</wsa:MessageID></soapenv:Header><soapenv:Body>"
    '<ns1:getInsuredResponse soapenv:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"'
    ' xmlns:ns1="http://webservices.utils.svapnt.siveco.ro">'
    '<getInsuredReturn xsi:type="soapenc:string" xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/">'
    "{document}</getInsuredReturn></ns1:getInsuredResponse></soapenv:Body></soapenv:Envelope>"
)


def a_document(random: Random) -> str:
    """Return one inner document that its contract admits; some have doubtful numbers, periods and codes."""
    person = _person(random)
    categories = (_row(random, "category", CATEGORIES) for _ in range(CATEGORY_ROWS))
    states = (_row(random, "state", STATES) for _ in range(STATE_ROWS))
    return "".join(
        chain(
            (f'<insuredResponse xmlns="{NAMESPACE}"><insured {person}><categories>',),
            categories,
            ("</categories><states>",),
            states,
            ("</states></insured></insuredResponse>",),
        )
    )


def _person(random: Random) -> str:
    cnp = a_cnp(random)
    cid = "".join(random.choices("0123456789", k=20))
    return f'pid="{cnp}" cid="{cid}" state="{random.choices("123", (8, 1, 1))[0]}"'


def a_cnp(random: Random) -> str:
    """Return a number of a person; one of ten has a wrong check digit."""
    born = date(1930, 1, 1) + timedelta(days=random.randrange(25_000))
    digits = f"{random.choice('12')}{born:%y%m%d}{random.randint(1, 39):02}{random.randint(1, 999):03}"
    return digits + (check_digit(digits) if random.random() < 0.9 else str((int(check_digit(digits)) + 1) % 10))


def _row(random: Random, name: str, codes: tuple[str, ...]) -> str:
    start = date(1990, 1, 1) + timedelta(days=random.randrange(12_000))
    attributes = {"code": random.choice(codes), "validFrom": start.isoformat()}
    if random.random() < 0.7:
        days = random.randrange(3_000) if random.random() < 0.98 else -random.randrange(1, 30)
        attributes["validTo"] = (start + timedelta(days=days)).isoformat()
    return f"<{name}{''.join(f' {key}={quoteattr(value)}' for key, value in attributes.items())}/>"


def documents(count: int, *, seed: int = 1) -> list[str]:
    """Return inner documents, the same for the same seed."""
    random = Random(seed)
    return [a_document(random) for _ in range(count)]


def envelope(document: str, message_id: str = ID_MARK) -> str:
    """Return the SOAP answer with the document as text of its string."""
    return _ENVELOPE.replace(ID_MARK, message_id).replace("{document}", escape(document))
