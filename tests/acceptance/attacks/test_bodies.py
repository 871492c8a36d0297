"""Hostile bodies: each is answered plainly, gives nothing away and stops nobody."""

import re
from typing import Any

import pytest

from hub_core.codes import CODES
from hub_demo.stage import Stage
from tests.acceptance.attacks.calling import CNP, EESSI, ENTITY, INSURED, Post, told


@pytest.mark.parametrize(
    ("encoding", "code"),
    [
        ("utf-8", "B102"),
        ("utf-8-sig", "B102"),
        ("utf-16", "B102"),
        ("iso8859-2", "B102"),
        ("utf-16-le", "B106"),
        ("utf-16-be", "B106"),
        ("utf-32", "B106"),
        ("utf-7", "B106"),
        ("cp037", "B106"),
    ],
)
def test_no_encoding_hides_a_document_type(soap: Post, encoding: str, code: str) -> None:
    named = {"utf-8-sig": "UTF-8", "iso8859-2": "ISO-8859-2"}.get(encoding, encoding)
    text = f'<?xml version="1.0" encoding="{named}"?>{ENTITY}'
    body = text.replace("<!", "+ADwAIQ-").encode() if encoding == "utf-7" else text.encode(encoding)
    status, _, answer = soap(body)
    assert (status, f"<p:code>{code}</p:code>".encode() in answer) == (500, True)
    assert b"root:" not in answer


def test_a_document_type_inside_the_text_of_the_body_is_refused_too(soap: Post) -> None:
    _, _, answer = soap(told(ENTITY, "urn:attack:inner-dtd"))
    assert b"<p:code>B102</p:code>" in answer


def test_what_a_document_points_to_is_never_fetched(soap: Post, canary: tuple[str, list[str]]) -> None:
    address, asked = canary
    place = f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.cnas.ro/siui/2.0 {address}"'
    inner = INSURED.format(cnp=CNP).replace("<insuredResponse ", f"<insuredResponse {place} ")
    include = f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{address}"/></insuredResponse>'
    style = f'<?xml-stylesheet href="{address}style.xsl"?>'.encode()
    assert soap(style + told(inner, "urn:attack:place"))[0] == 200
    assert b"V201" in soap(told(inner.replace("</insuredResponse>", include), "urn:attack:include"))[2]
    assert b"B102" in soap(f'<!DOCTYPE x SYSTEM "{address}x.dtd"><x/>'.encode())[2]
    assert asked == []


@pytest.mark.parametrize(
    ("what", "inner"),
    [
        ("attributes", "<insuredResponse " + " ".join(f'a{n}="1"' for n in range(70_000)) + "/>"),
        ("namespaces", "<x " + " ".join(f'xmlns:a{n}="u:{n}"' for n in range(30_000)) + "/>"),
        ("elements", "<x>" + "<a/>" * 130_000 + "</x>"),
        ("levels", "<a>" * 5_000 + "</a>" * 5_000),
        ("blanks", "<x/>" + " " * 900_000),
        ("blank lines", "\n" * 900_000 + "<x/>"),
    ],
)
def test_a_flood_within_the_size_limit_is_answered_at_once(soap: Post, web: Any, what: str, inner: str) -> None:
    status, _, answer = soap(told(inner, f"urn:attack:{what.replace(' ', '-')}"))
    assert status == 500
    assert re.search(rb"<p:code>(B107|V201)</p:code>", answer)
    assert web.request("GET", "/health/ready")[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        f"<x{CNP}/>",
        f'<x a{CNP}="1"/>',
        f"<p{CNP}:x/>",
        f'<x xmlns="urn:{CNP}"/>',
        f"<x{CNP}></y{CNP}>",
        f"<x>&n{CNP};</x>",
        f'<?xml version="1.0" encoding="n{CNP}"?><x/>',
        told(f"<Popescu{CNP}/>", "urn:attack:names-1").decode(),
        told(INSURED.format(cnp=CNP).replace("state=", f"Popescu{CNP}="), "urn:attack:names-2").decode(),
    ],
)
def test_names_that_a_sender_made_up_are_never_repeated(soap: Post, stage: Stage, body: str) -> None:
    status, _, answer = soap(body.encode())
    assert status == 500
    assert CNP.encode() not in answer
    assert b"Popescu" not in answer
    log = (stage.demo / "hub.log").read_text(encoding="utf-8")
    assert CNP not in log
    assert "Traceback" not in log


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"sed": "X001", "s\\u0065d": "P2000", "nav": {}}', "B104"),
        (b'{"sed": "X001", "nav": {"x": ' + b"9" * 900_000 + b"}}", "B105"),
        (b'{"sed": "X001", "nav": {"x": 1e400}}', "B105"),
        (b'{"sed": "X001", "nav": {"x": NaN}}', "B103"),
        (b'{"sed": "X001", "nav": {"x": "\\ud800"}}', "B103"),
        (b'{"sed": "X001", "nav": {}}{"sed": "X001", "nav": {}}', "B103"),
        (b'{"sed": "' + b"\\\\" * 450_000, "B103"),
        (b'{"__proto__": {"sed": "X001", "nav": {}}}', "V301"),
    ],
)
def test_json_that_two_readers_could_read_differently_is_refused(
    web: Any, stage: Stage, body: bytes, code: str
) -> None:
    headers = {"Punte-Key": stage.keys["eessi-ap"], "Content-Type": "application/json", "Punte-Purpose": "sed-exchange"}
    status, problem = web.json("POST", EESSI, body=body, headers=headers)
    assert (status, problem["code"]) == (CODES[code].status, code)
