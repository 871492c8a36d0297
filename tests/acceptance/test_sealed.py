"""A person is planted in all traffic; their number, name and street stand nowhere in what the hub keeps or says.

That is: files, log, figures, refusals, and what commands show unless they are asked to reveal.
"""

import base64
import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hub_core.errors import PunteError, describe
from hub_demo.chapters import XML
from hub_demo.documents import cnas_answer, family_claim, job_seekers, old_age_claim
from hub_demo.registers import Person
from hub_demo.stage import Stage
from hub_demo.telling import JSON, delivered, split

ROOT = Path(__file__).resolve().parents[2]
SED = {"Punte-Purpose": "sed-exchange"}
REASON = "asked by {}"  # an operator's own words are shown with what they did


def spelt(text: str) -> Iterator[bytes]:
    """Yield every way in which a text may stand in a file: encodings, and those again in base64 and in hex."""
    for written in {text, text.upper()}:
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp1250"):
            plain = written.encode(encoding, "ignore")
            yield from (plain, plain.hex().encode(), plain.hex().upper().encode())
            for before in range(3):  # base64 looks different at each of three places
                whole = base64.b64encode(b"\0" * before + plain)
                # The first and the last character also hold bits of what stands beside.
                yield whole[-(-before * 8 // 6) : (before + len(plain)) * 8 // 6]


def secrets_of(person: Person) -> list[str]:
    return [person.cnp, person.family, person.given, f"{person.home.street} {person.home.number}"]


def stands_in(place: Path, texts: list[str]) -> list[str]:
    """Return the files below a folder, the partners' own ledgers left out, that hold one of some texts."""
    needles = {needle for text in texts for needle in spelt(text)}
    pattern = re.compile(b"|".join(re.escape(needle) for needle in needles))
    files = [path for path in place.rglob("*") if path.is_file() and path.suffix != ".jsonl"]
    return [f"{path.name}: {found[0]!r}" for path in files if (found := pattern.search(path.read_bytes()))]


def published() -> str:
    """Return what anybody may read: the texts of mappings and registry, which the store keeps as well."""
    files = [*(ROOT / "mappings").rglob("*.yaml"), *(ROOT / "hub_demo" / "country").glob("*.yaml")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files).lower()


@pytest.fixture(scope="module")
def planted(stage: Stage) -> Person:
    """Somebody whom every agency knows, of a name that stands in no file of the project."""
    country, known = stage.country, published()
    fitting = (
        person
        for person in country.people.values()
        if country.spells(person.cnp) and country.insured(person.cnp) and not person.foreign
        if min(map(len, secrets_of(person))) >= 6 and not any(text.lower() in known for text in secrets_of(person))
    )
    return next(fitting)


@pytest.fixture(scope="module")
def traffic(stage: Stage, planted: Person) -> Stage:
    """Everything that the hub takes, with one person in all of it, and in places where nobody should stand."""
    cnas, sender = stage.caller("cnas"), stage.caller("eessi-ap")
    answer = cnas_answer(stage.country, planted.cnp, message_id=f"urn:person:{planted.cnp}")
    told = [cnas.post("/soap/cnas-answers", answer, media_type=XML)]
    for body in (old_age_claim(stage.country, planted), family_claim(stage.country, planted)):
        headers = SED | {"Idempotency-Key": f"{planted.cnp}-{len(told)}"}
        told.append(sender.post("/eessi/seds", body, media_type=JSON, headers=headers))
    assert [reply.status for reply in told] == [200, 202, 202]
    for reply in told:
        delivered(stage, reply.reference)
    asked = {"name": "person", "cnp": planted.cnp, "purpose": "benefit-application", "institution": "mmftss"}
    assert stage.desk.call("query", asked | {"by": "test", "reason": ""})["sources"]
    row = job_seekers(stage.country, 1, broken=0).split(b"\r\n")[1]
    number, family = row.split(b";")[:2]
    listed = job_seekers(stage.country, 5, broken=3).replace(number, planted.cnp.encode())
    listed = listed.replace(family, planted.family.upper().encode("cp1250", "ignore"))
    labour = {"Punte-Purpose": "labour-market", "Idempotency-Key": f"list-{planted.cnp}"}
    reply = stage.caller("anofm").post("/flat/job-seekers", listed, media_type="text/csv", headers=labour)
    split(stage, reply.reference)
    refused(stage, planted, answer)
    for verb in ("endpoint_pause", "endpoint_resume"):
        stage.desk.call(verb, {"name": "portal-inbox", "reason": f"asked by {planted.cnp}", "by": "test"})
    look = {"id": told[0].reference, "reveal": True, "by": "test", "reason": REASON.format(planted.family)}
    assert planted.cnp in stage.desk.call("message", look)["body"]
    return stage


def refused(stage: Stage, planted: Person, answer: bytes) -> None:
    cnp, cnas, sender = planted.cnp, stage.caller("cnas"), stage.caller("eessi-ap")
    wrong = [
        cnas.post("/soap/cnas-answers", answer[: len(answer) // 2], media_type=XML),
        cnas.post("/soap/cnas-answers", f"<P{cnp}>{planted.family}</P{cnp}>".encode(), media_type=XML),
        cnas.post(f"/soap/{cnp}", answer, media_type=XML),
        cnas.post("/soap/cnas-answers", answer, media_type=f"text/{cnp}"),
        sender.post("/eessi/seds", f'{{"hello": "{cnp}"'.encode(), media_type=JSON, headers=SED),
        sender.post("/eessi/seds", f'{{"{cnp}": "{planted.family}"}}'.encode(), media_type=JSON, headers=SED),
        sender.post("/eessi/seds", b"{}", media_type=JSON, headers={"Punte-Purpose": cnp}),
        sender.post(f"/api/v1/endpoints/{cnp}/messages", b"{}", media_type=JSON, headers=SED),
    ]
    assert all(reply.status >= 400 for reply in wrong)


def test_the_needles_are_found_where_they_stand(tmp_path: Path, planted: Person) -> None:
    for number, needle in enumerate(spelt(planted.cnp)):
        (tmp_path / f"{number}.bin").write_bytes(b"\x07" + needle + b"\x07")
    encoded = base64.b64encode(f"xx{planted.home.street} {planted.home.number}yy".encode())
    (tmp_path / "street.bin").write_bytes(encoded)
    assert len(stands_in(tmp_path, secrets_of(planted))) == len([*spelt(planted.cnp)]) + 1


def test_nothing_of_the_person_stands_in_the_files_of_a_running_hub(traffic: Stage, planted: Person) -> None:
    traffic.caller("cnas").post("/soap/cnas-answers", b"<nothing/>", media_type=XML)  # the hub may just have started
    assert (traffic.settings.home / "punte.sqlite3-wal").stat().st_size > 0
    assert stands_in(traffic.settings.home, secrets_of(planted)) == []


def test_nothing_of_the_person_stands_in_a_backup(traffic: Stage, planted: Person, tmp_path: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "cli", "backup", tmp_path / "punte.sqlite3", "--json"],
        env={**os.environ, "PUNTE_HOME": str(traffic.settings.home)},
        capture_output=True,
        check=True,
    )
    assert json.loads(made.stdout)["messages"] > 10
    assert stands_in(tmp_path, secrets_of(planted)) == []


def test_the_person_is_found_in_every_message_about_them(traffic: Stage, planted: Person) -> None:
    rows = traffic.desk.call("messages", {"person": f"ro.cnp:{planted.cnp}", "limit": 1000})
    documents = {row["document"] for row in rows}
    assert {"P2000", "F001", "question"} <= documents
    assert {row["endpoint"] for row in rows} >= {"cnas-answers", "seds", "query:person", "job-seekers"}
    assert traffic.desk.call("messages", {"person": "ro.cnp:1850101123456"}) == []


def test_nothing_of_the_person_is_left_behind_by_a_kill_nor_by_an_orderly_end(traffic: Stage, planted: Person) -> None:
    traffic.processes.kill("hub")
    assert stands_in(traffic.settings.home, secrets_of(planted)) == []
    traffic.start_hub()
    traffic.processes.stop("hub")
    assert stands_in(traffic.settings.home, secrets_of(planted)) == []
    traffic.start_hub()


HOSTILE_PATHS = ("/rest/{0}", "/soap/{0}", "/api/v1/messages/{0}", "/api/v1/queries/{0}", "/{0}", "/docs/{0}?x={0}")


@pytest.fixture(scope="module")
def answers(traffic: Stage, planted: Person) -> list[bytes]:
    """Send the person to where nobody should stand: addresses, headers, broken bodies; return what was answered."""
    number, family = planted.cnp, planted.family
    headers = {
        "Punte-Purpose": f"about {number}",
        "Punte-Person": f"ro.cnp:{number}{family}",
        "User-Agent": family,
        "Referer": f"http://x/{number}",
        "X-Forwarded-For": number,
        "Traceparent": f"00-{number}-{number}-01",
        "Tracestate": f"{family.lower()}={number}",
    }
    bodies = (
        (JSON, f'{{"cnp": "{number}", "{family}": 1, "cnp": "{number}"}}'.encode()),
        (JSON, f'{{"sed": "{number}", "nav": "{family}"'.encode()),
        (XML, f"<{family}><a n='{number}'></b></{family}>".encode()),
        (f"text/{family}", number.encode()),
    )
    told = []
    for path in (*HOSTILE_PATHS, "/soap/cnas-answers", "/eessi/seds", "/rest/portal", "/api/v1/queries/person"):
        for media_type, body in bodies:
            for who in ("cnas", "eessi-ap", "mmftss"):
                reply = traffic.caller(who).post(path.format(number), body, media_type=media_type, headers=headers)
                assert reply.status >= 400
                told.append(reply.body + repr(reply.headers).encode())
    return told


def tells(text: bytes, person: Person) -> list[bytes]:
    """Return what a text tells of a person."""
    return [needle for secret in secrets_of(person) for needle in spelt(secret) if needle in text]


def test_no_refusal_repeats_what_it_refuses(answers: list[bytes], planted: Person) -> None:
    for answer in answers:
        assert not tells(answer, planted), answer


def test_the_log_tells_nothing_of_the_person(traffic: Stage, answers: list[bytes], planted: Person) -> None:
    log = (traffic.demo / "hub.log").read_bytes()
    assert b'"event": "delivery.sent"' in log
    assert not tells(log, planted)


def test_the_figures_tell_nothing_of_the_person(traffic: Stage, answers: list[bytes], planted: Person) -> None:
    parts = urlsplit(traffic.address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.request("GET", "/metrics")
    shown = connection.getresponse().read()
    connection.close()
    assert b"punte_turned_away_total" in shown
    assert not tells(shown, planted)


def test_no_verb_shows_the_person_unless_asked_to_reveal(traffic: Stage, answers: list[bytes], planted: Person) -> None:
    """What ``--json`` prints; tables are made of it."""
    ids = [row["id"] for row in traffic.desk.call("messages", {"limit": 1000})]
    looks: list[tuple[str, dict[str, str]]] = [
        (verb, {})
        for verb in ("status", "messages", "parked", "doctor", "schedule", "endpoints", "keys", "sets", "names")
    ]
    looks += [(verb, {"id": one}) for verb in ("message", "why", "route_explain") for one in ids]
    telling = []
    for verb, given in looks:
        try:
            told = traffic.desk.call(verb, given)
        except PunteError as error:
            told = describe(error)
        shown = json.dumps(told, ensure_ascii=False).replace(REASON.format(planted.family), "")
        telling += [(verb, given, needle) for needle in tells(shown.encode(), planted)]
    assert telling == []


@pytest.mark.parametrize("command", ["status", "messages list --limit 1000", "messages show", "why"])
def test_no_screen_shows_the_person(traffic: Stage, answers: list[bytes], planted: Person, command: str) -> None:
    about = [row["id"] for row in traffic.desk.call("messages", {"person": f"ro.cnp:{planted.cnp}"})]
    words = command.split() if command.startswith(("status", "messages list")) else [*command.split(), about[0]]
    shown = subprocess.run(
        [sys.executable, "-m", "cli", *words],
        env={**os.environ, "PUNTE_HOME": str(traffic.settings.home)},
        capture_output=True,
        check=False,
    )
    assert shown.returncode in {0, 1}, shown.stderr
    assert len(shown.stdout.splitlines()) > 3
    assert not tells(shown.stdout + shown.stderr, planted)
